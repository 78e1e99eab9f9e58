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

/// An operation of each kind, and an answer that fits it.
struct Fitting {
  std::function<std::unique_ptr<Operation>()> make;
  std::string answer;
};

template <class T>
std::function<std::unique_ptr<Operation>()> Copies(T operation) {
  return [operation] { return std::make_unique<T>(operation); };
}

template <class T>
T OnTable() {
  T operation;
  operation.table = kTable;
  return operation;
}

std::vector<Fitting> AllOperations() {
  const std::string units =
      R"("ConsumedCapacity":{"TableName":"table","CapacityUnits":1})";
  const std::string list = R"("ConsumedCapacity":[{"TableName":"table",)"
                           R"("CapacityUnits":1}])";
  const std::string table = R"({"TableName":"table","TableStatus":"ACTIVE",)"
                            R"("KeySchema":[{"AttributeName":"hkey",)"
                            R"("KeyType":"HASH"}],"AttributeDefinitions":[)"
                            R"({"AttributeName":"hkey",)"
                            R"("AttributeType":"S"}]}})";
  GetItem get = OnTable<GetItem>();
  get.key = {S("store"), S("a")};
  CreateTable create;
  create.description.name = "table";
  DescribeTable describe;
  describe.table = "table";
  DeleteTable remove;
  remove.table = "table";
  const std::string item = R"("hkey":{"S":"store"},"rkey":{"S":"a"}})";
  return {
      {Copies(get), R"({"Item":{)" + item + "," + units + "}"},
      {Copies(MakeQuery()), R"({"Items":[{)" + item +
                                R"(],"Count":1,"ScannedCount":1,)" + units +
                                "}"},
      {Copies(OnTable<Scan>()),
       R"({"Items":[],"Count":0,"ScannedCount":0,)" + units + "}"},
      {Copies(MakeBatchGet(1)),
       R"({"Responses":{"table":[]},"UnprocessedKeys":{},)" + list + "}"},
      {Copies(MakeBatchWrite(1)), R"({"UnprocessedItems":{},)" + list + "}"},
      {Copies(OnTable<PutItem>()), "{" + units + "}"},
      {Copies(OnTable<UpdateItem>()), "{" + units + "}"},
      {Copies(OnTable<DeleteItem>()), "{" + units + "}"},
      {Copies(OnTable<TransactWriteItems>()), "{" + list + "}"},
      {Copies(create), R"({"TableDescription":)" + table},
      {Copies(describe), R"({"Table":)" + table},
      {Copies(remove), R"({"TableDescription":)" + table},
      {Copies(ListTables()), R"({"TableNames":["table"]})"},
  };
}

/// Puts `member` in front of the other members of `answer`.
std::string With(const std::string& member, std::string answer) {
  return answer.insert(1, member + ",");
}

std::set<std::string> MembersOf(const std::string& answer) {
  std::set<std::string> names;
  const nlohmann::json json = nlohmann::json::parse(answer);
  for (const auto& [member, value] : json.items()) names.insert(member);
  return names;
}

/// The members without which an answer is damaged.
std::set<std::string> RequiredOf(const std::set<std::string>& members) {
  std::set<std::string> required;
  for (const char* name :
       {"Items", "Responses", "Table", "TableDescription", "TableNames"}) {
    if (members.contains(name)) required.insert(name);
  }
  return required;
}

// The answer to a write has the form of a GetItem's that finds nothing.
TEST(AnswerCheck, AnAnswerFitsOnlyOperationsThatHaveAllItsMembers) {
  const std::vector<Fitting> all = AllOperations();
  for (const Fitting& asked : all) {
    const std::string name(asked.make()->name());
    EXPECT_TRUE(Decode(asked.make().get(), asked.answer).ok()) << name;
    const std::set<std::string> own = MembersOf(asked.answer);
    for (const Fitting& other : all) {
      const std::set<std::string> members = MembersOf(other.answer);
      const bool fits = std::ranges::includes(own, members) &&
                        std::ranges::includes(members, RequiredOf(own));
      const std::unique_ptr<Operation> operation = asked.make();
      EXPECT_EQ(Decode(operation.get(), other.answer).ok(), fits)
          << name << " " << other.answer;
    }
  }
}

