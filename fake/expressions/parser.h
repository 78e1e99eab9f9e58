// What DynamoDB's expressions have in common: tokens, paths, values, and how
// an error in them is told.
//
// An expression is read in three steps, and each step refuses before the next
// begins, so that of several errors the service's is told:
//
//   1. its form: Parser throws a syntax error;
//   2. what it spells out: reserved words, functions, indexes (CheckWords of
//      the expressions);
//   3. what it refers to: names and values, and their types.

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
    kKeyword,  ///< AND, SET ...: in capitals as `upper`.
    kNumber,
    kName,   ///< "#a".
    kValue,  ///< ":a".
    kSymbol,
    kEnd,
  };
  Kind kind;
  std::string_view text;  ///< Of kEnd: empty.
  size_t begin;
  size_t end;
  std::string_view upper = {};
};

/// An expression as a row of tokens. It refers to the expression's text.
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
  /// A symbol, or a keyword in capitals.
  bool NextIs(std::string_view token) const;
  bool Take(std::string_view token);
  void Expect(std::string_view token);
  void ExpectEnd() const;
  /// Any.
  std::string TakeText();
  /// With names as they are spelled: ResolvePath puts those behind "#" in.
  DocumentPath TakePath();

  /// Takes what `parse` does between parentheses.
  template <class Parse>
  auto TakeParentheses(Parse parse) {
    // So many are redundant, or have too many operators between them.
    if (++depth_ > kDepthMax) RefuseParentheses();
    Expect("(");
    auto inner = parse();
    Expect(")");
    --depth_;
    if (inner.in_parentheses) redundant_ = true;
    inner.in_parentheses = true;
    return inner;
  }
  /// Parentheses within parentheses are told once the form is known to be
  /// right.
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

/// Refuses reserved words, and what is too deep or too far.
void CheckPathWords(const std::string& where, const DocumentPath& path);
void ResolvePath(const std::string& where, Substitutions* substitutions,
                 DocumentPath* path);
/// Refuses two that clash.
void CheckPathsApart(const std::string& where,
                     const std::vector<DocumentPath>& paths);

/// A key is one value: no path goes into it.
[[noreturn]] void RefuseNestedKey(const std::string& name);

/// The request's expression of that name, or null.
const std::string* ExpressionOf(const Json& request, const char* name);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_EXPRESSIONS_PARSER_H_
