#include "fake/expressions/condition.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "fake/expressions/parser.h"
#include "fake/values/number.h"

namespace dynamodown::fake {
namespace {

using Kind = Term::Kind;

constexpr size_t kOperatorsMax = 300;
constexpr size_t kInOperandsMax = 100;

struct Function {
  std::string_view name;
  size_t operands;
  bool is_operand;  ///< An operand, not a condition.
};
constexpr Function kFunctions[] = {
    {"attribute_exists", 1, false}, {"attribute_not_exists", 1, false},
    {"attribute_type", 2, false},   {"begins_with", 2, false},
    {"contains", 2, false},         {"size", 1, true},
};

const Function* FunctionNamed(std::string_view name) {
  for (const Function& function : kFunctions) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

// ------------------------------------------------------------- step 1, form

Term ParseAny(Parser* parser);

Term FinishComparison(Parser* parser, Term first, bool enclosed) {
  Term term;
  if (parser->Take("BETWEEN")) {
    term.kind = Kind::kBetween;
    term.name = "BETWEEN";
    term.parts.push_back(std::move(first));
    term.parts.push_back(ParseOperand(parser));
    parser->Expect("AND");
    term.parts.push_back(ParseOperand(parser));
    return term;
  }
  if (parser->Take("IN")) {
    term.kind = Kind::kIn;
    term.name = "IN";
    term.parts.push_back(std::move(first));
    parser->Expect("(");
    do {
      term.parts.push_back(ParseOperand(parser));
    } while (parser->Take(","));
    parser->Expect(")");
    return term;
  }
  for (const char* comparator : {"=", "<>", "<=", "<", ">=", ">"}) {
    if (!parser->Take(comparator)) continue;
    term.kind = Kind::kComparison;
    term.name = comparator;
    term.parts.push_back(std::move(first));
    term.parts.push_back(ParseOperand(parser));
    return term;
  }
  // The caller judges what an operand without a comparator means.
  const bool closes = enclosed && parser->NextIs(")");
  if (first.is_operand() && !closes) parser->RefuseToken();
  return first;
}

bool IsOperand(const Term& term) {
  return term.is_operand() || term.kind == Kind::kFunction;
}

Term ParseNot(Parser* parser, bool enclosed) {
  if (parser->Take("NOT")) {
    Term term;
    term.kind = Kind::kNot;
    term.name = "NOT";
    term.parts.push_back(ParseNot(parser, false));
    return term;
  }
  Term first = parser->NextIs("(")
                   ? parser->TakeParentheses([&] { return ParseAny(parser); })
                   : ParseOperand(parser);
  return IsOperand(first) ? FinishComparison(parser, std::move(first), enclosed)
                          : first;
}

template <class ParsePart>
Term ParseChain(Parser* parser, Kind kind, const char* word, ParsePart part) {
  Term first = part();
  if (!parser->NextIs(word)) return first;
  if (first.is_operand()) parser->RefuseToken();
  Term chain;
  chain.kind = kind;
  chain.name = word;
  chain.parts.push_back(std::move(first));
  while (parser->Take(word)) {
    chain.parts.push_back(part());
    if (chain.parts.back().is_operand()) parser->RefuseToken();
  }
  return chain;
}

Term ParseOr(Parser* parser, bool enclosed) {
  return ParseChain(parser, Kind::kOr, "OR", [&] {
    return ParseChain(parser, Kind::kAnd, "AND",
                      [&] { return ParseNot(parser, enclosed); });
  });
}

/// Parses the content of parentheses: a condition or an operand.
Term ParseAny(Parser* parser) { return ParseOr(parser, true); }

// ------------------------------------------------------------ step 2, words

void CheckFunctionName(const std::string& where, const std::string& name) {
  if (FunctionNamed(name) != nullptr) return;
  if (name == "if_not_exists" || name == "list_append") {
    RefuseExpression(where,
                     "The function is not allowed in a condition expression; "
                     "function: " +
                         name);
  }
  RefuseExpression(where, "Invalid function name; function: " + name);
}

/// `as_operand`: whether the term is used as an operand.
void CheckWords(const std::string& where, const Term& term, bool as_operand) {
  if (term.kind == Kind::kPath) CheckPathWords(where, term.path);
  if (term.kind == Kind::kFunction) {
    CheckFunctionName(where, term.name);
    if (FunctionNamed(term.name)->is_operand != as_operand) {
      RefuseExpression(where,
                       "The function is not allowed to be used this way in an "
                       "expression; function: " +
                           term.name);
    }
  }
  const bool has_conditions = term.kind == Kind::kAnd ||
                              term.kind == Kind::kOr || term.kind == Kind::kNot;
  for (const Term& part : term.parts) CheckWords(where, part, !has_conditions);
}

size_t CountOperators(const Term& term) {
  size_t count = 0;
  switch (term.kind) {
    case Kind::kPath:
    case Kind::kValue:
      return 0;
    case Kind::kAnd:
    case Kind::kOr:
      count = term.parts.size() - 1;
      break;
    default:
      count = 1;
  }
  for (const Term& part : term.parts) count += CountOperators(part);
  return count;
}

// ------------------------------------------------------ step 3, references

/// Resolves a term's parts and checks their types, from left to right.
class Resolver {
 public:
  Resolver(const std::string& where, Substitutions* substitutions)
      : where_(where), substitutions_(substitutions) {}

  void Resolve(Term* term) const {
    if (term->is_operand()) {
      ResolveOperand(where_, substitutions_, term);
      return;
    }
    if (term->kind == Kind::kFunction) CheckOperandCount(*term);
    for (Term& part : term->parts) Resolve(&part);
    switch (term->kind) {
      case Kind::kFunction:
        CheckFunction(*term);
        break;
      case Kind::kComparison:
        CheckDistinct(*term);
        if (term->name != "=" && term->name != "<>") {
          for (const Term& part : term->parts) {
            CheckType(term->name, part, {"S", "N", "B"});
          }
        }
        break;
      case Kind::kBetween:
        CheckDistinct(*term);
        CheckBetween(*term);
        break;
      case Kind::kIn:
        if (term->parts.size() - 1 > kInOperandsMax) {
          Refuse(
              "The IN operator is provided with too many operands; number of "
              "operands: " +
              std::to_string(term->parts.size() - 1));
        }
        CheckDistinct(*term);
        break;
      default:
        break;
    }
  }

 private:
  [[noreturn]] void Refuse(const std::string& why) const {
    RefuseExpression(where_, why);
  }

  /// DynamoDB refuses the same path twice.
  void CheckDistinct(const Term& term) const {
    const Term& first = term.parts[0];
    if (first.kind != Kind::kPath) return;
    for (size_t i = 1; i < term.parts.size(); ++i) {
      const Term& other = term.parts[i];
      if (other.kind != Kind::kPath || other.path != first.path) continue;
      Refuse(
          "The first operand must be distinct from the remaining operands for "
          "this operator or function; operator: " +
          term.name + ", first operand: " + TextOf(first.path));
    }
  }

  [[noreturn]] void RefuseType(const std::string& function,
                               const std::string& type) const {
    Refuse(
        "Incorrect operand type for operator or function; operator or "
        "function: " +
        function + ", operand type: " + type);
  }

  /// Checks an operand's type, as far as it is known without an item.
  void CheckType(const std::string& function, const Term& operand,
                 std::initializer_list<const char*> types) const {
    if (operand.kind == Kind::kPath) return;
    // The only function among the operands, size, returns a number.
    const std::string type =
        operand.kind == Kind::kValue ? operand.value->type : "N";
    if (std::none_of(types.begin(), types.end(),
                     [&](const char* t) { return type == t; })) {
      RefuseType(function, type);
    }
  }

  void CheckBetween(const Term& term) const {
    for (const Term& part : term.parts) {
      CheckType("BETWEEN", part, {"S", "N", "B"});
    }
    const Term& lower = term.parts[1];
    const Term& upper = term.parts[2];
    if (lower.kind != Kind::kValue || upper.kind != Kind::kValue) return;
    const Value& low = *lower.value;
    const Value& high = *upper.value;
    const auto refuse = [&](const std::string& what) {
      const auto text = [](const Value& value) {
        return "AttributeValue: {" + value.type + ":" +
               JsonOfValue(value)[value.type].get<std::string>() + "}";
      };
      Refuse("The BETWEEN operator requires " + what +
             "; lower bound operand: " + text(low) +
             ", upper bound operand: " + text(high));
    };
    if (low.type != high.type)
      refuse("same data type for lower and upper bounds");
    const int order = low.type == "N" ? CompareNumbers(low.bytes, high.bytes)
                                      : low.bytes.compare(high.bytes);
    if (order > 0) {
      refuse("upper bound to be greater than or equal to lower bound");
    }
  }

  void CheckOperandCount(const Term& term) const {
    if (term.parts.size() != FunctionNamed(term.name)->operands) {
      Refuse(
          "Incorrect number of operands for operator or function; operator or "
          "function: " +
          term.name +
          ", number of operands: " + std::to_string(term.parts.size()));
    }
  }

  void CheckFunction(const Term& term) const {
    const Term& first = term.parts[0];
    if (term.name.starts_with("attribute_") && term.name.ends_with("exists") &&
        first.kind != Kind::kPath) {
      Refuse(
          "Operator or function requires a document path; operator or "
          "function: " +
          term.name);
    }
    if (term.name == "size") {
      CheckType(term.name, first, {"S", "B", "SS", "NS", "BS", "L", "M"});
    }
    if (term.name == "attribute_type") CheckTypeName(term);
    if (term.name == "begins_with" || term.name == "contains") {
      CheckDistinct(term);
    }
    if (term.name == "begins_with") {
      for (const Term& part : term.parts) {
        CheckType(term.name, part, {"S", "B"});
      }
    }
  }

  void CheckTypeName(const Term& term) const {
    const Term& second = term.parts[1];
    if (second.kind != Kind::kValue) {
      // DynamoDB's message lists every type here.
      RefuseType(term.name,
                 "{DOUBLESET,BOOL,HDS,M,L,DOUBLE,FLOAT,N,B,BS,S,DECIMALSET,"
                 "NULL,FS,SS,NS,HD,INT,DICT,INTSET,DECIMAL}");
    }
    CheckType(term.name, second, {"S"});
    const std::string& type = second.value->bytes;
    for (const char* known :
         {"S", "N", "B", "SS", "NS", "BS", "L", "M", "BOOL", "NULL"}) {
      if (type == known) return;
    }
    Refuse("Invalid attribute type name found; type: " + type +
           ", valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}");
  }

  const std::string& where_;
  Substitutions* const substitutions_;
};

// -------------------------------------------------------------- evaluation

/// Length in UTF-16 code units: a character of four bytes counts as two.
size_t LengthOf(const std::string& utf8) {
  size_t length = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    length += (byte & 0xc0) != 0x80 ? (byte >= 0xf0 ? 2 : 1) : 0;
  }
  return length;
}

/// Returns nothing if the value has no size.
std::optional<size_t> SizeFor(const Value& value) {
  if (value.type == "S") return LengthOf(value.bytes);
  if (value.type == "B") return value.bytes.size();
  if (value.type == "M") return value.members.size();
  if (value.type == "L" || IsSetType(value.type)) return value.elements.size();
  return {};
}

/// The value of an operand for one item; false if the operand has none.
class Operand {
 public:
  Operand(const Term& term, const Item* item) {
    if (term.kind == Kind::kValue) value_ = term.value.get();
    if (term.kind == Kind::kPath && item != nullptr) {
      value_ = Find(*item, term.path);
    }
    if (term.kind == Kind::kFunction) {
      const Operand of(term.parts[0], item);
      const auto size = of ? SizeFor(*of) : std::nullopt;
      if (!size.has_value()) return;
      computed_ = {"N", std::to_string(*size), {}, {}};
      value_ = &computed_;
    }
  }
  Operand(const Operand&) = delete;
  Operand& operator=(const Operand&) = delete;

