// Tables and stores on the in-memory DynamoDB: which stores open, the messages
// for those that do not, and that a Destroy can be finished after any failure.

#include "store/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "leveldb/write_batch.h"
#include "support/fake_environment.h"

namespace dynamodown_test {
namespace {

using dynamodown::AttributeValue;
using dynamodown::AuxHash;
using dynamodown::CheckDescriptor;
using dynamodown::Database;
using dynamodown::DecodeDescriptor;
using dynamodown::Descriptor;
using dynamodown::ErrorKind;
using dynamodown::FakeDynamo;
using dynamodown::HttpResponse;
using dynamodown::KeyType;
using dynamodown::KindOf;
using dynamodown::NoAnswer;
using dynamodown::Result;
using dynamodown::Schema;
using dynamodown::SimTransport;
using dynamodown::StatusKind;
using dynamodown::StoreInfo;
using dynamodown::StoreSummary;
using leveldb::Status;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// ---- Descriptors ----------------------------------------------------------

Schema DefaultSchema() {
  Schema schema;
  schema.keys = {"table", "hkey", "rkey"};
  return schema;
}

TEST(Descriptor, IsReadBackAsItWasWritten) {
  Descriptor written;
  written.version = 1;
  written.id = "0123";
  written.created = "2026-11-22T12:00:00Z";
  written.mode = "shared";
  written.features = {"a", "b"};
  written.destroying = true;
  for (const auto& [hash, range] :
       std::vector<std::pair<std::string, std::string>>{
           {"hkey", "rkey"},
           {"id", "version"},
           {"state", "requires"},
           {"mode", "mode_"},
           {"created_", "created"}}) {
    Schema schema;
    schema.keys = {"table", hash, range};
    const auto item = EncodeDescriptor(schema, "store", written);
    std::set<std::string> names;
    for (const auto& attribute : item) names.insert(attribute.name);
    EXPECT_EQ(names.size(), 8u);
    EXPECT_EQ(Find(item, hash)->text, "store/.dynamodown");
    EXPECT_EQ(Find(item, range)->text, "descriptor");
    const auto read = DecodeDescriptor(schema, item);
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->version, written.version);
    EXPECT_EQ(read->id, written.id);
    EXPECT_EQ(read->created, written.created);
    EXPECT_EQ(read->mode, written.mode);
    EXPECT_EQ(read->features, written.features);
    EXPECT_EQ(read->destroying, written.destroying);
  }
}

TEST(Descriptor, WithoutAVersionIsCorrupt) {
  const auto read =
      DecodeDescriptor(DefaultSchema(), {{"id", AttributeValue::S("x")}});
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().kind, ErrorKind::kCorruption);
  EXPECT_THAT(read.error().message, HasSubstr("has no version"));
}

TEST(Descriptor, WhatItRequiresIsNeverOverlooked) {
  const auto read = DecodeDescriptor(
      DefaultSchema(), {{"version", AttributeValue::N(1)},
                        {"mode", AttributeValue::S("shared")},
                        {"requires", AttributeValue::S("sharded")}});
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().kind, ErrorKind::kCorruption);
}

// ---- Opening --------------------------------------------------------------

class CatalogTest : public testing::Test {
 protected:
  Status TryOpen(const std::string& location, bool create_if_missing,
                 bool error_if_exists) {
    world_.options.create_if_missing = create_if_missing;
    world_.options.error_if_exists = error_if_exists;
    return world_.TryOpen(location);
  }
  StoreInfo Info(const std::string& location) {
    const std::unique_ptr<Database> db = world_.Open(location);
    return db == nullptr ? StoreInfo() : db->GetInfo();
  }
  void PutForeign(const std::string& table, const std::string& store,
                  const std::string& key) {
    world_.PutItem(table,
                   {{"hkey", S(store)}, {"rkey", B(key)}, {"value", S("v")}});
  }
  size_t Count(std::string_view operation) const {
    return world_.dynamo.count(operation);
  }
  std::vector<std::string> Operations() const {
    std::vector<std::string> operations;
    for (const auto& seen : world_.dynamo.seen()) {
      operations.push_back(seen.operation);
    }
    return operations;
  }
  milliseconds Elapsed() {
    return std::chrono::duration_cast<milliseconds>(
        world_.scheduler.Now().time_since_epoch());
  }

  FakeEnvironment world_;
};

