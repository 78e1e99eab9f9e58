// Tests of input that must be refused: calls, settings, tables, items, answers
// and endpoints. Each case gives the status, the words of its message, which
// say what to do, the number of requests, and the time that it may take.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "leveldb/comparator.h"
#include "leveldb/write_batch.h"
#include "support/fake_environment.h"

namespace dynamodown_test {
namespace {

using dynamodown::BatchMode;
using dynamodown::Bounds;
using dynamodown::Condition;
using dynamodown::Database;
using dynamodown::FakeDynamo;
using dynamodown::HttpResponse;
using dynamodown::KeyType;
using dynamodown::KindOf;
using dynamodown::NoAnswer;
using dynamodown::ReadOptions;
using dynamodown::Result;
using dynamodown::StatusKind;
using dynamodown::WriteOptions;
using leveldb::Status;
using std::string_literals::operator""s;
using testing::HasSubstr;

/// The environment of a case; `db` is open if the case says so.
struct Scene {
  FakeEnvironment world;
  std::unique_ptr<Database> db;

  Status Open(const std::string& location) { return world.TryOpen(location); }
  Status Put(const std::string& key, const std::string& value) {
    return db->Put(WriteOptions(), key, value);
  }
  Status Get(const std::string& key) {
    std::string value;
    return db->Get(ReadOptions(), key, &value);
  }
  /// Writes a batch that puts these keys and then `last`.
  Status Write(BatchMode mode, int keys, const std::string& last,
               size_t value_bytes = 1) {
    WriteOptions options;
    options.batch = mode;
    leveldb::WriteBatch batch = Batch(keys, last, value_bytes);
    return db->Write(options, &batch);
  }
  Status WriteIf(int keys, const std::string& last,
                 const std::vector<Condition>& conditions) {
    leveldb::WriteBatch batch = Batch(keys, last, 1);
    return db->WriteIf(WriteOptions(), &batch, conditions);
  }
  Status Scan() {
    const std::unique_ptr<leveldb::Iterator> i(
        db->NewIterator(ReadOptions(), Bounds()));
    for (i->SeekToFirst(); i->Valid(); i->Next()) {
    }
    return i->status();
  }
  /// Puts an item as another program would.
  void PutForeign(const std::string& key, const Json& value) {
    Json item = {{"hkey", S("store")}, {"rkey", B(key)}};
    if (!value.is_null()) item["value"] = value;
    world.PutItem("table", item);
  }
  /// Replaces the body of every answer of `operation` by the result of
  /// `change`, with that body's checksum, or without one.
  void Garble(const std::string& operation,
              const std::function<void(std::string*)>& change,
              bool checksum = true, int status = 200) {
    world.dynamo.set_after_hook(
        [this, operation, change, checksum, status](
            const FakeDynamo::Call& call,
            HttpResponse* response) -> std::optional<Result<void, NoAnswer>> {
          if (call.operation != operation) return std::nullopt;
          std::string body = response->body;
          change(&body);
          world.dynamo.Answer(status, body, response);
          if (!checksum) response->headers.clear();
          return std::nullopt;
        });
  }

