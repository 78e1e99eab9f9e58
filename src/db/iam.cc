// A store has two hash keys: one for its data, and one for its descriptor. A
// program that reads and writes data must also read the descriptor, but never
// changes the descriptor. iam_test.cc checks that the policy allows every
// request that is sent, and no other request.

#include "db/iam.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "store/catalog.h"
#include "store/descriptor.h"

namespace dynamodown {
namespace {

/// Returns `text` escaped for a policy. In a policy, "${" begins a variable,
/// and "${$}" is a dollar sign.
std::string Literal(std::string_view text) {
  std::string literal;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "${") {
      literal += "${$}";
    } else {
      literal += text[i];
    }
  }
  return literal;
}

/// Returns JSON text in which each character that a reader cannot see is
/// escaped as \uNNNN. `json` is UTF-8 without control characters in strings.
std::string PrintableJson(std::string_view json) {
  const auto append = [](uint32_t unit, std::string* text) {
    char escape[16];
    snprintf(escape, sizeof escape, "\\u%04x", unit);
    *text += escape;
  };
  std::string text;
  while (!json.empty()) {
    const size_t length = std::max<size_t>(Utf8CharacterBytes(json), 1);
    const std::string_view character = json.substr(0, length);
    json.remove_prefix(length);
    if (character == "\n" || PrintableCharacterBytes(character) > 0) {
      text += character;
      continue;
    }
    uint32_t code = static_cast<unsigned char>(character[0]);
    if (length > 1) code &= 0xffu >> (length + 1);
    for (const char c : character.substr(1)) {
      code = code << 6 | (static_cast<uint32_t>(c) & 63);
    }
    if (code < 0x10000) {
      append(code, &text);
    } else {  // A surrogate pair: RFC 8259, section 7.
      append(0xd800 + ((code - 0x10000) >> 10), &text);
      append(0xdc00 + ((code - 0x10000) & 0x3ff), &text);
    }
  }
  return text;
}

struct Statement {
  std::string_view id;
  std::vector<std::string_view> actions;
  /// The condition's operator on hash keys. Empty: there is no condition.
  std::string_view comparison;
  std::string leading_key;
};

std::vector<Statement> StatementsOf(const PolicySubject& subject,
                                    const IamOptions& iam) {
  constexpr std::string_view kEquals = "ForAllValues:StringEquals";
  constexpr std::string_view kLike = "ForAllValues:StringLike";
  const bool writes = iam.access != Access::kRead;
  const bool manages = iam.access == Access::kManage;

  Statement data{"Data",
                 {"BatchGetItem", "GetItem", "Query"},
                 kEquals,
                 Literal(subject.store)};
  if (writes) {
    data.actions = {"BatchGetItem", "BatchWriteItem", "ConditionCheckItem",
                    "DeleteItem",   "GetItem",        "PutItem",
                    "Query"};
  }
  Statement descriptor{
      "Descriptor", {"GetItem"}, kEquals, Literal(AuxHash(subject.store))};
  if (manages) {
    descriptor.actions = {"BatchWriteItem", "DeleteItem", "GetItem",
                          "PutItem",        "Query",      "UpdateItem"};
  }
  Statement table{"Table", {}, {}, {}};
  if (!subject.schema_known || manages) {
    table.actions.push_back("DescribeTable");
  }
  if (manages) {
    table.actions = {"CreateTable", "DeleteTable", "DescribeTable", "Scan"};
  }
  std::vector<Statement> statements = {std::move(data), std::move(descriptor)};
  if (!table.actions.empty()) statements.push_back(std::move(table));
  // A listing reads each store's descriptor, to recognize foreign stores.
  if (manages) {
    statements.push_back(
        {"OtherDescriptors", {"GetItem"}, kLike, AuxHash("*")});
  }
  return statements;
}

/// Writes statements as JSON, indented as AWS's console does.
class PolicyWriter {
 public:
  std::string Write(const std::vector<Statement>& statements,
                    const std::string& resource) {
    text_ = "{\n    \"Version\": \"2012-10-17\",\n    \"Statement\": [";
    const char* between = "\n";
    for (const Statement& statement : statements) {
      text_ += between;
      between = ",\n";
      Add(statement, resource);
    }
    return PrintableJson(text_ + "\n    ]\n}\n");
  }

 private:
  void Add(const Statement& statement, const std::string& resource) {
    text_ += "        {\n            \"Sid\": ";
    AppendJsonString(statement.id, &text_);
    text_ += ",\n            \"Effect\": \"Allow\",\n            \"Action\": [";
    const char* between = "\n";
    for (const std::string_view action : statement.actions) {
      text_ += between;
      between = ",\n";
      text_ += "                ";
      AppendJsonString(std::string("dynamodb:").append(action), &text_);
    }
    text_ += "\n            ],\n            \"Resource\": ";
    AppendJsonString(resource, &text_);
    if (!statement.comparison.empty()) {
      text_ += ",\n            \"Condition\": {\n                ";
      AppendJsonString(statement.comparison, &text_);
      text_ += ": {\n                    \"dynamodb:LeadingKeys\": [";
      AppendJsonString(statement.leading_key, &text_);
      text_ += "]\n                }\n            }";
    }
    text_ += "\n        }";
  }

  std::string text_;
};

}  // namespace

std::string PolicyFor(const PolicySubject& subject, const IamOptions& iam) {
  const std::string account = iam.account.empty() ? "*" : iam.account;
  const bool is_arn = subject.table.starts_with("arn:");
  return PolicyWriter().Write(StatementsOf(subject, iam),
                              is_arn ? subject.table
                                     : "arn:" + subject.partition +
                                           ":dynamodb:" + subject.region + ":" +
                                           account + ":table/" + subject.table);
}

}  // namespace dynamodown
