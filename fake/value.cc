#include "fake/value.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <utility>

namespace dynamodown::fake {
namespace {

constexpr size_t kNumberDigitsMax = 38;
constexpr int kNumberExponentMax = 125;
constexpr int kNumberExponentMin = -130;
constexpr size_t kNestingMax = 32;

constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string EncodeBase64(std::string_view bytes) {
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t n = std::min<size_t>(3, bytes.size() - i);
    uint32_t bits = 0;
    for (size_t j = 0; j < 3; ++j) {
      bits = bits << 8 | (j < n ? static_cast<uint8_t>(bytes[i + j]) : 0u);
    }
    for (size_t j = 0; j < 4; ++j) {
      text += j <= n ? kBase64Digits[bits >> (18 - 6 * j) & 63] : '=';
    }
  }
  return text;
}

std::string DecodeBase64Strictly(const std::string& text) {
  const std::string refusal = "Invalid base64";
  if (text.size() % 4 != 0) RefuseMalformed(refusal);
  std::string bytes;
  for (size_t i = 0; i < text.size(); i += 4) {
    size_t padding = 0;
    if (i + 4 == text.size()) {
      padding = text[i + 3] != '=' ? 0 : text[i + 2] != '=' ? 1 : 2;
    }
    uint32_t bits = 0;
    for (size_t j = 0; j < 4; ++j) {
      size_t digit = 0;
      if (j < 4 - padding) {
        digit = kBase64Digits.find(text[i + j]);
        if (digit == std::string_view::npos) RefuseMalformed(refusal);
      }
      bits = bits << 6 | static_cast<uint32_t>(digit);
    }
    for (size_t j = 0; j < 3 - padding; ++j) {
      bytes += static_cast<char>(bits >> (16 - 8 * j) & 255);
    }
    // Bits that belong to no byte must be 0.
    const uint32_t unused = padding == 1 ? 0xffu : padding == 2 ? 0xffffu : 0;
    if ((bits & unused) != 0) RefuseMalformed(refusal);
  }
  return bytes;
}

/// A number in one form, so that equal numbers are equal texts: digits without
/// a leading or trailing zero, and an exponent when there must be one.
std::string CanonicalNumber(const std::string& text) {
  const std::string refusal =
      "The parameter cannot be converted to a numeric value: " + text;
  size_t i = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (negative || (!text.empty() && text[0] == '+')) ++i;
  std::string digits;
  long exponent = 0;  // The value is 0.digits times ten to this.
  bool point = false;
  bool any = false;
  for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
    if (text[i] == '.' && !point) {
      point = true;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') RefuseInvalid(refusal);
    any = true;
    if (digits.empty() && text[i] == '0') {
      if (point) --exponent;
      continue;
    }
    digits += text[i];
    if (!point) ++exponent;
  }
  if (!any) RefuseInvalid(refusal);
  if (i < text.size()) {
    char* end = nullptr;
    const char* begin = text.c_str() + i + 1;
    if (*begin == '\0' || *begin == ' ') RefuseInvalid(refusal);
    const long more = std::strtol(begin, &end, 10);
    if (*end != '\0' || std::labs(more) > 1000) RefuseInvalid(refusal);
    exponent += more;
  }
  while (!digits.empty() && digits.back() == '0') digits.pop_back();
  if (digits.empty()) return "0";
  if (digits.size() > kNumberDigitsMax) {
    RefuseInvalid(
        "Attempting to store more than 38 significant digits in a Number");
  }
  if (exponent - 1 > kNumberExponentMax) {
    RefuseInvalid(
        "Number overflow. Attempting to store a number with "
        "magnitude larger than supported range");
  }
  if (exponent - 1 < kNumberExponentMin) {
    RefuseInvalid(
        "Number underflow. Attempting to store a number with "
        "magnitude smaller than supported range");
  }
  const long size = static_cast<long>(digits.size());
  std::string canonical = negative ? "-" : "";
  if (exponent > static_cast<long>(kNumberDigitsMax) || exponent < -20) {
    canonical += digits + "E" + std::to_string(exponent - size);
  } else if (exponent <= 0) {
    canonical += "0." + std::string(static_cast<size_t>(-exponent), '0');
    canonical += digits;
  } else if (exponent >= size) {
    canonical += digits;
    canonical.append(static_cast<size_t>(exponent - size), '0');
  } else {
    canonical += digits.substr(0, static_cast<size_t>(exponent)) + "." +
                 digits.substr(static_cast<size_t>(exponent));
  }
  return canonical;
}

const std::string& StringOf(const Json& json) {
  if (!json.is_string()) RefuseMalformed("Expected a string");
  return json.get_ref<const std::string&>();
}

Value ValueAtDepth(const Json& json, size_t depth) {
  if (depth > kNestingMax) {
    RefuseInvalid("Nesting Levels have exceeded supported limits");
  }
  if (!json.is_object()) {
    RefuseMalformed("Unexpected value: an AttributeValue is an object");
  }
  if (json.empty()) {
    RefuseInvalid(
        "Supplied AttributeValue is empty, must contain exactly one "
        "of the supported datatypes");
  }
  if (json.size() > 1) {
    RefuseInvalid(
        "Supplied AttributeValue has more than one datatypes set, "
        "must contain exactly one of the supported datatypes");
  }
  Value value;
  value.type = json.begin().key();
  const Json& content = json.begin().value();
  const std::string& type = value.type;
  if (type == "S") {
    value.bytes = StringOf(content);
  } else if (type == "B") {
    value.bytes = DecodeBase64Strictly(StringOf(content));
  } else if (type == "N") {
    value.bytes = CanonicalNumber(StringOf(content));
  } else if (type == "NULL") {
    if (!content.is_boolean()) RefuseMalformed("Expected a boolean");
    if (!content.get<bool>()) {
      RefuseInvalid(
          "One or more parameter values were invalid: Null attribute "
          "value types must have the value of true");
    }
  } else if (type == "BOOL") {
    if (!content.is_boolean()) RefuseMalformed("Expected a boolean");
    value.bytes = content.get<bool>() ? "true" : "false";
  } else if (type == "SS" || type == "NS" || type == "BS") {
    if (!content.is_array()) RefuseMalformed("Expected a list");
    if (content.empty()) {
      RefuseInvalid("One or more parameter values were invalid: An " +
                    std::string(type == "SS"   ? "string"
                                : type == "NS" ? "number"
                                               : "binary") +
                    " set may not be empty");
    }
    for (const Json& element : content) {
      value.elements.push_back(
          ValueAtDepth(Json{{type.substr(0, 1), element}}, depth + 1));
    }
    std::sort(value.elements.begin(), value.elements.end(),
              [](const Value& a, const Value& b) { return a.bytes < b.bytes; });
    if (std::adjacent_find(value.elements.begin(), value.elements.end()) !=
        value.elements.end()) {
      RefuseInvalid(
          "One or more parameter values were invalid: Input "
          "collection contains duplicates");
    }
  } else if (type == "L") {
    if (!content.is_array()) RefuseMalformed("Expected a list");
    for (const Json& element : content) {
      value.elements.push_back(ValueAtDepth(element, depth + 1));
    }
  } else if (type == "M") {
    if (!content.is_object()) RefuseMalformed("Expected a map");
    for (const auto& [name, member] : content.items()) {
      value.members[name] = ValueAtDepth(member, depth + 1);
    }
  } else {
    RefuseInvalid(
        "Supplied AttributeValue is empty, must contain exactly one "
        "of the supported datatypes");
  }
  return value;
}

Json JsonOfContent(const Value& value) {
  if (value.type == "B") return EncodeBase64(value.bytes);
  if (value.type == "NULL") return true;
  if (value.type == "BOOL") return value.bytes == "true";
  if (value.type == "M") return JsonOfItem(value.members);
  if (value.type == "L" || value.type.size() == 2) {
    Json list = Json::array();
    for (const Value& element : value.elements) {
      list.push_back(value.type == "L" ? JsonOfValue(element)
                                       : JsonOfContent(element));
    }
    return list;
  }
  return value.bytes;
}

}  // namespace