 private:
  static leveldb::WriteBatch Batch(int keys, const std::string& last,
                                   size_t value_bytes) {
    leveldb::WriteBatch batch;
    const std::string value(value_bytes, 'v');
    for (int i = 1; i < keys; ++i) batch.Put("k" + std::to_string(i), value);
    batch.Put(last, value);
    return batch;
  }
};

enum class Before {
  kNothing,       // No table.
  kOpen,          // `db` is the store in a table with a B range key.
  kOpenOnString,  // The same with an S range key.
  kClosed,        // The store exists.
};

struct Case {
  std::string name;
  Before before;
  std::function<Status(Scene*)> run;
  StatusKind kind;
  std::vector<std::string> words;
  size_t requests;  // Sent by `run`.
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

class BadInputTest : public testing::TestWithParam<Case> {};

TEST_P(BadInputTest, IsRefusedInWords) {
  const Case& one = GetParam();
  Scene scene;
  if (one.before == Before::kOpenOnString) {
    scene.world.options.table.key_type = KeyType::kString;
  }
  if (one.before != Before::kNothing)
    scene.db = scene.world.Open("table/store");
  if (one.before == Before::kClosed) scene.db.reset();
  const size_t items = scene.world.dynamo.ItemCount("table");
  const auto begin = scene.world.scheduler.Now();
  scene.world.dynamo.Clear();

  const Status status = one.run(&scene);

  EXPECT_EQ(KindOf(status), one.kind) << status.ToString().substr(0, 500);
  for (const std::string& word : one.words) {
    EXPECT_THAT(status.ToString(), HasSubstr(word));
  }
  ExpectNoSecrets(status.ToString());
  EXPECT_EQ(scene.world.dynamo.count(""), one.requests);
  if (one.requests == 0) {
    EXPECT_EQ(scene.world.dynamo.ItemCount("table"), items);
  }
  EXPECT_LT(scene.world.scheduler.Now() - begin,
            2 * scene.world.options.retry.deadline);
}

std::vector<Case> All() {
  using enum Before;
  using enum StatusKind;
  std::vector<Case> all;
  const auto add = [&](Case one) { all.push_back(std::move(one)); };
  const std::string over(1025, 'k');

  // Keys and items over the limits.
  const std::vector<std::string> too_long = {
      "a key of 1025 bytes cannot be stored: the limit is 1024",
      "use shorter keys"};
  add({"PutOfALongKey", kOpen, [=](Scene* s) { return s->Put(over, "v"); },
       kInvalidArgument, too_long, 0});
  add({"PutOfALongKeyOfZeros",
       kOpen,
       [](Scene* s) { return s->Put(std::string(1024, '\0'), "v"); },
       kInvalidArgument,
       {"one less for a key of zero bytes only"},
       0});
  add({"PutOfALongItem",
       kOpen,
       [](Scene* s) { return s->Put("key", std::string(409'600, 'v')); },
       kInvalidArgument,
       {"a value of 409600 bytes under key \"key\" makes an item of 409621 "
        "bytes, keys and attribute names included: the limit is 409600",
        "store at most 409579 bytes under this key"},
       0});
  for (const BatchMode mode : {BatchMode::kAtomic, BatchMode::kUnordered}) {
    const std::string named =
        mode == BatchMode::kAtomic ? "Atomic" : "Unordered";
    add({named + "BatchWithALongKey",
         kOpen,
         [=](Scene* s) { return s->Write(mode, 40, over); },
         kInvalidArgument,
         {"operation 39 of the batch: ", too_long[0], too_long[1],
          "nothing was written"},
         0});
    add({named + "BatchWithALongItem",
         kOpen,
         [=](Scene* s) { return s->Write(mode, 2, "b", 409'600); },
         kInvalidArgument,
         {"operation 0 of the batch: ", "the limit is 409600",
          "nothing was written"},
         0});
    add({named + "BatchThatIsNull",
         kOpen,
         [=](Scene* s) {
           WriteOptions options;
           options.batch = mode;
           return s->db->Write(options, nullptr);
         },
         kInvalidArgument,
         {"the write batch is null"},
         0});
  }
  add({"ConditionalBatchWithALongKey",
       kOpen,
       [=](Scene* s) { return s->WriteIf(2, over, {}); },
       kInvalidArgument,
       {"operation 1 of the batch: ", too_long[0], "nothing was written"},
       0});

  // Keys that a table of text keys cannot hold.
  const std::vector<std::string> not_text = {
      "a key that is not UTF-8 cannot be stored in this table, whose range key "
      "is of type S",
      "use a table whose range key is of type B"};
  add({"PutOfBytesOnAStringTable", kOpenOnString,
       [](Scene* s) { return s->Put("\xff", "v"); }, kInvalidArgument, not_text,
       0});
  add({"BatchWithBytesOnAStringTable",
       kOpenOnString,
       [](Scene* s) { return s->Write(BatchMode::kUnordered, 2, "\xc3"); },
       kInvalidArgument,
       {"operation 1 of the batch: ", not_text[0], "nothing was written"},
       0});
  add({"ConditionalBatchWithBytesOnAStringTable",
       kOpenOnString,
       [](Scene* s) { return s->WriteIf(2, "\xc3", {}); },
       kInvalidArgument,
       {"operation 1 of the batch: ", not_text[0]},
       0});

  // Batches that are too big, or contradict themselves.
  add({"AtomicBatchOf101Keys",
       kOpen,
       [](Scene* s) { return s->Write(BatchMode::kAtomic, 101, "k"); },
       kNotSupported,
       {"an atomic batch of 101 keys", "the limits are 100 keys",
        "write smaller batches, or set batch = kUnordered, which is not atomic",
        "nothing was written"},
       0});
  add({"AtomicBatchOver4MB",
       kOpen,
       [](Scene* s) { return s->Write(BatchMode::kAtomic, 11, "k", 400'000); },
       kNotSupported,
       {"an atomic batch of 11 keys and 4400", "4194304 bytes",
        "set batch = kUnordered"},
       0});
  add({"ConditionalBatchOf101Keys",
       kOpen,
       [](Scene* s) {
         return s->WriteIf(100, "k", {Condition::Absent("another")});
       },
       kNotSupported,
       {"an atomic batch of 101 keys", "the limits are 100 keys",
        "write smaller batches", "nothing was written"},
       0});
  add({"TwoConditionsOnAKey",
       kOpen,
       [](Scene* s) {
         return s->WriteIf(1, "k",
                           {Condition::Absent("k"), Condition::Present("k")});
       },
       kInvalidArgument,
       {"key \"k\" has more than one condition"},
       0});
  add({"ConditionThatCannotHold",
       kOpen,
       [=](Scene* s) { return s->WriteIf(1, "k", {Condition::Present(over)}); },
       kConflict,
       {"conflict: ", "does not hold; nothing was written"},
       0});

  // Snapshots.
  add({"GetWithASnapshot",
       kOpen,
       [](Scene* s) {
         ReadOptions options;
         options.snapshot = s->db->GetSnapshot();
         std::string value;
         return s->db->Get(options, "k", &value);
       },
       kNotSupported,
       {"DynamoDB has no snapshots: read without one, or copy what must stay",
        "dynamodown.supports"},
       0});
  add({"MultiGetWithASnapshot",
       kOpen,
       [](Scene* s) {
         ReadOptions options;
         options.snapshot = s->db->GetSnapshot();
         std::vector<std::string> values;
         std::vector<Status> statuses;
         return s->db->MultiGet(options, {"k"}, &values, &statuses);
       },
       kNotSupported,
       {"DynamoDB has no snapshots"},
       0});

  // Locations.
  const auto location = [&](const std::string& name, const std::string& text,
                            const std::string& words) {
    add({"Location" + name,
         kNothing,
         [=](Scene* s) { return s->Open(text); },
         kInvalidArgument,
         {"location: " + words},
         0});
  };
  location("ThatIsEmpty", "", "\"\" cannot be a table's name");
  location("OfAShortTable", "ab/hash",
           "\"ab\" cannot be a table's name, which has 3 to 255 of");
  location("OfAnOddTable", "my table/hash",
           "\"my table\" cannot be a table's name, which has 3 to 255 of a-z, "
           "A-Z, 0-9, '_', '-' and '.'; a location is table/hash, "
           "dynamodb://table/hash?region=..., or leveldb:PATH");
  location("WithoutAHash", "table/", "nothing follows the '/'");
  location("WithABadPercent", "dynamodb://table/%zz",
           "a % must be followed by two hex digits");
  location("WithAnUnknownOption", "dynamodb://table/x?key=TOPSECRET",
           "there is no option \"key\"; there are attempt_timeout, batch, ");
  location("WithAMistypedOption", "dynamodb://table/x?regoin=eu-west-1",
           "there is no option \"regoin\"; did you mean region?");
  location("WithAnOptionTwice", "dynamodb://table/x?region=a&region=b",
           "option region must be given once, as region=VALUE");
  location("WithAnOptionThatCannotBe", "dynamodb://table/x?max_parallel=0",
           "option max_parallel must be 1 to 64, not \"0\"");
  location("WithAnOptionOfThePrograms",
           "dynamodb://table/x?create_if_missing=true",
           "option create_if_missing cannot be set in a location");
  location("WithCredentials", "dynamodb://AKIDEXAMPLE:TOPSECRET@table/hash",
           "credentials do not belong into a location, set them in the "
           "environment");
  location("WithCredentialsAndNoScheme", "AKIDEXAMPLE:TOPSECRET@table/hash",
           "that cannot be a table's name");
  location("WithoutADirectory", "leveldb:",
           "leveldb: must be followed by a "
           "directory");

  // Names of stores.
  add({"StoreNamedAsTheLibrarysOwn",
       kNothing,
       [](Scene* s) { return s->Open("table/x/.dynamodown"); },
       kInvalidArgument,
       {"contains /.dynamodown, which is kept for the library's own items"},
       0});
  add({"StoreWithALongName",
       kNothing,
       [](Scene* s) { return s->Open("table/" + std::string(2037, 'x')); },
       kInvalidArgument,
       {"has 2037 bytes; the limit is 2036"},
       0});
  add({"StoreNamedInBytesWhereTheHashIsText",
       kClosed,
       [](Scene* s) { return s->Open("dynamodb://table/%ff"); },
       kInvalidArgument,
       {"is not UTF-8",
        "use another name, or a table whose hash key is of "
        "type B"},
       1});

  // Settings.
  add({"NoCredentials",
       kNothing,
       [](Scene* s) {
         s->world.environment.erase("AWS_ACCESS_KEY_ID");
         s->world.environment.erase("AWS_SECRET_ACCESS_KEY");
         s->world.environment["AWS_EC2_METADATA_DISABLED"] = "true";
         return s->Open("table/store");
       },
       kCredentials,
       {"credentials: none found; looked for AWS_ACCESS_KEY_ID in the "
        "environment",
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (any values do for an "
        "emulator), or Options::connection.credentials_provider"},
       0});
  add({"HalfOfTheCredentials",
       kNothing,
       [](Scene* s) {
         s->world.environment.erase("AWS_SECRET_ACCESS_KEY");
         return s->Open("table/store");
       },
       kCredentials,
       {"AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not"},
       0});
  add({"NoRegion",
       kNothing,
       [](Scene* s) {
         s->world.environment.erase("AWS_REGION");
         return s->Open("table/store");
       },
       kInvalidArgument,
       {"no AWS region: set AWS_REGION, the profile's region or "
        "Options::connection.region, or write the location as "
        "dynamodb://table/hash?region=..."},
       0});
  add({"EndpointWithCredentials",
       kNothing,
       [](Scene* s) {
         s->world.options.connection.endpoint = "http://a:TOPSECRET@h";
         return s->Open("table/store");
       },
       kInvalidArgument,
       {"the endpoint must be http:// or https://, a host and perhaps a port, "
        "such as http://127.0.0.1:8000"},
       0});
  add({"AnotherComparator",
       kNothing,
       [](Scene* s) {
         class Other : public leveldb::Comparator {
           int Compare(const leveldb::Slice& a,
                       const leveldb::Slice& b) const override {
             return b.compare(a);
           }
           const char* Name() const override { return "test.Other"; }
           void FindShortestSeparator(std::string*,
                                      const leveldb::Slice&) const override {}
           void FindShortSuccessor(std::string*) const override {}
         };
         static const Other other;
         s->world.options.comparator = &other;
         return s->Open("table/store");
       },
       kNotSupported,
       {"comparator test.Other: DynamoDB orders keys by their bytes; use "
        "leveldb::BytewiseComparator()"},
       0});
  add({"NoAttempts",
       kNothing,
       [](Scene* s) {
         s->world.options.retry.max_attempts = 0;
         return s->Open("table/store");
       },
       kInvalidArgument,
       {"retry.max_attempts must be at least 1"},
       0});
  add({"ValueAttributeThatIsAKey",
       kNothing,
       [](Scene* s) {
         s->world.options.table.hash_key = "id";
         s->world.options.table.range_key = "value";
         return s->Open("table/store");
       },
       kInvalidArgument,
       {"table.hash_key, table.range_key and table.value_attribute must be "
        "three different names"},
       0});

  // Tables.
  add({"MissingTable",
       kNothing,
       [](Scene* s) {
         s->world.options.create_if_missing = false;
         return s->Open("table/store");
       },
       kInvalidArgument,
       {"\"table/store\": the table does not exist (create_if_missing is "
        "false)"},
       1});
  add({"MissingTableWithTheKeysGiven",
       kNothing,
       [](Scene* s) {
         s->world.options.create_if_missing = false;
         s->world.options.table.hash_key = "hkey";
         s->world.options.table.range_key = "rkey";
         return s->Open("table/store");
       },
       kInvalidArgument,
       {"\"table/store\": the table does not exist (create_if_missing is "
        "false)"},
       1});
  add({"TableThatIsGone",
       kOpen,
       [](Scene* s) {
         s->world.Carry("DeleteTable", {{"TableName", "table"}});
         return s->Put("k", "v");
       },
       kRejected,
       {"rejected: ResourceNotFoundException"},
       1});
  const auto table = [&](const std::string& name, const KeyNames& names,
                         const std::vector<std::string>& words) {
    add({"Table" + name, kNothing,
         [=](Scene* s) {
           s->world.MakeTable("table", names);
           return s->Open("table/store");
         },
         kInvalidArgument, words, 1});
  };
  table("WithoutARangeKey", {"hkey", "S", "", ""},
        {"table \"table\" has no range key, so it cannot hold an ordered store",
         "use a table with a hash key and a range key"});
  table("WithANumberHashKey", {"h", "N", "r", "B"},
        {"its hash key h is of type N; a store needs S or B"});
  table("WithANumberRangeKey", {"h", "S", "r", "N"},
        {"its range key r is of type N; a store needs S or B"});
  table("WhoseKeyIsTheValueAttribute", {"h", "S", "value", "B"},
        {"the value attribute \"value\" is one of its keys; set "
         "Options::table.value_attribute to another name"});

  // Stores.
  add({"MissingStore",
       kClosed,
       [](Scene* s) {
         s->world.options.create_if_missing = false;
         return s->Open("table/other");
       },
       kInvalidArgument,
       {"\"table/other\": does not exist (create_if_missing is false)"},
       3});
  add({"StoreThatExists",
       kClosed,
       [](Scene* s) {
         s->world.options.error_if_exists = true;
         return s->Open("table/store");
       },
       kInvalidArgument,
       {"\"table/store\": exists (error_if_exists is true)"},
       2});
  const auto descriptor = [&](const std::string& name, const Json& changes,
                              StatusKind kind,
                              const std::vector<std::string>& words) {
    add({name, kClosed,
         [=](Scene* s) {
           s->world.ChangeDescriptor("table", "store", changes);
           return s->Open("table/store");
         },
         kind, words, 2});
  };
  descriptor("StoreWithAnUnknownFeature", {{"requires", {{"SS", {"sharded"}}}}},
             kNotSupported,
             {"\"table/store\": this store needs feature \"sharded\", which "
              "this version does not know; use a newer one"});
  descriptor("StoreOfAnotherVersion", {{"version", N("2")}}, kNotSupported,
             {"needs format version 2", "use a newer one"});
  descriptor("StoreOfAnotherMode", {{"mode", S("exclusive")}}, kNotSupported,
             {"needs mode \"exclusive\"", "use a newer one"});
  descriptor("StoreWithAForeignDescriptor", {{"version", nullptr}}, kCorruption,
             {"descriptor has no version; was it written by another program?"});
  descriptor("StoreWithFeaturesThatAreNoSet", {{"requires", S("x")}},
             kCorruption, {"was it written by another program?"});
  descriptor("StoreThatIsBeingDestroyed", {{"state", S("destroying")}},
             kDestroying,
             {"destroying: \"table/store\": this store is being destroyed; "
              "destroy it again to finish, then it can be created anew"});
  add({"DestroyOfAForeignStore",
       kClosed,
       [](Scene* s) {
         s->world.PutItem("table", {{"hkey", S("foreign")}, {"rkey", B("k")}});
         return s->world.Destroy("table/foreign");
       },
       kInvalidArgument,
       {"has keys but no descriptor: another library's store; destroy it with "
        "DestroyOptions::force if it is really to go"},
       3});

  // Items.
  const auto item = [&](const std::string& name, const Json& value,
                        const std::string& words) {
    add({"GetOfAnItem" + name,
         kOpen,
         [=](Scene* s) {
           s->PutForeign("k", value);
           return s->Get("k");
         },
         kCorruption,
         {"the item of key \"k\" " + words},
         1});
    add({"ScanOverAnItem" + name,
         kOpen,
         [=](Scene* s) {
           s->PutForeign("k", value);
           return s->Scan();
         },
         kCorruption,
         {"the item of key \"k\" " + words},
         1});
    add({"MultiGetOfAnItem" + name,
         kOpen,
         [=](Scene* s) {
           s->PutForeign("k", value);
           std::vector<std::string> values;
           std::vector<Status> statuses;
           return s->db->MultiGet(ReadOptions(), {"a", "k"}, &values,
                                  &statuses);
         },
         kCorruption,
         {"the item of key \"k\" " + words},
         1});
  };
  item("WithoutAValue", Json(), "has no value attribute");
  item("WithAMap", {{"M", Json::object()}},
       "has a value of type M, which is neither S, B, N nor NULL");
  item("WithABoolean", {{"BOOL", true}}, "has a value of type BOOL");
  item("WithASetOfStrings", {{"SS", {"a"}}}, "has a value of type SS");

  // Answers. They are retried, as another copy may arrive whole; then
  // Corruption.
  const auto answer = [&](const std::string& name, const std::string& words,
                          const std::function<void(std::string*)>& change,
                          bool checksum) {
    add({"Answer" + name,
         kOpen,
         [=](Scene* s) {
           s->Garble("GetItem", change, checksum);
           return s->Get("k");
         },
         kCorruption,
         {"damaged answer: " + words, "; gave up after 10 attempts"},
         10});
    add({"AnswerToAWrite" + name,
         kOpen,
         [=](Scene* s) {
           s->Garble("TransactWriteItems", change, checksum);
           return s->Write(BatchMode::kAtomic, 3, "k");
         },
         kCorruption,
         {"damaged answer: " + words,
          "all of the batch may be written, or nothing"},
         10});
  };
  answer(
      "ThatIsTruncated", "",
      [](std::string* body) { body->resize(body->size() / 2); }, true);
  answer(
      "ThatIsTruncatedWithoutAChecksum", "",
      [](std::string* body) { body->resize(body->size() - 1); }, false);
  answer(
      "ThatIsEmpty", "", [](std::string* body) { body->clear(); }, true);
  answer(
      "ThatIsHtml", "",
      [](std::string* body) { *body = "<html>Sign in</html>"; }, false);
  answer(
      "ThatIsBinary", "",
      [](std::string* body) { *body = "\x1f\x8b\x08\x00\xff"s; }, false);
  answer(
      "ThatIsNoObject", "", [](std::string* body) { *body = "[]"; }, true);
  add({"AnswerWithAnotherChecksum",
       kOpen,
       [](Scene* s) {
         s->world.dynamo.set_after_hook(
             [](const FakeDynamo::Call&, HttpResponse* response)
                 -> std::optional<Result<void, NoAnswer>> {
               response->body.back() = ' ';
               return std::nullopt;
             });
         return s->Get("k");
       },
       kCorruption,
       {"damaged answer: its x-amz-crc32 does not match", "request id"},
       10});
  const auto page = [&](const std::string& name, const std::string& body) {
    add({"Page" + name,
         kOpen,
         [=](Scene* s) {
           s->Garble("Query", [=](std::string* b) { *b = body; });
           return s->Scan();
         },
         kCorruption,
         {"damaged answer: "},
         10});
  };
  page("WithoutItems", "{}");
  page("WithItemsThatAreNoList", R"({"Items":{"a":1}})");
  page("WithAnItemThatIsNoMap", R"({"Items":[1]})");
  page("WithAValueOfAnUnknownType", R"({"Items":[{"rkey":{"X":"a"}}]})");
  page("WithBadBase64", R"({"Items":[{"rkey":{"B":"***"}}]})");
  page("WithAnOddLastEvaluatedKey", R"({"Items":[],"LastEvaluatedKey":{}})");
  add({"PageWithAnItemWithoutItsKey",
       kOpen,
       [](Scene* s) {
         s->Garble("Query", [](std::string* b) { *b = R"({"Items":[{}]})"; });
         return s->Scan();
       },
       kCorruption,
       {"an answer has an item without its range key"},
       1});
  add({"ErrorThatIsHtml",
       kOpen,
       [](Scene* s) {
         s->Garble(
             "GetItem", [](std::string* b) { *b = "<html>"; }, false, 503);
         return s->Get("k");
       },
       kUnavailable,
       {"unavailable: HTTP status 503", "; gave up after 10"},
       10});
  add({"RefusalThatIsHtml",
       kOpen,
       [](Scene* s) {
         s->Garble(
             "GetItem", [](std::string* b) { *b = "<html>"; }, false, 403);
         return s->Get("k");
       },
       kRejected,
       {"rejected: HTTP status 403"},
       1});
  return all;
}

INSTANTIATE_TEST_SUITE_P(, BadInputTest, testing::ValuesIn(All()),
                         [](const auto& tested) { return tested.param.name; });

TEST(BadInput, AnAnswerThatIsDamagedOnceIsReadTheSecondTime) {
  Scene scene;
  scene.db = scene.world.Open("table/store");
  ASSERT_TRUE(scene.Put("k", "v").ok());
  scene.world.dynamo.Clear();
  int answers = 0;
  scene.Garble("GetItem", [&](std::string* body) {
    if (++answers == 1) body->resize(3);
  });
  EXPECT_TRUE(scene.Get("k").ok());
  EXPECT_EQ(scene.world.dynamo.count(""), 2u);
}

TEST(BadInput, ReadsOfKeysThatCannotBeStoredAreNoErrorsAndSendNothing) {
  Scene scene;
  scene.world.options.table.key_type = KeyType::kString;
  scene.db = scene.world.Open("table/store");
  scene.world.dynamo.Clear();
  for (const std::string& key :
       {std::string(1025, 'k'), std::string("\xff"), std::string(1024, '\0')}) {
    EXPECT_TRUE(scene.Get(key).IsNotFound());
    EXPECT_TRUE(scene.db->Delete(WriteOptions(), key).ok());
  }
  EXPECT_EQ(scene.world.dynamo.count(""), 0u);
}

}  // namespace
}  // namespace dynamodown_test
