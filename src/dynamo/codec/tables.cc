// Operations on tables.

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

Result<void> ReadDescription(std::string_view operation,
                             const std::string& table, const JsonValue& json,
                             TableDescription* description) {
  *description = TableDescription();
  const std::optional<std::string_view> status = json["TableStatus"].string();
  if (!status) return BadAnswer(operation, "no TableStatus");
  description->status = EscapedAndCut(*status);
  description->name = json["TableName"].string().value_or("");
  // A table may be asked for by its ARN, which ends in "/" and its name.
  if (!description->name.empty() && description->name != table &&
      !table.ends_with("/" + description->name)) {
    return BadAnswer(operation, "another table than the one asked for");
  }
  for (JsonCursor c(json["KeySchema"]); c.Next();) {
    const std::string_view name =
        c.value()["AttributeName"].string().value_or("");
    if (name.size() > kKeyNameBytesMax) {
      return BadAnswer(operation, "a key's name of " +
                                      std::to_string(name.size()) + " bytes");
    }
    const bool hash = c.value()["KeyType"].string() == "HASH";
    (hash ? description->hash_name : description->range_name) = name;
    for (JsonCursor d(json["AttributeDefinitions"]); d.Next();) {
      if (d.value()["AttributeName"].string() != name) continue;
      (hash ? description->hash_type : description->range_type) =
          EscapedAndCut(d.value()["AttributeType"].string().value_or(""));
    }
  }
  return {};
}

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

void DescribeTable::Encode(std::string* out) const {
  AppendTable(table, out);
  out->push_back('}');
}

Result<void> DescribeTable::DecodeMembers(const JsonValue& answer) {
  return ReadDescription(name(), table, answer["Table"], &description);
}

void DeleteTable::Encode(std::string* out) const {
  AppendTable(table, out);
  out->push_back('}');
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

}  // namespace dynamodown
