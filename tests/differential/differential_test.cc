// Sends the same random requests to our DynamoDB fake and to DynamoDB Local.
// Apart from the known differences, every answer must be the same. A failure
// prints the seed, the request and both answers; --seed=N repeats the run.
//
// Both start with the same state, and every write goes to both. After a write
// with a known difference, the test makes Local's items equal to the fake's.
// (If Local refuses a transaction with a ValidationException, it may have done
// half of it.)

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "differential/known_differences.h"
#include "differential/request_generator.h"
#include "fake/fake_dynamo.h"
#include "support/raw_dynamodb.h"
#include "support/servers.h"

namespace dynamodown_test {
namespace {

uint64_t seed = 1;
int request_count = 0;

constexpr size_t kKnownDifferencesMax = 15;
constexpr int kFailuresShown = 10;

std::string Shown(const Json& json) {
  const std::string text = json.dump();
  return text.size() <= 3000 ? text : text.substr(0, 3000) + "...";
}

std::string Shown(const Answer& answer) {
  return std::to_string(answer.status) + " " + Shown(answer.body);
}

bool Writes(const std::string& operation) {
  return operation != "GetItem" && operation != "Query" &&
         operation != "Scan" && operation != "BatchGetItem" &&
         operation != "ListTables" && operation != "DescribeTable";
}

class Differential : public testing::Test {
 protected:
  Differential() {
    DeleteLocalTables();
    for (const TestTable& table : generator_.tables()) {
      const Json body = RequestGenerator::CreateTable(table);
      MustCall("CreateTable", body);
      EXPECT_EQ(fake_.Carry("CreateTable", body.dump()).status, 200);
    }
  }
  ~Differential() override { DeleteLocalTables(); }

  void DeleteLocalTables() {
    for (const TestTable& table : generator_.tables()) {
      local_.Call("DeleteTable", Json{{"TableName", table.name}}.dump());
    }
    local_.Call("DeleteTable", Json{{"TableName", prefix_ + "new"}}.dump());
  }

  /// Returns Local's answer to a request that must succeed.
  Json MustCall(const std::string& operation, const Json& body) {
    const RawAnswer answer = local_.Call(operation, body.dump());
    EXPECT_EQ(answer.status, 200) << operation << ": " << answer.body;
    return Json::parse(answer.body);
  }

  Exchange Ask(const Request& request) {
    const std::string body = request.body.dump();
    const RawAnswer local = local_.Call(request.operation, body);
    const dynamodown::HttpResponse fake = fake_.Carry(request.operation, body);
    return {request, Canonical(request, local.status, local.body),
            Canonical(request, fake.status, fake.body)};
  }

  /// All items of a table, by key.
  template <class Call>
  static std::map<std::string, Json> ItemsOf(const TestTable& table,
                                             Call call) {
    std::map<std::string, Json> items;
    Json request = {{"TableName", table.name}, {"ConsistentRead", true}};
    for (;;) {
      const Json page = call(request);
      for (Json item : page.at("Items")) {
        Json key = {{"h", item.at("h")}};
        if (!table.range_type.empty()) key["r"] = item.at("r");
        items[key.dump()] = WithCanonicalNumbers(std::move(item));
      }
      if (!page.contains("LastEvaluatedKey")) return items;
      request["ExclusiveStartKey"] = page["LastEvaluatedKey"];
    }
  }
  std::map<std::string, Json> LocalItems(const TestTable& table) {
    return ItemsOf(table,
                   [&](const Json& body) { return MustCall("Scan", body); });
  }
  std::map<std::string, Json> FakeItems(const TestTable& table) {
    return ItemsOf(table, [&](const Json& body) {
      return Json::parse(fake_.Carry("Scan", body.dump()).body);
    });
  }

  void CompareTables() {
    for (const TestTable& table : generator_.tables()) {
      EXPECT_EQ(LocalItems(table), FakeItems(table)) << table.name;
    }
  }