  explicit operator bool() const { return value_ != nullptr; }
  const Value& operator*() const { return *value_; }
  const Value* operator->() const { return value_; }

 private:
  Value computed_;
  const Value* value_ = nullptr;
};

/// Returns nothing if the two values have no order.
std::optional<int> Compare(const Value& a, const Value& b) {
  if (a.type != b.type) return {};
  if (a.type == "N") return CompareNumbers(a.bytes, b.bytes);
  if (a.type == "S" || a.type == "B") return a.bytes.compare(b.bytes);
  return {};
}

bool IsEqual(const Operand& a, const Operand& b) { return a && b && *a == *b; }

bool IsOrdered(const Operand& a, const std::string& comparator,
               const Operand& b) {
  const auto order = a && b ? Compare(*a, *b) : std::nullopt;
  if (!order.has_value()) return false;
  if (comparator == "<") return *order < 0;
  if (comparator == "<=") return *order <= 0;
  if (comparator == ">") return *order > 0;
  return *order >= 0;
}

bool Contains(const Value& whole, const Value& part) {
  if (whole.type == "S" || whole.type == "B") {
    return part.type == whole.type &&
           whole.bytes.find(part.bytes) != std::string::npos;
  }
  return std::find(whole.elements.begin(), whole.elements.end(), part) !=
         whole.elements.end();
}

bool FunctionHolds(const Term& term, const Item* item) {
  const Operand first(term.parts[0], item);
  if (term.name == "attribute_exists") return static_cast<bool>(first);
  if (term.name == "attribute_not_exists") return !first;
  const Operand second(term.parts[1], item);
  if (!first || !second) return false;
  if (term.name == "attribute_type") return first->type == second->bytes;
  if (term.name == "contains") return Contains(*first, *second);
  return first->type == second->type &&
         (first->type == "S" || first->type == "B") &&
         first->bytes.starts_with(second->bytes);
}

bool TermHolds(const Term& term, const Item* item) {
  const auto holds = [item](const Term& part) { return TermHolds(part, item); };
  const auto& parts = term.parts;
  switch (term.kind) {
    case Kind::kAnd:
      return std::all_of(parts.begin(), parts.end(), holds);
    case Kind::kOr:
      return std::any_of(parts.begin(), parts.end(), holds);
    case Kind::kNot:
      return !holds(parts[0]);
    case Kind::kFunction:
      return FunctionHolds(term, item);
    default:
      break;
  }
  const Operand first(parts[0], item);
  if (term.kind == Kind::kIn) {
    return std::any_of(parts.begin() + 1, parts.end(), [&](const Term& part) {
      return IsEqual(first, Operand(part, item));
    });
  }
  const Operand second(parts[1], item);
  if (term.kind == Kind::kBetween) {
    return IsOrdered(first, ">=", second) &&
           IsOrdered(first, "<=", Operand(parts[2], item));
  }
  if (term.name == "=") return IsEqual(first, second);
  if (term.name == "<>") return !IsEqual(first, second);
  return IsOrdered(first, term.name, second);
}

void CollectAttributes(const Term& term, std::vector<std::string>* names) {
  if (term.kind == Kind::kPath) names->push_back(term.path[0].name);
  for (const Term& part : term.parts) CollectAttributes(part, names);
}

}  // namespace

Term ParseOperand(Parser* parser) {
  if (parser->NextIs("(")) {
    return parser->TakeParentheses([&] { return ParseOperand(parser); });
  }
  Term term;
  if (parser->NextIs(Token::Kind::kValue)) {
    term.kind = Kind::kValue;
    term.name = parser->TakeText();
    return term;
  }
  term.kind = Kind::kPath;
  const bool may_be_function = parser->NextIs(Token::Kind::kWord);
  term.path = parser->TakePath();
  if (!may_be_function || term.path.size() > 1 || !parser->Take("(")) {
    return term;
  }
  term.kind = Kind::kFunction;
  term.name = std::move(term.path[0].name);
  term.path.clear();
  do {
    term.parts.push_back(ParseOperand(parser));
  } while (parser->Take(","));
  parser->Expect(")");
  return term;
}

void ResolveOperand(const std::string& where, Substitutions* substitutions,
                    Term* term) {
  if (term->kind == Kind::kPath) {
    ResolvePath(where, substitutions, &term->path);
  } else if (term->kind == Kind::kValue) {
    term->value = substitutions->ValueOf(term->name, where);
  }
}

bool Condition::Holds(const Item* item) const {
  return !term.has_value() || TermHolds(*term, item);
}

Condition ParseCondition(const Json& request, const char* name,
                         Substitutions* substitutions) {
  const std::string* text = ExpressionOf(request, name);
  if (text == nullptr) return {};
  Parser parser(name, *text);
  Term term = ParseOr(&parser, false);
  parser.ExpectEnd();
  parser.CheckParentheses();
  CheckWords(parser.where(), term, false);
  const size_t operators = CountOperators(term);
  if (operators > kOperatorsMax) {
    parser.Refuse(
        "The expression contains too many operators; operator count: " +
        std::to_string(kOperatorsMax + 1));
  }
  Resolver(parser.where(), substitutions).Resolve(&term);
  return {std::move(term)};
}

std::vector<std::string> AttributesOf(const Condition& condition) {
  std::vector<std::string> names;
  if (condition.term.has_value()) CollectAttributes(*condition.term, &names);
  return names;
}

}  // namespace dynamodown::fake
