// The same random requests to the in-memory double and to DynamoDB Local: every
// answer must be the same, but for the known differences. A difference prints
// the seed, the request and both answers; run it again with --seed=N.
//
// State is the same on both, since every write goes to both. When a known
// difference was met by a write, Local is made to hold what the double does.

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

Json S(const std::string& text) { return {{"S", text}}; }

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

  /// Local's answer to what it must carry out.
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

  /// Every item of a table, by its key.
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

  /// Makes Local hold what the double does.
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

  /// Names of the differences that were met.
  static std::vector<std::string> Reconcile(Exchange* exchange,
                                            const std::string& but = "") {
    std::vector<std::string> met;
    for (const KnownDifference& difference : KnownDifferences()) {
      if (difference.name == but) continue;
      if (difference.Reconcile(exchange)) met.push_back(difference.name);
    }
    return met;
  }

  /// The two differ, and it is this difference, and no other, that explains it.
  void ExpectDifference(const std::string& name, const Request& request) {
    const Exchange exchange = Ask(request);
    Exchange with = exchange;
    Exchange without = exchange;
    Reconcile(&with);
    Reconcile(&without, name);
    const std::string shown = request.operation + " " + Shown(request.body) +
                              "\nLocal:  " + Shown(exchange.local) +
                              "\ndouble: " + Shown(exchange.fake);
    EXPECT_EQ(with.local, with.fake) << shown;
    EXPECT_FALSE(without.local == without.fake)
        << name << " is no difference any more.\n"
        << shown;
    Heal();
  }

  Json ItemWith(const std::string& hash, const std::string& range) {
    return {{"h", S(hash)}, {"r", S(range)}};
  }

  // Behind the tables of other tests.
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
                    << "\ndouble: " << Shown(exchange.fake);
    }
    if (Writes(request.operation) &&
        (!equal || exchange.local.status != exchange.fake.status)) {
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
    EXPECT_GE(codes[code], 10) << code;
  }
  EXPECT_GE(messages.size(), 300u);
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