TEST_F(CatalogTest, ATableAndAStoreAreCreated) {
  world_.options.table.read_capacity_units = 5;
  world_.options.table.write_capacity_units = 7;
  const StoreInfo info = Info("table/hash");
  EXPECT_THAT(Operations(), ElementsAre("DescribeTable", "CreateTable",
                                        "DescribeTable", "PutItem"));
  const Json create = world_.Bodies("CreateTable")[0];
  EXPECT_EQ(create.at("ProvisionedThroughput").at("ReadCapacityUnits"), 5);
  EXPECT_EQ(create.at("ProvisionedThroughput").at("WriteCapacityUnits"), 7);
  EXPECT_EQ(info.hash_key, "hkey");
  EXPECT_EQ(info.hash_key_type, "S");
  EXPECT_EQ(info.range_key, "rkey");
  EXPECT_EQ(info.range_key_type, "B");
  EXPECT_EQ(info.value_attribute, "value");
  EXPECT_EQ(info.created, "2026-11-22T12:00:00Z");
  EXPECT_EQ(info.mode, "shared");
  EXPECT_EQ(info.id.size(), 32u);
  EXPECT_FALSE(info.foreign);
  EXPECT_EQ(Info("table/hash").id, info.id);
}

TEST_F(CatalogTest, ATableIsCreatedOnDemandUnlessCapacityIsGiven) {
  Info("table/hash");
  EXPECT_EQ(world_.Bodies("CreateTable")[0].at("BillingMode"),
            "PAY_PER_REQUEST");
}

TEST_F(CatalogTest, ATableIsCreatedWithTheNamesAndTypesThatAreGiven) {
  world_.options.table.hash_key = "id";
  world_.options.table.range_key = "sort";
  world_.options.table.hash_key_type = KeyType::kBinary;
  world_.options.table.key_type = KeyType::kString;
  world_.options.table.value_attribute = "data";
  Info("table/hash");
  world_.options.table = {};
  world_.options.table.value_attribute = "data";
  const StoreInfo info = Info("table/hash");
  EXPECT_EQ(info.hash_key, "id");
  EXPECT_EQ(info.hash_key_type, "B");
  EXPECT_EQ(info.range_key, "sort");
  EXPECT_EQ(info.range_key_type, "S");
}

TEST_F(CatalogTest, ATableOfOddNamesAndTypesHoldsAStore) {
  // Reserved words, and characters that have a meaning in expressions.
  world_.MakeTable("table", {"#hash :key", "B", "value", "S"});
  world_.options.table.value_attribute = "size.of[0] \"x\"";
  const std::unique_ptr<Database> db = world_.Open("table/hash");
  ASSERT_NE(db, nullptr);
  EXPECT_EQ(db->GetInfo().hash_key, "#hash :key");
  leveldb::WriteBatch batch;
  batch.Put("a", "1");
  batch.Put("", "\xff");
  ASSERT_TRUE(db->Write(leveldb::WriteOptions(), &batch).ok());
  ASSERT_TRUE(db->Put(leveldb::WriteOptions(), "b", "2").ok());
  std::string found;
  ASSERT_TRUE(db->Get(leveldb::ReadOptions(), "", &found).ok());
  EXPECT_EQ(found, "\xff");
  std::string keys;
  const std::unique_ptr<leveldb::Iterator> i(
      db->NewIterator(leveldb::ReadOptions()));
  for (i->SeekToFirst(); i->Valid(); i->Next()) {
    keys += "[" + i->key().ToString() + "]";
  }
  EXPECT_EQ(keys, "[][a][b]");
  leveldb::WriteBatch more;
  more.Delete("a");
  EXPECT_TRUE(db->WriteIf(leveldb::WriteOptions(), &more,
                          {dynamodown::Condition::Equals("b", "2")})
                  .ok());
}

TEST_F(CatalogTest, AKeyMayBeNamedAsTheDescriptorsAttributesAre) {
  world_.MakeTable("table", {"id", "S", "state", "B"});
  const std::string id = Info("table/hash").id;
  EXPECT_EQ(Info("table/hash").id, id);
  EXPECT_TRUE(world_.Destroy("table/hash").ok());
  EXPECT_EQ(world_.dynamo.ItemCount("table"), 0u);
}

TEST_F(CatalogTest, ATableThatCannotHoldAStoreIsRefusedInWords) {
  world_.MakeTable("hash-only", {"hkey", "S", "", ""});
  world_.MakeTable("number-hash", {"h", "N", "r", "B"});
  world_.MakeTable("number-range", {"h", "S", "r", "N"});
  const auto refused = [&](const std::string& location) {
    const Status status = world_.TryOpen(location);
    EXPECT_EQ(KindOf(status), StatusKind::kInvalidArgument);
    return status.ToString();
  };
  EXPECT_EQ(refused("hash-only/x"),
            "Invalid argument: table \"hash-only\" has no range key, so it "
            "cannot hold an ordered store; use a table with a hash key and a "
            "range key");
  EXPECT_EQ(refused("number-hash/x"),
            "Invalid argument: table \"number-hash\": its hash key h is of "
            "type N; a store needs S or B");
  EXPECT_EQ(refused("number-range/x"),
            "Invalid argument: table \"number-range\": its range key r is of "
            "type N; a store needs S or B");
  EXPECT_EQ(Count("DescribeTable"), 3u);
  EXPECT_EQ(Count(""), 3u);
}

