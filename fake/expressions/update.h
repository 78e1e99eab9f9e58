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
  /// Of kSet: an operand, or a kComparison of two with the name "+" or "-". Of
  /// kAdd and kDelete: a value.
  Term operand;
};

class Update {
 public:
  Update() = default;
  explicit Update(std::vector<Action> actions) : actions_(std::move(actions)) {}

  bool empty() const { return actions_.empty(); }
  /// The top-level attributes that it changes.
  std::vector<std::string> Attributes() const;

  /// The item afterwards. All that it reads, it reads in `before`.
  /// **Errors**: throws a Refusal for what does not go with that item.
  Item ApplyTo(const Item& before) const;

  /// Of `item`, the attributes in which one of the paths leads somewhere: what
  /// UPDATED_OLD and UPDATED_NEW return.
  Item Updated(const Item& item) const;

 private:
  std::vector<Action> actions_;
};

/// The request's UpdateExpression.
/// **Errors**: throws a Refusal.
Update ParseUpdate(const Json& request, Substitutions* substitutions);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_EXPRESSIONS_UPDATE_H_
