// Tests which settings Open accepts, where Open finds the settings, and how a
// database closes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "db/open_environment.h"
#include "leveldb/comparator.h"
#include "leveldb/env.h"
#include "support/fake_environment.h"
#include "support/temp_dir.h"

namespace dynamodown_test {
namespace {

using dynamodown::Credentials;
using dynamodown::CredentialsProvider;
using dynamodown::Database;
using dynamodown::FakeDynamo;
using dynamodown::HttpHeader;
using dynamodown::HttpResponse;
using dynamodown::KindOf;
using dynamodown::NoAnswer;
using dynamodown::Options;
using dynamodown::Result;
using dynamodown::SimTransport;
using dynamodown::StatusKind;
using leveldb::Status;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class OpenTest : public testing::Test {
 protected:
  /// Opens a store and returns "region|endpoint", or the status. Checks that
  /// the requests are signed for this region and sent to this endpoint.
  std::string Place(const std::string& location) {
    std::string url;
    std::string region;
    world_.dynamo.set_before_hook(
        [&](const FakeDynamo::Call& call,
            HttpResponse*) -> std::optional<Result<void, NoAnswer>> {
          url = call.request->url;
          for (const HttpHeader& header : call.request->headers) {
            if (header.name != "Authorization") continue;
            // ".../20150830/us-east-1/dynamodb/aws4_request, ..."
            const size_t end = header.value.find("/dynamodb/");
            const size_t begin = header.value.rfind('/', end - 1) + 1;
            region = header.value.substr(begin, end - begin);
          }
          return std::nullopt;
        });
    Database* db = nullptr;
    const Status status = dynamodown::OpenIn(world_.open_environment,
                                             world_.options, location, &db);
    world_.dynamo.set_before_hook(nullptr);
    if (!status.ok()) return status.ToString();
    const dynamodown::StoreInfo info = db->GetInfo();
    delete db;
    EXPECT_EQ(info.endpoint + "/", url);
    EXPECT_EQ(info.region, region);
    return info.region + "|" + info.endpoint;
  }

  FakeEnvironment world_;
};

// ---- Settings -------------------------------------------------------------

struct BadSetting {
  const char* words;  // Part of the message.
  void (*set)(Options*);
};

constexpr BadSetting kBadSettings[] = {
    {"must be more than 0",
     [](Options* o) { o->connection.connect_timeout = milliseconds(0); }},
    {"must be more than 0",
     [](Options* o) { o->connection.attempt_timeout = milliseconds(-1); }},
    {"must be more than 0",
     [](Options* o) { o->retry.deadline = milliseconds(0); }},
    {"must be more than 0",
     [](Options* o) { o->table.create_timeout = milliseconds(0); }},
    {"retry.base_delay must be 0 or more",
     [](Options* o) { o->retry.base_delay = milliseconds(-1); }},
    {"retry.max_delay must be 0 or more",
     [](Options* o) { o->retry.max_delay = milliseconds(-1); }},
    {"max_attempts must be at least 1",
     [](Options* o) { o->retry.max_attempts = 0; }},
    {"max_parallel must be 1 to 64",
     [](Options* o) { o->connection.max_parallel = 0; }},
    {"max_parallel must be 1 to 64",
     [](Options* o) { o->connection.max_parallel = 65; }},
    {"table.value_attribute must not be empty",
     [](Options* o) { o->table.value_attribute = ""; }},
    {"must both be 0", [](Options* o) { o->table.read_capacity_units = 1; }},
    {"must both be 0", [](Options* o) { o->table.write_capacity_units = 1; }},
    {"table.read_capacity_units must be at least 0",
     [](Options* o) {
       o->table.read_capacity_units = -1;
       o->table.write_capacity_units = -1;
     }},
    {"must both be set or both be unset",
     [](Options* o) { o->table.hash_key = "h"; }},
    {"must both be set or both be unset",
     [](Options* o) { o->table.range_key = "r"; }},
    {"must be three different names",
     [](Options* o) { o->table.hash_key = o->table.range_key = "k"; }},
    {"must be three different names",
     [](Options* o) {
       o->table.hash_key = "h";
       o->table.range_key = "value";
     }},
    {"must be three different names",
     [](Options* o) {
       o->table.hash_key = "value";
       o->table.range_key = "r";
     }},
    {"must be UTF-8", [](Options* o) { o->table.value_attribute = "\xff"; }},
    {"must be UTF-8",
     [](Options* o) {
       o->table.hash_key = "h";
       o->table.range_key = "\xff";
     }},
    {"limits.item_bytes must be at least 1",
     [](Options* o) { o->limits.item_bytes = 0; }},
    {"limits.hash_key_bytes must be at least 64",
     [](Options* o) { o->limits.hash_key_bytes = 63; }},
    {"limits.batch_write_items must be at least 1",
     [](Options* o) { o->limits.batch_write_items = 0; }},
    {"limits.transaction_items must be at least 1",
     [](Options* o) { o->limits.transaction_items = 0; }},
};

TEST_F(OpenTest, InvalidSettingsAreRefusedBeforeAnythingIsSent) {
  for (const auto& [words, set] : kBadSettings) {
    FakeEnvironment world;
    set(&world.options);
    const Status opened = world.TryOpen("table/store");
    EXPECT_EQ(KindOf(opened), StatusKind::kInvalidArgument) << words;
    EXPECT_THAT(opened.ToString(), StartsWith("Invalid argument: options: "));
    EXPECT_THAT(opened.ToString(), HasSubstr(words));
    EXPECT_EQ(world.Destroy("table/store").ToString(), opened.ToString());
    EXPECT_EQ(world.dynamo.count(""), 0u) << words;
  }
}

TEST_F(OpenTest, OptionsOfEmbeddedStoresAreIgnored) {
  world_.options.write_buffer_size = 1;
  world_.options.max_open_files = 0;
  world_.options.compression = leveldb::kNoCompression;
  world_.options.reuse_logs = true;
  EXPECT_TRUE(world_.TryOpen("table/store").ok());
}

class Backwards : public leveldb::Comparator {
 public:
  explicit Backwards(const char* name) : name_(name) {}
  int Compare(const leveldb::Slice& a, const leveldb::Slice& b) const override {
    return b.compare(a);
  }
  const char* Name() const override { return name_; }
  void FindShortestSeparator(std::string*,
                             const leveldb::Slice&) const override {}
  void FindShortSuccessor(std::string*) const override {}