TEST_F(CatalogTest, AValueAttributeThatIsAKeyIsRefused) {
  world_.MakeTable("table", {"id", "S", "value", "B"});
  const Status status = world_.TryOpen("table/x");
  EXPECT_EQ(KindOf(status), StatusKind::kInvalidArgument);
  EXPECT_THAT(status.ToString(),
              HasSubstr("set Options::table.value_attribute to another "
                        "name"));
  // The error comes before a table is created that could hold no store.
  world_.options.table.value_attribute = "rkey";
  EXPECT_EQ(KindOf(world_.TryOpen("other/x")), StatusKind::kInvalidArgument);
  EXPECT_EQ(Count("CreateTable"), 0u);
}

TEST_F(CatalogTest, CreationIsWaitedFor) {
  world_.dynamo.set_table_ready_after(4);
  EXPECT_NE(world_.Open("table/hash"), nullptr);
  EXPECT_EQ(Count("DescribeTable"), 6u);
  EXPECT_EQ(Elapsed(), milliseconds(50 + 100 + 200 + 400));
}

TEST_F(CatalogTest, ATableThatOthersAreCreatingIsWaitedFor) {
  world_.dynamo.set_table_ready_after(3);
  world_.MakeTable("table");
  EXPECT_NE(world_.Open("table/hash"), nullptr);
  EXPECT_EQ(Count("CreateTable"), 0u);
}

