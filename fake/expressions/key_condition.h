// The key conditions of a Query.

#ifndef DYNAMODOWN_FAKE_EXPRESSIONS_KEY_CONDITION_H_
#define DYNAMODOWN_FAKE_EXPRESSIONS_KEY_CONDITION_H_

#include <string>
#include <vector>

#include "fake/expressions/condition.h"
#include "fake/values/value.h"

namespace dynamodown::fake {

/// One comparison of a KeyConditionExpression.
struct KeyComparison {
  std::string attribute;
  /// "=", "<", "<=", ">", ">=", "BETWEEN" or "begins_with".
  std::string comparator;
  Value value;
  Value upper;  ///< For BETWEEN.
};

/// Reads a KeyConditionExpression: one comparison for each attribute, in order.
/// `keys` are the table's key attributes.
/// **Errors**: throws a Refusal, also if the expression is missing.
std::vector<KeyComparison> ReadKeyCondition(
    const Condition& condition, const std::vector<std::string>& keys);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_EXPRESSIONS_KEY_CONDITION_H_
