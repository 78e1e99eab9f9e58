// dynamodown item ..., as its users run it, on an embedded store and on
// DynamoDB Local.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli_fixture.h"

namespace dynamodown {
namespace {

using nlohmann::json;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Of another writer, whose records the tests put in place by hand.
constexpr char kWriter[] = "-188c-786ae2e1f629";

std::string TimestampOf(const std::string& clock) { return clock + kWriter; }

/// Arrays in arrays.
std::string DeepJson(size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

class ItemTest : public CliFixture,
                 public testing::WithParamInterface<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "dynamodb") {
      const std::string endpoint = DynamoDbLocal();
      ASSERT_NE(endpoint, "");
      environment_["AWS_ENDPOINT_URL_DYNAMODB"] = endpoint;
      static std::atomic<int> number = 0;
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      store_ = "item." + std::to_string(now.count()) + "." +
               std::to_string(++number) + "/users";
    } else {
      store_ = "leveldb:" + (directory_.path() / "db").string();
    }
    EXPECT_EQ(Output({"create", store_}), "");
  }
  void TearDown() override {
    if (GetParam() == "dynamodb") Cli({"destroy", store_, "--drop-table"});
  }

  Arguments ItemArguments(const std::string& verb, const Arguments& more) {
    Arguments arguments = {"item", verb, store_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  std::string Item(const std::string& verb, const Arguments& more,
                   const std::string& input = "") {
    return Output(ItemArguments(verb, more), input);
  }
  /// An operation, which has nothing to say.
  void Write(const std::string& verb, const Arguments& more,
             const std::string& input = "") {
    EXPECT_EQ(Item(verb, more, input), "") << verb;
  }
  std::string ItemError(int status, const std::string& verb,
                        const Arguments& more, const std::string& input = "") {
    return Error(status, ItemArguments(verb, more), input);
  }
  json Whole(const std::string& name) {
    return json::parse(Item("get", {name, "--json"}));
  }
  /// A record as another program left it.
  void PutRecord(const std::string& key, const std::string& value) {
    EXPECT_EQ(Output({"put", store_, key, value}), "");
  }
  /// Those of the document.
  void PutDocument() {
    PutRecord("chilts/" + TimestampOf("013d58c7276e-0000") + "/putItem",
              R"({"nick":"chilts","email":"me@example.com"})");
    PutRecord("chilts/" + TimestampOf("013d58c7276e-0001") + "/delAttrs",
              R"(["email"])");
    PutRecord("chilts/" + TimestampOf("013d58c7276e-0002") + "/putAttrs",
              R"({"name":"Andy Chilton"})");
  }

  TemporaryDirectory directory_;
  std::string store_;
};

// ---------------------------------------------------------------- operations

TEST_P(ItemTest, EachOperationDoesWhatItSays) {
  Write("put", {"kim", R"({"nick":"kim","email":"k@x.com"})"});
  EXPECT_EQ(Item("get", {"kim"}), "{\"nick\":\"kim\",\"email\":\"k@x.com\"}\n");
  Write("set", {"kim", R"({"nick":"yuri","age":7})"});
  Write("unset", {"kim", "email", "not there"});
  EXPECT_EQ(Item("get", {"kim"}), "{\"nick\":\"yuri\",\"age\":7}\n");
  Write("inc", {"kim", "age"});
  Write("inc", {"kim", "age", "-10"});
  Write("inc", {"kim", "credit", "2.5"});
  EXPECT_EQ(Item("get", {"kim"}),
            "{\"nick\":\"yuri\",\"age\":-2,\"credit\":2.5}\n");
  Write("put", {"kim", "{}"});
  Write("append", {"kim", "log", "one \"two\""});
  Write("append", {"kim", "log", ", three"});
  EXPECT_EQ(Item("get", {"kim"}), "{\"log\":\"one \\\"two\\\", three\"}\n");
  Write("put", {"kim", "{}"});
  Write("add", {"kim", "colours", "red", "blue", "1"});
  Write("remove", {"kim", "colours", "blue", "green"});
  EXPECT_EQ(Item("get", {"kim"}), "{\"colours\":{\"red\":true,\"1\":true}}\n");
  Write("del", {"kim"});
  ItemError(kNotFound, "get", {"kim"});
  Write("inc", {"kim", "lives"});
  EXPECT_EQ(Item("get", {"kim"}), "{\"lives\":1}\n");
  EXPECT_EQ(Whole("kim")["changes"], 14);
}

TEST_P(ItemTest, AnObjectIsReadFromStandardInput) {
  Write("put", {"kim"}, "{\n  \"nick\": \"kim\"\n}\n");
  Write("set", {"kim", "-"}, "{\"age\":7}");
  EXPECT_EQ(Item("get", {"kim"}), "{\"nick\":\"kim\",\"age\":7}\n");
}

TEST_P(ItemTest, AWrongObjectOnStandardInputIsAWrongArgument) {
  for (const std::string verb : {"put", "set"}) {
    const std::string message = ItemError(kUsage, verb, {"kim"}, "{\"nick\"");
    EXPECT_THAT(message, HasSubstr("standard input is not valid JSON, at byte "
                                   "8; try 'dynamodown item " +
                                   verb + " --help'"));
    EXPECT_THAT(ItemError(kUsage, verb, {"kim", "-"}, ""),
                HasSubstr("standard input is not valid JSON"));
    EXPECT_THAT(ItemError(kUsage, verb, {"kim"}, "[]"),
                HasSubstr("standard input is no object"));
  }
  EXPECT_EQ(Item("scan", {}), "");
}

TEST_P(ItemTest, IntegersAreExact) {
  Write("put",
        {"kim", R"({"n":9223372036854775807,"m":-9223372036854775808})"});
  Write("inc", {"kim", "n"});
  EXPECT_EQ(Item("get", {"kim"}),
            "{\"n\":9223372036854775808,\"m\":-9223372036854775808}\n");
}

TEST_P(ItemTest, NoArgumentMeansAnythingToTheParser) {
  for (const char* strange :
       {"[a,b]", "{}", "%%", "++", "get", "item", "help", "a/b", "a=b", ":a",
        "\"a\"", "a\\b", "-5", "%41", " ", "\xff\xfe", "%dyno"}) {
    Write("put", {strange, "{}"});
    Write("inc", {strange, "a"});
    EXPECT_EQ(Item("get", {strange}), "{\"a\":1}\n");
  }
  for (const char* strange : {"", "{}", "++", "get", "a\"b", "\\", "-5"}) {
    Write("put", {"kim", "{}"});
    Write("append", {"kim", strange, strange});
    EXPECT_EQ(json::parse(Item("get", {"kim"})), json({{strange, strange}}));
    Write("unset", {"kim", strange});
    EXPECT_EQ(Item("get", {"kim"}), "{}\n");
    Write("add", {"kim", strange, strange, "x"});
    EXPECT_EQ(json::parse(Item("get", {"kim"})),
              json({{strange, {{strange, true}, {"x", true}}}}));
  }
  Write("append", {"kim", "--", "--json", "--help"});
  EXPECT_EQ(json::parse(Item("get", {"kim"}))["--json"], "--help");
}

TEST_P(ItemTest, AWriteThatIsRepeatedWithItsTimestampCountsOnce) {
  Write("inc", {"kim", "n"});
  const std::string timestamp = Whole("kim")["timestamp"];
  for (int i = 0; i < 2; ++i) {
    Write("inc", {"kim", "n", "--timestamp", timestamp});
  }
  EXPECT_EQ(Item("get", {"kim"}), "{\"n\":1}\n");
  EXPECT_THAT(
      ItemError(kFailure, "inc", {"kim", "n", "2", "--timestamp", timestamp}),
      HasSubstr("is that of another operation"));
  EXPECT_EQ(Whole("kim")["changes"], 1);
}

// ------------------------------------------------------------------ get, then

TEST_P(ItemTest, GetSaysAllThereIsToSay) {
  PutDocument();
  EXPECT_EQ(Item("get", {"chilts"}),
            "{\"nick\":\"chilts\",\"name\":\"Andy Chilton\"}\n");
  const json whole = Whole("chilts");
  EXPECT_EQ(whole["name"], "chilts");
  EXPECT_EQ(whole["item"],
            json({{"nick", "chilts"}, {"name", "Andy Chilton"}}));
  EXPECT_EQ(whole["timestamp"], TimestampOf("013d58c7276e-0002"));
  EXPECT_EQ(whole["time"], "2013-03-11T09:27:59.598Z");
  EXPECT_EQ(whole["changes"], 3);
  EXPECT_EQ(whole["records"], 3);
  EXPECT_EQ(whole["hash"].get<std::string>().size(), 64u);
  EXPECT_EQ(whole["late"], json::array());
  EXPECT_EQ(whole["unknown"], json::array());
}

TEST_P(ItemTest, GetAsOfIsTheItemAsItWasThen) {
  PutDocument();
  const std::string first =
      "{\"nick\":\"chilts\",\"email\":\"me@example.com\"}\n";
  const std::string last = "{\"nick\":\"chilts\",\"name\":\"Andy Chilton\"}\n";
  const auto as_of = [this](const std::string& time) {
    return Item("get", {"chilts", "--as-of", time});
  };
  EXPECT_EQ(as_of(TimestampOf("013d58c7276e-0000")), first);
  EXPECT_EQ(as_of("013d58c7276e-0000"), first);
  EXPECT_EQ(as_of(TimestampOf("013d58c7276e-0001")), "{\"nick\":\"chilts\"}\n");
  EXPECT_EQ(as_of("013d58c7276e"), last);
  EXPECT_EQ(as_of("2013-03-11T09:27:59.598Z"), last);
  EXPECT_EQ(as_of("2013-03-11T09:27:59Z"), last);
  EXPECT_EQ(as_of("2026-01-01T00:00:00Z"), last);
  for (const char* before :
       {"2013-03-11T09:27:59.597Z", "2013-03-11T09:27:58Z", "013d58c7276d"}) {
    EXPECT_THAT(ItemError(kNotFound, "get", {"chilts", "--as-of", before}),
                HasSubstr("no item chilts as of then"));
  }
  Item("flatten", {"chilts"});
  EXPECT_EQ(as_of("2026-01-01T00:00:00Z"), last);
  EXPECT_THAT(
      ItemError(kFailure, "get", {"chilts", "--as-of", "013d58c7276e-0001"}),
      HasSubstr("flattened at " + TimestampOf("013d58c7276e-0002")));
}

TEST_P(ItemTest, HistoryIsATimelineOrJson) {
  PutDocument();
  const std::string time = "  2013-03-11T09:27:59.598Z  ";
  EXPECT_EQ(Item("history", {"chilts"}),
            TimestampOf("013d58c7276e-0000") + time +
                R"(putItem {"nick":"chilts","email":"me@example.com"})"
                "\n"
                R"(    {"nick":"chilts","email":"me@example.com"})"
                "\n" +
                TimestampOf("013d58c7276e-0001") + time +
                R"(delAttrs ["email"])"
                "\n"
                R"(    {"nick":"chilts"})"
                "\n" +
                TimestampOf("013d58c7276e-0002") + time +
                R"(putAttrs {"name":"Andy Chilton"})"
                "\n"
                R"(    {"nick":"chilts","name":"Andy Chilton"})"
                "\n");
  const std::vector<std::string> lines =
      LinesOf(Item("history", {"chilts", "--json"}));
  ASSERT_EQ(lines.size(), 3u);
  json entry = json::parse(lines[1]);
  EXPECT_EQ(entry["hash"].get<std::string>().size(), 64u);
  entry.erase("hash");
  EXPECT_EQ(entry, json({{"timestamp", TimestampOf("013d58c7276e-0001")},
                         {"time", "2013-03-11T09:27:59.598Z"},
                         {"kind", "operation"},
                         {"operation", "delAttrs"},
                         {"change", {"email"}},
                         {"item", {{"nick", "chilts"}}},
                         {"changes", 2}}));
  EXPECT_EQ(json::parse(lines[2])["hash"], Whole("chilts")["hash"]);

  Item("flatten", {"chilts", "013d58c7276e-0001"});
  Write("del", {"chilts"});
  const std::vector<std::string> after = LinesOf(Item("history", {"chilts"}));
  ASSERT_EQ(after.size(), 6u);
  EXPECT_EQ(after[0],
            TimestampOf("013d58c7276e-0001") + time + "flattened, 2 changes");
  EXPECT_EQ(after[1], "    {\"nick\":\"chilts\"}");
  EXPECT_THAT(after[4], EndsWith("  delItem {}"));
  EXPECT_EQ(after[5], "    no item");
}

// ------------------------------------------------------------ flatten, settle

TEST_P(ItemTest, FlattenFoldsUpToATimestampAHashOrEverything) {
  PutDocument();
  const json before = Whole("chilts");
  const json first =
      json::parse(LinesOf(Item("history", {"chilts", "--json"})).at(0));
  EXPECT_EQ(
      Item("flatten", {"chilts", "--hash", first["hash"]}),
      "1 operation folded, up to " + TimestampOf("013d58c7276e-0000") + "\n");
  EXPECT_EQ(
      json::parse(Item("flatten",
                       {"chilts", TimestampOf("013d58c7276e-0001"), "--json"})),
      json({{"timestamp", TimestampOf("013d58c7276e-0001")},
            {"folded", 1},
            {"steps", 1}}));
  for (const int folded : {1, 0}) {
    EXPECT_THAT(Item("flatten", {"chilts"}),
                StartsWith(std::to_string(folded) + " operation"));
    json after = Whole("chilts");
    EXPECT_EQ(after["records"], 2);
    after["records"] = before["records"];
    EXPECT_EQ(after, before);
  }
  EXPECT_THAT(Output({"scan", store_, "--prefix", "chilts/"}),
              StartsWith("chilts/" + TimestampOf("013d58c7276e-0002") +
                         "/putItem\t{\"nick\":\"chilts\",\"name\":\"Andy "
                         "Chilton\"}\n"));
  EXPECT_THAT(ItemError(kFailure, "flatten",
                        {"chilts", "--hash", std::string(64, '0')}),
              HasSubstr("unknown hash"));
}

TEST_P(ItemTest, FlattenAllGoesThroughEveryItem) {
  PutDocument();
  for (const char* name : {"a", "b/c", "d"}) {
    Write("inc", {name, "n"});
    Write("inc", {name, "n"});
  }
  EXPECT_EQ(Item("flatten", {"--all", "--until", "2013-03-11T09:27:59Z"}),
            "3 operations folded\n");
  EXPECT_EQ(Whole("a")["records"], 2);
  EXPECT_EQ(Whole("a")["changes"], 2);
  EXPECT_EQ(Item("flatten", {"--all"}), "6 operations folded\n");
  EXPECT_EQ(Item("flatten", {"--all"}), "0 operations folded\n");
  for (const char* name : {"a", "b/c", "d"}) {
    EXPECT_EQ(Item("get", {name}), "{\"n\":2}\n");
  }
}

TEST_P(ItemTest, WhatIsLateIsKeptAndShownAndSettledOrReapplied) {
  PutDocument();
  Item("flatten", {"chilts"});
  const std::string late = TimestampOf("013d58c7276e-0001") + "/putAttrs";
  PutRecord("chilts/" + late, R"({"email":"late@example.com"})");
  const std::string other = TimestampOf("013d58c7276e-0000") + "/incAttrs";
  PutRecord("chilts/" + other, R"({"logins":1})");

  const Outcome got = Cli({"item", "get", store_, "chilts"});
  EXPECT_EQ(got.status, kOk);
  EXPECT_EQ(got.out, "{\"nick\":\"chilts\",\"name\":\"Andy Chilton\"}\n");
  EXPECT_EQ(got.err,
            "dynamodown: not applied: 2 late operations; see: dynamodown item "
            "history " +
                store_ + " chilts, and dynamodown help item settle\n");
  const json whole = Whole("chilts");
  ASSERT_EQ(whole["late"].size(), 2u);
  EXPECT_EQ(whole["late"][1],
            json({{"key", late},
                  {"timestamp", TimestampOf("013d58c7276e-0001")},
                  {"time", "2013-03-11T09:27:59.598Z"},
                  {"operation", "putAttrs"},
                  {"change", {{"email", "late@example.com"}}}}));
  EXPECT_THAT(Item("history", {"chilts"}),
              HasSubstr("  putAttrs {\"email\":\"late@example.com\"}  (late: "
                        "not applied)\n"));

  EXPECT_THAT(ItemError(kFailure, "settle", {"chilts", "nonsense"}),
              HasSubstr("\"nonsense\" is not late"));
  EXPECT_EQ(Item("settle", {"chilts", late, "--reapply"}), late + "\n");
  EXPECT_EQ(Item("settle", {"chilts"}), other + "\n");
  EXPECT_EQ(Item("settle", {"chilts"}), "");
  EXPECT_EQ(Item("get", {"chilts"}),
            "{\"nick\":\"chilts\",\"name\":\"Andy Chilton\",\"email\":\"late@"
            "example.com\"}\n");
  EXPECT_THAT(Item("history", {"chilts"}),
              HasSubstr("  incAttrs {\"logins\":1}  (late, settled)\n"));
}

TEST_P(ItemTest, SettleAllGoesThroughEveryItemAndPastWhatItCannotDo) {
  const std::string first = TimestampOf("013d58c7276e-0000");
  const std::string second = TimestampOf("013d58c7276e-0001");
  for (const std::string name : {"a", "b", "gone"}) {
    PutRecord(name + "/" + second + "/putItem", "{\"n\":1}");
    if (name == "gone") Write("del", {name});
    Item("flatten", {name});
    PutRecord(name + "/" + first + "/incAttrs", "{\"n\":1}");
  }
  PutRecord("a/" + first + "/fooAttrs", "{}");
  Write("put", {"none", "{}"});
  const std::string late = "\t" + first + "/incAttrs\n";
  const Outcome outcome = Cli({"item", "settle", store_, "--all", "--reapply"});
  EXPECT_EQ(outcome.status, kFailure);
  EXPECT_EQ(outcome.out, "b" + late + "gone" + late);
  EXPECT_THAT(outcome.err, HasSubstr("no operation that this version can"));
  EXPECT_EQ(Item("get", {"b"}), "{\"n\":2}\n");
  EXPECT_EQ(Item("get", {"gone"}), "{\"n\":1}\n");
  EXPECT_EQ(Item("settle", {"--all"}), "a\t" + first + "/fooAttrs\na" + late);
  EXPECT_EQ(Item("settle", {"--all"}), "");
  EXPECT_EQ(Item("get", {"a"}), "{\"n\":1}\n");
}

TEST_P(ItemTest, ALateOperationThatIsNoJsonIsShownAsItIs) {
  PutDocument();
  Item("flatten", {"chilts"});
  PutRecord("chilts/" + TimestampOf("013d58c7276e-0001") + "/putAttrs",
            "{\"a\n");
  EXPECT_THAT(Item("history", {"chilts"}),
              HasSubstr("  putAttrs {\"a\\x0a  (late: not applied)\n"));
  const json entry =
      json::parse(LinesOf(Item("history", {"chilts", "--json"})).at(0));
  EXPECT_EQ(entry["kind"], "late");
  EXPECT_EQ(entry["damaged_change"], "{\"a\n");
  EXPECT_EQ(Whole("chilts")["late"][0]["damaged_change"], "{\"a\n");
}

// ---------------------------------------------------------------- query, scan

TEST_P(ItemTest, QueryAndScanPrintItemsInOrder) {
  Write("put", {"b", R"({"admin":true,"n":1})"});
  Write("put", {"a", R"({"admin":false})"});
  Write("put", {"c/d", R"({"nick":"kim","n":1.0})"});
  Write("put", {"gone", "{}"});
  Write("del", {"gone"});
  EXPECT_EQ(Item("scan", {}),
            "a\t{\"admin\":false}\nb\t{\"admin\":true,\"n\":1}\n"
            "c/d\t{\"nick\":\"kim\",\"n\":1.0}\n");
  const auto names = [this](const std::string& verb, Arguments more) {
    more.push_back("--names-only");
    return LinesOf(Item(verb, more));
  };
  EXPECT_THAT(names("scan", {"admin", "true"}), ElementsAre("b"));
  EXPECT_THAT(names("scan", {"n", "1"}), ElementsAre("b", "c/d"));
  EXPECT_THAT(names("scan", {"nick", "\"kim\""}), ElementsAre("c/d"));
  EXPECT_THAT(names("scan", {"nope", "null"}), IsEmpty());
  EXPECT_THAT(names("query", {"a", "b"}), ElementsAre("a", "b"));
  EXPECT_THAT(names("query", {"aa"}), ElementsAre("b", "c/d"));
  EXPECT_THAT(names("query", {"", "a"}), ElementsAre("a"));
  EXPECT_THAT(names("query", {""}), ElementsAre("a", "b", "c/d"));
  EXPECT_THAT(names("query", {"b", "a"}), IsEmpty());
  EXPECT_THAT(names("query", {"", "--limit", "2"}), ElementsAre("a", "b"));
  EXPECT_THAT(names("scan", {"--limit=0"}), IsEmpty());
  EXPECT_EQ(Item("query", {"b", "b", "--json", "--names-only"}),
            "{\"name\":\"b\"}\n");
  EXPECT_EQ(json::parse(Item("query", {"b", "b", "--json"})), Whole("b"));
}

TEST_P(ItemTest, ANameThatIsNoTextIsEscapedInALineAndBase64InJson) {
  Write("put", {"\xff\n", "{}"});
  EXPECT_EQ(Item("scan", {}), "\\xff\\x0a\t{}\n");
  EXPECT_EQ(json::parse(Item("scan", {"--json"}))["name_b64"], "/wo=");
}

TEST_P(ItemTest, WhatCouldDisturbATerminalIsEscaped) {
  Write("put", {"kim", "{\"a\":\"\\u001b[2J\\u007f\xc2\x9b\"}"});
  const std::string got = Item("get", {"kim"});
  EXPECT_EQ(got, "{\"a\":\"\\u001b[2J\\u007f\\u009b\"}\n");
  EXPECT_EQ(Item("scan", {}), "kim\t" + got);
}

// ------------------------------------------------------------------ bad input

TEST_P(ItemTest, WhatIsNotThereHasItsOwnExitStatus) {
  for (const Arguments& arguments :
       {Arguments{"get", "kim"}, Arguments{"history", "kim"},
        Arguments{"flatten", "kim"}, Arguments{"settle", "kim"},
        Arguments{"get", "kim", "--json"},
        Arguments{"flatten", "kim", "013d58c7276e"}}) {
    EXPECT_EQ(ItemError(kNotFound, arguments[0],
                        {arguments.begin() + 1, arguments.end()}),
              "dynamodown: there is no item kim\n");
  }
  EXPECT_EQ(Item("scan", {}), "");
  EXPECT_EQ(Item("query", {"a", "z"}), "");
  // Nothing was written in order to find that out.
  EXPECT_EQ(Output({"count", store_}), "0\n");
}

TEST_P(ItemTest, WhatCannotBeWrittenIsRefusedAndNothingIsWritten) {
  const struct {
    const char* verb;
    Arguments more;
    const char* words;
  } cases[] = {
      {"put", {std::string(901, 'n'), "{}"}, "the limit is 900"},
      {"put", {std::string(301, '/'), "{}"}, "name has 903 bytes"},
      {"inc",
       {"kim", "n", "--timestamp", TimestampOf("013d58c7276e-0000")},
       "is of another writer"},
      {"inc",
       {"kim", "n", "--timestamp", TimestampOf("ffffffffffff-0000")},
       "more than 60000 ms ahead of the clock"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(ItemError(kFailure, c.verb, c.more), HasSubstr(c.words));
  }
  EXPECT_EQ(Item("scan", {}), "");
  // The clock stayed where it was.
  Write("inc", {"kim", "n"});
  EXPECT_THAT(Whole("kim")["timestamp"].get<std::string>(), StartsWith("01"));
}

TEST_P(ItemTest, AnObjectOverTheItemLimitIsRefused) {
  const std::string object = "{\"a\":\"" + std::string(409600, 'x') + "\"}";
  if (GetParam() == "dynamodb") {
    EXPECT_THAT(ItemError(kFailure, "put", {"kim"}, object),
                HasSubstr("409600"));
    Write("put", {"kim"}, "{\"a\":\"" + std::string(300000, 'x') + "\"}");
    Write("put", {"other"}, "{\"a\":\"" + std::string(300000, 'x') + "\"}");
    Write("append", {"kim", "a", std::string(120000, 'y')});
    // It can be read, and stays as it is when it cannot be folded.
    EXPECT_THAT(ItemError(kFailure, "flatten", {"kim"}), HasSubstr("409600"));
    EXPECT_EQ(Item("get", {"kim"}).size(), 420000u + 9);
    EXPECT_EQ(Whole("kim")["records"], 2);
  } else {
    Write("put", {"kim"}, object);
    EXPECT_EQ(Item("get", {"kim"}), object + "\n");
  }
}

TEST_P(ItemTest, AWrongArgumentIsNamed) {
  const struct {
    Arguments arguments;
    const char* words;
    const char* help;
  } cases[] = {
      {{"item"}, "a command is missing", "item --help"},
      {{"item", "nope", store_}, "no command 'item nope'", "item --help"},
      {{"item", "", store_}, "no command 'item '", "item --help"},
      {{"item", "{}", store_}, "no command 'item {}'", "item --help"},
      {{"item", "--json", "get"}, "'--json' is before the command", "item --"},
      {{"item", "get"}, "LOCATION is required", "item get --help"},
      {{"item", "get", store_}, "NAME is required", "item get --help"},
      {{"item", "get", store_, "a", "b"}, "unexpected argument 'b'", "get"},
      {{"item", "get", store_, "a", "--hex"}, "no option --hex", "item get"},
      {{"item", "inc", store_, "a"}, "ATTR is required", "item inc --help"},
      {{"item", "inc", store_, "a", "n", "x"}, "'x' is no number", "item inc"},
      {{"item", "inc", store_, "a", "n", "1,\"m\":2"}, "is no number", "inc"},
      {{"item", "inc", store_, "a", "n", "true"}, "is no number", "item inc"},
      {{"item", "inc", store_, "a", "n", ""}, "is no number", "item inc"},
      {{"item", "inc", store_, "a", "n", "1e999"}, "is no number", "item inc"},
      {{"item", "inc", store_, "a", "\xff"}, "ATTR '\\xff' is not", "inc"},
      {{"item", "unset", store_, "a", "\xff"}, "ATTR '\\xff' is not", "unset"},
      {{"item", "append", store_, "a", "n"}, "TEXT is required", "append"},
      {{"item", "append", store_, "a", "n", "\xff"}, "TEXT '\\xff'", "append"},
      {{"item", "add", store_, "a", "n"}, "VALUE is required", "item add"},
      {{"item", "add", store_, "a", "n", "\xff"}, "VALUE '\\xff'", "item add"},
      {{"item", "get", store_, "a", "--as-of", "2013-02-30T00:00:00Z"},
       "is no timestamp",
       "item get --help"},
      {{"item", "get", store_, "a", "--as-of", ""}, "no timestamp", "get"},
      {{"item", "flatten", store_, "a", "013d58c7276"},
       "TIMESTAMP '013d58",
       "item flatten"},
      {{"item", "flatten", store_}, "NAME is missing", "item flatten --help"},
      {{"item", "flatten", store_, "a", "--all"},
       "--all takes no NAME",
       "flatten"},
      {{"item", "flatten", store_, "a", "--until", "013d58c7276e"},
       "--until requires --all",
       "item flatten"},
      {{"item", "settle", store_}, "NAME is missing", "item settle --help"},
      {{"item", "settle", store_, "a", "--all"}, "takes no NAME", "settle"},
      {{"item", "scan", store_, "nick"}, "ATTR requires VALUE", "item scan"},
      {{"item", "scan", store_, "nick", "kim"}, "'\"kim\"'", "item scan"},
      {{"item", "scan", store_, "", "1"}, "ATTR is empty", "item scan"},
      {{"item", "scan", store_, "n", DeepJson(201)}, "nested more", "scan"},
      {{"item", "scan", store_, "n", "1e999"}, "than any double", "item scan"},
      {{"item", "query", store_}, "FROM is required", "item query --help"},
  };
  for (const auto& c : cases) {
    const std::string message = Error(kUsage, c.arguments);
    EXPECT_THAT(message, HasSubstr(c.words));
    EXPECT_THAT(message, HasSubstr("; try 'dynamodown "));
    EXPECT_THAT(message, HasSubstr(c.help));
  }
}

TEST_P(ItemTest, WhatNoStoreCouldTakeIsAWrongArgument) {
  const struct {
    const char* verb;
    Arguments more;
    const char* words;
  } cases[] = {
      {"put", {"kim", "{"}, "JSON is not valid JSON, at byte 2"},
      {"put", {"kim", "nick"}, "is not valid JSON, at byte 2"},
      {"put", {"kim", ""}, "is not valid JSON, at byte 1"},
      {"put", {"kim", "{\"a\":\"\xff\"}"}, "is not valid JSON, at byte 7"},
      {"put", {"kim", "[]"}, "the argument JSON is no object"},
      {"set", {"kim", "7"}, "the argument JSON is no object"},
      {"set", {"kim", "{\"a\":1e999}"}, "greater than any double"},
      {"put", {"kim", "{\"a\":" + DeepJson(200) + "}"}, "nested more deeply"},
      {"put", {"", "{}"}, "NAME is empty"},
      {"get", {""}, "NAME is empty"},
      {"history", {""}, "NAME is empty"},
      {"inc", {"kim", "n", "--timestamp", "yesterday"}, "is no timestamp"},
      {"inc", {"kim", "n", "--timestamp", "013d58c7276e"}, "is no timestamp"},
      {"get", {"kim", "--as-of", "yesterday"}, "is no timestamp"},
      {"flatten", {"kim", "yesterday"}, "is no timestamp"},
      {"flatten", {"--all", "--until", "yesterday"}, "is no timestamp"},
      {"flatten", {"kim", "--hash", "0123"}, "is no hash"},
      {"flatten", {"kim", "--hash", std::string(64, 'A')}, "is no hash"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(ItemError(kUsage, c.verb, c.more), HasSubstr(c.words));
    // Nothing is opened to find that out.
    Arguments elsewhere = {"item", c.verb, store_ + ".none"};
    elsewhere.insert(elsewhere.end(), c.more.begin(), c.more.end());
    EXPECT_THAT(Error(kUsage, elsewhere), HasSubstr(c.words));
  }
  Write("put", {"kim", "{\"a\":" + DeepJson(199) + "}"});
}

TEST_P(ItemTest, AStoreOfOtherKeysIsNotMadeAStoreOfItems) {
  PutRecord("name", "Yuri");
  PutRecord("occupation", "Clown");
  const Arguments writes[] = {
      {"put", "kim", "{}"},        {"set", "kim", "{}"},
      {"unset", "kim", "a"},       {"inc", "kim", "a"},
      {"append", "kim", "a", ""},  {"add", "kim", "a", "b"},
      {"remove", "kim", "a", "b"}, {"del", "kim"},
  };
  for (const Arguments& write : writes) {
    EXPECT_EQ(ItemError(kFailure, write[0], {write.begin() + 1, write.end()}),
              "dynamodown: " + store_ +
                  " has keys that are no items, the first is 'name'; items "
                  "need a store without others: name another one, or make it "
                  "with dynamodown create\n");
  }
  EXPECT_EQ(Output({"scan", store_}), "name\tYuri\noccupation\tClown\n");
  // What dyno left of its own says nothing of the others.
  PutRecord("%dyno/p", "");
  EXPECT_THAT(ItemError(kFailure, "put", {"kim", "{}"}), HasSubstr("'name'"));
  EXPECT_EQ(Output({"del", store_, "name", "occupation", "%dyno/p"}), "");
  Write("put", {"kim", "{}"});
  EXPECT_EQ(Item("scan", {}), "kim\t{}\n");
}

TEST_P(ItemTest, OnlyAStoreWithoutItemsIsLookedThroughForOtherKeys) {
  Write("put", {"kim", "{}"});
  PutRecord("!before", "");
  Write("inc", {"kim", "n"});
  EXPECT_EQ(Item("get", {"kim"}), "{\"n\":1}\n");
}

TEST_P(ItemTest, RecordsThatAnotherProgramLeftAreAStoreOfItems) {
  PutRecord("%2F%FF b/" + TimestampOf("013d58c7276e-0000") + "/fooAttrs", "[]");
  Write("put", {"kim", "{}"});
  EXPECT_EQ(Item("get", {"kim"}), "{}\n");
}

TEST_P(ItemTest, DamageIsNamedAndTheOtherItemsStayReadable) {
  PutDocument();
  const std::string key =
      "bad/" + TimestampOf("013d58c7276e-0000") + "/putItem";
  PutRecord(key, "{\"nick\"");
  PutRecord("odd/" + TimestampOf("013d58c7276e-0000") + "/putItem", "[]");
  PutRecord("zoo", "of no item");
  for (const char* verb : {"get", "history", "flatten"}) {
    EXPECT_THAT(ItemError(kFailure, verb, {"bad"}), HasSubstr(key));
  }
  EXPECT_THAT(ItemError(kFailure, "get", {"odd"}), HasSubstr("odd/"));
  EXPECT_EQ(Item("get", {"chilts"}),
            "{\"nick\":\"chilts\",\"name\":\"Andy Chilton\"}\n");
  const Outcome scan = Cli({"item", "scan", store_, "--names-only"});
  EXPECT_EQ(scan.status, kFailure);
  EXPECT_EQ(scan.out, "chilts\n");
  EXPECT_THAT(scan.err, HasSubstr(key));
}

TEST_P(ItemTest, AnUnknownOperationIsKeptAndShownAndSkipped) {
  PutDocument();
  PutRecord("chilts/" + TimestampOf("013d58c7276e-0003") + "/fooAttrs", "[1]");
  const Outcome got = Cli({"item", "get", store_, "chilts"});
  EXPECT_EQ(got.status, kOk);
  EXPECT_EQ(got.out, "{\"nick\":\"chilts\",\"name\":\"Andy Chilton\"}\n");
  EXPECT_THAT(got.err, HasSubstr("applied: 1 unknown operation; see: "));
  EXPECT_THAT(Item("history", {"chilts"}),
              EndsWith("  fooAttrs [1]  (unknown: skipped)\n"));
  EXPECT_THAT(ItemError(kFailure, "flatten", {"chilts"}),
              HasSubstr("fooAttrs"));
  EXPECT_EQ(Whole("chilts")["unknown"].size(), 1u);
}

TEST_P(ItemTest, AMissingStoreSaysHowToMakeIt) {
  const std::string missing = store_ + ".none";
  EXPECT_THAT(Error(kFailure, {"item", "get", missing, "kim"}),
              HasSubstr("dynamodown create "));
  EXPECT_THAT(Error(kFailure, {"item", "put", missing, "kim", "{}"}),
              HasSubstr("dynamodown create "));
}

TEST_P(ItemTest, AReaderThatHasGoneEndsAScanInSilence) {
  for (const char* name : {"a", "b", "c"}) {
    Write("put", {name}, "{\"a\":\"" + std::string(100000, 'v') + "\"}");
  }
  Invocation invocation = Call({"item", "scan", store_});
  invocation.output_is_closed = true;
  const Outcome outcome = RunProgram(invocation);
  EXPECT_EQ(outcome.status, kOk);
  EXPECT_EQ(outcome.err, "");
}

INSTANTIATE_TEST_SUITE_P(Stores, ItemTest,
                         testing::Values("embedded", "dynamodb"),
                         [](const auto& store) { return store.param; });

// ---------------------------------------------------------- on DynamoDB alone

using ItemDynamoDbTest = ItemTest;

TEST_P(ItemDynamoDbTest, VerbosePrintsWhatItCost) {
  Write("put", {"kim", "{\"nick\":\"kim\"}"});
  Outcome outcome = Cli({"item", "get", store_, "kim", "--verbose"});
  EXPECT_EQ(outcome.status, kOk);
  EXPECT_EQ(outcome.out, "{\"nick\":\"kim\"}\n");
  EXPECT_THAT(outcome.err, HasSubstr("* Query ok "));
  outcome = Cli({"item", "inc", store_, "kim", "n", "-v"});
  EXPECT_EQ(outcome.status, kOk);
  EXPECT_THAT(outcome.err, HasSubstr("* PutItem ok "));
  EXPECT_THAT(outcome.err,
              ContainsRegex("\\* 8 requests, 0 retries, [0-9.]+ read units, 9 "
                            "write units\n$"));
}

TEST_P(ItemDynamoDbTest, TheFirstWriteIntoAStoreCostsAQueryMore) {
  const auto queries = [this] {
    const Outcome outcome = Cli({"item", "inc", store_, "kim", "n", "-v"});
    EXPECT_EQ(outcome.status, kOk) << outcome.err;
    const std::vector<std::string> lines = LinesOf(outcome.err);
    return std::count_if(lines.begin(), lines.end(), [](const auto& line) {
      return line.starts_with("* Query ok ");
    });
  };
  const auto first = queries();
  EXPECT_EQ(queries(), first - 1);
}

TEST_P(ItemDynamoDbTest, AFailureToConnectIsOneLine) {
  environment_["AWS_ENDPOINT_URL_DYNAMODB"] = "http://127.0.0.1:1";
  EXPECT_THAT(ItemError(kFailure, "get", {"kim", "--timeout", "0.5"}),
              HasSubstr("check the endpoint, the region and the network"));
  environment_["AWS_ENDPOINT_URL_DYNAMODB"] = DynamoDbLocal();
}

INSTANTIATE_TEST_SUITE_P(Stores, ItemDynamoDbTest, testing::Values("dynamodb"),
                         [](const auto& store) { return store.param; });

}  // namespace
}  // namespace dynamodown