TEST_F(CatalogTest, WaitingForATableEndsAtItsTimeout) {
  world_.dynamo.set_table_ready_after(1'000'000);
  world_.options.table.create_timeout = milliseconds(10'000);
  const Status status = world_.TryOpen("table/hash");
  EXPECT_EQ(KindOf(status), StatusKind::kTimeout);
  EXPECT_EQ(status.ToString(),
            "IO error: timeout: table \"table\" is still CREATING after 10000 "
            "ms; open it again later, or raise Options::table.create_timeout");
  EXPECT_GT(Elapsed(), milliseconds(8000));
  EXPECT_LE(Elapsed(), milliseconds(10'000));
}

TEST_F(CatalogTest, ACreateTableWhoseAnswerWasLostIsNoFailure) {
  world_.dynamo.LoseAnswersNext("CreateTable", 1);
  EXPECT_NE(world_.Open("table/hash"), nullptr);
  EXPECT_EQ(Count("CreateTable"), 2u);
}

TEST_F(CatalogTest, WithTheKeysGivenNoTableIsDescribed) {
  Info("table/hash");
  world_.options.table.hash_key = "hkey";
  world_.options.table.range_key = "rkey";
  world_.dynamo.Clear();
  EXPECT_FALSE(Info("table/hash").foreign);
  EXPECT_THAT(Operations(), ElementsAre("GetItem"));
  PutForeign("table", "foreign", "k");
  world_.dynamo.Clear();
  EXPECT_TRUE(Info("table/foreign").foreign);
  EXPECT_THAT(Operations(), ElementsAre("GetItem", "Query"));
  world_.dynamo.Clear();
  EXPECT_FALSE(Info("table/new").foreign);
  EXPECT_THAT(Operations(), ElementsAre("GetItem", "Query", "PutItem"));
}

TEST_F(CatalogTest, WithTheKeysGivenAMissingTableIsFoundOutAllTheSame) {
  world_.options.table.hash_key = "id";
  world_.options.table.range_key = "sort";
  world_.options.create_if_missing = false;
  const Status status = world_.TryOpen("table/hash");
  EXPECT_EQ(KindOf(status), StatusKind::kInvalidArgument);
  EXPECT_THAT(status.ToString(), HasSubstr("the table does not exist"));
  EXPECT_THAT(Operations(), ElementsAre("GetItem"));
  world_.options.create_if_missing = true;
  EXPECT_EQ(Info("table/hash").range_key, "sort");
}

TEST_F(CatalogTest, CreateIfMissingAndErrorIfExistsMeanTheStore) {
  // First nothing exists, then the table, the store, another library's store.
  const auto kinds = [&](const std::string& location) {
    return std::vector<StatusKind>{KindOf(TryOpen(location, false, false)),
                                   KindOf(TryOpen(location, false, true))};
  };
  const StatusKind ok = StatusKind::kOk;
  const StatusKind invalid = StatusKind::kInvalidArgument;
  EXPECT_THAT(kinds("table/a"), ElementsAre(invalid, invalid));
  EXPECT_EQ(Count("CreateTable"), 0u);
  world_.MakeTable("table");
  EXPECT_THAT(kinds("table/a"), ElementsAre(invalid, invalid));
  EXPECT_EQ(KindOf(TryOpen("table/a", true, true)), ok);
  EXPECT_THAT(kinds("table/a"), ElementsAre(ok, invalid));
  EXPECT_EQ(KindOf(TryOpen("table/a", true, false)), ok);
  EXPECT_EQ(KindOf(TryOpen("table/a", true, true)), invalid);
  EXPECT_EQ(KindOf(TryOpen("table/b", true, false)), ok);
  PutForeign("table", "foreign", "k");
  EXPECT_THAT(kinds("table/foreign"), ElementsAre(ok, invalid));
  EXPECT_EQ(KindOf(TryOpen("table/foreign", true, false)), ok);
  EXPECT_EQ(KindOf(TryOpen("table/foreign", true, true)), invalid);
}

TEST_F(CatalogTest, WhatDoesOrDoesNotExistIsSaidInWords) {
  EXPECT_EQ(TryOpen("table/a", false, false).ToString(),
            "Invalid argument: \"table/a\": the table does not exist "
            "(create_if_missing is false)");
  world_.MakeTable("table");
  EXPECT_EQ(TryOpen("table/a", false, false).ToString(),
            "Invalid argument: \"table/a\": does not exist (create_if_missing "
            "is false)");
  ASSERT_TRUE(TryOpen("table/a", true, false).ok());
  EXPECT_EQ(TryOpen("table/a", false, true).ToString(),
            "Invalid argument: \"table/a\": exists (error_if_exists is true)");
}

TEST_F(CatalogTest, AForeignStoreStaysWithoutADescriptor) {
  world_.MakeTable("table");
  PutForeign("table", "foreign", "k");
  const StoreInfo info = Info("table/foreign");
  EXPECT_TRUE(info.foreign);
  EXPECT_EQ(info.id, "");
  EXPECT_EQ(info.mode, "shared");
  EXPECT_EQ(Count("PutItem"), 0u);
}

TEST_F(CatalogTest, AForeignStoreIsSeenBehindAnEmptyPage) {
  world_.MakeTable("table");
  PutForeign("table", "foreign", "k");
  size_t page = 0;
  world_.dynamo.CutPages([&] { return page++ == 0 ? 0u : 1u; });
  EXPECT_TRUE(Info("table/foreign").foreign);
  EXPECT_EQ(Count("Query"), 2u);
  EXPECT_EQ(Count("PutItem"), 0u);
}

TEST_F(CatalogTest, ALostAnswerToTheDescriptorIsRecognisedByItsId) {
  world_.MakeTable("table");
  world_.options.error_if_exists = true;
  world_.dynamo.LoseAnswersNext("PutItem", 1);
  const StoreInfo info = Info("table/hash");
  EXPECT_EQ(Count("PutItem"), 2u);
  world_.options.error_if_exists = false;
  EXPECT_EQ(Info("table/hash").id, info.id);
}

TEST_F(CatalogTest, OfTwoCreatorsBothGetTheSameStore) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    FakeEnvironment world(seed);
    SimTransport transport(&world.dynamo, &world.scheduler);
    world.open_environment.transport = &transport;
    world.dynamo.set_table_ready_after(static_cast<int>(seed % 3));
    std::vector<std::string> ids(2);
    for (size_t i = 0; i < ids.size(); ++i) {
      world.scheduler.Spawn("creator-" + std::to_string(i), [&, i] {
        const std::unique_ptr<Database> db = world.Open("table/hash");
        if (db != nullptr) ids[i] = db->GetInfo().id;
      });
    }
    world.scheduler.RunAll();
    ASSERT_NE(ids[0], "") << seed;
    ASSERT_EQ(ids[0], ids[1]) << seed;
  }
}

TEST_F(CatalogTest, OfTwoCreatorsWithErrorIfExistsOneFails) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    FakeEnvironment world(seed);
    SimTransport transport(&world.dynamo, &world.scheduler);
    world.open_environment.transport = &transport;
    world.options.error_if_exists = true;
    std::vector<StatusKind> kinds(2);
    for (size_t i = 0; i < kinds.size(); ++i) {
      world.scheduler.Spawn("creator-" + std::to_string(i), [&, i] {
        kinds[i] = KindOf(world.TryOpen("table/hash"));
      });
    }
    world.scheduler.RunAll();
    ASSERT_THAT(kinds, UnorderedElementsAre(StatusKind::kOk,
                                            StatusKind::kInvalidArgument))
        << seed;
  }
}

