// An update first computes all its values from the old item. Then it writes the
// results of SET, ADD and DELETE, list elements in ascending order of their
// indexes (an index behind the end appends). Removals come last, list elements
// in descending order, so that indexes keep referring to the old item.

#include "fake/expressions/update.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

#include "fake/expressions/parser.h"
#include "fake/values/number.h"

namespace dynamodown::fake {
namespace {

using Kind = Term::Kind;

constexpr const char* kWhere = "UpdateExpression";

[[noreturn]] void RefuseType() {
  RefuseInvalid(
      "An operand in the update expression has an incorrect data type");
}
[[noreturn]] void RefusePath() {
  RefuseInvalid(
      "The document path provided in the update expression is invalid for "
      "update");
}
[[noreturn]] void RefuseMissing() {
  RefuseInvalid(
      "The provided expression refers to an attribute that does not exist in "
      "the item");
}

// ------------------------------------------------------------- step 1, form

Term ParseValue(Parser* parser) {
  Term first;
  if (parser->NextIs("(")) {
    first = parser->TakeParentheses([&] { return ParseValue(parser); });
    if (first.kind == Kind::kComparison) return first;
  } else {
    first = ParseOperand(parser);
  }
  for (const char* sign : {"+", "-"}) {
    if (!parser->Take(sign)) continue;
    Term term;
    term.kind = Kind::kComparison;
    term.name = sign;
    term.parts.push_back(std::move(first));
    term.parts.push_back(ParseOperand(parser));
    return term;
  }
  return first;
}

Action ParseAction(Parser* parser, Action::Kind kind) {
  Action action{kind, parser->TakePath(), {}};
  if (kind == Action::Kind::kRemove) return action;
  if (kind == Action::Kind::kSet) {
    parser->Expect("=");
    action.operand = ParseValue(parser);
    return action;
  }
  if (!parser->NextIs(Token::Kind::kValue)) parser->RefuseToken();
  action.operand.kind = Kind::kValue;
  action.operand.name = parser->TakeText();
  return action;
}

struct Section {
  const char* word;
  Action::Kind kind;
};
constexpr Section kSections[] = {{"SET", Action::Kind::kSet},
                                 {"REMOVE", Action::Kind::kRemove},
                                 {"ADD", Action::Kind::kAdd},
                                 {"DELETE", Action::Kind::kDelete}};

/// If a kind of section comes twice, sets `*repeated` to its word.
std::vector<Action> ParseSections(Parser* parser, const char** repeated) {
  std::vector<Action> actions;
  std::vector<Action::Kind> seen;
  do {
    const auto section =
        std::find_if(std::begin(kSections), std::end(kSections),
                     [&](const Section& s) { return parser->Take(s.word); });
    if (section == std::end(kSections)) parser->RefuseToken();
    if (std::count(seen.begin(), seen.end(), section->kind) != 0 &&
        *repeated == nullptr) {
      *repeated = section->word;
    }
    seen.push_back(section->kind);
    do {
      actions.push_back(ParseAction(parser, section->kind));
    } while (parser->Take(","));
  } while (!parser->NextIs(Token::Kind::kEnd));
  return actions;
}

// ------------------------------------------------------------ step 2, words

/// `outer` is the enclosing function, or empty.
void CheckWords(const Term& term, const std::string& outer) {
  if (term.kind == Kind::kPath) CheckPathWords(kWhere, term.path);
  if (term.kind == Kind::kFunction) {
    for (const char* other :
         {"attribute_exists", "attribute_not_exists", "attribute_type",
          "begins_with", "contains", "size"}) {
      if (term.name != other) continue;
      RefuseExpression(kWhere,
                       "The function is not allowed in an update expression; "
                       "function: " +
                           term.name);
    }
    if (term.name != "if_not_exists" && term.name != "list_append") {
      RefuseExpression(kWhere, "Invalid function name; function: " + term.name);
    }
    if (term.name == "list_append" && !outer.empty()) {
      RefuseExpression(kWhere,
                       "The function is not allowed to be used this way in an "
                       "expression; function: " +
                           term.name);
    }
  }
  for (const Term& part : term.parts) CheckWords(part, term.name);
}

// ------------------------------------------------------ step 3, references

void CheckOperandType(const std::string& function, const Term& operand,
                      const char* type) {
  if (operand.kind != Kind::kValue || operand.value->type == type) return;
  RefuseExpression(kWhere,
                   "Incorrect operand type for operator or function; operator "
                   "or function: " +
                       function + ", operand type: " + operand.value->type);
}

void ResolveWords(Substitutions* substitutions, Term* term) {
  if (term->is_operand()) ResolveOperand(kWhere, substitutions, term);
  for (Term& part : term->parts) ResolveWords(substitutions, &part);
}

void CheckOperands(const Term& term) {
  if (term.is_operand()) return;
  for (const Term& part : term.parts) CheckOperands(part);
  if (term.kind == Kind::kComparison) {
    for (const Term& part : term.parts) {
      CheckOperandType(term.name, part, "N");
    }
    return;
  }
  if (term.parts.size() != 2) {
    RefuseExpression(kWhere,
                     "Incorrect number of operands for operator or function; "
                     "operator or function: " +
                         term.name + ", number of operands: " +
                         std::to_string(term.parts.size()));
  }
  if (term.name == "list_append") {
    for (const Term& part : term.parts) {
      CheckOperandType(term.name, part, "L");
    }
  } else if (term.parts[0].kind != Kind::kPath) {
    RefuseExpression(kWhere,
                     "Operator or function requires a document path; operator "
                     "or function: " +
                         term.name);
  }
}

/// A type's name in DynamoDB's messages about ADD and DELETE.
std::string LongName(const std::string& type) {
  if (type == "S") return "STRING";
  if (type == "N") return "NUMBER";
  if (type == "B") return "BINARY";
  if (type == "BOOL") return "BOOLEAN";
  if (type == "L") return "LIST";
  if (type == "M") return "MAP";
  return type;
}

void CheckAction(const Action& action) {
  if (action.kind == Action::Kind::kRemove) return;
  CheckOperands(action.operand);
  if (action.kind == Action::Kind::kSet) return;
  const bool add = action.kind == Action::Kind::kAdd;
  const std::string& type = action.operand.value->type;
  if (IsSetType(type) || (add && type == "N")) return;
  const std::string word = add ? "ADD" : "DELETE";
  RefuseExpression(
      kWhere, "Incorrect operand type for operator or function; operator: " +
                  word + ", operand type: " + LongName(type) +
                  ", typeSet: ALLOWED_FOR_" + word + "_OPERAND");
}

// -------------------------------------------------------------- evaluation

/// Returns nothing for a path that does not exist in the item.
std::optional<Value> Evaluate(const Term& term, const Item& item) {
  if (term.kind == Kind::kValue) return *term.value;
  if (term.kind == Kind::kPath) {
    const Value* value = Find(item, term.path);
    return value == nullptr ? std::nullopt : std::make_optional(*value);
  }
  std::optional<Value> first = Evaluate(term.parts[0], item);
  if (term.name == "if_not_exists") {
    return first.has_value() ? first : Evaluate(term.parts[1], item);
  }
  std::optional<Value> second = Evaluate(term.parts[1], item);
  if (!first.has_value() || !second.has_value()) RefuseMissing();
  if (term.name == "list_append") {
    if (first->type != "L" || second->type != "L") RefuseType();
    first->elements.insert(first->elements.end(), second->elements.begin(),
                           second->elements.end());
    return first;
  }
  if (first->type != "N" || second->type != "N") RefuseType();
  first->bytes = term.name == "+"
                     ? AddNumbers(first->bytes, second->bytes)
                     : SubtractNumbers(first->bytes, second->bytes);
  return first;
}

Value UnionOf(Value set, const Value& added) {
  for (const Value& element : added.elements) {
    if (std::count(set.elements.begin(), set.elements.end(), element) == 0) {
      set.elements.push_back(element);
    }
  }
  SortSet(&set);
  return set;
}

/// Returns the value that an action leaves at its path, if any.
std::optional<Value> ResultOf(const Action& action, const Item& before) {
  const Value* old = Find(before, action.path);
  switch (action.kind) {
    case Action::Kind::kSet: {
      std::optional<Value> value = Evaluate(action.operand, before);
      if (!value.has_value()) RefuseMissing();
      return value;
    }
    case Action::Kind::kAdd: {
      Value value = *action.operand.value;
      if (old == nullptr) return value;
      if (value.type != "N") return UnionOf(*old, value);
      value.bytes = AddNumbers(old->bytes, value.bytes);
      return value;
    }
    case Action::Kind::kDelete: {
      if (old == nullptr) return {};
      const Value& removed = *action.operand.value;
      Value value = *old;
      std::erase_if(value.elements, [&](const Value& element) {
        return std::count(removed.elements.begin(), removed.elements.end(),
                          element) != 0;
      });
      if (value.elements.empty()) return {};
      return value;
    }
    case Action::Kind::kRemove:
      break;
  }
  return {};
}

/// The list or map that the last step of a path indexes. The path has at least
/// two steps.
const Value& ParentOf(const Item& item, const DocumentPath& path) {
  const auto found = item.find(path[0].name);
  if (found == item.end()) RefusePath();
  const Value* parent = &found->second;
  for (size_t i = 1; i + 1 < path.size(); ++i) {
    parent = Find(*parent, path[i]);
    if (parent == nullptr) RefusePath();
  }
  if (parent->type != (path.back().index.has_value() ? "L" : "M")) {
    RefusePath();
  }
  return *parent;
}

Value* ParentOf(Item* item, const DocumentPath& path) {
  return const_cast<Value*>(&ParentOf(std::as_const(*item), path));
}

/// Throws a Refusal if an action does not fit its path.
void CheckTarget(const Action& action, const Item& item) {
  if (action.path.size() > 1) ParentOf(item, action.path);
  if (action.kind == Action::Kind::kSet ||
      action.kind == Action::Kind::kRemove) {
    return;
  }
  const Value* old = Find(item, action.path);
  if (old != nullptr && old->type != action.operand.value->type) RefuseType();
}

std::vector<const Action*> InOrderOfPaths(const std::vector<Action>& actions) {
  std::vector<const Action*> ordered;
  for (const Action& action : actions) ordered.push_back(&action);
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Action* a, const Action* b) {
                     return a->path[0].name < b->path[0].name;
                   });
  return ordered;
}

