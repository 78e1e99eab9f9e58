// DynamoDB's expressions, as far as the double knows them. What it does not
// know is a ValidationException, never ignored.
//
//   condition   := and { OR and }
//   and         := term { AND term }
//   term        := "(" condition ")" | operand "=" operand
//                | attribute_exists "(" path ")"
//                | attribute_not_exists "(" path ")"
//   key         := comparison [ AND comparison ]
//   comparison  := path ("=" | "<" | "<=" | ">" | ">=") :value
//                | path BETWEEN :value AND :value
//   projection  := path { "," path }
//   update      := SET path "=" operand { "," path "=" operand }
//   operand     := path | :value
//   path        := #name | name, where name is not a reserved word; no part of
//                  a document
//
// Every parser throws a Refusal for an expression that is not of its form.

#ifndef DYNAMODOWN_FAKE_EXPRESSION_H_
#define DYNAMODOWN_FAKE_EXPRESSION_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fake/value.h"

namespace dynamodown::fake {

/// A request's ExpressionAttributeNames and ExpressionAttributeValues. All of
/// its expressions must be parsed before CheckAllUsed.
class Substitutions {
 public:
  explicit Substitutions(const Json& request);

  const std::string& Name(const std::string& alias, const std::string& where);
  const Value& ValueOf(const std::string& alias, const std::string& where);
  /// DynamoDB refuses a request that defines what it does not use.
  void CheckAllUsed() const;

 private:
  std::map<std::string, std::string> names_;
  std::map<std::string, Value> values_;
  std::set<std::string> used_;
};

struct Operand {
  std::string path;  ///< When there is no value.
  std::optional<Value> value;
};

struct Condition {
  enum class Kind { kAlways, kAnd, kOr, kExists, kNotExists, kEquals };

  /// `item` is null when there is none.
  bool Holds(const Item* item) const;

  Kind kind = Kind::kAlways;
  Operand left;
  Operand right;                 ///< Of kEquals.
  std::vector<Condition> parts;  ///< Of kAnd and kOr.
};

/// One comparison of a KeyConditionExpression.
struct KeyComparison {
  std::string attribute;
  std::string comparator;  ///< "=", "<", "<=", ">", ">=" or "BETWEEN".
  Value value;
  Value upper;  ///< Of BETWEEN.
};

/// Each reads the request's expression of that name; without one: a condition
/// that always holds, no names, no assignments.
Condition ParseCondition(const Json& request, Substitutions* substitutions);
std::vector<std::string> ParseProjection(const Json& request,
                                         Substitutions* substitutions);
std::vector<std::pair<std::string, Operand>> ParseUpdate(
    const Json& request, Substitutions* substitutions);
/// This one must be there.
std::vector<KeyComparison> ParseKeyCondition(const Json& request,
                                             Substitutions* substitutions);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_EXPRESSION_H_
