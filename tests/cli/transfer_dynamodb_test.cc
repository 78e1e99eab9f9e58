// dump, load and batch on Amazon's DynamoDB Local. Each test has a table of its
// own.

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "support/raw_dynamodb.h"
#include "transfer_fixture.h"

namespace dynamodown {
namespace {

using nlohmann::json;
using testing::ContainsRegex;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::chrono::milliseconds kLook{1};  // at another process's files

class TransferDynamoDbTest : public TransferFixture {
 protected:
  TransferDynamoDbTest() {
    environment_["AWS_ENDPOINT_URL_DYNAMODB"] = endpoint_;
  }

  void SetUp() override { ASSERT_NE(endpoint_, ""); }
  void TearDown() override { Drop(table_); }
  void Drop(const std::string& table) {
    json request = {{"TableName", table}};
    Raw("DeleteTable", request);
  }

  json Raw(const std::string& operation, const json& request) {
    return json::parse(
        dynamodown_test::CallDynamoDb(endpoint_, operation, request.dump()));
  }

  /// Runs `command` in a shell; "$0" in it is the program.
  Outcome Shell(const std::string& command) {
    Invocation invocation = Call({"-c", command, DYNAMODOWN_CLI});
    invocation.program = "/bin/sh";
    return RunProgram(invocation);
  }

