// A gate that, like DynamoDB, refuses requests that an IAM policy does not
// allow.

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

/// A permission that a request needs: an IAM action, and the values of the hash
/// keys that it touches. It has no values if it is not about items of certain
/// hash keys.
struct AskedAction {
  std::string action;
  std::set<std::string> leading_keys;
};

/// A transaction needs one for each of its parts.
std::vector<AskedAction> ActionsOf(std::string_view operation,
                                   const nlohmann::json& request,
                                   const std::string& hash_name);

/// Knows the policy elements that our policies use: Version, Statement, Sid,
/// Effect Allow, Action, one Resource, Condition ForAllValues:StringEquals and
/// StringLike on dynamodb:LeadingKeys. Any other element fails the test.
class IamGate {
 public:
  /// `policy` is for tables in eu-west-1.
  IamGate(const std::string& policy, std::string hash_name = "hkey");

  /// A hook for FakeDynamo::set_before_hook. The gate must outlive it.
  dynamodown::FakeDynamo::Hook Hook(dynamodown::FakeDynamo* dynamo);

  /// Both return "Sid dynamodb:Action" entries: those that the policy allows,
  /// and those that requests have needed.
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