 private:
  const char* const name_;
};

TEST_F(OpenTest, AnotherComparatorIsNotSupportedAndSendsNothing) {
  const Backwards backwards("test.Backwards");
  world_.options.comparator = &backwards;
  const Status status = world_.TryOpen("table/store");
  EXPECT_EQ(KindOf(status), StatusKind::kNotSupported);
  EXPECT_EQ(status.ToString(),
            "Not implemented: comparator test.Backwards: DynamoDB orders keys "
            "by their bytes; use leveldb::BytewiseComparator()");
  EXPECT_EQ(world_.dynamo.count(""), 0u);
}

TEST_F(OpenTest, AComparatorWithTheBytewiseNameIsAccepted) {
  const Backwards bytewise("leveldb.BytewiseComparator");
  world_.options.comparator = &bytewise;
  EXPECT_TRUE(world_.TryOpen("table/store").ok());
  world_.options.comparator = nullptr;
  EXPECT_TRUE(world_.TryOpen("table/store").ok());
}

// ---- Region, endpoint, credentials ----------------------------------------

TEST_F(OpenTest, TheRegionComesFromLocationThenOptionsThenEnvironment) {
  world_.options.connection.endpoint = "http://h:1";
  const std::string plain = "dynamodb://table/store";
  const std::string told = plain + "?region=ap-south-1";
  world_.environment.erase("AWS_REGION");
  EXPECT_EQ(Place(plain), "us-east-1|http://h:1");
  world_.environment["AWS_DEFAULT_REGION"] = "eu-north-1";
  EXPECT_EQ(Place(plain), "eu-north-1|http://h:1");
  world_.environment["AWS_REGION"] = "eu-west-2";
  EXPECT_EQ(Place(plain), "eu-west-2|http://h:1");
  world_.options.connection.region = "sa-east-1";
  EXPECT_EQ(Place(plain), "sa-east-1|http://h:1");
  EXPECT_EQ(Place(told), "ap-south-1|http://h:1");
}

TEST_F(OpenTest, TheEndpointComesFromLocationThenOptionsThenEnvironment) {
  const std::string plain = "dynamodb://table/store";
  const std::string told = plain + "?endpoint=http://location:1";
  EXPECT_EQ(Place(plain), "eu-west-1|https://dynamodb.eu-west-1.amazonaws.com");
  world_.environment["AWS_ENDPOINT_URL"] = "http://any:1/";
  EXPECT_EQ(Place(plain), "eu-west-1|http://any:1");
  world_.environment["AWS_ENDPOINT_URL_DYNAMODB"] = "http://dynamodb:1";
  EXPECT_EQ(Place(plain), "eu-west-1|http://dynamodb:1");
  world_.options.connection.endpoint = "http://options:1";
  EXPECT_EQ(Place(plain), "eu-west-1|http://options:1");
  EXPECT_EQ(Place(told), "eu-west-1|http://location:1");
}

TEST_F(OpenTest, EndpointsInChinaHaveAnotherDomain) {
  EXPECT_EQ(Place("dynamodb://table/store?region=cn-north-1"),
            "cn-north-1|https://dynamodb.cn-north-1.amazonaws.com.cn");
}

TEST_F(OpenTest, WithoutARegionNothingIsSent) {
  world_.environment.erase("AWS_REGION");
  EXPECT_EQ(Place("table/store"),
            "Invalid argument: no AWS region: set AWS_REGION, the profile's "
            "region or Options::connection.region, or write the location as "
            "dynamodb://table/hash?region=...");
  world_.environment["AWS_REGION"] = "Ireland!";
  EXPECT_EQ(
      Place("table/store"),
      "Invalid argument: region \"Ireland!\" is not a region: a region is "
      "named like eu-west-1");
  EXPECT_EQ(world_.dynamo.count(""), 0u);
}

TEST_F(OpenTest, AnInvalidEndpointIsRefusedAndNotRepeated) {
  for (const char* endpoint : {"localhost:8000", "ftp://host", "http://",
                               "https://h/path", "http://AKID:TOPSECRET@host",
                               "http://h?x", "http://h#x", "http://h h"}) {
    world_.options.connection.endpoint = endpoint;
    const std::string refused = Place("table/store");
    EXPECT_EQ(refused,
              "Invalid argument: the endpoint must be http:// or https://, a "
              "host and perhaps a port, such as http://127.0.0.1:8000, and "
              "nothing else");
  }
  EXPECT_EQ(world_.dynamo.count(""), 0u);
}

TEST_F(OpenTest, WithoutCredentialsNothingIsSent) {
  for (const char* missing : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}) {
    FakeEnvironment world;
    world.environment.erase(missing);
    const Status status = world.TryOpen("table/store");
    EXPECT_EQ(KindOf(status), StatusKind::kCredentials);
    EXPECT_THAT(status.ToString(),
                HasSubstr(std::string("but ") + missing + " is not"));
    EXPECT_EQ(world.dynamo.count(""), 0u);
  }
}

TEST_F(OpenTest, WithoutAnyCredentialsTheMessageSaysWhatToSet) {
  world_.environment.erase("AWS_ACCESS_KEY_ID");
  world_.environment.erase("AWS_SECRET_ACCESS_KEY");
  world_.environment["AWS_EC2_METADATA_DISABLED"] = "true";
  const Status status = world_.TryOpen("table/store");
  EXPECT_EQ(KindOf(status), StatusKind::kCredentials);
  EXPECT_THAT(status.ToString(),
              StartsWith("IO error: credentials: none found; looked for "));
  EXPECT_THAT(status.ToString(),
              HasSubstr("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"));
  EXPECT_EQ(world_.dynamo.count(""), 0u);
}

/// Returns the credentials and the status that a test has set, and counts the
/// calls.
class Provider final : public CredentialsProvider {
 public:
  Status Get(Credentials* out) override {
    ++gets;
    *out = credentials;
    return status;
  }
  void Expire() override {
    ++expires;
    credentials.session_token += "+";
  }
  Credentials credentials{"AKIDPROVIDED", "TOPSECRET", "token"};
  Status status;
  int gets = 0;
  int expires = 0;
};

TEST_F(OpenTest, AProviderComesBeforeTheEnvironment) {
  const auto provider = std::make_shared<Provider>();
  world_.options.connection.credentials_provider = provider;
  EXPECT_TRUE(world_.TryOpen("table/store").ok());
  EXPECT_EQ(world_.dynamo.seen().back().token_header, "token");
  EXPECT_GE(provider->gets, 2);
}

TEST_F(OpenTest, AnExpiredTokenIsRenewedOnce) {
  const auto provider = std::make_shared<Provider>();
  world_.options.connection.credentials_provider = provider;
  world_.dynamo.FailNext("DescribeTable", 1, 400, "ExpiredTokenException", "");
  EXPECT_TRUE(world_.TryOpen("table/store").ok());
  EXPECT_EQ(provider->expires, 1);
  EXPECT_EQ(world_.dynamo.seen().back().token_header, "token+");
}

TEST_F(OpenTest, AFailedProviderIsACredentialsFailureAndSendsNothing) {
  const auto provider = std::make_shared<Provider>();
  provider->status = Status::NotFound("no vault here");
  world_.options.connection.credentials_provider = provider;
  const Status status = world_.TryOpen("table/store");
  EXPECT_EQ(KindOf(status), StatusKind::kCredentials);
  EXPECT_THAT(status.ToString(), HasSubstr("no vault here"));
  provider->status = Status::OK();
  provider->credentials.secret_access_key = "";
  EXPECT_EQ(KindOf(world_.TryOpen("table/store")), StatusKind::kCredentials);
  EXPECT_EQ(world_.dynamo.count(""), 0u);
}

// ---- The log --------------------------------------------------------------

class Lines final : public leveldb::Logger {
 public:
  void Logv(const char* format, va_list arguments) override {
    char line[1000];
    vsnprintf(line, sizeof line, format, arguments);
    text += line;
    text += '\n';
  }
  std::string text;
};

TEST_F(OpenTest, TheLogHasNoKeysValuesOrCredentials) {
  Lines lines;
  world_.options.info_log = &lines;
  {
    const std::unique_ptr<Database> db = world_.Open("table/store");
    ASSERT_TRUE(
        db->Put(leveldb::WriteOptions(), "thekey%s%n", "thevalue").ok());
    world_.dynamo.FailNext("PutItem", 1, 400, "AccessDeniedException",
                           "thekey%s%n is not yours");
    EXPECT_FALSE(db->Put(leveldb::WriteOptions(), "thekey", "thevalue").ok());
  }
  EXPECT_THAT(lines.text, HasSubstr("PutItem ok"));
  EXPECT_THAT(lines.text, HasSubstr("AccessDeniedException"));
  for (const char* kept : {"thekey", "thevalue", "AKIDEXAMPLE", "wJalrXUtn"}) {
    EXPECT_THAT(lines.text, Not(HasSubstr(kept)));
  }
}

// ---- Closing --------------------------------------------------------------

TEST_F(OpenTest, ClosingWaitsForCallsInFlight) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    FakeEnvironment world(seed);
    SimTransport transport(&world.dynamo, &world.scheduler, [&] {
      return milliseconds(1 + world.scheduler.Choose(20));
    });
    world.open_environment.transport = &transport;
    std::unique_ptr<Database> db = world.Open("table/store");
    int begun = 0;
    int ended = 0;
    world.dynamo.set_before_hook(
        [&](const FakeDynamo::Call&,
            HttpResponse*) -> std::optional<Result<void, NoAnswer>> {
          ++begun;
          return std::nullopt;
        });
    Database* const shared = db.get();
    for (int n = 0; n < 3; ++n) {
      world.scheduler.Spawn("client-" + std::to_string(n), [&, n] {
        const Status status =
            shared->Put(leveldb::WriteOptions(), "k" + std::to_string(n), "v");
        EXPECT_TRUE(status.ok()) << status.ToString();
        ++ended;
      });
    }
    while (begun < 3) world.scheduler.Sleep(milliseconds(1));
    db.reset();
    // The calls have ended, but their threads may not have counted `ended`.
    EXPECT_EQ(world.dynamo.ItemCount("table"), 4u) << seed;
    world.scheduler.RunAll();
    EXPECT_EQ(ended, 3);
  }
}

