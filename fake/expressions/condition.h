// Condition and filter expressions.
//
//   condition := and { OR and }
//   and       := not { AND not }
//   not       := NOT not | "(" condition ")" | function | comparison
//   comparison:= operand ("=" | "<>" | "<" | "<=" | ">" | ">=") operand
//              | operand BETWEEN operand AND operand
//              | operand IN "(" operand { "," operand } ")"
//   operand   := path | :value | function | "(" operand ")"
//   function  := word "(" operand { "," operand } ")"

#ifndef DYNAMODOWN_FAKE_EXPRESSIONS_CONDITION_H_
#define DYNAMODOWN_FAKE_EXPRESSIONS_CONDITION_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fake/expressions/document_path.h"
#include "fake/expressions/substitutions.h"
#include "fake/values/value.h"

namespace dynamodown::fake {

class Parser;

/// A condition or an operand: a node of an expression's tree.
struct Term {
  enum class Kind {
    kPath,
    kValue,
    kFunction,    ///< The function `name` with `parts` as operands.
    kComparison,  ///< Two parts; `name` is "=", "<" ...
    kBetween,     ///< Three parts.
    kIn,          ///< Whether the first part equals one of the others.
    kAnd,         ///< Two or more parts.
    kOr,          ///< Two or more parts.
    kNot,
  };

  bool is_operand() const {
    return kind == Kind::kPath || kind == Kind::kValue;
  }

  Kind kind;
  std::string name;  ///< For kValue, the alias: ":a".
  DocumentPath path;
  std::shared_ptr<const Value> value;
  std::vector<Term> parts;
  bool in_parentheses = false;
};

/// An optional condition. If it is missing, it always holds.
struct Condition {
  /// `item` is null if there is no item.
  bool Holds(const Item* item) const;

  std::optional<Term> term;
};

/// Parses and checks the request's expression `name`.
/// **Errors**: throws a Refusal.
Condition ParseCondition(const Json& request, const char* name,
                         Substitutions* substitutions);

/// The top-level attributes that the condition reads, in order.
std::vector<std::string> AttributesOf(const Condition& condition);

/// Parses an operand of any expression: path, value, function or parentheses.
Term ParseOperand(Parser* parser);
/// Carries out step 3 (see parser.h) for an operand that is a path or a value.
void ResolveOperand(const std::string& where, Substitutions* substitutions,
                    Term* term);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_EXPRESSIONS_CONDITION_H_
