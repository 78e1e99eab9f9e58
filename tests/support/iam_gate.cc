#include "support/iam_gate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

namespace dynamodown_test {
namespace {

using dynamodown::FakeDynamo;
using dynamodown::HttpResponse;
using dynamodown::NoAnswer;
using dynamodown::Result;
using Json = nlohmann::json;

std::string ValueOf(const Json& key, const std::string& hash_name) {
  return key.at(hash_name).at("S").get<std::string>();
}

/// In `pattern`, a `*` stands for any text.
bool Matches(std::string_view pattern, std::string_view text) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (text.substr(0, star) != pattern.substr(0, star)) return false;
  text.remove_prefix(std::min(star, text.size()));
  pattern.remove_prefix(star + 1);
  for (size_t skip = 0; skip <= text.size(); ++skip) {
    if (Matches(pattern, text.substr(skip))) return true;
  }
  return false;
}

/// Replaces "${$}" as IAM does.
std::string Unescaped(std::string text) {
  for (size_t at = 0; (at = text.find("${", at)) != std::string::npos; ++at) {
    EXPECT_EQ(text.substr(at, 4), "${$}") << "a variable in " << text;
    text.replace(at, 4, "$");
  }
  return text;
}

std::string TableOf(const Json& request) {
  if (request.contains("TableName")) return request.at("TableName");
  if (request.contains("RequestItems")) {
    return request.at("RequestItems").begin().key();
  }
  return request.at("TransactItems").at(0).begin()->at("TableName");
}

}  // namespace

std::vector<AskedAction> ActionsOf(std::string_view operation,
                                   const Json& request,
                                   const std::string& hash_name) {
  const std::string action = "dynamodb:" + std::string(operation);
  const auto keys_of = [&](const Json& key) {
    return std::set<std::string>{ValueOf(key, hash_name)};
  };
  if (operation == "PutItem") return {{action, keys_of(request.at("Item"))}};
  if (request.contains("Key")) return {{action, keys_of(request.at("Key"))}};
  if (operation == "Query") {
    // The one equality in the condition is about the hash key.
    const std::string condition = request.at("KeyConditionExpression");
    const size_t at = condition.find(" = ");
    EXPECT_NE(at, std::string::npos) << condition;
    const size_t end = condition.find(' ', at + 3);
    const std::string name = condition.substr(at + 3, end - at - 3);
    const Json& value = request.at("ExpressionAttributeValues").at(name);
    return {{action, {value.at("S").get<std::string>()}}};
  }
  std::vector<AskedAction> asked;
  if (operation == "TransactWriteItems") {
    for (const Json& part : request.at("TransactItems")) {
      for (const auto& [kind, body] : part.items()) {
        const Json& key = body.contains("Item") ? body["Item"] : body["Key"];
        asked.push_back({"dynamodb:" + kind +
                             (kind == "ConditionCheck" ? "Item"
                              : kind == "Put"          ? "Item"
                              : kind == "Delete"       ? "Item"
                                                       : "?"),
                         keys_of(key)});
      }
    }
    return asked;
  }
  asked.push_back({action, {}});
  if (operation == "BatchGetItem" || operation == "BatchWriteItem") {
    for (const auto& [table, part] : request.at("RequestItems").items()) {
      for (const Json& one : part.contains("Keys") ? part["Keys"] : part) {
        const Json& key = one.contains("PutRequest") ? one["PutRequest"]["Item"]
                          : one.contains("DeleteRequest")
                              ? one["DeleteRequest"]["Key"]
                              : one;
        asked[0].leading_keys.insert(ValueOf(key, hash_name));
      }
    }
  }
  return asked;
}

IamGate::IamGate(const std::string& policy, std::string hash_name)
    : policy_(Json::parse(policy)), hash_name_(std::move(hash_name)) {
  EXPECT_EQ(policy_.at("Version"), "2012-10-17");
  EXPECT_EQ(policy_.size(), 2u);
  for (const Json& statement : policy_.at("Statement")) {
    EXPECT_EQ(statement.at("Effect"), "Allow");
    EXPECT_EQ(statement.size(), statement.contains("Condition") ? 5u : 4u);
  }
}

FakeDynamo::Hook IamGate::Hook(FakeDynamo* dynamo) {
  return [this, dynamo](
             const FakeDynamo::Call& call,
             HttpResponse* response) -> std::optional<Result<void, NoAnswer>> {
    if (call.operation.empty()) return std::nullopt;
    const Json request = Json::parse(call.request->body);
    const std::string table = TableOf(request);
    for (const AskedAction& asked :
         ActionsOf(call.operation, request, hash_name_)) {
      if (Allow(asked, table)) continue;
      dynamo->AnswerError(400, "AccessDeniedException",
                          "User: arn:aws:iam::111122223333:user/kim is not "
                          "authorized to perform: " +
                              asked.action + " on resource: " + table,
                          response);
      return Result<void, NoAnswer>();
    }
    return std::nullopt;
  };
}

std::set<std::string> IamGate::allowed() const {
  std::set<std::string> allowed;
  for (const Json& statement : policy_.at("Statement")) {
    for (const std::string action : statement.at("Action")) {
      allowed.insert(statement.at("Sid").get<std::string>() + " " + action);
    }
  }
  return allowed;
}

bool IamGate::Allow(const AskedAction& asked, const std::string& table) {
  const std::string resource =
      "arn:aws:dynamodb:eu-west-1:111122223333:table/" + table;
  for (const Json& statement : policy_.at("Statement")) {
    const Json& actions = statement.at("Action");
    if (std::find(actions.begin(), actions.end(), asked.action) ==
        actions.end()) {
      continue;
    }
    if (!Matches(statement.at("Resource").get<std::string>(), resource)) {
      continue;
    }
    bool fits = true;
    if (statement.contains("Condition")) {
      EXPECT_EQ(statement["Condition"].size(), 1u);
      const auto condition = statement["Condition"].begin();
      const bool like = condition.key() == "ForAllValues:StringLike";
      EXPECT_TRUE(like || condition.key() == "ForAllValues:StringEquals");
      EXPECT_FALSE(asked.leading_keys.empty())
          << asked.action << " of all hash keys would be allowed";
      for (const std::string& key : asked.leading_keys) {
        bool any = false;
        for (const std::string value : condition->at("dynamodb:LeadingKeys")) {
          any = any || (like ? Matches(Unescaped(value), key)
                             : Unescaped(value) == key);
        }
        fits = fits && any;
      }
    }
    if (!fits) continue;
    used_.insert(statement.at("Sid").get<std::string>() + " " + asked.action);
    return true;
  }
  return false;
}

}  // namespace dynamodown_test
