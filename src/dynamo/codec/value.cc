#include "dynamo/codec/value.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "base/crypto.h"

namespace dynamodown {

void AppendNumber(uint64_t number, std::string* out) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out->append(digits, end);
}

void AppendValue(const AttributeValue& value, std::string* out) {
  using Type = AttributeValue::Type;
  switch (value.type) {
    case Type::kS:
      out->append("{\"S\":");
      AppendJsonString(value.text, out);
      break;
    case Type::kB:
      out->append("{\"B\":\"");
      AppendBase64(value.text, out);
      out->push_back('"');
      break;
    case Type::kN:
      out->append("{\"N\":");
      AppendJsonString(value.text, out);
      break;
    case Type::kBool:
      out->append("{\"BOOL\":").append(value.text);
      break;
    case Type::kSS: {
      out->append("{\"SS\":[");
      const char* separator = "";
      for (const std::string& text : value.set) {
        out->append(separator);
        AppendJsonString(text, out);
        separator = ",";
      }
      out->push_back(']');
      break;
    }
    case Type::kNull:
    case Type::kOther:  // Never written: its content was not kept.
      out->append("{\"NULL\":true");
      break;
  }
  out->push_back('}');
}

void AppendItem(const Item& item, std::string* out) {
  char separator = '{';
  for (const Attribute& attribute : item) {
    out->push_back(separator);
    AppendJsonString(attribute.name, out);
    out->push_back(':');
    AppendValue(attribute.value, out);
    separator = ',';
  }
  out->push_back('}');
}

void AppendKey(const TableKeys& table, const AttributeValue& hash,
               const AttributeValue& range, std::string* out) {
  out->push_back('{');
  AppendJsonString(table.hash_name, out);
  out->push_back(':');
  AppendValue(hash, out);
  out->push_back(',');
  AppendJsonString(table.range_name, out);
  out->push_back(':');
  AppendValue(range, out);
  out->push_back('}');
}

bool HasMemberTwice(const JsonValue& json) {
  std::vector<std::string_view> names;
  JsonCursor c(json);
  while (c.in_object() && c.Next()) names.push_back(c.name());
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

bool ReadValue(const JsonValue& json, AttributeValue* value) {
  using Type = AttributeValue::Type;
  JsonCursor member(json);
  if (!member.in_object() || !member.Next()) return false;
  const std::string_view type = member.name();
  const std::optional<std::string_view> text = member.value().string();
  if (type == "S" && text) {
    value->type = Type::kS;
    value->text = *text;
  } else if (type == "B" && text) {
    value->type = Type::kB;
    if (!DecodeBase64(*text, &value->text)) return false;
  } else if (type == "N" && text) {
    value->type = Type::kN;
    value->text = *text;
  } else if (type == "NULL") {
    value->type = Type::kNull;
  } else if (type == "BOOL" && member.value().boolean()) {
    value->type = Type::kBool;
    value->text = *member.value().boolean() ? "true" : "false";
  } else if (type == "SS" && member.value().is_array()) {
    value->type = Type::kSS;
    for (JsonCursor c(member.value()); c.Next();) {
      const std::optional<std::string_view> element = c.value().string();
      if (!element) return false;
      value->set.emplace_back(*element);
    }
  } else if (type == "L" || type == "M" || type == "NS" || type == "BS") {
    value->type = Type::kOther;
    value->text = type;
  } else {
    return false;
  }
  return !member.Next();
}

bool ReadItem(const JsonValue& json, Item* item) {
  JsonCursor c(json);
  if (!c.in_object()) return false;
  while (c.Next()) {
    Attribute& attribute = item->emplace_back();
    attribute.name = c.name();
    if (!ReadValue(c.value(), &attribute.value)) return false;
  }
  return !HasMemberTwice(json);
}

bool ReadItems(const JsonValue& json, std::vector<Item>* items) {
  if (!json.is_array()) return false;
  for (JsonCursor c(json); c.Next();) {
    if (!ReadItem(c.value(), &items->emplace_back())) return false;
  }
  return true;
}

}  // namespace dynamodown
