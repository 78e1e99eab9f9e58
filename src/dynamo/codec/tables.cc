// Operations on tables.

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/printable.h"
#include "dynamo/codec/message.h"
#include "dynamo/codec/value.h"
#include "dynamo/operations.h"

namespace dynamodown {
namespace {

/// The most bytes of a key attribute's name (docs.aws.amazon.com, "Naming rules
/// and data types").
constexpr size_t kKeyNameBytesMax = 255;

/// DynamoDB's states of a table are words such as "ACTIVE" and
/// "INACCESSIBLE_ENCRYPTION_CREDENTIALS".
bool IsStatus(std::string_view status) {
  constexpr size_t kStatusBytesMax = 64;
  return !status.empty() && status.size() <= kStatusBytesMax &&
         std::ranges::all_of(
             status, [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
}

/// Returns the attribute's type: "S", "N" or "B". Returns an empty text if the
/// table has none of these for the attribute.
std::string_view TypeOf(const JsonValue& table, std::string_view attribute) {
  for (JsonCursor c(table["AttributeDefinitions"]); c.Next();) {
    if (c.value()["AttributeName"].string() != attribute) continue;
    const std::string_view type =
        c.value()["AttributeType"].string().value_or("");
    return type == "S" || type == "N" || type == "B" ? type : "";
  }
  return {};
}

/// Returns what is wrong with the keys, or an empty text. A table has one hash
/// key, and at most one range key.
std::string ReadKeys(const JsonValue& table, TableDescription* description) {
  for (JsonCursor c(table["KeySchema"]); c.Next();) {
    const std::string_view name =
        c.value()["AttributeName"].string().value_or("");
    if (name.empty() || name.size() > kKeyNameBytesMax) {
      return "a key's name of " + std::to_string(name.size()) + " bytes";
    }
    const std::optional<std::string_view> kind = c.value()["KeyType"].string();
    const bool hash = kind == "HASH";
    std::string* const key =
        hash ? &description->hash_name : &description->range_name;
    if ((!hash && kind != "RANGE") || !key->empty()) {
      return "KeySchema has more than a hash key and a range key";
    }
    *key = name;
    const std::string_view type = TypeOf(table, name);
    if (type.empty()) return "a key is of no type";
    (hash ? description->hash_type : description->range_type) = type;
  }
  return description->hash_name.empty() ? "no hash key" : "";
}

/// Reads the table's name and status. The answer to DeleteTable may have
/// nothing else.
Result<void> ReadState(std::string_view operation, const std::string& table,
                       const JsonValue& json, TableDescription* description) {
  *description = TableDescription();
  const std::optional<std::string_view> status = json["TableStatus"].string();
  if (!status || !IsStatus(*status)) {
    return BadAnswer(operation, "no TableStatus");
  }
  description->status = *status;
  description->name = json["TableName"].string().value_or("");
  if (!description->name.empty() && !IsTable(description->name, table)) {
    return BadAnswer(operation, "another table than the one asked for");
  }
  return {};
}

Result<void> ReadDescription(std::string_view operation,
                             const std::string& table, const JsonValue& json,
                             TableDescription* description) {
  Result<void> state = ReadState(operation, table, json, description);
  if (!state.ok()) return state;
  return CheckedAnswer(operation, ReadKeys(json, description));
}

constexpr std::string_view kDescriptionMembers[] = {"TableDescription"};

void AppendDefinition(const std::string& name, const std::string& type,
                      std::string* out) {
  out->append("{\"AttributeName\":");
  AppendJsonString(name, out);
  out->append(",\"AttributeType\":");
  AppendJsonString(type, out);
  out->push_back('}');
}

void AppendSchema(const std::string& name, std::string_view type,
                  std::string* out) {
  out->append("{\"AttributeName\":");
  AppendJsonString(name, out);
  out->append(",\"KeyType\":\"").append(type).append("\"}");
}

}  // namespace

void CreateTable::Encode(std::string* out) const {
  AppendTable(description.name, out);
  out->append(",\"AttributeDefinitions\":[");
  AppendDefinition(description.hash_name, description.hash_type, out);
  out->push_back(',');
  AppendDefinition(description.range_name, description.range_type, out);
  out->append("],\"KeySchema\":[");
  AppendSchema(description.hash_name, "HASH", out);
  out->push_back(',');
  AppendSchema(description.range_name, "RANGE", out);
  if (read_capacity_units == 0 && write_capacity_units == 0) {
    out->append("],\"BillingMode\":\"PAY_PER_REQUEST\"}");
    return;
  }
  out->append(
      "],\"BillingMode\":\"PROVISIONED\","
      "\"ProvisionedThroughput\":{\"ReadCapacityUnits\":");
  AppendNumber(static_cast<uint64_t>(read_capacity_units), out);
  out->append(",\"WriteCapacityUnits\":");
  AppendNumber(static_cast<uint64_t>(write_capacity_units), out);
  out->append("}}");
}

Result<void> CreateTable::DecodeMembers(const JsonValue& answer) {
  return ReadDescription(name(), description.name, answer["TableDescription"],
                         &created);
}

Operation::AnswerForm CreateTable::answer_form() const {
  return {kDescriptionMembers};
}

void DescribeTable::Encode(std::string* out) const {
  AppendTable(table, out);
  out->push_back('}');
}

Result<void> DescribeTable::DecodeMembers(const JsonValue& answer) {
  return ReadDescription(name(), table, answer["Table"], &description);
}

Operation::AnswerForm DescribeTable::answer_form() const {
  static constexpr std::string_view kMembers[] = {"Table"};
  return {kMembers};
}

void DeleteTable::Encode(std::string* out) const {
  AppendTable(table, out);
  out->push_back('}');
}

Result<void> DeleteTable::DecodeMembers(const JsonValue& answer) {
  TableDescription deleted;
  return ReadState(name(), table, answer["TableDescription"], &deleted);
}

Operation::AnswerForm DeleteTable::answer_form() const {
  return {kDescriptionMembers};
}

void ListTables::Encode(std::string* out) const {
  out->push_back('{');
  if (!exclusive_start_table_name.empty()) {
    out->append("\"ExclusiveStartTableName\":");
    AppendJsonString(exclusive_start_table_name, out);
  }
  out->push_back('}');
}

Result<void> ListTables::DecodeMembers(const JsonValue& answer) {
  table_names.clear();
  last_evaluated_table_name.clear();
  if (!answer["TableNames"].is_array()) {
    return BadAnswer(name(), "no TableNames");
  }
  // The API does not say in which order the names come.
  std::set<std::string> seen;
  for (JsonCursor c(answer["TableNames"]); c.Next();) {
    const std::optional<std::string_view> table = c.value().string();
    if (!table) return BadAnswer(name(), "bad TableNames");
    if (*table == exclusive_start_table_name ||
        !seen.insert(std::string(*table)).second) {
      return BadAnswer(name(),
                       "TableNames has " + Printable(*table) + " again");
    }
    table_names.emplace_back(*table);
  }
  const JsonValue last = answer["LastEvaluatedTableName"];
  if (last.missing()) return {};
  if (!last.string()) return BadAnswer(name(), "bad LastEvaluatedTableName");
  last_evaluated_table_name = *last.string();
  if (last_evaluated_table_name.empty() ||
      last_evaluated_table_name == exclusive_start_table_name) {
    return BadAnswer(name(), "LastEvaluatedTableName leads nowhere");
  }
  return {};
}

Operation::AnswerForm ListTables::answer_form() const {
  static constexpr std::string_view kMembers[] = {"TableNames",
                                                  "LastEvaluatedTableName"};
  return {kMembers};
}

}  // namespace dynamodown
