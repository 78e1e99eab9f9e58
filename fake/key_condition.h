// The key conditions of a Query.

#ifndef DYNAMODOWN_FAKE_KEY_CONDITION_H_
#define DYNAMODOWN_FAKE_KEY_CONDITION_H_

#include <optional>
#include <string>
#include <vector>

#include "fake/substitutions.h"
#include "fake/value.h"

namespace dynamodown::fake {

/// One comparison of a KeyConditionExpression.
struct KeyComparison {
  std::string attribute;
  /// "=", "<", "<=", ">", ">=", "BETWEEN" or "begins_with".
  std::string comparator;
  Value value;
  Value upper;  ///< Of BETWEEN.
};

/// The request's KeyConditionExpression, which must be there: one comparison
/// for each attribute, in their order. `keys` are the table's key attributes.
/// **Errors**: throws a Refusal.
std::vector<KeyComparison> ParseKeyCondition(
    const Json& request, const std::vector<std::string>& keys,
    Substitutions* substitutions);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_KEY_CONDITION_H_
