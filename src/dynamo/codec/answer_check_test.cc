// Tests that an answer which does not fit its question is Corruption, and that
// the message says what does not fit.

#include "dynamo/codec/answer_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "dynamo/codec/codec_test_helpers.h"

namespace dynamodown {
namespace {

using testing::HasSubstr;

/// A query of [c, m] that begins after `start`.
Query Within(const std::string& start, bool forward) {
  Query query = QueryOfStore();
  query.lower = S("c");
  query.upper = S("m");
  if (!start.empty()) query.exclusive_start = S(start);
  query.forward = forward;
  return query;
}

/// An answer with an item for each character of `keys`, and with
/// LastEvaluatedKey if `last` is not empty.
std::string PageOf(const std::string& keys, const std::string& last = "") {
  std::string items;
  for (const char key : keys) {
    items += items.empty() ? "" : ",";
    items += R"({"rkey":{"S":")" + std::string(1, key) + R"("}})";
  }
  std::string answer = R"({"Items":[)" + items + "]";
  if (!last.empty()) {
    answer += R"(,"LastEvaluatedKey":{"hkey":{"S":"store"},"rkey":{"S":")" +
              last + R"("}})";
  }
  return answer + "}";
}

TEST(AnswerCheck, KeysOfAQueryRiseOrFallStrictlyWithinTheRange) {
  struct Case {
    std::string start;
    bool forward;
    std::string keys;
    std::string last;
    std::string fault;  // Empty: the page is right.
  };
  const Case cases[] = {
      {"", true, "cdm", "", ""},
      {"", true, "cdm", "m", ""},
      {"d", true, "efm", "f", "does not lie behind"},
      {"d", true, "ef", "g", ""},
      {"d", true, "", "e", ""},
      {"d", true, "", "d", "does not lie behind"},
      {"d", true, "", "c", "does not lie behind"},
      {"d", true, "de", "", "does not lie behind"},
      {"d", true, "ce", "", "does not lie behind"},
      {"d", true, "ef", "e", "does not lie behind"},
      {"", true, "cc", "", "does not lie behind"},
      {"", true, "dc", "", "does not lie behind"},
      {"", true, "bc", "", "outside the range"},
      {"", true, "mn", "", "outside the range"},
      {"", true, "", "n", "outside the range"},
      {"", true, "", "b", "outside the range"},
      {"", false, "mdc", "c", ""},
      {"d", false, "c", "c", ""},
      {"d", false, "", "c", ""},
      {"d", false, "", "d", "does not lie behind"},
      {"d", false, "", "e", "does not lie behind"},
      {"d", false, "d", "", "does not lie behind"},
      {"d", false, "e", "", "does not lie behind"},
      {"", false, "cd", "", "does not lie behind"},
      {"", false, "dd", "", "does not lie behind"},
      {"", false, "nm", "", "outside the range"},
      {"", false, "cb", "", "outside the range"},
      {"m", false, "ed", "e", "does not lie behind"},
  };
  for (const Case& c : cases) {
    Query query = Within(c.start, c.forward);
    const std::string error = ErrorOf(&query, PageOf(c.keys, c.last));
    const std::string name = c.start + (c.forward ? " forward " : " backward ");
    if (c.fault.empty()) {
      EXPECT_EQ(error, "") << name << c.keys << " " << c.last;
    } else {
      EXPECT_THAT(error, HasSubstr(c.fault)) << name << c.keys << " " << c.last;
    }
  }
}

TEST(AnswerCheck, KeysAreComparedAsUnsignedBytes) {
  Query query = QueryOfStore();
  EXPECT_EQ(ErrorOf(&query, R"({"Items":[{"rkey":{"B":"fw=="}},)"
                            R"({"rkey":{"B":"gA=="}}]})"),
            "");
  EXPECT_THAT(ErrorOf(&query, R"({"Items":[{"rkey":{"B":"gA=="}},)"
                              R"({"rkey":{"B":"fw=="}}]})"),
              HasSubstr("does not lie behind"));
}