// ---- Properties -----------------------------------------------------------

TEST_F(OpenTest, PropertiesEqualTheFieldsOfStats) {
  const std::unique_ptr<Database> db = world_.Open("table/store");
  ASSERT_TRUE(db->Put(leveldb::WriteOptions(), "k", "v").ok());
  std::string found;
  ASSERT_TRUE(db->Get(leveldb::ReadOptions(), "k", &found).ok());
  world_.dynamo.FailNext("PutItem", 1, 400, "ThrottlingException", "");
  world_.dynamo.LoseAnswersNext("PutItem", 1);
  ASSERT_TRUE(db->Put(leveldb::WriteOptions(), "k", "v").ok());
  const dynamodown::Stats stats = db->GetStats();
  EXPECT_EQ(stats.requests, world_.dynamo.count(""));
  EXPECT_EQ(stats.retries, 2u);
  EXPECT_EQ(stats.ambiguous_retries, 1u);
  EXPECT_EQ(stats.throttles, 1u);
  // The write unit of the lost answer is unknown.
  EXPECT_EQ(stats.write_units, world_.dynamo.write_units() - 1);
  const auto property = [&](const std::string& name) {
    std::string value = "none";
    EXPECT_TRUE(db->GetProperty("dynamodown." + name, &value)) << name;
    return value;
  };
  EXPECT_EQ(property("requests"), std::to_string(stats.requests));
  EXPECT_EQ(property("retries"), "2");
  EXPECT_EQ(property("ambiguous-retries"), "1");
  EXPECT_EQ(property("throttles"), "1");
  EXPECT_EQ(property("unprocessed"), "0");
  EXPECT_EQ(property("bytes-sent"), std::to_string(stats.bytes_sent));
  EXPECT_EQ(property("bytes-received"), std::to_string(stats.bytes_received));
  EXPECT_EQ(property("write-units"), "3");
  EXPECT_EQ(property("read-units"), "1");
  EXPECT_GE(stats.clock_error_ms, 0);
  EXPECT_LE(std::abs(stats.clock_offset_ms), 2000);
  EXPECT_EQ(property("clock-offset-ms"), std::to_string(stats.clock_offset_ms));
  EXPECT_EQ(property("clock-error-ms"), std::to_string(stats.clock_error_ms));
  EXPECT_THAT(property("supports"), HasSubstr("atomic-batch"));
  EXPECT_THAT(property("supports"), Not(HasSubstr("snapshots")));
  std::string value;
  EXPECT_TRUE(db->GetProperty("leveldb.stats", &value));
  EXPECT_THAT(value, HasSubstr("retries: 2\n"));
  EXPECT_TRUE(db->GetProperty("leveldb.approximate-memory-usage", &value));
  EXPECT_FALSE(db->GetProperty("dynamodown.nothing", &value));
  EXPECT_FALSE(db->GetProperty("leveldb.nothing", &value));
}