TEST_F(CatalogTest, WhatThisVersionDoesNotKnowIsRefused) {
  const struct {
    Json changes;
    std::string words;
  } unknown[] = {
      {{{"requires", {{"SS", {"sharded"}}}}}, "feature \"sharded\""},
      {{{"version", N("2")}}, "format version 2"},
      {{{"mode", S("exclusive")}}, "mode \"exclusive\""},
      {{{"mode", nullptr}}, "mode \"\""},
  };
  int number = 0;
  for (const auto& [changes, words] : unknown) {
    const std::string store = "store-" + std::to_string(++number);
    const std::string location = "table/" + store;
    Info(location);
    world_.ChangeDescriptor("table", store, changes);
    const Status opened = world_.TryOpen(location);
    EXPECT_EQ(KindOf(opened), StatusKind::kNotSupported);
    EXPECT_EQ(opened.ToString(),
              "Not implemented: \"" + location + "\": this store needs " +
                  words +
                  ", which this version does not know; use a newer one");
    // Destroy does not delete a store with unknown features either.
    EXPECT_EQ(KindOf(world_.Destroy(location)), StatusKind::kNotSupported);
    EXPECT_EQ(KindOf(world_.Destroy(location, true)),
              StatusKind::kNotSupported);
  }
}

TEST_F(CatalogTest, ADescriptorOfAnotherProgramIsCorruption) {
  Info("table/a");
  world_.ChangeDescriptor("table", "a", {{"version", nullptr}});
  const Status status = world_.TryOpen("table/a");
  EXPECT_EQ(KindOf(status), StatusKind::kCorruption);
  EXPECT_THAT(status.ToString(), HasSubstr("descriptor has no version"));
}

TEST_F(CatalogTest, NamesThatCannotBeSendNothing) {
  const auto refused = [&](const std::string& store) {
    for (const Status& status :
         {world_.TryOpen("table/" + store), world_.Destroy("table/" + store)}) {
      EXPECT_EQ(KindOf(status), StatusKind::kInvalidArgument) << store;
    }
    return world_.TryOpen("table/" + store).ToString();
  };
  EXPECT_EQ(refused("a/.dynamodown"),
            "Invalid argument: the store's name \"a/.dynamodown\" contains "
            "/.dynamodown, which is kept for the library's own items");
  EXPECT_THAT(refused("a/.dynamodown/b"), HasSubstr("contains /.dynamodown"));
  EXPECT_THAT(refused("x/.dynamodownx"), HasSubstr("contains /.dynamodown"));
  EXPECT_EQ(refused(std::string(2037, 'x')),
            "Invalid argument: the store's name has 2037 bytes; the limit is "
            "2036");
  EXPECT_EQ(Count(""), 0u);
  EXPECT_TRUE(world_.TryOpen("table/" + std::string(2036, 'x')).ok());
  EXPECT_TRUE(world_.TryOpen("table/.dynamodown").ok());
}

TEST_F(CatalogTest, AStoresNameIsUtf8WhereTheHashKeyIsText) {
  const std::string location = "dynamodb://table/%ff";
  const Status created = world_.TryOpen(location);
  EXPECT_EQ(KindOf(created), StatusKind::kInvalidArgument);
  EXPECT_THAT(created.ToString(), HasSubstr("is not UTF-8"));
  EXPECT_EQ(Count("CreateTable"), 0u);
  world_.MakeTable("table");
  EXPECT_EQ(KindOf(world_.TryOpen(location)), StatusKind::kInvalidArgument);
  EXPECT_EQ(KindOf(world_.Destroy(location)), StatusKind::kInvalidArgument);
  EXPECT_EQ(Count("GetItem"), 0u);
  world_.MakeTable("binary", {"h", "B", "r", "B"});
  EXPECT_TRUE(world_.TryOpen("dynamodb://binary/%ff").ok());
}

// ---- Destroying -----------------------------------------------------------

/// A table with a store of three runs, another one and a foreign one.
class DestroyTest : public CatalogTest {
 protected:
  static void Fill(FakeEnvironment* world) {
    const std::unique_ptr<Database> db = world->Open("table/gone");
    leveldb::WriteBatch batch;
    for (int i = 0; i < 60; ++i) batch.Put("k" + std::to_string(i), "v");
    dynamodown::WriteOptions unordered;
    unordered.batch = dynamodown::BatchMode::kUnordered;
    ASSERT_TRUE(db->Write(unordered, &batch).ok());
    world->PutItem("table", {{"hkey", S("gone/.dynamodown")},
                             {"rkey", B("something of a later version")}});
    const std::unique_ptr<Database> other = world->Open("table/gone2");
    ASSERT_TRUE(other->Put(leveldb::WriteOptions(), "k", "v").ok());
    world->PutItem("table", {{"hkey", S("gon")}, {"rkey", B("k")}});
    world->dynamo.Clear();
  }

