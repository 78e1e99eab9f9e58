#include "wire/accept.h"

#include <nlohmann/json.hpp>

namespace dynamodown_test {

std::set<std::string> TablesOf(const SentRequest& sent) {
  const Json body = Json::parse(sent.body);
  std::set<std::string> tables;
  if (body.contains("TableName")) tables.insert(body["TableName"]);
  if (body.contains("RequestItems")) {
    for (const auto& [table, part] : body["RequestItems"].items()) {
      tables.insert(table);
    }
  }
  if (body.contains("TransactItems")) {
    for (const Json& one : body["TransactItems"]) {
      tables.insert(one.begin().value()["TableName"]);
    }
  }
  return tables;
}

void MakeTablesOf(const SentRequest& sent, const KeyNames& names,
                  const Caller& call) {
  if (sent.Operation() == "CreateTable") return;
  for (const std::string& table : TablesOf(sent)) {
    const Json create = {
        {"TableName", table},
        {"AttributeDefinitions",
         {{{"AttributeName", names.hash}, {"AttributeType", names.hash_type}},
          {{"AttributeName", names.range},
           {"AttributeType", names.range_type}}}},
        {"KeySchema",
         {{{"AttributeName", names.hash}, {"KeyType", "HASH"}},
          {{"AttributeName", names.range}, {"KeyType", "RANGE"}}}},
        {"BillingMode", "PAY_PER_REQUEST"}};
    call("CreateTable", create.dump());
  }
}

bool IsAccepted(int status, const std::string& body) {
  if (status == 200) return true;
  const Json error = Json::parse(body, nullptr, false);
  if (status != 400 || !error.is_object()) return false;
  const std::string type = error.value("__type", "");
  if (type.ends_with("#ConditionalCheckFailedException")) return true;
  if (!type.ends_with("#TransactionCanceledException")) return false;
  for (const Json& reason : error.at("CancellationReasons")) {
    const std::string code = reason.at("Code");
    if (code != "None" && code != "ConditionalCheckFailed") return false;
  }
  return true;
}

}  // namespace dynamodown_test
