// The command line on an embedded store: arguments, formats, exit statuses, and
// failures that need no server.

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "cli_fixture.h"

namespace dynamodown {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

// Nothing listens there: the port is privileged and unassigned.
constexpr char kDeadEndpoint[] = "http://127.0.0.1:1";

/// Holds the store as LevelDB does in a process that has it open.
class Lock {
 public:
  explicit Lock(const std::filesystem::path& database)
      : fd_(open((database / "LOCK").c_str(), O_RDWR | O_CLOEXEC)) {
    struct flock whole {};
    whole.l_type = F_WRLCK;
    EXPECT_EQ(fcntl(fd_, F_SETLK, &whole), 0);
  }
  ~Lock() { close(fd_); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  const int fd_;
};

class CliTest : public CliFixture {
 protected:
  void Create() { EXPECT_EQ(Output({"create", store_}), ""); }

  void Fill() {
    Create();
    for (const char* key : {"a", "b", "ba", "bb", "c"}) {
      EXPECT_EQ(Output({"put", store_, key, std::string("v-") + key}), "");
    }
  }

  TemporaryDirectory directory_;
  const std::string store_ = "leveldb:" + (directory_.path() / "db").string();
};

// ----------------------------------------------------------------- arguments

TEST_F(CliTest, PutGetDel) {
  Create();
  EXPECT_EQ(Output({"put", store_, "name", "Yuri"}), "");
  EXPECT_EQ(Output({"get", store_, "name"}), "Yuri\n");
  EXPECT_EQ(Output({"del", store_, "name"}), "");
  EXPECT_THAT(Error(kNotFound, {"get", store_, "name"}),
              HasSubstr("there is no key name"));
}

TEST_F(CliTest, DelTakesManyKeysAndDoesNotMindThatOneIsNotThere) {
  Fill();
  EXPECT_EQ(Output({"del", store_, "a", "nothing", "bb", "a"}), "");
  EXPECT_EQ(Output({"scan", store_, "--keys-only"}), "b\nba\nc\n");
}

TEST_F(CliTest, AValueIsReadFromStandardInputByteForByte) {
  Create();
  const std::string value("\0\xff line\n\n", 9);
  EXPECT_EQ(Output({"put", store_, "k"}, value), "");
  EXPECT_EQ(Output({"get", store_, "k", "--raw"}), value);
  EXPECT_EQ(Output({"put", store_, "--hex", "6b", "-"}, "again"), "");
  EXPECT_EQ(Output({"get", store_, "k", "-n"}), "again");
  EXPECT_EQ(Output({"put", store_, "k"}, ""), "");
  EXPECT_EQ(Output({"get", store_, "k"}), "\n");
}

TEST_F(CliTest, NoKeyOrValueMeansAnythingToTheParser) {
  Create();
  const char* strange[] = {"",   "[a,b]", "[]",  "{}",    "%%",   "++",
                           "-",  "get",   "put", "a=b",   "'a'",  "\"a\"",
                           ":a", "a b",   "!",   "\\x00", "help", "1"};
  for (const char* key : strange) {
    const std::string value = std::string("value of ") + key;
    EXPECT_EQ(Output({"put", store_, key, value}), "");
    EXPECT_EQ(Output({"get", store_, key}), value + "\n");
    if (std::string(key) == "-") continue;  // standard input, as a value
    EXPECT_EQ(Output({"put", store_, "value", key}), "");
    EXPECT_EQ(Output({"get", store_, "value"}), std::string(key) + "\n");
    EXPECT_EQ(Output({"scan", store_, "--from", key, "--limit=1", "--keys-only",
                      "--json"}),
              "{" + json("key").dump() + ":" + json(key).dump() + "}\n");
  }
}

TEST_F(CliTest, NothingAfterTwoDashesIsAnOption) {
  Create();
  EXPECT_EQ(Output({"put", store_, "--", "--hex", "-v"}), "");
  EXPECT_EQ(Output({"put", "--", store_, "--", "two dashes"}), "");
  EXPECT_EQ(Output({"get", store_, "--", "--hex"}), "-v\n");
  EXPECT_EQ(Output({"get", store_, "--", "--"}), "two dashes\n");
  EXPECT_EQ(Output({"del", store_, "a", "--", "--hex", "--"}), "");
  EXPECT_EQ(Output({"count", store_}), "0\n");
}

TEST_F(CliTest, OfAnOptionGivenTwiceTheLastCounts) {
  Fill();
  EXPECT_EQ(Output({"count", store_, "--from", "a", "--from=bb"}), "2\n");
}

// ------------------------------------------------------------- scan and count

TEST_F(CliTest, ScanPrintsRecordsInOrder) {
  Fill();
  EXPECT_EQ(Output({"scan", store_}),
            "a\tv-a\nb\tv-b\nba\tv-ba\nbb\tv-bb\nc\tv-c\n");
  EXPECT_EQ(Output({"scan", store_, "--reverse", "--keys-only"}),
            "c\nbb\nba\nb\na\n");
}

TEST_F(CliTest, FromIsInTheRangeAndToIsNot) {
  Fill();
  const auto keys = [&](Arguments more) {
    Arguments arguments = {"scan", store_, "--keys-only"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Output(arguments);
  };
  EXPECT_EQ(keys({"--from", "b", "--to", "bb"}), "b\nba\n");
  EXPECT_EQ(keys({"--from", "b", "--to", "bb", "--reverse"}), "ba\nb\n");
  EXPECT_EQ(keys({"--prefix", "b"}), "b\nba\nbb\n");
  EXPECT_EQ(keys({"--prefix", "b", "--from", "ba", "--limit", "1"}), "ba\n");
  EXPECT_EQ(keys({"--prefix=b", "--reverse", "--limit=2"}), "bb\nba\n");
  EXPECT_EQ(keys({"--from=", "--to=b"}), "a\n");
  EXPECT_EQ(keys({"--from", "c", "--to", "a"}), "");
  EXPECT_EQ(keys({"--prefix", ""}), "a\nb\nba\nbb\nc\n");
  EXPECT_EQ(keys({"--limit", "0"}), "");
  EXPECT_EQ(keys({"--hex", "--from", "6262"}), "6262\n63\n");
}

TEST_F(CliTest, CountPrintsABareNumber) {
  Fill();
  EXPECT_EQ(Output({"count", store_}), "5\n");
  EXPECT_EQ(Output({"count", store_, "--prefix", "b"}), "3\n");
  EXPECT_EQ(Output({"count", store_, "--from", "b", "--to", "c"}), "3\n");
  EXPECT_EQ(Output({"count", store_, "--to", "a", "--json"}),
            "{\"count\":0}\n");
}

TEST_F(CliTest, ARecordIsALineWhateverItsBytes) {
  Create();
  EXPECT_EQ(Output({"put", store_, "--hex", "610a09", "5cff00c3bc"}), "");
  EXPECT_EQ(Output({"scan", store_}), "a\\x0a\\x09\t\\x5c\\xff\\x00\u00fc\n");
}

TEST_F(CliTest, AClosedPipeEndsAScanInSilence) {
  Create();
  const std::string value(100000, 'v');  // more than any buffer holds
  EXPECT_EQ(Output({"put", store_, "a"}, value), "");
  EXPECT_EQ(Output({"put", store_, "b"}, value), "");
  Invocation invocation;
  invocation.program = DYNAMODOWN_CLI;
  invocation.output_is_closed = true;
  for (const char* command : {"scan", "count"}) {
    invocation.arguments = {command, store_};
    const Outcome outcome = RunProgram(invocation);
    EXPECT_EQ(outcome.status, kOk) << command;
    EXPECT_EQ(outcome.err, "") << command;
  }
}

TEST_F(CliTest, OutputThatCannotBeWrittenIsAFailure) {
  Fill();
  Invocation invocation;
  invocation.program = "/bin/sh";
  invocation.arguments = {"-c", "exec \"$0\" \"$@\" > /dev/full",
                          DYNAMODOWN_CLI, "scan", store_};
  const Outcome outcome = RunProgram(invocation);
  EXPECT_EQ(outcome.status, kFailure);
  EXPECT_EQ(outcome.err,
            "dynamodown: cannot write standard output: No space left on "
            "device\n");
}

// ------------------------------------------------------------------- formats

TEST_F(CliTest, BytesMakeTheRoundTripInHexAndBase64) {
  Create();
  EXPECT_EQ(Output({"put", store_, "--hex", "00FF", "cafe00"}), "");
  EXPECT_EQ(Output({"get", store_, "--hex", "00ff"}), "cafe00\n");
  EXPECT_EQ(Output({"get", store_, "--base64", "AP8="}), "yv4A\n");
  EXPECT_EQ(Output({"get", store_, "--base64", "AP8=", "-n"}), "yv4A");
  EXPECT_EQ(Output({"put", store_, "--base64", "+/8=", "Zg=="}), "");
  EXPECT_EQ(Output({"scan", store_, "--hex"}), "00ff\tcafe00\nfbff\t66\n");
  EXPECT_EQ(Output({"scan", store_, "--base64"}), "AP8=\tyv4A\n+/8=\tZg==\n");
}

TEST_F(CliTest, JsonNamesWhatIsNotText) {
  Create();
  const std::string text = "\"quotes\"\\ \n\t\x01 gr\u00fc\u00df";
  EXPECT_EQ(Output({"put", store_, "text"}, text), "");
  EXPECT_EQ(Output({"put", store_, "--hex", "ff", "fe"}), "");
  EXPECT_EQ(json::parse(Output({"get", store_, "text", "--json"})),
            json({{"key", "text"}, {"value", text}}));
  EXPECT_EQ(json::parse(Output({"get", store_, "--hex", "ff", "--json"})),
            json({{"key_b64", "/w=="}, {"value_b64", "/g=="}}));

  const std::string lines = Output({"scan", store_, "--json"});
  const size_t middle = lines.find('\n');
  ASSERT_NE(middle, std::string::npos);
  EXPECT_EQ(json::parse(lines.substr(0, middle)),
            json({{"key", "text"}, {"value", text}}));
  EXPECT_EQ(json::parse(lines.substr(middle)),
            json({{"key_b64", "/w=="}, {"value_b64", "/g=="}}));
  EXPECT_EQ(Output({"scan", store_, "--json", "--keys-only", "--limit", "1"}),
            "{\"key\":\"text\"}\n");
}

TEST_F(CliTest, InfoSaysWhatTheStoreIs) {
  Create();
  const json info = json::parse(Output({"info", store_, "--json"}));
  EXPECT_EQ(info["location"], store_);
  EXPECT_EQ(info["engine"], "leveldb");
  EXPECT_EQ(info["foreign"], false);
  EXPECT_TRUE(info["supports"].is_array());
  EXPECT_THAT(Output({"info", store_}),
              HasSubstr("\nengine           leveldb"));
}

// ----------------------------------------------------------- stores as a whole

TEST_F(CliTest, CreateRefusesAStoreThatExists) {
  Create();
  EXPECT_THAT(Error(kFailure, {"create", store_}), HasSubstr("exists"));
}

TEST_F(CliTest, AMissingStoreSaysHowToMakeIt) {
  for (const Arguments& arguments :
       {Arguments{"get", store_, "k"}, Arguments{"put", store_, "k", "v"},
        Arguments{"del", store_, "k"}, Arguments{"scan", store_},
        Arguments{"count", store_}, Arguments{"info", store_}}) {
    EXPECT_THAT(Error(kFailure, arguments),
                EndsWith("does not exist; to make it, run: dynamodown create " +
                         store_ + "\n"));
  }
}

TEST_F(CliTest, DestroyLeavesNothingAndSaysIfThereIsNoStore) {
  Fill();
  EXPECT_EQ(Output({"destroy", store_}), "");
  for (const char* flag : {"--quiet", "--yes", "--force", "--drop-table"}) {
    EXPECT_EQ(Error(kNotFound, {"destroy", store_, flag}),
              "dynamodown: there is no store " + store_ +
                  "; nothing was destroyed\n");
  }
  Error(kFailure, {"get", store_, "a"});
}

// ---------------------------------------------------------------- help, usage

TEST_F(CliTest, AdviceIsWrittenSoThatAShellTakesIt) {
  const std::string odd = directory_.path().string() + "/a\n'b\\";
  EXPECT_THAT(
      Error(kFailure, {"get", "leveldb:" + odd, "k"}),
      testing::EndsWith("dynamodown create $'leveldb:" +
                        directory_.path().string() + "/a\\x0a\\'b\\\\'\n"));
}

TEST_F(CliTest, EveryCommandHasAHelpThatFitsATerminal) {
  const char* commands[] = {"get",   "put",    "del",     "scan",
                            "count", "create", "destroy", "info",
                            "list",  "dump",   "load",    "batch"};
  const char* item_commands[] = {"put",     "set",    "unset", "inc", "append",
                                 "add",     "remove", "del",   "get", "history",
                                 "flatten", "settle", "query", "scan"};
  const std::string program_help = Output({"--help"});
  for (const char* part : {"leveldb:PATH", "Exit status:", "Environment:"}) {
    EXPECT_THAT(program_help, HasSubstr(part));
  }
  std::string all = program_help;
  for (const std::string command : commands) {
    EXPECT_THAT(program_help, HasSubstr("\n  " + command + " "));
    const std::string help = Output({command, "--help"});
    EXPECT_THAT(help, HasSubstr("\nUsage: dynamodown " + command + " "));
    EXPECT_THAT(help, HasSubstr("\nExamples:\n  dynamodown " + command + " "));
    EXPECT_THAT(help, HasSubstr("--timeout SECONDS"));
    all += help;
  }
  const std::string item_help = Output({"item", "--help"});
  EXPECT_THAT(program_help, HasSubstr("\n  item "));
  EXPECT_THAT(item_help, HasSubstr("\nUsage: dynamodown item COMMAND "));
  EXPECT_THAT(item_help, HasSubstr("\nExamples:\n  dynamodown "));
  all += item_help;
  for (const std::string command : item_commands) {
    EXPECT_THAT(item_help, HasSubstr("\n  " + command + " "));
    const std::string help = Output({"item", command, "--help"});
    const std::string words = " dynamodown item " + command + " ";
    EXPECT_THAT(help, HasSubstr("\nUsage:" + words));
    EXPECT_THAT(help, HasSubstr("\nExamples:\n " + words));
    EXPECT_THAT(help, HasSubstr("--timeout SECONDS"));
    all += help;
  }
  for (size_t begin = 0; begin < all.size();) {
    const size_t end = all.find('\n', begin);
    EXPECT_LE(end - begin, 80u) << all.substr(begin, end - begin);
    begin = end + 1;
  }
  EXPECT_THAT(Output({"--version"}),
              testing::MatchesRegex("dynamodown [0-9.]+\n.*/THIRD_PARTY_NOTICES"
                                    "\n"));
}

TEST_F(CliTest, AWrongArgumentIsNamed) {
  const struct {
    Arguments arguments;
    const char* message;
    const char* help;
  } cases[] = {
      {{}, "a command is missing", "dynamodown --help"},
      {{"gte", store_}, "there is no command 'gte'", "dynamodown --help"},
      {{"--hex"}, "no option --hex, or a command is missing", "--help"},
      {{"--hex", "get"}, "LOCATION is required", "get --help"},
      {{"--prefix", "get"}, "--prefix, or a command is missing", "--help"},
      {{"get"}, "LOCATION is required", "get --help"},
      {{"get", store_}, "KEY is required", "get --help"},
      {{"put", store_}, "KEY is required", "put --help"},
      {{"del", store_}, "KEY is required", "del --help"},
      {{"info", store_, "b"}, "unexpected argument 'b'", "info --help"},
      {{"scan", store_, "b"}, "unexpected argument 'b'", "scan --help"},
      {{"get", store_, "--nope", "a"}, "no option --nope", "get --help"},
      {{"get", store_, "-x"}, "no option -x", "get --help"},
      {{"put", store_, "a", "b", "--json"}, "no option --json", "put --help"},
      {{"get", store_, "--hex", "0"}, "KEY '0' is not hexadecimal", "get"},
      {{"put", store_, "--base64", "AA==", "?"}, "'?' is not base64", "put"},
      {{"scan", store_, "--hex", "--to", "x"}, "--to 'x' is not hexa", "scan"},
      {{"get", store_, "a", "--hex", "--base64"}, "excludes", "get --help"},
      {{"scan", store_, "--limit", "-1"}, "--limit does not take '-1'", "scan"},
      {{"scan", store_, "--limit", "1k"}, "--limit does not take '1k'", "scan"},
      {{"scan", store_, "--from"}, "--from", "scan --help"},
      {{"get", store_, "a", "--json=1"}, "takes none", "get --help"},
      {{"get", store_, "a", "--hex=1"}, "takes none", "get --help"},
      {{"get", store_, "a", "--timeout", "0"}, "not take '0'", "get --help"},
      {{"get", store_, "a", "--timeout", "nan"}, "not take 'nan'", "get"},
      {{"get", store_, "a", "--timeout", "9999"}, "not take '9999'", "get"},
      {{"create", store_, "--key-type", "N"}, "B or S, not 'N'", "create"},
      {{"get", store_, "a", "--max-parallel", "65"},
       "--max-parallel must be 1 to 64",
       "get --help"},
      {{"get", store_, "a", "--hash-key", "h"}, "requires --range-key", "get"},
      {{"create", store_, "--read-units", "1"}, "requires --write", "create"},
  };
  for (const auto& c : cases) {
    const std::string message = Error(kUsage, c.arguments);
    EXPECT_THAT(message, HasSubstr(c.message));
    EXPECT_THAT(message,
                testing::ContainsRegex("(; try|[?] Try) 'dynamodown "));
    EXPECT_THAT(message, HasSubstr(c.help));
  }
}

// -------------------------------------------------- failures without a server

TEST_F(CliTest, ABadLocationIsRefused) {
  for (const char* bad : {"", "/hash", "dynamodb://", "table/",
                          "leveldb:", "dynamodb://table/h?nonsense=1"}) {
    EXPECT_THAT(Error(kFailure, {"get", bad, "k"}), HasSubstr("location"))
        << bad;
  }
  EXPECT_THAT(Error(kFailure, {"get", "table/hash/.dynamodown", "k"}),
              HasSubstr("/.dynamodown"));
}

TEST_F(CliTest, CredentialsInALocationAreRefusedAndNotRepeated) {
  const std::string location =
      std::string("dynamodb://key:") + kMarkerSecret + "@table/hash";
  Error(kFailure, {"get", location, "k"});
  Error(kFailure, {"list", location});
  Error(kFailure, {"destroy", location});
  Error(kFailure,
        {"get", "table/hash", "k", "--timeout", "1", "--endpoint",
         std::string("http://key:") + kMarkerSecret + "@localhost:1"});
}

TEST_F(CliTest, WithoutCredentialsTheMessageSaysWhereTheyComeFrom) {
  environment_ = {{"AWS_ACCESS_KEY_ID", ""}, {"AWS_SECRET_ACCESS_KEY", ""}};
  for (const Arguments& arguments :
       {Arguments{"get", "table/hash", "k"}, Arguments{"create", "table/hash"},
        Arguments{"list", "table"}, Arguments{"destroy", "table/hash"}}) {
    Arguments there = arguments;
    there.insert(there.end(), {"--endpoint", kDeadEndpoint});
    const std::string message = Error(kFailure, there);
    EXPECT_THAT(message, HasSubstr("credentials: "));
    EXPECT_THAT(message, HasSubstr("AWS_ACCESS_KEY_ID"));
  }
}

TEST_F(CliTest, WithoutARegionTheMessageSaysHowToGiveOne) {
  environment_ = {{"AWS_REGION", ""}};
  EXPECT_THAT(Error(kFailure, {"get", "table/hash", "k"}),
              HasSubstr("AWS_REGION"));
}

TEST_F(CliTest, AnUnreachableEndpointFailsWithinTheTimeout) {
  for (const Arguments& arguments :
       {Arguments{"get", "table/hash", "k"}, Arguments{"create", "table/hash"},
        Arguments{"list", "table"}, Arguments{"destroy", "table/hash"}}) {
    Arguments there = arguments;
    there.insert(there.end(), {"--endpoint", kDeadEndpoint, "--timeout", "1"});
    const Outcome outcome = Cli(there);
    EXPECT_EQ(outcome.status, kFailure);
    EXPECT_THAT(outcome.err,
                testing::ContainsRegex("^dynamodown: (unavailable|timeout): "));
    EXPECT_THAT(outcome.err, Not(HasSubstr("\ndynamodown")));
    EXPECT_LT(outcome.elapsed, std::chrono::seconds(2));
  }
}

TEST_F(CliTest, AStoreThatAnotherProcessHasOpenIsRefusedInWords) {
  Create();
  const Lock lock(directory_.path() / "db");
  for (const Arguments& arguments :
       {Arguments{"get", store_, "a"}, Arguments{"put", store_, "a", "b"},
        Arguments{"scan", store_}, Arguments{"destroy", store_},
        Arguments{"item", "get", store_, "kim"},
        Arguments{"item", "put", store_, "kim", "{}"}}) {
    EXPECT_EQ(Error(kFailure, arguments),
              "dynamodown: " + (directory_.path() / "db").string() +
                  ": another process has the store open and locked; only one "
                  "process at a time can open an embedded store: wait until "
                  "the other process ends, or end it\n");
  }
}

}  // namespace
}  // namespace dynamodown