void Set(Item* item, const DocumentPath& path, Value value) {
  if (path.size() == 1) {
    (*item)[path[0].name] = std::move(value);
    return;
  }
  Value* parent = ParentOf(item, path);
  const PathStep& step = path.back();
  if (!step.index.has_value()) {
    parent->members[step.name] = std::move(value);
  } else if (*step.index < parent->elements.size()) {
    parent->elements[*step.index] = std::move(value);
  } else {
    parent->elements.push_back(std::move(value));
  }
}

void Remove(Item* item, const DocumentPath& path) {
  if (path.size() == 1) {
    item->erase(path[0].name);
    return;
  }
  Value* parent = ParentOf(item, path);
  const PathStep& step = path.back();
  if (!step.index.has_value()) {
    parent->members.erase(step.name);
  } else if (*step.index < parent->elements.size()) {
    parent->elements.erase(parent->elements.begin() +
                           static_cast<std::ptrdiff_t>(*step.index));
  }
}

struct Change {
  const DocumentPath* path;
  std::optional<Value> value;  ///< Nothing: a removal.
};

size_t IndexOf(const Change& change) {
  return change.path->back().index.value_or(0);
}

}  // namespace

std::vector<std::string> Update::Attributes() const {
  std::vector<std::string> names;
  for (const Action& action : actions_) names.push_back(action.path[0].name);
  return names;
}

