// Tests that an answer which does not fit its question is Corruption, and that
// the message says what does not fit.

#include "dynamo/codec/answer_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dynamo/codec/codec_test_helpers.h"

namespace dynamodown {
namespace {

using testing::HasSubstr;

Query MakeQuery() {
  Query query;
  query.table = kTable;
  query.hash = S("store");
  return query;
}

/// A query of [c, m] that begins after `start`.
Query Within(const std::string& start, bool forward) {
  Query query = MakeQuery();
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

std::string ErrorOf(Operation* operation, const std::string& answer) {
  const Result<void> decoded = Decode(operation, answer);
  if (decoded.ok()) return "";
  EXPECT_EQ(decoded.error().kind, ErrorKind::kCorruption);
  return decoded.error().message;
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
  Query query = MakeQuery();
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
  EXPECT_EQ(ErrorOf(&asked, R"({"Item":{"value":{"S":"v"}}})"), "");
  EXPECT_EQ(ErrorOf(&asked, R"({"Item":{"rkey":{"S":"a"}}})"), "");
  ExpectCorruption(make, {R"({"Item":{"rkey":{"S":"b"}}})",
                          R"({"Item":{"rkey":{"B":"YQ=="}}})",
                          R"({"Item":{"hkey":{"S":"x"},"rkey":{"S":"a"}}})"});
  ExpectCorruption(MakeQuery,
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
       R"({"Responses":{"other":[]}})",
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
      R"({"Table":{"TableName":"table","TableStatus":"ACTIVE"}})";
  for (const char* name :
       {"table", "arn:aws:dynamodb:eu-west-1:123456789012:table/table"}) {
    DescribeTable asked = make(name);
    EXPECT_EQ(ErrorOf(&asked, answer), "") << name;
  }
  ExpectCorruption([&] { return make("other"); }, {answer});
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

// The limits are the API's: 1 MB of a page, 100 or 25 items of 400 KB.
TEST(AnswerCheck, UnitsAreOnesThatTheOperationCanConsume) {
  struct Case {
    std::unique_ptr<Operation> operation;
    std::string right;  // ConsumedCapacity
    std::vector<std::string> wrong;
  };
  std::vector<Case> cases;
  const std::string a = R"({"TableName":"table","CapacityUnits":)";
  cases.push_back({std::make_unique<GetItem>(),
                   a + "100}",
                   {a + "101}", "null", "5", "\"x\"", "true"}});
  cases.push_back({std::make_unique<Query>(MakeQuery()),
                   a + "257}",
                   {a + "400}", a + "1e6}", "null", "[5]", "[null]",
                    "[" + a + "200}," + a + "200}]"}});
  cases.push_back({std::make_unique<BatchGetItem>(MakeBatchGet(2)),
                   "[" + a + "200}]",
                   {"[" + a + "150}," + a + "150}]", "[1]", "null", "\"\""}});
  cases.push_back(
      {std::make_unique<PutItem>(), a + "400}", {a + "50000}", "null", "7"}});
  cases.push_back(
      {std::make_unique<BatchWriteItem>(MakeBatchWrite(2)),
       "[" + a + "800}]",
       {"[" + a + "1e5}]", "[" + a + "5e4}," + a + "5e4}]", "[[]]", "null"}});
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
  const std::vector<std::string> bad_units = {
      "1e300", "-1", "-0.5", "50000", "\"1\"", "null", "true", "[]", "{}"};
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
       {R"("Count":2)", R"("Count":0)", R"("Count":-1)", R"("Count":1e300)",
        R"("Count":0.5)", R"("Count":"1")", R"("ScannedCount":0)",
        R"("ScannedCount":1e300)", R"("ScannedCount":1.5)"}) {
    ExpectCorruption(MakeQuery, {R"({"Items":[{"rkey":{"S":"a"}}],)" +
                                 std::string(count) + "}"});
  }
  Query query = MakeQuery();
  EXPECT_EQ(ErrorOf(&query, R"({"Items":[],"Count":0,"ScannedCount":7})"), "");
}

}  // namespace
}  // namespace dynamodown