TEST(AnswerCheck, AScanReadsOneHashKeyAfterAnotherAndNeverGoesBack) {
  const auto item = [](const std::string& hash, const std::string& range) {
    return R"({"hkey":{"S":")" + hash + R"("},"rkey":{"S":")" + range +
           R"("}})";
  };
  const auto page = [&](const std::string& items, const std::string& last) {
    return R"({"Items":[)" + items + "]" +
           (last.empty() ? "" : R"(,"LastEvaluatedKey":)" + last) + "}";
  };
  struct Case {
    std::string answer;
    std::string fault;
  };
  // The Scan begins after h/d.
  const Case cases[] = {
      {page(item("h", "e"), item("h", "e")), ""},
      {page(item("z", "a") + "," + item("a", "a"), item("a", "a")), ""},
      {page("", item("a", "a")), ""},
      {page("", item("h", "e")), ""},
      {page("", item("h", "d")), "does not lie behind"},
      {page("", item("h", "c")), "does not lie behind"},
      {page(item("h", "d"), ""), "does not lie behind"},
      {page(item("a", "b") + "," + item("a", "b"), ""), "does not lie behind"},
      {page(item("a", "b") + "," + item("a", "a"), ""), "does not lie behind"},
      {page(item("a", "b") + "," + item("h", "z"), ""), "comes again"},
      {page(item("a", "b"), item("a", "a")), "does not lie behind"},
      {page(item("a", "b"), item("h", "z")), "comes again"},
      {page(item("a", "a") + "," + item("b", "a") + "," + item("a", "b"), ""),
       "comes again"},
  };
  for (const Case& c : cases) {
    Scan scan;
    scan.table = kTable;
    scan.start = Key{S("h"), S("d")};
    const std::string error = ErrorOf(&scan, c.answer);
    if (c.fault.empty()) {
      EXPECT_EQ(error, "") << c.answer;
    } else {
      EXPECT_THAT(error, HasSubstr(c.fault)) << c.answer;
    }
  }
}

TEST(AnswerCheck, OnlyWhatWasAskedForIsAnAnswer) {
  const auto make = [] {
    GetItem get;
    get.table = kTable;
    get.key = {S("store"), S("a")};
    return get;
  };
  GetItem asked = make();
  EXPECT_EQ(
      ErrorOf(&asked, R"({"Item":{"hkey":{"S":"store"},"rkey":{"S":"a"}}})"),
      "");
  asked.projection = {"rkey", "value"};
  EXPECT_EQ(ErrorOf(&asked, R"({"Item":{"rkey":{"S":"a"}}})"), "");
  EXPECT_NE(ErrorOf(&asked, R"({"Item":{"value":{"S":"v"}}})"), "");
  asked.projection = {"value"};
  EXPECT_EQ(ErrorOf(&asked, R"({"Item":{"value":{"S":"v"}}})"), "");
  ExpectCorruption(make, {R"({"Item":{"rkey":{"S":"b"}}})",
                          R"({"Item":{"rkey":{"B":"YQ=="}}})",
                          R"({"Item":{"hkey":{"S":"x"},"rkey":{"S":"a"}}})"});
  ExpectCorruption(QueryOfStore,
                   {R"({"Items":[{"hkey":{"S":"x"},"rkey":{"S":"a"}}]})",
                    R"({"Items":[{"value":{"S":"no key"}}]})",
                    R"({"Items":[{"rkey":{"N":"1"}}]})",
                    R"({"Items":[{"rkey":{"S":"a"}},{"rkey":{"B":"Yg=="}}]})",
                    R"({"Items":[],"LastEvaluatedKey":{"hkey":{"S":"x"},)"
                    R"("rkey":{"S":"a"}}})"});
  ExpectCorruption(
      [] { return MakeBatchGet(3); },
      {R"({"Responses":{"table":[{"rkey":{"S":"x"}}]}})",
       R"({"Responses":{"table":[{"rkey":{"S":"a"}},{"rkey":{"S":"a"}}]}})",
       R"({"Responses":{"table":[{"hkey":{"S":"x"},"rkey":{"S":"a"}}]}})",
       R"({"Responses":{"other":[]}})", R"({"Responses":null})",
       R"({"Responses":{"table":[{"rkey":{"S":"a"}}]},"UnprocessedKeys":)"
       R"({"table":{"Keys":[{"hkey":{"S":"store"},"rkey":{"S":"a"}}]}}})",
       R"({"Responses":{},"UnprocessedKeys":)"
       R"({"table":{"Keys":[{"hkey":{"S":"x"},"rkey":{"S":"a"}}]}}})"});
  ExpectCorruption([] { return MakeBatchWrite(2); },
                   {R"({"UnprocessedItems":{"table":[{"DeleteRequest":{"Key":)"
                    R"({"hkey":{"S":"x"},"rkey":{"S":"a"}}}}]}})"});
}

TEST(AnswerCheck, ATableIsTheOneAskedFor) {
  const auto make = [](const std::string& table) {
    DescribeTable describe;
    describe.table = table;
    return describe;
  };
  const std::string answer =
      R"({"Table":{"TableName":"table","TableStatus":"ACTIVE","KeySchema":[)"
      R"({"AttributeName":"hkey","KeyType":"HASH"}],"AttributeDefinitions":[)"
      R"({"AttributeName":"hkey","AttributeType":"S"}]}})";
  const std::string arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/table";
  for (const std::string& name : {std::string("table"), arn}) {
    DescribeTable asked = make(name);
    EXPECT_EQ(ErrorOf(&asked, answer), "") << name;
    GetItem get;
    get.table.table = name;
    for (const std::string& named : {std::string("table"), arn}) {
      EXPECT_EQ(ErrorOf(&get, R"({"ConsumedCapacity":{"TableName":")" + named +
                                  R"(","CapacityUnits":1}})"),
                "")
          << name << " " << named;
    }
  }
  ExpectCorruption([&] { return make("other"); }, {answer});
}