void RefuseInvalid(std::string message) {
  throw Refusal{"ValidationException", std::move(message)};
}

void RefuseMalformed(std::string message) {
  throw Refusal{"SerializationException", std::move(message)};
}

Value ValueOfJson(const Json& json) { return ValueAtDepth(json, 0); }

Json JsonOfValue(const Value& value) {
  Json json = Json::object();
  json[value.type] = JsonOfContent(value);
  return json;
}

Item ItemOfJson(const Json& json) {
  if (!json.is_object()) RefuseMalformed("Expected a map of attributes");
  Item item;
  for (const auto& [name, value] : json.items()) {
    if (name.empty()) {
      RefuseInvalid(
          "One or more parameter values were invalid: an attribute "
          "name must not be empty");
    }
    item[name] = ValueOfJson(value);
  }
  return item;
}

Json JsonOfItem(const Item& item) {
  Json json = Json::object();
  for (const auto& [name, value] : item) json[name] = JsonOfValue(value);
  return json;
}

size_t SizeOf(const Value& value) {
  if (value.type == "NULL" || value.type == "BOOL") return 1;
  if (value.type == "N") {
    // One byte for two significant digits, and one more; as documented, this
    // is an approximation of the service's own.
    size_t digits = 0;
    for (char c : value.bytes) digits += c >= '0' && c <= '9';
    return (digits + 1) / 2 + 1 + (value.bytes[0] == '-' ? 1 : 0);
  }
  size_t size = value.bytes.size();
  const bool document = value.type == "L" || value.type == "M";
  if (document) size += 3;
  for (const Value& element : value.elements) {
    size += SizeOf(element) + (document ? 1 : 0);
  }
  if (!value.members.empty()) {
    size += SizeOf(value.members) + value.members.size();
  }
  return size;
}

size_t SizeOf(const Item& item) {
  size_t size = 0;
  for (const auto& [name, value] : item) size += name.size() + SizeOf(value);
  return size;
}

}  // namespace dynamodown::fake