  /// The number of items left in the store to destroy (Gone) and in the others
  /// (Kept).
  static size_t Gone(FakeEnvironment* world) {
    return world->ItemsOf("table", S("gone")).size() +
           world->ItemsOf("table", S("gone/.dynamodown")).size();
  }
  static size_t Kept(FakeEnvironment* world) {
    return world->ItemsOf("table", S("gone2")).size() +
           world->ItemsOf("table", S("gone2/.dynamodown")).size() +
           world->ItemsOf("table", S("gon")).size();
  }
};

TEST_F(DestroyTest, DeletesTheStoreAndNothingElse) {
  Fill(&world_);
  ASSERT_TRUE(world_.Destroy("table/gone").ok());
  EXPECT_EQ(Gone(&world_), 0u);
  EXPECT_EQ(Kept(&world_), 3u);
  EXPECT_EQ(Count("UpdateItem"), 1u);
  EXPECT_EQ(Count("BatchWriteItem"), 4u);
  EXPECT_EQ(Count("DeleteItem"), 1u);
  world_.options.create_if_missing = false;
  EXPECT_EQ(KindOf(world_.TryOpen("table/gone")), StatusKind::kInvalidArgument);
}

TEST_F(DestroyTest, OfWhatIsNotThereIsOk) {
  EXPECT_TRUE(world_.Destroy("table/none").ok());
  EXPECT_EQ(Count(""), 1u);
  Fill(&world_);
  EXPECT_TRUE(world_.Destroy("table/none").ok());
  EXPECT_EQ(Kept(&world_), 3u);
}

TEST_F(DestroyTest, WhatIsBeingDestroyedDoesNotOpen) {
  Fill(&world_);
  world_.ChangeDescriptor("table", "gone", {{"state", S("destroying")}});
  for (const bool error_if_exists : {false, true}) {
    const Status status = TryOpen("table/gone", true, error_if_exists);
    EXPECT_EQ(KindOf(status), StatusKind::kDestroying);
    EXPECT_EQ(status.ToString(),
              "IO error: destroying: \"table/gone\": this store is being "
              "destroyed; destroy it again to finish, then it can be created "
              "anew");
  }
  ASSERT_TRUE(world_.Destroy("table/gone").ok());
  EXPECT_TRUE(TryOpen("table/gone", true, true).ok());
}

/// How the k-th request of a Destroy fails.
enum class Failure { kRefused, kAnswerLost };

class ResumeTest : public DestroyTest,
                   public testing::WithParamInterface<Failure> {};

INSTANTIATE_TEST_SUITE_P(
    , ResumeTest, testing::Values(Failure::kRefused, Failure::kAnswerLost),
    [](const auto& tested) {
      return tested.param == Failure::kRefused ? "Refused" : "AnswerLost";
    });

TEST_P(ResumeTest, WhereverADestroyFailedItCanBeRunAgain) {
  uint64_t k = 0;
  for (bool failed = true; failed;) {
    FakeEnvironment world;
    Fill(&world);
    world.options.retry.max_attempts = 1;
    uint64_t request = 0;
    ++k;
    const FakeDynamo::Hook fail =
        [&](const FakeDynamo::Call&,
            HttpResponse* response) -> std::optional<Result<void, NoAnswer>> {
      if (++request != k) return std::nullopt;
      if (GetParam() == Failure::kAnswerLost) {
        return Result<void, NoAnswer>(
            NoAnswer{NoAnswer::Reason::kTimeout, true, "lost"});
      }
      world.dynamo.AnswerError(400, "AccessDeniedException", "no", response);
      return Result<void, NoAnswer>();
    };
    if (GetParam() == Failure::kAnswerLost) {
      world.dynamo.set_after_hook(fail);
    } else {
      world.dynamo.set_before_hook(fail);
    }
    const Status first = world.Destroy("table/gone");
    failed = !first.ok();
    EXPECT_EQ(failed, request >= k) << k << ": " << first.ToString();
    world.dynamo.ClearFaults();
    if (failed) {
      // The store is whole, or marked, or gone. It never opens half deleted.
      world.options.create_if_missing = false;
      const StatusKind kind = KindOf(world.TryOpen("table/gone"));
      EXPECT_TRUE((kind == StatusKind::kOk && Gone(&world) == 62) ||
                  kind == StatusKind::kDestroying ||
                  (kind == StatusKind::kInvalidArgument && Gone(&world) == 0))
          << "at request " << k;
    }
    const Status second = world.Destroy("table/gone");
    EXPECT_TRUE(second.ok()) << k << ": " << second.ToString();
    EXPECT_EQ(Gone(&world), 0u) << "at request " << k;
    EXPECT_EQ(Kept(&world), 3u) << "at request " << k;
    ASSERT_LT(k, 100u);
  }
  EXPECT_GT(k, 8u);
}