TEST(AnswerCheck, ATableHasOneHashKeyAndAtMostOneRangeKey) {
  const auto key = [](const std::string& name, const std::string& kind) {
    return R"({"AttributeName":")" + name + R"(","KeyType":)" + kind + "}";
  };
  const std::string hash = key("hkey", R"("HASH")");
  const std::string range = key("rkey", R"("RANGE")");
  struct Case {
    std::string keys;
    std::string range_type = R"("B")";
    std::string status = R"("ACTIVE")";
    bool fits = false;
  };
  const std::string token(100, 'T');
  const Case cases[] = {
      {.keys = hash, .fits = true},
      {.keys = hash + "," + range, .fits = true},
      {.keys = range + "," + hash, .range_type = R"("N")", .fits = true},
      {.keys = hash, .status = R"("REPLICATION_NOT_AUTHORIZED")", .fits = true},
      {.keys = ""},
      {.keys = range},
      {.keys = hash + "," + hash},
      {.keys = hash + "," + range + "," + range},
      {.keys = hash + "," + range + "," + key("rkey", R"("WHAT")")},
      {.keys = hash + "," + key("rkey", R"("range")")},
      {.keys = hash + "," + key("rkey", "null")},
      {.keys = hash + "," + key("none", R"("RANGE")")},
      {.keys = hash + "," + key("", R"("RANGE")")},
      {.keys = hash + "," + range, .range_type = R"("M")"},
      {.keys = hash + "," + range, .range_type = "1"},
      {.keys = hash + "," + range, .range_type = "\"" + token + "\""},
      {.keys = hash, .status = "1"},
      {.keys = hash, .status = R"("")"},
      {.keys = hash, .status = R"("wJalrXUtnFEMI/K7MDENG")"},
      {.keys = hash, .status = "\"" + token + "\""},
  };
  for (const Case& c : cases) {
    DescribeTable describe;
    describe.table = "table";
    const std::string answer =
        R"({"Table":{"TableName":"table","TableStatus":)" + c.status +
        R"(,"KeySchema":[)" + c.keys + R"(],"AttributeDefinitions":[)" +
        R"({"AttributeName":"hkey","AttributeType":"S"},)" +
        R"({"AttributeName":"rkey","AttributeType":)" + c.range_type + "}]}}";
    const std::string error = ErrorOf(&describe, answer);
    EXPECT_EQ(error.empty(), c.fits) << answer << error;
    EXPECT_EQ(error.find(token), std::string::npos);
  }
}

TEST(AnswerCheck, AListOfTablesDoesNotGoInCircles) {
  const auto make = [] {
    ListTables list;
    list.exclusive_start_table_name = "b";
    return list;
  };
  ListTables asked = make();
  EXPECT_EQ(ErrorOf(&asked, R"({"TableNames":["c","a"],)"
                            R"("LastEvaluatedTableName":"a"})"),
            "");
  ExpectCorruption(make,
                   {R"({"TableNames":[],"LastEvaluatedTableName":"b"})",
                    R"({"TableNames":[],"LastEvaluatedTableName":""})",
                    R"({"TableNames":["b"]})", R"({"TableNames":["c","c"]})"});
}

TEST(AnswerCheck, AKeyHasTheTypeAndAtMostTheSizeOfTheTablesKeys) {
  const auto key = [](const std::string& hash, const std::string& range) {
    return R"({"hkey":)" + hash + R"(,"rkey":)" + range + "}";
  };
  const auto text = [](size_t bytes) {
    return R"({"S":")" + std::string(bytes, 'k') + R"("})";
  };
  const std::string store = R"({"S":"store"})";
  const std::string binary = R"({"B":"YQ=="})";
  struct Case {
    std::string key;
    bool fits;
  };
  const Case cases[] = {
      {key(store, text(1)), true},         {key(store, text(1024)), true},
      {key(store, text(1025)), false},     {key(store, text(5000)), false},
      {key(store, text(0)), false},        {key(store, binary), false},
      {key(store, R"({"N":"1"})"), false}, {key(binary, text(1)), false},
      {key(text(0), text(1)), false},      {key(text(2049), text(1)), false},
  };
  for (const Case& c : cases) {
    for (const std::string& answer :
         {R"({"Items":[)" + c.key + "]}",
          R"({"Items":[],"LastEvaluatedKey":)" + c.key + "}"}) {
      Query query = QueryOfStore();
      query.table.hash_type = query.table.range_type = AttributeValue::Type::kS;
      EXPECT_EQ(Decode(&query, answer).ok(), c.fits) << answer.substr(0, 90);
      Scan scan = OnTable<Scan>();
      scan.table = query.table;
      EXPECT_EQ(Decode(&scan, answer).ok(), c.fits) << answer.substr(0, 90);
    }
  }
}