  /// Makes Local's items equal to the fake's.
  void Heal() {
    for (const TestTable& table : generator_.tables()) {
      const auto wanted = FakeItems(table);
      const auto found = LocalItems(table);
      for (const auto& [key, item] : found) {
        if (wanted.count(key) != 0) continue;
        MustCall("DeleteItem",
                 {{"TableName", table.name}, {"Key", Json::parse(key)}});
      }
      for (const auto& [key, item] : wanted) {
        const auto at = found.find(key);
        if (at != found.end() && at->second == item) continue;
        MustCall("PutItem", {{"TableName", table.name}, {"Item", item}});
      }
    }
    const Json scratch = {{"TableName", prefix_ + "new"}};
    local_.Call("DeleteTable", scratch.dump());
    fake_.Carry("DeleteTable", scratch.dump());
  }

  /// Removes the known differences, except `but`, from an exchange. Returns
  /// the names of those found.
  static std::vector<std::string> Reconcile(Exchange* exchange,
                                            const std::string& but = "") {
    std::vector<std::string> met;
    for (const KnownDifference& difference : KnownDifferences()) {
      if (difference.name == but) continue;
      if (difference.Reconcile(exchange)) met.push_back(difference.name);
    }
    return met;
  }

  /// Expects that the answers differ, and that only this difference explains
  /// it.
  void ExpectDifference(const std::string& name, const Request& request) {
    const Exchange exchange = Ask(request);
    Exchange with = exchange;
    Exchange without = exchange;
    Reconcile(&with);
    Reconcile(&without, name);
    const std::string shown = request.operation + " " + Shown(request.body) +
                              "\nLocal:  " + Shown(exchange.local) +
                              "\nfake:   " + Shown(exchange.fake);
    EXPECT_EQ(with.local, with.fake) << shown;
    EXPECT_FALSE(without.local == without.fake)
        << name << " is no longer a difference.\n"
        << shown;
    Heal();
  }

  Json ItemWith(const std::string& hash, const std::string& range) {
    return {{"h", S(hash)}, {"r", S(range)}};
  }