  const std::string endpoint_ = DynamoDbLocal();
  const std::string table_ = NewTable("transfer");
  const std::string store_ = table_ + "/myhash";
  const std::string file_ = Path("dump");
  const std::string checkpoint_ = Path("checkpoint");
};

// ----------------------------------------------------------------- round trips

TEST_F(TransferDynamoDbTest, FromLevelDbToATableAndBack) {
  const Map map = AnyBytes(1, 3000, 1024, 300'000);
  FillLevelDb("from", map);
  Outcome outcome =
      Shell("\"$0\" dump " + Embedded("from") + " | \"$0\" load " + store_);
  EXPECT_EQ(outcome.status, kOk) << outcome.err;
  outcome = Shell("\"$0\" dump " + store_ + " | \"$0\" load " + Embedded("to"));
  EXPECT_EQ(outcome.status, kOk) << outcome.err;
  EXPECT_EQ(ReadLevelDb("to"), EntriesOf(map));
  EXPECT_EQ(ReadLevelDb("to"), ReadLevelDb("from"));
  EXPECT_TRUE(Output({"dump", store_}) == Output({"dump", Embedded("from")}));
  EXPECT_TRUE(Output({"dump", store_, "--eventual"}) ==
              Output({"scan", store_, "--json"}));
}

TEST_F(TransferDynamoDbTest, OfTwoLinesOnOneKeyTheLaterCounts) {
  std::string lines;
  Map last;
  Random random(2);
  for (int i = 0; i < 5000; ++i) {
    const std::string key = Numbered(random.Below(500));
    last[key] = std::to_string(i);
    lines += Record(key, last[key]);
  }
  EXPECT_EQ(Output({"load", store_, "--max-wcu", "1e9"}, lines), "");
  EXPECT_EQ(ParseDump(Output({"dump", store_, "--max-rcu", "1e9"})),
            EntriesOf(last));
}

TEST_F(TransferDynamoDbTest, ACappedLoadTakesItsTime) {
  std::string lines;
  for (int i = 0; i < 300; ++i) {
    lines += "{\"key\":\"" + std::to_string(i) + "\",\"value\":\"v\"}\n";
  }
  const Outcome outcome = Cli({"load", store_, "--max-wcu", "100"}, lines);
  EXPECT_EQ(outcome.status, kOk) << outcome.err;
  // 300 units take 3 s, except that nothing waits after the last batches.
  EXPECT_GE(outcome.elapsed, std::chrono::milliseconds(2500));
}

TEST_F(TransferDynamoDbTest, AnotherLibrarysTableIsDumpedAsItIs) {
  // Items as the JavaScript libraries make them: S range keys; texts, numbers,
  // and no attribute for an empty value.
  Raw("CreateTable", {{"TableName", table_},
                      {"KeySchema",
                       {{{"AttributeName", "hkey"}, {"KeyType", "HASH"}},
                        {{"AttributeName", "rkey"}, {"KeyType", "RANGE"}}}},
                      {"AttributeDefinitions",
                       {{{"AttributeName", "hkey"}, {"AttributeType", "S"}},
                        {{"AttributeName", "rkey"}, {"AttributeType", "S"}}}},
                      {"BillingMode", "PAY_PER_REQUEST"}});
  const auto put = [&](const std::string& key, const json& value) {
    Raw("PutItem", {{"TableName", table_},
                    {"Item",
                     {{"hkey", {{"S", "myhash"}}},
                      {"rkey", {{"S", key}}},
                      {"value", value}}}});
  };
  put("gr\u00fc\u00df", {{"S", "text"}});
  put("number", {{"N", "42"}});
  put("empty", {{"NULL", true}});
  put("bytes", {{"B", "AP8="}});
  put("\u4e16\U0001f600", {{"S", "{\"json\":\"too\"}"}});
  const Entries all = {{"bytes", {"\0\xff", 2}},
                       {"empty", ""},
                       {"gr\u00fc\u00df", "text"},
                       {"number", "42"},
                       {"\u4e16\U0001f600", "{\"json\":\"too\"}"}};
  EXPECT_EQ(json::parse(Output({"info", store_, "--json"})).at("foreign"),
            true);
  EXPECT_EQ(Output({"dump", store_, "-o", file_}), "");
  EXPECT_EQ(ParseDump(ReadFile(file_)), all);
  EXPECT_EQ(Output({"load", Embedded("to"), file_}), "");
  EXPECT_EQ(ReadLevelDb("to"), all);
  const std::string elsewhere = NewTable("transfer");
  EXPECT_EQ(Output({"load", elsewhere, file_}), "");
  EXPECT_TRUE(Output({"dump", elsewhere}) == ReadFile(file_));
  Drop(elsewhere);
}

// -------------------------------------------------------------------- failures

TEST_F(TransferDynamoDbTest, ARecordThatCannotBeStoredIsNamedByItsLine) {
  const struct {
    std::string key, value;
    const char* limit;
  } cases[] = {{std::string(1025, 'k'), "SECRET", "1024"},
               {"k", std::string(410'000, 'v'), "409600"}};
  for (const auto& [key, value, limit] : cases) {
    const std::string input =
        Records(0, 2500) + "\n" + Record(key, value) + Records(2500, 9000);
    const std::string message =
        Error(kFailure, {"load", store_, "--checkpoint", checkpoint_}, input);
    EXPECT_THAT(message, HasSubstr(limit));
    EXPECT_THAT(message, Not(HasSubstr("vvvv")));
    EXPECT_THAT(message, Not(HasSubstr(kQuoted)));
    EXPECT_THAT(message, StartsWith("dynamodown: loaded 2500 records (lines 1 "
                                    "to 2501); line 2502: "));
    EXPECT_EQ(Output({"dump", store_}), Records(0, 2500));
    EXPECT_EQ(json::parse(ReadFile(checkpoint_)).at("line"), 2500);
    // The next load continues from there.
    EXPECT_EQ(Output({"load", store_, "--checkpoint", checkpoint_},
                     Records(0, 2500) + Records(2500, 2600)),
              "");
    EXPECT_EQ(Output({"dump", store_}), Records(0, 2600));
    EXPECT_EQ(Output({"destroy", store_}), "");
  }
}

TEST_F(TransferDynamoDbTest, AFailedWriteSaysWhichLinesAreLoaded) {
  Invocation invocation =
      Call({"load", store_, "--checkpoint", checkpoint_, "--timeout", "5"});
  invocation.input_is_piped = true;
  Program load(invocation);
  ASSERT_TRUE(load.Feed(Records(0, 2000)));
  const auto loaded = [&] {
    const std::string checkpoint = ReadFile(checkpoint_);
    return checkpoint.empty() ? 0
                              : json::parse(checkpoint).at("line").get<int>();
  };
  while (load.IsRunning() && loaded() < 2000) {
    std::this_thread::sleep_for(kLook);
  }
  Drop(table_);
  load.Feed(Records(2000, 9000));  // as much as the load takes
  load.EndInput();
  const Outcome outcome = load.Wait();
  EXPECT_EQ(outcome.status, kFailure);
  EXPECT_THAT(outcome.err, HasSubstr("ResourceNotFoundException"));
  EXPECT_THAT(outcome.err,
              testing::ContainsRegex("; lines 1 to 2000 are loaded, and (line "
                                     "2001|some of lines 2001 to [0-9]+) may "
                                     "be; to continue, run: "));
  Output({"create", store_});
  EXPECT_THAT(
      Error(kFailure, {"load", store_, "--checkpoint", checkpoint_},
            Records(0, 9000)),
      HasSubstr(": it belongs to another store with the same name; remove "));
  EXPECT_EQ(Output({"count", store_}), "0\n");
}

TEST_F(TransferDynamoDbTest, AnAtomicBatchIsWrittenWholeOrRefusedWhole) {
  Output({"create", store_});
  std::string lines;
  for (size_t i = 0; i < 100; ++i) {
    lines +=
        json({{"type", "put"}, {"key", Numbered(i)}, {"value", "v"}}).dump() +
        "\n";
  }
  EXPECT_EQ(Output({"batch", store_, "--max-wcu", "100000"}, lines), "");
  EXPECT_EQ(Output({"count", store_}), "100\n");
  std::string dels;
  for (size_t i = 0; i < 101; ++i) {
    dels += json({{"type", "del"}, {"key", Numbered(i)}}).dump() + "\n";
  }
  EXPECT_THAT(Error(kFailure, {"batch", store_}, dels),
              HasSubstr("use --unordered, which is not atomic"));
  EXPECT_EQ(Output({"count", store_}), "100\n");
  EXPECT_EQ(Output({"batch", store_, "--unordered"}, dels), "");
  EXPECT_EQ(Output({"count", store_}), "0\n");
}

// ------------------------------------------------------------------- kill -9

/// A store with enough records that a transfer takes a while.
class KillTest : public TransferDynamoDbTest {
 protected:
  static constexpr uint64_t kSeeds = 10;

  static Map Many(uint64_t seed, size_t n) {
    Random random(seed);
    Map map;
    while (map.size() < n) map[random.Bytes(1 + random.Below(30))] = "";
    for (auto& [key, value] : map) value = random.Bytes(random.Below(400));
    return map;
  }

  static std::string Lines(const Map& map) {
    std::string lines;
    for (const auto& [key, value] : map) {
      lines += "{\"key_b64\":\"" + EncodeBase64(key) + "\",\"value_b64\":\"" +
               EncodeBase64(value) + "\"}\n";
    }
    return lines;
  }
  static std::string EncodeBase64(const std::string& bytes) {
    static constexpr char kDigits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (size_t i = 0; i < bytes.size(); i += 3) {
      uint32_t group = 0;
      for (size_t k = 0; k < 3; ++k) {
        group =
            group << 8 |
            (i + k < bytes.size() ? static_cast<uint8_t>(bytes[i + k]) : 0u);
      }
      for (size_t k = 0; k < 4; ++k) {
        text +=
            i + k <= bytes.size() ? kDigits[group >> (18 - 6 * k) & 63] : '=';
      }
    }
    return text;
  }

  /// Runs `arguments`, and kills the program some microseconds after
  /// `reached()` is true. Returns whether it was killed.
  template <class Reached>
  bool RunAndKill(const Arguments& arguments, Random* random, Reached reached) {
    Program program(Call(arguments));
    while (program.IsRunning() && !reached()) {
      std::this_thread::sleep_for(kLook);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(
        random->Below(static_cast<size_t>(kJitter.count()))));
    program.Kill();
    const Outcome outcome = program.Wait();
    EXPECT_TRUE(outcome.status == kOk || outcome.status == 128 + 9)
        << outcome.status << outcome.err;
    return outcome.status != kOk;
  }

 private:
  static constexpr std::chrono::microseconds kJitter{100'000};
};

TEST_F(KillTest, ADumpLosesAndDoublesNothing) {
  const Map map = Many(1, 30'000);
  EXPECT_EQ(Output({"load", store_}, Lines(map)), "");
  const std::string whole = Output({"dump", store_});
  ASSERT_EQ(ParseDump(whole), EntriesOf(map));
  const Arguments dump = {"dump", store_, "-o", file_, "--resume"};
  const auto size = [&] {
    std::error_code missing;
    const auto bytes = std::filesystem::file_size(file_, missing);
    return missing ? uint64_t{0} : static_cast<uint64_t>(bytes);
  };
  int killed = 0;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    Random random(seed);
    std::filesystem::remove(file_);
    for (int kill = 0; kill < 2; ++kill) {
      const uint64_t enough = size() + random.Below(whole.size() / 2);
      const bool was_killed =
          RunAndKill(dump, &random, [&] { return size() > enough; });
      const std::string before = ReadFile(file_);
      ASSERT_TRUE(whole.starts_with(before)) << "seed " << seed;
      killed += was_killed && !before.empty() && before.size() < whole.size();
      // A kill within a write leaves a part of a line.
      const size_t torn =
          random.Below(std::min<size_t>(before.size(), 500) + 1);
      std::filesystem::resize_file(file_, before.size() - torn);
    }
    EXPECT_EQ(Output(dump), "");
    EXPECT_TRUE(ReadFile(file_) == whole) << "seed " << seed;
  }
  RecordProperty("killed", killed);
  EXPECT_GE(killed, static_cast<int>(kSeeds) / 2) << "kills in the middle";
}

TEST_F(KillTest, ALoadLosesAndDoublesNothing) {
  constexpr size_t kRecords = 10'000;
  int killed = 0;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    Random random(seed);
    const Map map = Many(seed, kRecords);
    // Each tenth key comes twice, far apart: the first value must not stay.
    Map stale;
    for (const auto& [key, value] : map) {
      if (random.OneIn(10)) stale[key] = "stale";
    }
    WriteFile("input", Lines(stale) + Lines(map));
    const std::string store = table_ + "/" + std::to_string(seed);
    const Arguments load = {"load", store, Path("input"), "--checkpoint",
                            checkpoint_};
    const auto line = [&] {
      const std::string checkpoint = ReadFile(checkpoint_);
      return checkpoint.empty()
                 ? size_t{0}
                 : json::parse(checkpoint).at("line").get<size_t>();
    };
    for (int kill = 0; kill < 2; ++kill) {
      const size_t enough = line() + random.Below(kRecords / 2);
      const bool was_killed =
          RunAndKill(load, &random, [&] { return line() >= enough; });
      killed += was_killed && line() > 0;
      if (!was_killed) break;  // all is loaded, and no checkpoint is left
    }
    EXPECT_EQ(Output(load), "");
    EXPECT_FALSE(std::filesystem::exists(checkpoint_));
    EXPECT_EQ(ParseDump(Output({"dump", store})), EntriesOf(map))
        << "seed " << seed;
  }
  RecordProperty("killed", killed);
  EXPECT_GE(killed, static_cast<int>(kSeeds) / 2) << "kills in the middle";
}

}  // namespace
}  // namespace dynamodown
