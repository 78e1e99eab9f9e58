// The common part of DynamoDB's expressions: tokens, paths, values and errors.
//
// The fake reads an expression in three steps. Each step reports its errors
// before the next begins. If there are several errors, the fake thus reports
// the same one as DynamoDB:
//
//   1. form: Parser reports syntax errors;
//   2. words: reserved words, functions, indexes (each expression's
//   CheckWords);
//   3. references: names and values, and their types.

#ifndef DYNAMODOWN_FAKE_EXPRESSIONS_PARSER_H_
#define DYNAMODOWN_FAKE_EXPRESSIONS_PARSER_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "fake/expressions/document_path.h"
#include "fake/expressions/substitutions.h"

namespace dynamodown::fake {

struct Token {
  enum class Kind {
    kWord,
    kKeyword,  ///< AND, SET ...; `upper` has it in capitals.
    kNumber,
    kName,   ///< "#a".
    kValue,  ///< ":a".
    kSymbol,
    kEnd,
  };
  Kind kind;
  std::string_view text;  ///< Empty for kEnd.
  size_t begin;
  size_t end;
  std::string_view upper = {};
};

/// An expression as a sequence of tokens, which refer to its text.
class Parser {
 public:
  /// `where` is the expression's name: "ConditionExpression".
  Parser(std::string where, std::string_view text);

  const std::string& where() const { return where_; }
  [[noreturn]] void Refuse(const std::string& why) const;
  /// A syntax error at the next token.
  [[noreturn]] void RefuseToken() const;

  const Token& next() const { return tokens_[at_]; }
  bool NextIs(Token::Kind kind) const { return next().kind == kind; }
  /// `token` is a symbol, or a keyword in capitals.
  bool NextIs(std::string_view token) const;
  bool Take(std::string_view token);
  void Expect(std::string_view token);
  void ExpectEnd() const;
  /// Takes a token of any kind except kEnd.
  std::string TakeText();
  /// Names stay as they are spelled; ResolvePath replaces "#" aliases.
  DocumentPath TakePath();

  /// Takes "(", calls `parse`, takes ")", and returns the result of `parse`.
  template <class Parse>
  auto TakeParentheses(Parse parse) {
    // Parentheses nested this deep are redundant, or enclose too many
    // operators.
    if (++depth_ > kDepthMax) RefuseParentheses();
    Expect("(");
    auto inner = parse();
    Expect(")");
    --depth_;
    if (inner.in_parentheses) redundant_ = true;
    inner.in_parentheses = true;
    return inner;
  }
  /// Refuses redundant parentheses. Call it once the form is known to be right.
  void CheckParentheses() const;

 private:
  static constexpr size_t kDepthMax = 350;

  void Split();
  [[noreturn]] void RefuseParentheses() const;

  const std::string where_;
  const std::string_view text_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  size_t depth_ = 0;
  bool redundant_ = false;
};

[[noreturn]] void RefuseExpression(const std::string& where,
                                   const std::string& why);

/// Refuses reserved words, paths that are too deep and indexes out of range.
void CheckPathWords(const std::string& where, const DocumentPath& path);
void ResolvePath(const std::string& where, Substitutions* substitutions,
                 DocumentPath* path);
/// Refuses paths that exclude each other.
void CheckPathsApart(const std::string& where,
                     const std::vector<DocumentPath>& paths);

/// Refuses a path into a key, which is a scalar.
[[noreturn]] void RefuseNestedKey(const std::string& name);

/// The request's expression `name`, or null.
const std::string* ExpressionOf(const Json& request, const char* name);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_EXPRESSIONS_PARSER_H_
