#include "dynamo/codec/value.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "base/crypto.h"

namespace dynamodown {
namespace {

std::string_view WithoutDigits(std::string_view text) {
  return text.substr(
      std::min(text.find_first_not_of("0123456789"), text.size()));
}

std::string_view WithoutSign(std::string_view text) {
  const bool has_sign = text.starts_with('-') || text.starts_with('+');
  return text.substr(has_sign ? 1 : 0);
}

/// Returns true if `text` is a decimal number: "-1.5E+10".
bool IsNumber(std::string_view text) {
  std::string_view rest = WithoutSign(text);
  const size_t digits_and_point = rest.size();
  rest = WithoutDigits(rest);
  bool has_digits = rest.size() < digits_and_point;
  if (rest.starts_with('.')) {
    const std::string_view fraction = rest.substr(1);
    rest = WithoutDigits(fraction);
    has_digits = has_digits || rest.size() < fraction.size();
  }
  if (!has_digits) return false;
  if (rest.empty()) return true;
  if (rest[0] != 'e' && rest[0] != 'E') return false;
  const std::string_view exponent = WithoutSign(rest.substr(1));
  return !exponent.empty() && WithoutDigits(exponent).empty();
}

}  // namespace

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
  // Most objects have one member and need no memory here.
  std::string_view first;
  std::vector<std::string_view> others;
  JsonCursor c(json);
  for (size_t i = 0; c.Next(); ++i) {
    if (HasMemberTwice(c.value())) return true;
    if (!c.in_object()) continue;
    if (i == 0) {
      first = c.name();
    } else {
      others.push_back(c.name());
    }
  }
  if (others.empty()) return false;
  others.push_back(first);
  std::sort(others.begin(), others.end());
  return std::adjacent_find(others.begin(), others.end()) != others.end();
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
  } else if (type == "N" && text && IsNumber(*text)) {
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
  return true;
}

bool ReadItems(const JsonValue& json, std::vector<Item>* items) {
  if (!json.is_array()) return false;
  for (JsonCursor c(json); c.Next();) {
    if (!ReadItem(c.value(), &items->emplace_back())) return false;
  }
  return true;
}

}  // namespace dynamodown