// The limits are the API's: 1 MB of a page, 100 or 25 items of 400 KB.
TEST(AnswerCheck, UnitsAreOnesThatTheOperationCanConsume) {
  struct Case {
    std::unique_ptr<Operation> operation;
    std::string right;  // ConsumedCapacity
    std::vector<std::string> wrong;
  };
  std::vector<Case> cases;
  const std::string a = R"({"TableName":"table","CapacityUnits":)";
  cases.push_back({std::make_unique<GetItem>(OnTable<GetItem>()),
                   a + "100}",
                   {a + "101}", "5", "\"x\"", "true"}});
  cases.push_back({std::make_unique<Query>(QueryOfStore()),
                   a + "257}",
                   {a + "400}", a + "1e6}", "[5]", "[null]",
                    "[" + a + "200}," + a + "200}]"}});
  cases.push_back({std::make_unique<BatchGetItem>(MakeBatchGet(2)),
                   "[" + a + "200}]",
                   {"[" + a + "150}," + a + "150}]", "[1]", "\"\""}});
  cases.push_back({std::make_unique<PutItem>(OnTable<PutItem>()),
                   a + "400}",
                   {a + "50000}", "7"}});
  cases.push_back(
      {std::make_unique<BatchWriteItem>(MakeBatchWrite(2)),
       "[" + a + "800}]",
       {"[" + a + "1e5}]", "[" + a + "5e4}," + a + "5e4}]", "[[]]"}});
  for (const Case& c : cases) {
    const auto answer = [&](const std::string& consumed) {
      const std::string more = c.operation->name() == "Query" ? R"(,"Items":[])"
                               : c.operation->name() == "BatchGetItem"
                                   ? R"(,"Responses":{"table":[]})"
                                   : "";
      return R"({"ConsumedCapacity":)" + consumed + more + "}";
    };
    EXPECT_EQ(ErrorOf(c.operation.get(), answer(c.right)), "") << c.right;
    for (const std::string& wrong : c.wrong) {
      EXPECT_THAT(ErrorOf(c.operation.get(), answer(wrong)),
                  HasSubstr("ConsumedCapacity"))
          << c.operation->name() << " " << wrong;
    }
  }
}

TEST(AnswerCheck, NumbersAreFiniteAndInRange) {
  const std::vector<std::string> bad_units = {"1e300", "-1",   "-0.5", "50000",
                                              "\"1\"", "true", "[]",   "{}"};
  const std::vector<std::function<std::unique_ptr<Operation>()>> operations = {
      [] { return std::make_unique<PutItem>(); },
      [] { return std::make_unique<GetItem>(); },
      [] { return std::make_unique<TransactWriteItems>(); },
      [] { return std::make_unique<BatchWriteItem>(MakeBatchWrite(1)); }};
  for (const auto& make : operations) {
    for (const char* name :
         {"CapacityUnits", "ReadCapacityUnits", "WriteCapacityUnits"}) {
      for (const std::string& units : bad_units) {
        const std::string one =
            R"({")" + std::string(name) + R"(":)" + units + "}";
        for (const std::string& consumed : {one, "[" + one + "]"}) {
          const std::unique_ptr<Operation> operation = make();
          const std::string answer = R"({"ConsumedCapacity":)" + consumed + "}";
          EXPECT_THAT(ErrorOf(operation.get(), answer),
                      HasSubstr("ConsumedCapacity"))
              << operation->name() << " " << answer;
          EXPECT_EQ(operation->capacity().read_units, 0);
          EXPECT_EQ(operation->capacity().write_units, 0);
        }
      }
    }
  }
  for (const char* count :
       {R"("Count":2)", R"("Count":0)", R"("Count":1,"ScannedCount":100)",
        R"("ScannedCount":"1")", R"("Count":-1)", R"("Count":1e300)",
        R"("Count":0.5)", R"("Count":"1")", R"("ScannedCount":0)",
        R"("ScannedCount":1e300)", R"("ScannedCount":1.5)"}) {
    ExpectCorruption(QueryOfStore, {R"({"Items":[{"rkey":{"S":"a"}}],)" +
                                    std::string(count) + "}"});
  }
  Query query = QueryOfStore();
  EXPECT_EQ(ErrorOf(&query, R"({"Items":[],"Count":0,"ScannedCount":0})"), "");
}

}  // namespace
}  // namespace dynamodown