TEST_F(DestroyTest, FindsKeysBehindEmptyAndShortPages) {
  Fill(&world_);
  world_.dynamo.CutPages([&] { return world_.scheduler.Choose(3); });
  ASSERT_TRUE(world_.Destroy("table/gone").ok());
  world_.dynamo.ClearFaults();
  EXPECT_EQ(Gone(&world_), 0u);
  EXPECT_EQ(Kept(&world_), 3u);
}

TEST_F(DestroyTest, DeletesWhatIsWrittenMeanwhile) {
  Fill(&world_);
  int writes = 0;
  world_.dynamo.set_before_hook(
      [&](const FakeDynamo::Call& call,
          HttpResponse*) -> std::optional<Result<void, NoAnswer>> {
        if (call.operation == "BatchWriteItem" && ++writes <= 2) {
          PutForeign("table", "gone", "a" + std::to_string(writes));
        }
        return std::nullopt;
      });
  ASSERT_TRUE(world_.Destroy("table/gone").ok());
  EXPECT_EQ(Gone(&world_), 0u);
}

TEST_F(DestroyTest, AForeignStoreNeedsForce) {
  world_.MakeTable("table");
  PutForeign("table", "foreign", "k");
  const Status refused = world_.Destroy("table/foreign");
  EXPECT_EQ(KindOf(refused), StatusKind::kInvalidArgument);
  EXPECT_EQ(refused.ToString(),
            "Invalid argument: \"table/foreign\": has keys but no descriptor: "
            "another library's store; destroy it with DestroyOptions::force if "
            "it is really to go");
  EXPECT_EQ(world_.ItemsOf("table", S("foreign")).size(), 1u);
  EXPECT_TRUE(world_.Destroy("table/foreign", true).ok());
  EXPECT_EQ(world_.ItemsOf("table", S("foreign")).size(), 0u);
}

TEST_F(DestroyTest, TheTableGoesOnlyWhenNothingElseIsInIt) {
  Fill(&world_);
  for (const bool force : {false, true}) {
    const Status kept = world_.Destroy("table/gone", force, true);
    EXPECT_EQ(KindOf(kept), StatusKind::kInvalidArgument);
    EXPECT_THAT(kept.ToString(), HasSubstr("table \"table\" is kept: store"));
    EXPECT_THAT(kept.ToString(), HasSubstr("others are in it too"));
    EXPECT_EQ(Kept(&world_), 3u);
  }
  ASSERT_TRUE(world_.Destroy("table/gon", true).ok());
  EXPECT_THAT(world_.Destroy("table/none", false, true).ToString(),
              HasSubstr("store \"gone2\" is in it too"));
  EXPECT_EQ(Count("DeleteTable"), 0u);
  ASSERT_TRUE(world_.Destroy("table/gone2", false, true).ok());
  EXPECT_EQ(Count("DeleteTable"), 1u);
  EXPECT_EQ(KindOf(TryOpen("table/gone", false, false)),
            StatusKind::kInvalidArgument);
}

TEST_F(DestroyTest, ADamagedDescriptorNeedsForce) {
  Fill(&world_);
  world_.ChangeDescriptor("table", "gone", {{"version", nullptr}});
  EXPECT_EQ(KindOf(world_.Destroy("table/gone")), StatusKind::kCorruption);
  EXPECT_EQ(Gone(&world_), 62u);
  EXPECT_TRUE(world_.Destroy("table/gone", true).ok());
  EXPECT_EQ(Gone(&world_), 0u);
  EXPECT_EQ(Kept(&world_), 3u);
}

TEST_F(DestroyTest, EndsThoughOthersKeepWriting) {
  Fill(&world_);
  world_.dynamo.set_after_hook(
      [&](const FakeDynamo::Call& call,
          HttpResponse*) -> std::optional<Result<void, NoAnswer>> {
        if (call.operation == "BatchWriteItem") {
          PutForeign("table", "gone", "again");
        }
        return std::nullopt;
      });
  const Status status = world_.Destroy("table/gone");
  EXPECT_EQ(KindOf(status), StatusKind::kConflict);
  EXPECT_THAT(status.ToString(), HasSubstr("others keep writing"));
  EXPECT_THAT(status.ToString(), HasSubstr("run it again"));
  world_.dynamo.ClearFaults();
  EXPECT_EQ(KindOf(world_.TryOpen("table/gone")), StatusKind::kDestroying);
  EXPECT_TRUE(world_.Destroy("table/gone").ok());
}

