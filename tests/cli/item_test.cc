// dynamodown item ..., as its users run it.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "item_fixture.h"

namespace dynamodown {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

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
  for (const char* after :
       {"2026-01-01T00:00:00Z", "2013-03-11", "2013-03-11 09:28",
        "2013-03-11 10:27:59 +01:00", "2h ago", "-1d", "now"}) {
    EXPECT_EQ(as_of(after), last) << after;
  }
  for (const char* before :
       {"2013-03-11T09:27:59.597Z", "2013-03-11T09:27:58Z", "013d58c7276d",
        "2013-03-10", "2013-03-11 09:27:59 +0100"}) {
    EXPECT_THAT(ItemError(kNotFound, "get", {"chilts", "--as-of", before}),
                ContainsRegex("there was no item chilts at the time of "
                              "--as-of, 2013-03-1[01]T[0-9:.]+Z\n"));
  }
  Item("flatten", {"chilts"});
  EXPECT_EQ(as_of("2026-01-01T00:00:00Z"), last);
  EXPECT_THAT(
      ItemError(kFailure, "get", {"chilts", "--as-of", "013d58c7276e-0001"}),
      AllOf(HasSubstr("flattened at 2013-03-11T09:27:59.598Z, timestamp "),
            HasSubstr(TimestampOf("013d58c7276e-0002"))));
}

TEST_P(ItemTest, AsOfTakesAnyBeginningOfOneTimestamp) {
  PutDocument();
  PutRecord("chilts/" + TimestampOf("024d58c7276e-0000") + "/delAttrs",
            R"(["name"])");
  const auto as_of = [this](const std::string& time) {
    return Item("get", {"chilts", "--as-of", time});
  };
  EXPECT_EQ(as_of("02"), "{\"nick\":\"chilts\"}\n");
  EXPECT_EQ(as_of("013d58c7276e-0001-1"), "{\"nick\":\"chilts\"}\n");
  EXPECT_THAT(ItemError(kUsage, "get", {"chilts", "--as-of", "013d58c7"}),
              HasSubstr("3 timestamps of chilts begin with 013d58c7; the first "
                        "two are " +
                        TimestampOf("013d58c7276e-0000") + " and "));
  EXPECT_THAT(ItemError(kUsage, "get", {"chilts", "--as-of", "03"}),
              HasSubstr("no timestamp of chilts begins with 03"));
  EXPECT_THAT(ItemError(kUsage, "flatten", {"chilts", "02"}),
              HasSubstr("is cut off within a part of a timestamp"));
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
  const json flattened = json::parse(
      Item("flatten", {"chilts", TimestampOf("013d58c7276e-0001"), "--json"}));
  EXPECT_EQ(flattened["timestamp"], TimestampOf("013d58c7276e-0001"));
  EXPECT_EQ(flattened["folded"], 1);
  EXPECT_EQ(flattened["steps"], 1);
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
