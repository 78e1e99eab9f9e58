// IAM as a store meets it: requests that a policy does not allow are refused,
// as DynamoDB refuses them.

#ifndef DYNAMODOWN_TESTS_SUPPORT_IAM_GATE_H_
#define DYNAMODOWN_TESTS_SUPPORT_IAM_GATE_H_

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake/fake_dynamo.h"

namespace dynamodown_test {

/// What a request asks to be allowed: an IAM action and the values of the hash
/// keys that it touches; none when it is not about items of certain hash keys.
struct AskedAction {
  std::string action;
  std::set<std::string> leading_keys;
};

/// A transaction's parts are one each.
std::vector<AskedAction> ActionsOf(std::string_view operation,
                                   const nlohmann::json& request,
                                   const std::string& hash_name);

/// Of the elements of a policy those that ours have: Version, Statement, Sid,
/// Effect Allow, Action, one Resource, Condition ForAllValues:StringEquals and
/// StringLike on dynamodb:LeadingKeys. Another one fails the test.
class IamGate {
 public:
  /// `policy` is for tables in eu-west-1.
  IamGate(const std::string& policy, std::string hash_name = "hkey");

  /// For FakeDynamo::set_before_hook. The gate outlives its use.
  dynamodown::FakeDynamo::Hook Hook(dynamodown::FakeDynamo* dynamo);

  /// "Sid dynamodb:Action" for all that the policy allows, and for what was
  /// needed of it.
  std::set<std::string> allowed() const;
  std::set<std::string> used() const { return used_; }

 private:
  bool Allow(const AskedAction& asked, const std::string& table);

  nlohmann::json policy_;
  const std::string hash_name_;
  std::set<std::string> used_;
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_SUPPORT_IAM_GATE_H_
