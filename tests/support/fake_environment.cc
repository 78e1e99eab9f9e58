#include "support/fake_environment.h"

#include <gtest/gtest.h>

#include <optional>

#include "base/crypto.h"

namespace dynamodown_test {

using dynamodown::Database;

namespace {

constexpr int64_t kStart = 1'795'348'800;  // 2026-11-22T12:00:00Z
constexpr char kDescriptorKey[] = "descriptor";
constexpr char kAccessKey[] = "AKIDEXAMPLE";
constexpr char kSecretKey[] = "wJalrXUtnFEMIEXAMPLEKEY";

}  // namespace

Json S(const std::string& text) { return {{"S", text}}; }
Json B(const std::string& bytes) {
  std::string text;
  dynamodown::AppendBase64(bytes, &text);
  return {{"B", text}};
}
Json N(const std::string& number) { return {{"N", number}}; }
Json Null() { return {{"NULL", true}}; }

void ExpectNoSecrets(const std::string& message) {
  for (const char* secret : {kAccessKey, kSecretKey, "TOPSECRET"}) {
    EXPECT_EQ(message.find(secret), std::string::npos) << message;
  }
}

FakeEnvironment::FakeEnvironment(uint64_t seed)
    : scheduler(seed),
      clock(&scheduler, kStart),
      random(seed),
      dynamo([this] { return clock.UnixSeconds(); }),
      environment({{"AWS_ACCESS_KEY_ID", kAccessKey},
                   {"AWS_SECRET_ACCESS_KEY", kSecretKey},
                   {"AWS_REGION", "eu-west-1"}}) {
  open_environment.transport = &dynamo;
  open_environment.scheduler = &scheduler;
  open_environment.clock = &clock;
  open_environment.random = &random;
  open_environment.variables =
      [this](const char* name) -> std::optional<std::string> {
    const auto found = environment.find(name);
    if (found == environment.end()) return std::nullopt;
    return found->second;
  };
  options.create_if_missing = true;
}

std::unique_ptr<Database> FakeEnvironment::Open(const std::string& location) {
  Database* db = nullptr;
  const leveldb::Status status =
      dynamodown::OpenIn(open_environment, options, location, &db);
  EXPECT_TRUE(status.ok()) << location << ": " << status.ToString();
  return std::unique_ptr<Database>(db);
}

leveldb::Status FakeEnvironment::TryOpen(const std::string& location) {
  Database* db = nullptr;
  const leveldb::Status status =
      dynamodown::OpenIn(open_environment, options, location, &db);
  EXPECT_EQ(status.ok(), db != nullptr);
  delete db;
  return status;
}

leveldb::Status FakeEnvironment::Destroy(const std::string& location,
                                         bool force, bool drop_table) {
  dynamodown::DestroyOptions destroy;
  destroy.force = force;
  destroy.drop_table = drop_table;
  return dynamodown::DestroyIn(open_environment, options, location, destroy);
}

Json FakeEnvironment::Carry(const std::string& operation, const Json& request) {
  const dynamodown::HttpResponse response =
      dynamo.Carry(operation, request.dump());
  EXPECT_EQ(response.status, 200) << operation << ": " << response.body;
  return Json::parse(response.body);
}

void FakeEnvironment::MakeTable(const std::string& table,
                                const KeyNames& names) {
  Json definitions = {
      {{"AttributeName", names.hash}, {"AttributeType", names.hash_type}}};
  Json keys = {{{"AttributeName", names.hash}, {"KeyType", "HASH"}}};
  if (!names.range.empty()) {
    definitions.push_back(
        {{"AttributeName", names.range}, {"AttributeType", names.range_type}});
    keys.push_back({{"AttributeName", names.range}, {"KeyType", "RANGE"}});
  }
  Carry("CreateTable", {{"TableName", table},
                        {"AttributeDefinitions", definitions},
                        {"KeySchema", keys},
                        {"BillingMode", "PAY_PER_REQUEST"}});
}

void FakeEnvironment::PutItem(const std::string& table, const Json& item) {
  Carry("PutItem", {{"TableName", table}, {"Item", item}});
}

std::vector<Json> FakeEnvironment::ItemsOf(const std::string& table,
                                           const Json& hash) {
  std::vector<Json> items;
  Json query = {{"TableName", table},
                {"KeyConditionExpression", "hkey = :h"},
                {"ExpressionAttributeValues", {{":h", hash}}}};
  for (;;) {
    const Json answer = Carry("Query", query);
    for (const Json& item : answer.at("Items")) items.push_back(item);
    if (!answer.contains("LastEvaluatedKey")) return items;
    query["ExclusiveStartKey"] = answer.at("LastEvaluatedKey");
  }
}

void FakeEnvironment::ChangeDescriptor(const std::string& table,
                                       const std::string& store,
                                       const Json& changes) {
  Json item;
  for (const Json& one : ItemsOf(table, S(store + "/.dynamodown"))) {
    if (one.at("rkey") == B(kDescriptorKey) ||
        one.at("rkey") == S(kDescriptorKey)) {
      item = one;
    }
  }
  ASSERT_FALSE(item.is_null());
  for (const auto& [name, value] : changes.items()) {
    if (value.is_null()) {
      item.erase(name);
    } else {
      item[name] = value;
    }
  }
  PutItem(table, item);
}

std::vector<Json> FakeEnvironment::Bodies(const std::string& operation) const {
  std::vector<Json> bodies;
  for (const auto& seen : dynamo.seen()) {
    if (seen.operation == operation) bodies.push_back(Json::parse(seen.body));
  }
  return bodies;
}

}  // namespace dynamodown_test
