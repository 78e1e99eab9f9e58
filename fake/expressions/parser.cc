#include "fake/expressions/parser.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <utility>

#include "fake/expressions/reserved_words.h"
#include "fake/values/members.h"

namespace dynamodown::fake {
namespace {

constexpr size_t kExpressionBytesMax = 4096;
constexpr size_t kPathStepsMax = 32;
constexpr size_t kIndexMax = 2'147'483'647;

constexpr std::string_view kKeywords[] = {
    "ADD", "AND", "BETWEEN", "DELETE", "IN", "NOT", "OR", "REMOVE", "SET"};

bool IsLetter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWordByte(char c) { return IsLetter(c) || IsDigit(c) || c == '_'; }
bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view KeywordOf(std::string_view word) {
  for (const std::string_view keyword : kKeywords) {
    if (std::equal(word.begin(), word.end(), keyword.begin(), keyword.end(),
                   [](char a, char b) {
                     return std::toupper(static_cast<unsigned char>(a)) == b;
                   })) {
      return keyword;
    }
  }
  return {};
}

}  // namespace

void RefuseExpression(const std::string& where, const std::string& why) {
  RefuseInvalid("Invalid " + where + ": " + why);
}

Parser::Parser(std::string where, std::string_view text)
    : where_(std::move(where)), text_(text) {
  if (text.empty()) Refuse("The expression can not be empty;");
  if (text.size() > kExpressionBytesMax) {
    const std::string size =
        where_ == "ProjectionExpression" || where_ == "UpdateExpression"
            ? ""
            : " expression size: " + std::to_string(text.size());
    Refuse("Expression size has exceeded the maximum allowed size;" + size);
  }
  Split();
}

void Parser::Refuse(const std::string& why) const {
  RefuseExpression(where_, why);
}

void Parser::RefuseToken() const {
  const Token& token = next();
  const size_t begin = at_ > 0 ? tokens_[at_ - 1].begin : 0;
  const size_t end =
      at_ + 1 < tokens_.size() ? tokens_[at_ + 1].end : text_.size();
  const std::string text =
      token.kind == Token::Kind::kEnd ? "<EOF>" : std::string(token.text);
  Refuse("Syntax error; token: \"" + text + "\", near: \"" +
         std::string(text_.substr(begin, end - begin)) + "\"");
}

bool Parser::NextIs(std::string_view token) const {
  const Token& t = next();
  return (t.kind == Token::Kind::kSymbol && t.text == token) ||
         (t.kind == Token::Kind::kKeyword && t.upper == token);
}

bool Parser::Take(std::string_view token) {
  if (!NextIs(token)) return false;
  ++at_;
  return true;
}

void Parser::Expect(std::string_view token) {
  if (!Take(token)) RefuseToken();
}

void Parser::ExpectEnd() const {
  if (!NextIs(Token::Kind::kEnd)) RefuseToken();
}

std::string Parser::TakeText() {
  if (NextIs(Token::Kind::kEnd)) RefuseToken();
  return std::string(tokens_[at_++].text);
}

DocumentPath Parser::TakePath() {
  const auto take_name = [this](bool first) {
    if (!NextIs(Token::Kind::kWord) && !NextIs(Token::Kind::kName) &&
        // After a point, DynamoDB takes ":a" for an undefined name.
        (first || !NextIs(Token::Kind::kValue))) {
      RefuseToken();
    }
    return PathStep{TakeText(), {}};
  };
  DocumentPath path = {take_name(true)};
  for (;;) {
    if (Take(".")) {
      path.push_back(take_name(false));
    } else if (Take("[")) {
      if (!NextIs(Token::Kind::kNumber)) RefuseToken();
      std::string text = TakeText();
      // A longer index is out of range anyway.
      const size_t index =
          std::strtoull(text.substr(0, 18).c_str(), nullptr, 10);
      path.push_back({std::move(text), index});
      Expect("]");
    } else {
      return path;
    }
  }
}

void Parser::CheckParentheses() const {
  if (redundant_) RefuseParentheses();
}

void Parser::RefuseParentheses() const {
  Refuse("The expression has redundant parentheses;");
}

void Parser::Split() {
  size_t at = 0;
  const auto skip = [&](bool (*which)(char)) {
    while (at < text_.size() && which(text_[at])) ++at;
  };
  for (skip(IsSpace); at < text_.size(); skip(IsSpace)) {
    const size_t begin = at;
    const char c = text_[at++];
    const bool word_follows = at < text_.size() && IsWordByte(text_[at]);
    Token::Kind kind = Token::Kind::kSymbol;
    if (IsLetter(c)) {
      kind = Token::Kind::kWord;
      skip(IsWordByte);
    } else if (IsDigit(c)) {
      kind = Token::Kind::kNumber;
      skip(IsDigit);
    } else if ((c == '#' || c == ':') && word_follows) {
      kind = c == '#' ? Token::Kind::kName : Token::Kind::kValue;
      skip(IsWordByte);
    } else if (const std::string_view two = text_.substr(begin, 2);
               two == "<=" || two == ">=" || two == "<>") {
      ++at;
    } else if ((static_cast<unsigned char>(c) & 0xc0) == 0xc0) {
      // The remaining bytes of one character.
      skip([](char d) {
        return (static_cast<unsigned char>(d) & 0xc0) == 0x80;
      });
    }
    Token token{kind, text_.substr(begin, at - begin), begin, at};
    if (kind == Token::Kind::kWord) {
      token.upper = KeywordOf(token.text);
      if (!token.upper.empty()) token.kind = Token::Kind::kKeyword;
    }
    tokens_.push_back(token);
  }
  tokens_.push_back({Token::Kind::kEnd, {}, text_.size(), text_.size()});
}

void CheckPathWords(const std::string& where, const DocumentPath& path) {
  for (const PathStep& step : path) {
    if (step.index.has_value() && *step.index > kIndexMax) {
      RefuseExpression(
          where, "List index is not within the allowable range; index: [" +
                     step.name + "]");
    }
    if (!step.index.has_value() && IsReservedWord(step.name)) {
      RefuseExpression(
          where, "Attribute name is a reserved keyword; reserved keyword: " +
                     step.name);
    }
  }
  if (path.size() > kPathStepsMax) {
    RefuseExpression(where,
                     "The document path has too many nesting levels; nesting "
                     "levels: " +
                         std::to_string(path.size()));
  }
}

void ResolvePath(const std::string& where, Substitutions* substitutions,
                 DocumentPath* path) {
  for (PathStep& step : *path) {
    if (!step.index.has_value() &&
        (step.name[0] == '#' || step.name[0] == ':')) {
      step.name = substitutions->Name(step.name, where);
    }
  }
}

void CheckPathsApart(const std::string& where,
                     const std::vector<DocumentPath>& paths) {
  // From the end: if several pairs clash, DynamoDB reports the last.
  for (size_t earlier = paths.size(); earlier-- > 0;) {
    for (size_t later = earlier + 1; later < paths.size(); ++later) {
      const char* clash = Clash(paths[earlier], paths[later]);
      if (clash == nullptr) continue;
      RefuseExpression(where, "Two document paths " + std::string(clash) +
                                  " with each other; must remove or rewrite "
                                  "one of these paths; path one: " +
                                  TextOf(paths[earlier]) +
                                  ", path two: " + TextOf(paths[later]));
    }
  }
}

void RefuseNestedKey(const std::string& name) {
  RefuseInvalid(
      "Key attributes must be scalars; list random access '[]' and map lookup "
      "'.' are not allowed: Key: " +
      name);
}

const std::string* ExpressionOf(const Json& request, const char* name) {
  const Json* member = Member(request, name);
  if (member == nullptr) return nullptr;
  if (!member->is_string()) {
    RefuseMalformed(std::string(name) + " must be a string");
  }
  return &member->get_ref<const std::string&>();
}

}  // namespace dynamodown::fake