  // Sorts after the tables of other tests.
  const std::string prefix_ = "zzz_" + std::to_string(getpid()) + "_";
  RequestGenerator generator_{seed, prefix_};
  RawConnection local_{Endpoint("dynamodb-local")};
  dynamodown::FakeDynamo fake_{[] { return int64_t{1'700'000'000}; }};
  const std::string ss_ = prefix_ + "ss";
  const std::string s_ = prefix_ + "s";
};

TEST_F(Differential, RandomRequestsHaveTheSameAnswers) {
  std::printf("seed %llu, %d requests\n", static_cast<unsigned long long>(seed),
              request_count);
  int failures = 0;
  int carried_out = 0;
  std::map<std::string, int> operations;
  std::map<std::string, int> codes;
  std::map<std::string, int> messages;
  std::map<std::string, int> differences;
  for (int i = 0; i < request_count && failures < kFailuresShown; ++i) {
    const Request request = generator_.Next();
    const Exchange exchange = Ask(request);
    Exchange reconciled = exchange;
    const std::vector<std::string> met = Reconcile(&reconciled);
    for (const std::string& name : met) ++differences[name];
    ++operations[request.operation];
    if (exchange.fake.status == 200) {
      ++carried_out;
    } else {
      const std::string type = exchange.fake.body.at("__type");
      ++codes[type.substr(type.find('#') + 1)];
      ++messages[exchange.fake.body.value("message", "")];
    }
    const bool equal = reconciled.local == reconciled.fake;
    if (!equal) {
      ++failures;
      ADD_FAILURE() << "seed " << seed << ", request " << i << ": "
                    << request.operation << " " << Shown(request.body)
                    << "\nLocal:  " << Shown(exchange.local)
                    << "\nfake:   " << Shown(exchange.fake);
    }
    const bool done_by_local = request.oddity != Oddity::kNone ||
                               request.operation == "TransactWriteItems" ||
                               exchange.local.status != exchange.fake.status;
    if (Writes(request.operation) &&
        (!equal || (done_by_local && exchange.local != exchange.fake))) {
      Heal();
    }
    if (i % 1000 == 999) CompareTables();
  }
  CompareTables();

  const auto shown = [](const std::map<std::string, int>& counts) {
    std::string text;
    for (const auto& [name, count] : counts) {
      text += " " + name + " " + std::to_string(count);
    }
    return text;
  };
  std::printf(
      "carried out: %d\noperations:%s\ncodes:%s\nmessages: %zu\n"
      "known differences:%s\n",
      carried_out, shown(operations).c_str(), shown(codes).c_str(),
      messages.size(), shown(differences).c_str());
  if (failures > 0 || request_count < 10'000) return;
  EXPECT_GT(carried_out, request_count * 4 / 10);
  EXPECT_LT(carried_out, request_count * 7 / 10);
  EXPECT_EQ(operations.size(), 13u);
  for (const auto& [name, count] : operations) EXPECT_GE(count, 50) << name;
  for (const char* code :
       {"ValidationException", "ConditionalCheckFailedException",
        "TransactionCanceledException", "ResourceNotFoundException",
        "ResourceInUseException", "SerializationException",
        "IdempotentParameterMismatchException"}) {
    EXPECT_GE(codes[code], 5) << code;
  }
  EXPECT_GE(messages.size(), 300u);
}

TEST_F(Differential, MembersOfErrorsAreSpelledAsDocumented) {
  ExpectDifference("message-member",
                   {"GetItem", {{"TableName", s_}, {"Key", Json::object()}}});
}

TEST_F(Differential, MessagesAreTheDocumentedOnes) {
  const std::string name = "documented-messages";
  ExpectDifference(name, {"DescribeTable", {{"TableName", prefix_ + "no"}}});
  const Json check = {{"TableName", s_},
                      {"Key", {{"h", S("missing")}}},
                      {"ConditionExpression", "attribute_exists(h)"}};
  ExpectDifference(name, {"TransactWriteItems",
                          {{"TransactItems", {{{"ConditionCheck", check}}}}}});
  Json request = {
      {"ClientRequestToken", prefix_},
      {"TransactItems",
       {{{"Put", {{"TableName", s_}, {"Item", {{"h", S("a")}}}}}}}}};
  const Exchange first = Ask({"TransactWriteItems", request});
  EXPECT_EQ(first.local, first.fake);
  request["TransactItems"][0]["Put"]["Item"]["h"] = S("b");
  ExpectDifference(name, {"TransactWriteItems", request});
}

TEST_F(Differential, UnknownMembersAreRefused) {
  ExpectDifference(
      "unknown-members",
      {"GetItem",
       {{"TableName", s_}, {"Key", {{"h", S("a")}}}, {"Unknown", "x"}},
       Oddity::kUnknownMember});
}

TEST_F(Differential, JsonTypesAndBase64AreChecked) {
  const std::string name = "json-types";
  const auto get = [&](const Json& key) {
    return Request{"GetItem",
                   {{"TableName", prefix_ + "bn"}, {"Key", key}},
                   Oddity::kJsonType};
  };
  ExpectDifference(name, get({{"h", {{"B", "AA=="}}}, {"r", {{"N", 5}}}}));
  ExpectDifference(name, get({{"h", {{"B", "AB=="}}}, {"r", {{"N", "5"}}}}));
  ExpectDifference(name, get({{"h", {{"B", "!"}}}, {"r", {{"N", "5"}}}}));
  ExpectDifference(name, get("x"));
}

TEST_F(Differential, ConstraintsAreChecked) {
  const std::string name = "constraints";
  const Json key = {{"h", S("a")}};
  ExpectDifference(
      name,
      {"GetItem",
       {{"TableName", s_}, {"Key", key}, {"ReturnConsumedCapacity", "SOME"}},
       Oddity::kConstraint});
  ExpectDifference(name, {"PutItem",
                          {{"TableName", s_},
                           {"Item", key},
                           {"ReturnItemCollectionMetrics", "SOME"}},
                          Oddity::kConstraint});
  const Json put = {{"Put", {{"TableName", s_}, {"Item", key}}}};
  ExpectDifference(name,
                   {"TransactWriteItems",
                    {{"TransactItems", {put}}, {"ClientRequestToken", ""}},
                    Oddity::kConstraint});
  const Json update = {{"Update", {{"TableName", s_}, {"Key", key}}}};
  ExpectDifference(name, {"TransactWriteItems", {{"TransactItems", {update}}}});
  Json table = RequestGenerator::CreateTable({prefix_ + "new", "S", ""});
  table["ProvisionedThroughput"] = {{"ReadCapacityUnits", 1},
                                    {"WriteCapacityUnits", 1}};
  ExpectDifference(name, {"CreateTable", table, Oddity::kConstraint});
  table.erase("ProvisionedThroughput");
  table["BillingMode"] = "FREE";
  ExpectDifference(name, {"CreateTable", table, Oddity::kConstraint});
  const Json large = {{":h", S(std::string(2049, 'h'))}};
  ExpectDifference(name, {"Query",
                          {{"TableName", s_},
                           {"KeyConditionExpression", "h = :h"},
                           {"ExpressionAttributeValues", large}},
                          Oddity::kKeySize});
  ExpectDifference(
      name, {"Scan",
             {{"TableName", ss_},
              {"ExclusiveStartKey", ItemWith("a", std::string(1025, 'r'))}},
             Oddity::kKeySize});
  const Json one = {{"h", {{"N", "1"}}}};
  const Json same = {{"h", {{"N", "1.0"}}}};
  ExpectDifference(
      name, {"BatchGetItem",
             {{"RequestItems", {{prefix_ + "n", {{"Keys", {one, same}}}}}}}});
}

TEST_F(Differential, OlderParametersAreNotModelled) {
  ExpectDifference("not-modelled", {"GetItem",
                                    {{"TableName", s_},
                                     {"Key", {{"h", S("a")}}},
                                     {"AttributesToGet", {"h"}}},
                                    Oddity::kNotModelled});
}

TEST_F(Differential, AllReservedWordsAreReserved) {
  for (const char* word : {"size", "Convert"}) {
    ExpectDifference("reserved-words", {"GetItem",
                                        {{"TableName", s_},
                                         {"Key", {{"h", S("a")}}},
                                         {"ProjectionExpression", word}},
                                        Oddity::kReservedWord});
  }
}

TEST_F(Differential, NumbersHaveOneForm) {
  const std::string name = "forms-of-values";
  const Json list = {{"L", Json::array({{{"N", "1.50"}}})}};
  const Exchange put = Ask(
      {"PutItem", {{"TableName", s_}, {"Item", {{"h", S("a")}, {"l", list}}}}});
  EXPECT_EQ(put.local, put.fake);
  ExpectDifference(name,
                   {"GetItem", {{"TableName", s_}, {"Key", {{"h", S("a")}}}}});
  const Json bounds = {{":a", {{"B", "Yg=="}}}, {":b", {{"B", "YQ=="}}}};
  ExpectDifference(name, {"Scan",
                          {{"TableName", s_},
                           {"FilterExpression", "b BETWEEN :a AND :b"},
                           {"ExpressionAttributeValues", bounds}}});
}

TEST_F(Differential, OfSeveralErrorsAnotherMayBeTold) {
  const std::string name = "which-of-several";
  ExpectDifference(name, {"GetItem",
                          {{"TableName", s_},
                           {"Key", {{"h", S("a")}}},
                           {"ProjectionExpression", "a, a, b"}}});
  ExpectDifference(name, {"UpdateItem",
                          {{"TableName", s_},
                           {"Key", {{"h", S("a")}}},
                           {"UpdateExpression",
                            "DELETE a :a SET b = :b, "
                            "c = if_not_exists(n, :c)"}}});
  Json request = {
      {"ClientRequestToken", prefix_},
      {"TransactItems",
       {{{"Put", {{"TableName", s_}, {"Item", {{"h", S("a")}}}}}}}}};
  const Exchange first = Ask({"TransactWriteItems", request});
  EXPECT_EQ(first.local, first.fake);
  request["TransactItems"][0]["Put"]["Item"]["h"] = Json::object();
  ExpectDifference(name, {"TransactWriteItems", request});
}

TEST_F(Differential, AnUpdateWithoutAnExpressionDoesNotFail) {
  ExpectDifference("internal-failures", {"UpdateItem",
                                         {{"TableName", s_},
                                          {"Key", {{"h", S("a")}}},
                                          {"ReturnValues", "UPDATED_NEW"}}});
}

TEST_F(Differential, APageHasAtMostOneMegabyte) {
  for (const char* range : {"a", "b", "c"}) {
    Json item = ItemWith("large", range);
    item["y"] = S(std::string(400'000, 'y'));
    const Exchange put = Ask({"PutItem", {{"TableName", ss_}, {"Item", item}}});
    EXPECT_EQ(put.local, put.fake);
  }
  ExpectDifference("page-sizes",
                   {"Query",
                    {{"TableName", ss_},
                     {"KeyConditionExpression", "h = :h"},
                     {"ProjectionExpression", "h"},
                     {"ReturnConsumedCapacity", "TOTAL"},
                     {"ExpressionAttributeValues", {{":h", S("large")}}}}});
}

TEST_F(Differential, WhatIsNotThereCostsUnitsToo) {
  const std::string name = "units-of-nothing";
  const Json missing = {{"h", S("missing")}};
  ExpectDifference(name, {"BatchGetItem",
                          {{"RequestItems", {{s_, {{"Keys", {missing}}}}}},
                           {"ReturnConsumedCapacity", "TOTAL"}}});
  ExpectDifference(
      name,
      {"BatchWriteItem",
       {{"RequestItems", {{s_, {{{"DeleteRequest", {{"Key", missing}}}}}}}},
        {"ReturnConsumedCapacity", "TOTAL"}}});
  ExpectDifference(name,
                   {"Query",
                    {{"TableName", s_},
                     {"KeyConditionExpression", "h = :h"},
                     {"ReturnConsumedCapacity", "TOTAL"},
                     {"ExpressionAttributeValues", {{":h", S("missing")}}}}});
  ExpectDifference(name, {"DeleteItem", {{"TableName", s_}, {"Key", missing}}});
}

TEST_F(Differential, TransactionsCostTwice) {
  const Json put = {{"TableName", s_}, {"Item", {{"h", S("new")}}}};
  ExpectDifference("units-of-transactions",
                   {"TransactWriteItems",
                    {{"TransactItems", {{{"Put", put}}}},
                     {"ReturnConsumedCapacity", "TOTAL"}}});
}

TEST_F(Differential, TransactionsTellTheReasonOfEachItem) {
  const std::string name = "reasons-of-transactions";
  const Json update = {{"Update",
                        {{"TableName", s_},
                         {"Key", {{"h", S("missing")}}},
                         {"UpdateExpression", "SET a = b"}}}};
  ExpectDifference(name, {"TransactWriteItems", {{"TransactItems", {update}}}});
  const Json check = {{"ConditionCheck",
                       {{"TableName", s_},
                        {"Key", {{"h", S("missing")}}},
                        {"ConditionExpression", "attribute_exists(h)"}}}};
  ExpectDifference(name,
                   {"TransactWriteItems", {{"TransactItems", {check, check}}}});
}

TEST_F(Differential, TablesComeAndGoWithAStatus) {
  const std::string name = "table-statuses";
  ExpectDifference(name, {"CreateTable", RequestGenerator::CreateTable(
                                             {prefix_ + "new", "S", ""})});
  const Exchange create =
      Ask({"CreateTable",
           RequestGenerator::CreateTable({prefix_ + "new", "S", ""})});
  EXPECT_EQ(create.fake.status, 200);
  ExpectDifference(name, {"DeleteTable", {{"TableName", prefix_ + "new"}}});
}

TEST_F(Differential, EachKnownDifferenceIsDocumented) {
  std::ifstream in(TESTING_MD);
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_LE(KnownDifferences().size(), kKnownDifferencesMax);
  for (const KnownDifference& difference : KnownDifferences()) {
    EXPECT_NE(text.str().find("| `" + std::string(difference.name) + "` |"),
              std::string::npos)
        << difference.name << " is not in docs/testing.md";
  }
}

}  // namespace

void Configure(uint64_t wanted_seed, int requests) {
  seed = wanted_seed;
  request_count = requests;
}

}  // namespace dynamodown_test

int main(int argc, char** argv) {
  using dynamodown_test::FlagOr;
  dynamodown_test::Configure(
      std::stoull(FlagOr(argc, argv, "seed", "DYNAMODOWN_TEST_SEED", "1")),
      std::stoi(
          FlagOr(argc, argv, "requests", "DYNAMODOWN_TEST_REQUESTS", "10000")));
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
