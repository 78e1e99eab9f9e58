// Tests that an answer is taken only by an operation that has its members, and
// that a wrong member is Corruption.

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

/// An operation of each kind, and an answer that fits it.
struct Fitting {
  std::function<std::unique_ptr<Operation>()> make;
  std::string answer;
};

template <class T>
std::function<std::unique_ptr<Operation>()> Copies(T operation) {
  return [operation] { return std::make_unique<T>(operation); };
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
      {Copies(QueryOfStore()), R"({"Items":[{)" + item +
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
TEST(AnswerMembers, AnAnswerFitsOnlyOperationsThatHaveAllItsMembers) {
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
TEST(AnswerMembers, AMemberOfAnErrorOrOfAnotherAnswerDoesNotFit) {
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
TEST(AnswerMembers, AnOptionalMemberThatIsNullOrSaysNothingCountsAsAbsent) {
  const std::string capacity =
      R"("ConsumedCapacity":{"TableName":null,"CapacityUnits":null,)"
      R"("ReadCapacityUnits":null,"WriteCapacityUnits":null})";
  GetItem get = OnTable<GetItem>();
  get.key = {S("store"), S("a")};
  EXPECT_EQ(ErrorOf(&get, R"({"Item":null,)" + capacity + "}"), "");
  EXPECT_FALSE(get.item);
  EXPECT_EQ(ErrorOf(&get, R"({"Item":null,"ConsumedCapacity":null})"), "");
  Query query = QueryOfStore();
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
TEST(AnswerMembers, KeysAreAbsentIfResponsesHasNoTable) {
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

TEST(AnswerMembers, AScansPageHasAtMostAsManyItemsAsLimit) {
  for (const uint64_t limit : {1, 2, 3, 0}) {
    Scan scan = OnTable<Scan>();
    scan.limit = limit;
    const std::string items =
        R"({"Items":[{"hkey":{"S":"store"},"rkey":{"S":"a"}},)"
        R"({"hkey":{"S":"store"},"rkey":{"S":"b"}}]})";
    EXPECT_EQ(ErrorOf(&scan, items).empty(), limit == 0 || limit >= 2) << limit;
  }
}

TEST(AnswerMembers, AnItemHasNoAttributeThatWasNotAskedFor) {
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
      Query query = QueryOfStore();
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

TEST(AnswerMembers, AMemberTwiceIsDamageAtEveryLevel) {
  std::vector<Fitting> all = AllOperations();
  const std::string key = R"({"hkey":{"S":"store"},"rkey":{"S":"a"}})";
  all.push_back({Copies(MakeBatchGet(1)),
                 R"({"Responses":{},"UnprocessedKeys":{"table":{"Keys":[)" +
                     key + "]}}}"});
  all.push_back({Copies(MakeBatchWrite(1)),
                 R"({"UnprocessedItems":{"table":[{"PutRequest":{"Item":)" +
                     key + "}}]}}"});
  all.push_back({Copies(QueryOfStore()),
                 R"({"Items":[],"LastEvaluatedKey":)" + key + "}"});
  for (const Fitting& asked : all) {
    const std::string name(asked.make()->name());
    EXPECT_EQ(ErrorOf(asked.make().get(), asked.answer), "") << name;
    for (const std::string& answer : WithAMemberTwice(asked.answer)) {
      EXPECT_NE(ErrorOf(asked.make().get(), answer), "") << name << answer;
    }
  }
}

TEST(AnswerMembers, AnAnswerWithoutWhatWasAskedForDoesNotFit) {
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

}  // namespace
}  // namespace dynamodown