TEST_F(DestroyTest, ATableOnItsWayOutHasNoStores) {
  Fill(&world_);
  world_.dynamo.set_after_hook(
      [&](const FakeDynamo::Call&,
          HttpResponse* response) -> std::optional<Result<void, NoAnswer>> {
        Json answer = Json::parse(response->body);
        answer["Table"]["TableStatus"] = "DELETING";
        world_.dynamo.Answer(200, answer.dump(), response);
        return std::nullopt;
      });
  EXPECT_TRUE(world_.Destroy("table/gone").ok());
  EXPECT_EQ(Count(""), 1u);
  const Status opened = world_.TryOpen("table/gone");
  EXPECT_EQ(KindOf(opened), StatusKind::kUnavailable);
  EXPECT_THAT(opened.ToString(), HasSubstr("is being deleted"));
}

// ---- Listing --------------------------------------------------------------

class ListTest : public CatalogTest {
 protected:
  /// "table/a", "table/b foreign", "table/c destroying".
  std::vector<std::string> List(const std::string& table = "table") {
    std::vector<StoreSummary> stores;
    const Status status = dynamodown::ListStoresIn(
        world_.open_environment, world_.options, table, &stores);
    EXPECT_TRUE(status.ok()) << status.ToString();
    std::vector<std::string> lines;
    for (const StoreSummary& store : stores) {
      lines.push_back(store.location + (store.foreign ? " foreign" : "") +
                      (store.destroying ? " destroying" : ""));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }
};

TEST_F(ListTest, NamesStoresOfAllKinds) {
  world_.MakeTable("table");
  EXPECT_THAT(List(), IsEmpty());
  for (const char* store : {"empty", "full", "leaving", "gone-but-mark"}) {
    Info("table/" + std::string(store));
  }
  for (const char* store : {"foreign", "full", "leaving"}) {
    for (const char* key : {"a", "b", "c"}) PutForeign("table", store, key);
  }
  world_.ChangeDescriptor("table", "leaving", {{"state", S("destroying")}});
  world_.ChangeDescriptor("table", "gone-but-mark",
                          {{"state", S("destroying")}});
  EXPECT_THAT(List(),
              ElementsAre("table/empty", "table/foreign foreign", "table/full",
                          "table/gone-but-mark destroying",
                          "table/leaving destroying"));
}

TEST_F(ListTest, ReadsOneItemOfEachHashKey) {
  for (const char* table : {"table", "other"}) {
    const bool text = table == std::string("other");
    KeyNames names;
    names.range_type = text ? "S" : "B";
    world_.MakeTable(table, names);
    std::vector<std::string> wanted;
    for (int i = 10; i < 50; ++i) {
      const std::string store = std::to_string(i);
      wanted.push_back(table + ("/" + store));
      Info(wanted.back());
      for (int n = 0; n < 10; ++n) {
        const std::string key = "k" + std::to_string(n);
        world_.PutItem(table,
                       {{"hkey", S(store)}, {"rkey", text ? S(key) : B(key)}});
      }
    }
    world_.dynamo.Clear();
    EXPECT_EQ(List(table), wanted);
    EXPECT_EQ(Count("DescribeTable"), 1u);
    // A store's data and descriptor have a hash key each. 1 more Scan finds the
    // end.
    EXPECT_EQ(Count("Scan"), 81u);
    EXPECT_EQ(Count("GetItem"), 40u);
    EXPECT_EQ(Count(""), 122u);
    // Each Scan costs half a unit, each GetItem a whole one.
    EXPECT_EQ(world_.dynamo.read_units(), 0.5 * 81 + 40);
  }
}

TEST_F(ListTest, AnEmptyPageIsNotTheEnd) {
  Info("table/a");
  Info("table/b");
  int scans = 0;
  world_.dynamo.set_after_hook(
      [&](const FakeDynamo::Call& call,
          HttpResponse* response) -> std::optional<Result<void, NoAnswer>> {
        if (call.operation != "Scan" || ++scans != 2) return std::nullopt;
        // An empty page that continues where it began.
        const Json answer = {
            {"Count", 0},
            {"Items", Json::array()},
            {"LastEvaluatedKey",
             Json::parse(call.request->body).at("ExclusiveStartKey")}};
        world_.dynamo.Answer(200, answer.dump(), response);
        return std::nullopt;
      });
  EXPECT_THAT(List(), ElementsAre("table/a", "table/b"));
}

TEST_F(ListTest, AStoreWithADamagedDescriptorDoesNotHideTheOthers) {
  Info("table/a");
  Info("table/b");
  world_.ChangeDescriptor("table", "a", {{"version", nullptr}});
  EXPECT_THAT(List(), ElementsAre("table/a foreign", "table/b"));
}

TEST_F(ListTest, OfAMissingTableIsAnError) {
  std::vector<StoreSummary> stores;
  const Status status = dynamodown::ListStoresIn(
      world_.open_environment, world_.options, "table", &stores);
  EXPECT_EQ(status.ToString(),
            "Invalid argument: table \"table\" does not exist");
}

}  // namespace
}  // namespace dynamodown_test
