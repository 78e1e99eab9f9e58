#include "fake/expression.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace dynamodown::fake {
namespace {

constexpr size_t kExpressionBytesMax = 4096;

// Some of the Developer Guide's "Reserved words in DynamoDB": those that an
// attribute of ours or of a user's is likely to be called.
const std::set<std::string>& ReservedWords() {
  static const std::set<std::string> words = {
      "ADD",     "ALL",      "AND",    "ASC",       "BATCH",    "BETWEEN",
      "BINARY",  "BLOB",     "BLOCK",  "BY",        "BYTE",     "CHECK",
      "COMMENT", "CONTAINS", "COUNT",  "COUNTER",   "CURRENT",  "DATA",
      "DATE",    "DATETIME", "DELETE", "DESC",      "DOMAIN",   "END",
      "EXISTS",  "FILE",     "FORMAT", "FROM",      "FUNCTION", "GET",
      "GROUP",   "HASH",     "IN",     "INDEX",     "ITEM",     "ITEMS",
      "KEY",     "KEYS",     "LAST",   "LENGTH",    "LEVEL",    "LIMIT",
      "LIST",    "LOCATION", "LOCK",   "LOG",       "MAP",      "MODE",
      "NAME",    "NAMES",    "NEXT",   "NOT",       "NULL",     "NUMBER",
      "OBJECT",  "OR",       "ORDER",  "OWNER",     "PATH",     "POSITION",
      "PUT",     "QUERY",    "RANGE",  "RAW",       "READ",     "REPLACE",
      "ROLE",    "ROW",      "SCAN",   "SEQUENCE",  "SET",      "SIZE",
      "SOURCE",  "START",    "STATE",  "STATUS",    "STREAM",   "STRING",
      "TABLE",   "TEXT",     "TIME",   "TIMESTAMP", "TO",       "TOKEN",
      "TTL",     "TYPE",     "UPDATE", "URL",       "USE",      "USER",
      "UUID",    "VALUE",    "VALUES", "VIEW",      "WHERE",    "WRITE",
      "YEAR",    "ZONE",
  };
  return words;
}

std::string Upper(std::string text) {
  for (char& c : text) {
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return text;
}

bool IsWordByte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// An expression as a row of tokens, and what the grammars have in common.
class Parser {
 public:
  Parser(std::string where, const std::string& text,
         Substitutions* substitutions)
      : where_(std::move(where)), substitutions_(substitutions) {
    if (text.empty()) Refuse("The expression can not be empty;");
    if (text.size() > kExpressionBytesMax) {
      Refuse("Expression size has exceeded the maximum allowed size;");
    }
    Split(text);
  }

  [[noreturn]] void Refuse(const std::string& why) const {
    RefuseInvalid("Invalid " + where_ + ": " + why);
  }
  [[noreturn]] void RefuseToken() const {
    Refuse("Syntax error; token: \"" + (AtEnd() ? "<EOF>" : tokens_[at_]) +
           "\"");
  }

  bool AtEnd() const { return at_ == tokens_.size(); }
  bool Next(std::string_view token) const {
    return !AtEnd() && Upper(tokens_[at_]) == token;
  }
  bool Take(std::string_view token) {
    if (!Next(token)) return false;
    ++at_;
    return true;
  }
  void Expect(std::string_view token) {
    if (!Take(token)) RefuseToken();
  }
  void ExpectEnd() const {
    if (!AtEnd()) RefuseToken();
  }
  std::string TakeAny() {
    if (AtEnd()) RefuseToken();
    return tokens_[at_++];
  }
  /// A function's name, which unlike a keyword has a case.
  bool TakeFunction(std::string_view name) {
    if (AtEnd() || tokens_[at_] != name) return false;
    ++at_;
    return true;
  }

  std::string Path() {
    const std::string token = TakeAny();
    if (!AtEnd() && (tokens_[at_] == "." || tokens_[at_] == "[")) {
      Refuse("paths into documents are not modelled");
    }
    if (token[0] == '#') return substitutions_->Name(token, where_);
    if (!IsWordByte(token[0])) {
      --at_;
      RefuseToken();
    }
    if (ReservedWords().count(Upper(token)) != 0) {
      Refuse("Attribute name is a reserved keyword; reserved keyword: " +
             token);
    }
    return token;
  }
  Value TakeValue() {
    const std::string token = TakeAny();
    if (token[0] != ':') {
      --at_;
      RefuseToken();
    }
    return substitutions_->ValueOf(token, where_);
  }
  Operand TakeOperand() {
    if (!AtEnd() && tokens_[at_][0] == ':') return {"", TakeValue()};
    return {Path(), {}};
  }

 private:
  void Split(const std::string& text) {
    for (size_t i = 0; i < text.size();) {
      const size_t begin = i;
      if (std::isspace(static_cast<unsigned char>(text[i])) != 0) {
        ++i;
        continue;
      }
      if (text[i] == '#' || text[i] == ':' || IsWordByte(text[i])) {
        const bool alias = text[i] == '#' || text[i] == ':';
        ++i;
        while (i < text.size() && IsWordByte(text[i])) ++i;
        if (alias && i == begin + 1) {
          Refuse("Syntax error; token: \"" + text.substr(begin, 1) + "\"");
        }
      } else {
        const std::string two = text.substr(i, 2);
        i += two == "<=" || two == ">=" || two == "<>" ? 2 : 1;
        if (std::string_view("=<>(),.[]").find(text[begin]) ==
            std::string_view::npos) {
          Refuse("Invalid character; character: " + text.substr(begin, 1));
        }
      }
      tokens_.push_back(text.substr(begin, i - begin));
    }
  }

  const std::string where_;
  Substitutions* const substitutions_;
  std::vector<std::string> tokens_;
  size_t at_ = 0;
};

Condition ConditionOf(Parser* parser);

Condition TermOf(Parser* parser) {
  Condition term;
  if (parser->Take("(")) {
    const bool again = parser->Next("(");
    term = ConditionOf(parser);
    parser->Expect(")");
    // "((a))", but not "((a) OR b)".
    if (again && term.kind != Condition::Kind::kAnd &&
        term.kind != Condition::Kind::kOr) {
      parser->Refuse("The expression has redundant parentheses;");
    }
    return term;
  }
  const bool exists = parser->TakeFunction("attribute_exists");
  if (exists || parser->TakeFunction("attribute_not_exists")) {
    term.kind = exists ? Condition::Kind::kExists : Condition::Kind::kNotExists;
    parser->Expect("(");
    term.left.path = parser->Path();
    parser->Expect(")");
    return term;
  }
  term.kind = Condition::Kind::kEquals;
  term.left = parser->TakeOperand();
  parser->Expect("=");
  term.right = parser->TakeOperand();
  return term;
}

Condition ChainOf(Parser* parser, Condition::Kind kind, std::string_view word,
                  Condition (*part)(Parser*)) {
  Condition first = part(parser);
  if (!parser->Next(word)) return first;
  Condition chain;
  chain.kind = kind;
  chain.parts.push_back(std::move(first));
  while (parser->Take(word)) chain.parts.push_back(part(parser));
  return chain;
}

Condition ConjunctionOf(Parser* parser) {
  return ChainOf(parser, Condition::Kind::kAnd, "AND", TermOf);
}

Condition ConditionOf(Parser* parser) {
  return ChainOf(parser, Condition::Kind::kOr, "OR", ConjunctionOf);
}

/// The request's expression of that name, or nothing.
std::optional<std::string> Expression(const Json& request,
                                      const std::string& name) {
  const auto found = request.find(name);
  if (found == request.end()) return {};
  if (!found->is_string()) RefuseMalformed(name + " must be a string");
  return found->get<std::string>();
}

}  // namespace

Substitutions::Substitutions(const Json& request) {
  const auto members = [&](const std::string& name, char mark) {
    const auto found = request.find(name);
    if (found == request.end()) return Json::object();
    if (!found->is_object()) RefuseMalformed(name + " must be a map");
    if (found->empty()) RefuseInvalid(name + " must not be empty");
    const bool expressions = std::any_of(
        request.items().begin(), request.items().end(), [](const auto& item) {
          return item.key().size() > 10 && item.key().ends_with("Expression");
        });
    if (!expressions) {
      RefuseInvalid(name + " can only be specified when using expressions");
    }
    for (const auto& item : found->items()) {
      if (item.key().size() < 2 || item.key()[0] != mark ||
          !std::all_of(item.key().begin() + 1, item.key().end(), IsWordByte)) {
        RefuseInvalid(name + " contains invalid key: Syntax error; key: \"" +
                      item.key() + "\"");
      }
    }
    return *found;
  };
  const Json names = members("ExpressionAttributeNames", '#');
  for (const auto& [alias, name] : names.items()) {
    if (!name.is_string()) RefuseMalformed("A name must be a string");
    names_[alias] = name.get<std::string>();
  }
  const Json values = members("ExpressionAttributeValues", ':');
  for (const auto& [alias, value] : values.items()) {
    values_[alias] = ValueOfJson(value);
  }
}

const std::string& Substitutions::Name(const std::string& alias,
                                       const std::string& where) {
  const auto found = names_.find(alias);
  if (found == names_.end()) {
    RefuseInvalid("Invalid " + where +
                  ": An expression attribute name used in the document path "
                  "is not defined; attribute name: " +
                  alias);
  }
  used_.insert(alias);
  return found->second;
}

const Value& Substitutions::ValueOf(const std::string& alias,
                                    const std::string& where) {
  const auto found = values_.find(alias);
  if (found == values_.end()) {
    RefuseInvalid("Invalid " + where +
                  ": An expression attribute value used in expression is not "
                  "defined; attribute value: " +
                  alias);
  }
  used_.insert(alias);
  return found->second;
}

void Substitutions::CheckAllUsed() const {
  const auto check = [this](const auto& defined, const std::string& what) {
    for (const auto& [alias, unused] : defined) {
      if (used_.count(alias) == 0) {
        RefuseInvalid("Value provided in " + what +
                      " unused in expressions: keys: {" + alias + "}");
      }
    }
  };
  check(names_, "ExpressionAttributeNames");
  check(values_, "ExpressionAttributeValues");
}

bool Condition::Holds(const Item* item) const {
  const auto find = [item](const Operand& operand) -> const Value* {
    if (operand.value.has_value()) return &*operand.value;
    if (item == nullptr) return nullptr;
    const auto found = item->find(operand.path);
    return found == item->end() ? nullptr : &found->second;
  };
  const auto part_holds = [item](const Condition& part) {
    return part.Holds(item);
  };
  switch (kind) {
    case Kind::kAlways:
      return true;
    case Kind::kAnd:
      return std::all_of(parts.begin(), parts.end(), part_holds);
    case Kind::kOr:
      return std::any_of(parts.begin(), parts.end(), part_holds);
    case Kind::kExists:
      return find(left) != nullptr;
    case Kind::kNotExists:
      return find(left) == nullptr;
    case Kind::kEquals: {
      const Value* a = find(left);
      const Value* b = find(right);
      return a != nullptr && b != nullptr && *a == *b;
    }
  }
  return false;
}

Condition ParseCondition(const Json& request, Substitutions* substitutions) {
  const std::string where = "ConditionExpression";
  const auto text = Expression(request, where);
  if (!text.has_value()) return {};
  Parser parser(where, *text, substitutions);
  Condition condition = ConditionOf(&parser);
  parser.ExpectEnd();
  return condition;
}

std::vector<std::string> ParseProjection(const Json& request,
                                         Substitutions* substitutions) {
  const std::string where = "ProjectionExpression";
  const auto text = Expression(request, where);
  std::vector<std::string> names;
  if (!text.has_value()) return names;
  Parser parser(where, *text, substitutions);
  do {
    std::string name = parser.Path();
    if (std::count(names.begin(), names.end(), name) != 0) {
      parser.Refuse(
          "Two document paths overlap with each other; must remove "
          "or rewrite one of these paths; path one: [" +
          name + "], path two: [" + name + "]");
    }
    names.push_back(std::move(name));
  } while (parser.Take(","));
  parser.ExpectEnd();
  return names;
}

std::vector<std::pair<std::string, Operand>> ParseUpdate(
    const Json& request, Substitutions* substitutions) {
  const std::string where = "UpdateExpression";
  const auto text = Expression(request, where);
  std::vector<std::pair<std::string, Operand>> assignments;
  if (!text.has_value()) return assignments;
  Parser parser(where, *text, substitutions);
  parser.Expect("SET");
  std::set<std::string> seen;
  do {
    std::string path = parser.Path();
    parser.Expect("=");
    if (!seen.insert(path).second) {
      parser.Refuse(
          "Two document paths overlap with each other; must remove "
          "or rewrite one of these paths; path one: [" +
          path + "], path two: [" + path + "]");
    }
    Operand operand = parser.TakeOperand();
    assignments.emplace_back(std::move(path), std::move(operand));
  } while (parser.Take(","));
  parser.ExpectEnd();
  return assignments;
}

std::vector<KeyComparison> ParseKeyCondition(const Json& request,
                                             Substitutions* substitutions) {
  const std::string where = "KeyConditionExpression";
  const auto text = Expression(request, where);
  if (!text.has_value()) {
    RefuseInvalid(
        "Either the KeyConditions or KeyConditionExpression "
        "parameter must be specified in the request.");
  }
  Parser parser(where, *text, substitutions);
  std::vector<KeyComparison> comparisons;
  do {
    KeyComparison comparison;
    comparison.attribute = parser.Path();
    if (parser.Take("BETWEEN")) {
      comparison.comparator = "BETWEEN";
      comparison.value = parser.TakeValue();
      parser.Expect("AND");
      comparison.upper = parser.TakeValue();
    } else {
      for (const char* comparator : {"=", "<", "<=", ">", ">="}) {
        if (parser.Take(comparator)) comparison.comparator = comparator;
        if (!comparison.comparator.empty()) break;
      }
      if (comparison.comparator.empty()) parser.RefuseToken();
      comparison.value = parser.TakeValue();
    }
    comparisons.push_back(std::move(comparison));
  } while (parser.Take("AND"));
  parser.ExpectEnd();
  return comparisons;
}

}  // namespace dynamodown::fake