Item Update::ApplyTo(const Item& before) const {
  std::vector<Change> changes;
  // DynamoDB checks the paths before it computes the values.
  for (const Action* action : InOrderOfPaths(actions_)) {
    CheckTarget(*action, before);
  }
  for (const Action& action : actions_) {
    changes.push_back({&action.path, ResultOf(action, before)});
  }
  std::stable_sort(
      changes.begin(), changes.end(), [](const Change& a, const Change& b) {
        const bool a_goes = !a.value.has_value();
        const bool b_goes = !b.value.has_value();
        if (a_goes != b_goes) return b_goes;
        return a_goes ? IndexOf(a) > IndexOf(b) : IndexOf(a) < IndexOf(b);
      });
  Item after = before;
  for (Change& change : changes) {
    if (change.value.has_value()) {
      Set(&after, *change.path, *std::move(change.value));
    } else {
      Remove(&after, *change.path);
    }
  }
  CheckLevels(after);
  return after;
}

Item Update::Updated(const Item& item) const {
  Item updated;
  for (const Action& action : actions_) {
    if (Find(item, action.path) == nullptr) continue;
    updated.insert(*item.find(action.path[0].name));
  }
  return updated;
}

Update ParseUpdate(const Json& request, Substitutions* substitutions) {
  const std::string* text = ExpressionOf(request, kWhere);
  if (text == nullptr) return {};
  Parser parser(kWhere, *text);
  const char* repeated = nullptr;
  std::vector<Action> actions = ParseSections(&parser, &repeated);
  parser.ExpectEnd();
  parser.CheckParentheses();
  if (repeated != nullptr) {
    parser.Refuse("The \"" + std::string(repeated) +
                  "\" section can only be used once in an update expression;");
  }
  for (const Action& action : actions) {
    CheckPathWords(kWhere, action.path);
    if (action.kind == Action::Kind::kSet) CheckWords(action.operand, "");
  }
  std::vector<DocumentPath> paths;
  for (Action& action : actions) {
    ResolvePath(kWhere, substitutions, &action.path);
    paths.push_back(action.path);
  }
  CheckPathsApart(kWhere, paths);
  // If there are several errors, DynamoDB reports ADD's first.
  for (const Action::Kind kind :
       {Action::Kind::kAdd, Action::Kind::kDelete, Action::Kind::kSet}) {
    for (Action& action : actions) {
      if (action.kind == kind) ResolveWords(substitutions, &action.operand);
    }
  }
  for (const Action& action : actions) CheckAction(action);
  return Update(std::move(actions));
}

}  // namespace dynamodown::fake
