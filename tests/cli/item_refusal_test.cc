// Refusals of dynamodown item, and how it reports damage.

#include <string>
#include <vector>

#include "item_fixture.h"

namespace dynamodown {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// Arrays in arrays.
std::string DeepJson(size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

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
  // The refused commands wrote nothing.
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
       "is another writer's"},
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
    // The item can be read. It cannot be folded, and stays as it is.
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
      {{"item", "--json"}, "no option --json, or a command is m", "item --"},
      {{"item", "--json", "get"}, "LOCATION is required", "item get --help"},
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
      {{"item", "scan", store_, "--as-of", "1h"},
       "there is no option --as-of",
       "item scan"},
      {{"item", "scan", store_, "--as-of", "1h", "x"},
       "there is no option --as-of",
       "item scan"},
      {{"item", "query", store_, "a", "b", "--until", "x"},
       "there is no option --until",
       "item query"},
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
    // The command refuses before it opens a store.
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
    EXPECT_EQ(
        ItemError(kFailure, write[0], {write.begin() + 1, write.end()}),
        "dynamodown: " + store_ +
            " holds no items: its first key is 'name', and items need a "
            "store without other keys; use another store, or make one with "
            "dynamodown create\n");
  }
  const Arguments reads[] = {
      {"get", "name"},
      {"history", "name"},
      {"scan"},
      {"query", "a"},
      {"status"},
      {"flatten", "name"},
      {"settle", "name", TimestampOf("013d58c7276e-0000")},
      {"forget", "786ae2e1f629"},
  };
  for (const Arguments& read : reads) {
    EXPECT_THAT(ItemError(kFailure, read[0], {read.begin() + 1, read.end()}),
                HasSubstr(" holds no items: its first key is 'name'"));
  }
  EXPECT_EQ(Output({"scan", store_}), "name\tYuri\noccupation\tClown\n");
  // A record of dyno's own does not hide the other keys.
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

TEST_P(ItemTest, PlainKeysAreNotWrittenAmongItems) {
  Write("put", {"kim", "{}"});
  const std::string operation =
      "{\"type\":\"put\",\"key\":\"b\",\"value\":\"1\"}\n";
  const std::string dump = Output({"dump", store_});
  const struct {
    Arguments arguments;
    std::string input;
  } writes[] = {
      {{"put", store_, "a", "1"}, ""},
      {{"del", store_, "a"}, ""},
      {{"batch", store_}, operation},
      {{"batch", store_, "--unordered"}, operation},
      {{"load", store_}, dump},
  };
  for (const auto& [arguments, input] : writes) {
    EXPECT_EQ(Error(kFailure, arguments, input),
              "dynamodown: " + store_ +
                  " holds items, and plain keys among them make reads of the "
                  "items fail; " +
                  (arguments[0] == "del"
                       ? "remove an item with dynamodown item del, or a plain "
                         "key with --force\n"
                       : "write items with dynamodown item, or plain keys "
                         "with --force\n"));
  }
  EXPECT_EQ(Output({"dump", store_}), dump);
  for (const auto& [arguments, input] : writes) {
    Arguments forced = arguments;
    forced.push_back("--force");
    EXPECT_EQ(Cli(forced, input).status, kOk);
  }
  EXPECT_EQ(Output({"get", store_, "b"}), "1\n");
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

}  // namespace
}  // namespace dynamodown
