// Tests which stores open, which are refused and with which message, and which
// are listed. The stores are on the DynamoDB fake.

#include "store/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/catalog_test_fixture.h"

namespace dynamodown_test {
namespace {

using dynamodown::Database;
using dynamodown::FakeDynamo;
using dynamodown::HttpResponse;
using dynamodown::KindOf;
using dynamodown::NoAnswer;
using dynamodown::Result;
using dynamodown::SimTransport;
using dynamodown::StatusKind;
using dynamodown::StoreInfo;
using dynamodown::StoreSummary;
using leveldb::Status;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// ---- Opening --------------------------------------------------------------

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

TEST_F(CatalogTest, AKeyMayHaveTheNameOfADescriptorAttribute) {
  world_.MakeTable("table", {"id", "S", "state", "B"});
  const std::string id = Info("table/hash").id;
  EXPECT_EQ(Info("table/hash").id, id);
  EXPECT_TRUE(world_.Destroy("table/hash").ok());
  EXPECT_EQ(world_.dynamo.ItemCount("table"), 0u);
}

TEST_F(CatalogTest, CreateIfMissingAndErrorIfExistsConcernTheStoreNotTheTable) {
  // At first nothing exists. Then the table exists, then the store exists, and
  // at last another library's store exists.
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

TEST_F(CatalogTest, TheMessageSaysWhatExistsOrIsMissing) {
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

TEST_F(CatalogTest, AfterALostAnswerTheDescriptorIsRecognisedByItsId) {
  world_.MakeTable("table");
  world_.options.error_if_exists = true;
  world_.dynamo.LoseAnswersNext("PutItem", 1);
  const StoreInfo info = Info("table/hash");
  EXPECT_EQ(Count("PutItem"), 2u);
  world_.options.error_if_exists = false;
  EXPECT_EQ(Info("table/hash").id, info.id);
}

TEST_F(CatalogTest, TwoCreatorsGetTheSameStore) {
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

TEST_F(CatalogTest, OneOfTwoCreatorsWithErrorIfExistsFails) {
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

TEST_F(CatalogTest, AnUnknownVersionModeOrFeatureIsRefused) {
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

TEST_F(CatalogTest, InvalidNamesAreRefusedBeforeAnythingIsSent) {
  const auto refused = [&](const std::string& store) {
    for (const Status& status :
         {world_.TryOpen("table/" + store), world_.Destroy("table/" + store)}) {
      EXPECT_EQ(KindOf(status), StatusKind::kInvalidArgument) << store;
    }
    return world_.TryOpen("table/" + store).ToString();
  };
  EXPECT_EQ(refused("a/.dynamodown"),
            "Invalid argument: the store's name \"a/.dynamodown\" contains "
            "/.dynamodown, which is reserved for the library's own items");
  EXPECT_THAT(refused("a/.dynamodown/b"), HasSubstr("contains /.dynamodown"));
  EXPECT_THAT(refused("x/.dynamodownx"), HasSubstr("contains /.dynamodown"));
  EXPECT_EQ(refused(std::string(2037, 'x')),
            "Invalid argument: the store's name has 2037 bytes; the limit is "
            "2036");
  EXPECT_EQ(Count(""), 0u);
  EXPECT_TRUE(world_.TryOpen("table/" + std::string(2036, 'x')).ok());
  EXPECT_TRUE(world_.TryOpen("table/.dynamodown").ok());
}

TEST_F(CatalogTest, TheNameOfAStoreMustBeUtf8IfTheHashKeyIsText) {
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

// ---- Listing --------------------------------------------------------------

class ListTest : public CatalogTest {
 protected:
  /// Returns a line for each store, such as "table/a", "table/b foreign" or
  /// "table/c destroying".
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

TEST_F(ListTest, ReturnsStoresOfAllKinds) {
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
    // Each of the 40 stores has 2 hash keys, one for its data and one for its
    // descriptor, and each hash key takes a Scan. One more Scan finds the end.
    EXPECT_EQ(Count("Scan"), 81u);
    EXPECT_EQ(Count("GetItem"), 40u);
    EXPECT_EQ(Count(""), 122u);
    // Each Scan costs half a read unit, and each GetItem costs 1 read unit.
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
        // An empty page that stops right before the item that it could have.
        Json last = Json::parse(response->body).at("Items").at(0);
        last["rkey"] = B(std::string(1, '\0'));
        Json answer = Json::parse(response->body);
        answer.update({{"Count", 0},
                       {"ScannedCount", 0},
                       {"Items", Json::array()},
                       {"LastEvaluatedKey", last}});
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

TEST_F(ListTest, AMissingTableIsAnError) {
  std::vector<StoreSummary> stores;
  const Status status = dynamodown::ListStoresIn(
      world_.open_environment, world_.options, "table", &stores);
  EXPECT_EQ(status.ToString(),
            "Invalid argument: table \"table\" does not exist");
}

}  // namespace
}  // namespace dynamodown_test