// A member that is new in the API is harmless.
TEST(AnswerCheck, AMemberOfAnErrorOrOfAnotherAnswerDoesNotFit) {
  for (const Fitting& asked : AllOperations()) {
    const std::string name(asked.make()->name());
    for (const std::string member :
         {R"("__type":"x#ThrottlingException")", R"("message":"slow")",
          R"("Message":"slow")", R"("CancellationReasons":[])",
          R"("Attributes":{"a":{"S":"x"}})", R"("Attributes":[])",
          R"("ItemCollectionMetrics":{"table":[]})"}) {
      EXPECT_FALSE(Decode(asked.make().get(), With(member, asked.answer)).ok())
          << name << " " << member;
    }
    EXPECT_TRUE(
        Decode(asked.make().get(), With(R"("New":{"a":1})", asked.answer)).ok())
        << name;
  }
}

// Serializers in some languages write null for what is absent.
TEST(AnswerCheck, AnOptionalMemberThatIsNullOrSaysNothingCountsAsAbsent) {
  const std::string capacity =
      R"("ConsumedCapacity":{"TableName":null,"CapacityUnits":null,)"
      R"("ReadCapacityUnits":null,"WriteCapacityUnits":null})";
  GetItem get = OnTable<GetItem>();
  get.key = {S("store"), S("a")};
  EXPECT_EQ(ErrorOf(&get, R"({"Item":null,)" + capacity + "}"), "");
  EXPECT_FALSE(get.item);
  EXPECT_EQ(ErrorOf(&get, R"({"Item":null,"ConsumedCapacity":null})"), "");
  Query query = MakeQuery();
  Scan scan = OnTable<Scan>();
  for (Operation* pages :
       {static_cast<Operation*>(&query), static_cast<Operation*>(&scan)}) {
    EXPECT_EQ(ErrorOf(pages, R"({"Items":[],"Count":null,"ScannedCount":null,)"
                             R"("LastEvaluatedKey":null})"),
              "");
  }
  EXPECT_FALSE(query.last_evaluated);
  EXPECT_FALSE(scan.last_evaluated);
  BatchGetItem gets = MakeBatchGet(2);
  EXPECT_EQ(ErrorOf(&gets, R"({"Responses":{},"UnprocessedKeys":null})"), "");
  EXPECT_EQ(gets.unprocessed(), 0u);
  BatchWriteItem writes = MakeBatchWrite(2);
  EXPECT_EQ(ErrorOf(&writes, R"({"UnprocessedItems":null})"), "");
  EXPECT_EQ(writes.unprocessed(), 0u);
  for (const Fitting& asked : AllOperations()) {
    const std::unique_ptr<Operation> operation = asked.make();
    // The operations on tables have no ConsumedCapacity.
    const bool is_write = operation->writes() &&
                          MembersOf(asked.answer).contains("ConsumedCapacity");
    for (const std::string member :
         {R"("Attributes":{})", R"("Attributes":null)",
          R"("ItemCollectionMetrics":{})", R"("ItemCollectionMetrics":null)"}) {
      EXPECT_EQ(Decode(operation.get(), With(member, asked.answer)).ok(),
                is_write)
          << operation->name() << member;
    }
  }
}

// Alternator adds a table to Responses with the table's first item.
TEST(AnswerCheck, KeysAreAbsentIfResponsesHasNoTable) {
  BatchGetItem get = MakeBatchGet(3);
  EXPECT_EQ(ErrorOf(&get, R"({"Responses":{},"UnprocessedKeys":{"table":)"
                          R"({"Keys":[{"hkey":{"S":"store"},)"
                          R"("rkey":{"S":"b"}}]}}})"),
            "");
  EXPECT_TRUE(get.answered(0));
  EXPECT_FALSE(get.answered(1));
  EXPECT_TRUE(get.answered(2));
  EXPECT_EQ(ErrorOf(&get, R"({"Responses":{},"UnprocessedKeys":{}})"), "");
  EXPECT_EQ(get.unprocessed(), 0u);
  for (const auto& item : get.items) EXPECT_FALSE(item);
}

TEST(AnswerCheck, APageHasAtMostAsManyItemsAsLimit) {
  for (const uint64_t limit : {1, 2, 3, 0}) {
    Query query = MakeQuery();
    query.limit = limit;
    Scan scan = OnTable<Scan>();
    scan.limit = limit;
    const std::string items =
        R"({"Items":[{"hkey":{"S":"store"},"rkey":{"S":"a"}},)"
        R"({"hkey":{"S":"store"},"rkey":{"S":"b"}}]})";
    const bool fits = limit == 0 || limit >= 2;
    EXPECT_EQ(ErrorOf(&query, items).empty(), fits) << limit;
    EXPECT_EQ(ErrorOf(&scan, items).empty(), fits) << limit;
  }
}

