// Update expressions.
//
//   update  := section { section }, each kind once
//   section := SET path "=" value { "," path "=" value }
//            | REMOVE path { "," path }
//            | ADD path :value { "," path :value }
//            | DELETE path :value { "," path :value }
//   value   := operand [ ("+" | "-") operand ] | "(" value ")"
//   operand := path | :value | "(" operand ")"
//            | if_not_exists "(" path "," operand ")"
//            | list_append "(" operand "," operand ")"

#ifndef DYNAMODOWN_FAKE_EXPRESSIONS_UPDATE_H_
#define DYNAMODOWN_FAKE_EXPRESSIONS_UPDATE_H_

#include <string>
#include <utility>
#include <vector>

#include "fake/expressions/condition.h"
#include "fake/expressions/document_path.h"
#include "fake/expressions/substitutions.h"
#include "fake/values/value.h"

namespace dynamodown::fake {

/// One action of an update.
struct Action {
  enum class Kind { kSet, kRemove, kAdd, kDelete };

  Kind kind;
  DocumentPath path;
  /// For kSet: an operand, or a kComparison of two operands with the name "+"
  /// or "-". For kAdd and kDelete: a value.
  Term operand;
};

class Update {
 public:
  Update() = default;
  explicit Update(std::vector<Action> actions) : actions_(std::move(actions)) {}

  bool empty() const { return actions_.empty(); }
  /// The top-level attributes that the update changes.
  std::vector<std::string> Attributes() const;

  /// Returns the updated item. All operands are read from `before`.
  /// **Errors**: throws a Refusal if the update does not fit the item.
  Item ApplyTo(const Item& before) const;

  /// For UPDATED_OLD and UPDATED_NEW: returns the attributes of `item` in which
  /// one of the update's paths exists.
  Item Updated(const Item& item) const;

 private:
  std::vector<Action> actions_;
};

/// Parses the request's UpdateExpression.
/// **Errors**: throws a Refusal.
Update ParseUpdate(const Json& request, Substitutions* substitutions);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_EXPRESSIONS_UPDATE_H_