TEST_F(OpenTest, AnArnNamesTheTableInEveryCall) {
  const std::string arn =
      "arn:aws:dynamodb:eu-west-1:123456789012:table/mytable";
  const std::string location = arn + "/kim";
  EXPECT_THAT(Place(location), StartsWith("eu-west-1|"));
  {
    const std::unique_ptr<Database> db = world_.Open(location);
    ASSERT_NE(db, nullptr);
    EXPECT_EQ(db->GetInfo().location, location);
    const dynamodown::WriteOptions write;
    const dynamodown::ReadOptions read;
    EXPECT_TRUE(db->Put(write, "a", "1").ok());
    leveldb::WriteBatch batch;
    batch.Put("b", "2");
    batch.Delete("c");
    EXPECT_TRUE(db->Write(write, &batch).ok());
    dynamodown::WriteOptions unordered;
    unordered.batch = dynamodown::BatchMode::kUnordered;
    EXPECT_TRUE(db->Write(unordered, &batch).ok());
    EXPECT_TRUE(
        db->WriteIf(write, &batch, {dynamodown::Condition::Present("a")}).ok());
    std::vector<std::string> values;
    std::vector<Status> statuses;
    EXPECT_TRUE(db->MultiGet(read, {"a", "b"}, &values, &statuses).ok());
    EXPECT_EQ(values, (std::vector<std::string>{"1", "2"}));
    std::string value;
    EXPECT_TRUE(db->Get(read, "b", &value).ok());
    const std::unique_ptr<leveldb::Iterator> it(
        db->NewIterator(leveldb::ReadOptions()));
    it->SeekToLast();
    ASSERT_TRUE(it->Valid()) << it->status().ToString();
    EXPECT_EQ(it->key().ToString(), "b");
  }
  std::vector<dynamodown::StoreSummary> stores;
  EXPECT_TRUE(dynamodown::ListStoresIn(world_.open_environment, world_.options,
                                       arn, &stores)
                  .ok());
  ASSERT_EQ(stores.size(), 1u);
  EXPECT_EQ(stores[0].location, location);
  // The table's name alone means the same table.
  EXPECT_TRUE(world_.TryOpen("mytable/kim").ok());
  EXPECT_TRUE(world_.Destroy(location, false, true).ok());
  for (const char* operation :
       {"DescribeTable", "CreateTable", "PutItem", "GetItem", "Query", "Scan",
        "UpdateItem", "DeleteItem", "DeleteTable"}) {
    const auto bodies = world_.Bodies(operation);
    EXPECT_FALSE(bodies.empty()) << operation;
    EXPECT_TRUE(std::any_of(
        bodies.begin(), bodies.end(),
        [&arn](const Json& body) { return body["TableName"] == arn; }))
        << operation;
  }
}

TEST_F(OpenTest, AnEmbeddedLocationOpensLevelDb) {
  const TempDir dir;
  const std::string location = "leveldb:" + dir.Child("db");
  {
    const std::unique_ptr<Database> db = world_.Open(location);
    ASSERT_NE(db, nullptr);
    EXPECT_EQ(db->GetInfo().engine, "leveldb");
  }
  EXPECT_TRUE(world_.Destroy(location).ok());
  EXPECT_EQ(world_.dynamo.count(""), 0u);
  std::vector<dynamodown::StoreSummary> stores;
  EXPECT_EQ(KindOf(dynamodown::ListStoresIn(world_.open_environment,
                                            world_.options, location, &stores)),
            StatusKind::kNotSupported);
}

}  // namespace
}  // namespace dynamodown_test