TEST(AnswerCheck, AnItemHasNoAttributeThatWasNotAskedFor) {
  const std::string key = R"("hkey":{"S":"store"},"rkey":{"S":"a"})";
  for (const std::string more : {"", R"(,"value":{"S":"v"})"}) {
    for (const std::vector<std::string>& projection :
         {std::vector<std::string>(), {"rkey"}, {"rkey", "value"}}) {
      const std::string item = "{" + key + more + "}";
      const bool fits = more.empty() || projection.size() != 1;
      GetItem get = OnTable<GetItem>();
      get.key = {S("store"), S("a")};
      get.projection = projection;
      EXPECT_EQ(ErrorOf(&get, R"({"Item":)" + item + "}").empty(), fits);
      Query query = MakeQuery();
      query.projection = projection;
      EXPECT_EQ(ErrorOf(&query, R"({"Items":[)" + item + "]}").empty(), fits);
      Scan scan = OnTable<Scan>();
      scan.projection = projection;
      EXPECT_EQ(ErrorOf(&scan, R"({"Items":[)" + item + "]}").empty(), fits);
      BatchGetItem gets = MakeBatchGet(1);
      gets.projection = projection;
      EXPECT_EQ(
          ErrorOf(&gets, R"({"Responses":{"table":[)" + item + "]}}").empty(),
          fits);
    }
  }
}

/// Returns `answer` once for each member of each object in it, with that member
/// twice.
std::vector<std::string> WithAMemberTwice(const std::string& answer) {
  std::vector<std::string> all;
  for (size_t at = 0; (at = answer.find("\":", at)) != std::string::npos;
       ++at) {
    const size_t begin = answer.rfind('"', at - 1);
    const std::string name = answer.substr(begin, at + 1 - begin);
    std::string twice = answer;
    all.push_back(twice.insert(begin, name + ":null,"));
  }
  return all;
}

TEST(AnswerCheck, AMemberTwiceIsDamageAtEveryLevel) {
  std::vector<Fitting> all = AllOperations();
  const std::string key = R"({"hkey":{"S":"store"},"rkey":{"S":"a"}})";
  all.push_back({Copies(MakeBatchGet(1)),
                 R"({"Responses":{},"UnprocessedKeys":{"table":{"Keys":[)" +
                     key + "]}}}"});
  all.push_back({Copies(MakeBatchWrite(1)),
                 R"({"UnprocessedItems":{"table":[{"PutRequest":{"Item":)" +
                     key + "}}]}}"});
  all.push_back(
      {Copies(MakeQuery()), R"({"Items":[],"LastEvaluatedKey":)" + key + "}"});
  for (const Fitting& asked : all) {
    const std::string name(asked.make()->name());
    EXPECT_EQ(ErrorOf(asked.make().get(), asked.answer), "") << name;
    for (const std::string& answer : WithAMemberTwice(asked.answer)) {
      EXPECT_NE(ErrorOf(asked.make().get(), answer), "") << name << answer;
    }
  }
}

TEST(AnswerCheck, AnAnswerWithoutWhatWasAskedForDoesNotFit) {
  for (const Fitting& asked : AllOperations()) {
    const std::string name(asked.make()->name());
    for (const std::string answer :
         {R"({"status":"blocked"})", R"({"":""})", R"({"Body":{"Item":{}}})"}) {
      EXPECT_FALSE(Decode(asked.make().get(), answer).ok())
          << name << " " << answer;
    }
    nlohmann::json answer = nlohmann::json::parse(asked.answer);
    const auto spoil = [&](const char* member, const nlohmann::json& value) {
      if (!answer.contains("ConsumedCapacity")) return;
      nlohmann::json wrong = answer;
      nlohmann::json& units = wrong["ConsumedCapacity"];
      (units.is_array() ? units[0] : units)[member] = value;
      EXPECT_FALSE(Decode(asked.make().get(), wrong.dump()).ok())
          << name << " " << wrong;
    };
    spoil("TableName", "other");
    spoil("TableName", "");
    spoil("CapacityUnits", -1);
  }
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
      Query query = MakeQuery();
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
  cases.push_back({std::make_unique<Query>(MakeQuery()),
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
    ExpectCorruption(MakeQuery, {R"({"Items":[{"rkey":{"S":"a"}}],)" +
                                 std::string(count) + "}"});
  }
  Query query = MakeQuery();
  EXPECT_EQ(ErrorOf(&query, R"({"Items":[],"Count":0,"ScannedCount":0})"), "");
}

}  // namespace
}  // namespace dynamodown
