#include "fake/values/value.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "fake/values/number.h"

namespace dynamodown::fake {
namespace {

// A scalar is one level.
constexpr size_t kNestingMax = 32;
// For a value outside an item.
constexpr size_t kFreeNestingMax = 33;
constexpr size_t kNameBytesMax = 65'535;

constexpr std::string_view kInvalidParameter =
    "One or more parameter values were invalid: ";

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
    // The unused low bits must be 0.
    const uint32_t unused = padding == 1 ? 0xffu : padding == 2 ? 0xffffu : 0;
    if ((bits & unused) != 0) RefuseMalformed(refusal);
  }
  return bytes;
}

const std::string& StringOf(const Json& json) {
  if (!json.is_string()) RefuseMalformed("Expected a string");
  return json.get_ref<const std::string&>();
}

[[noreturn]] void RefuseEmpty() {
  RefuseInvalid(
      "Supplied AttributeValue is empty, must contain exactly one of the "
      "supported datatypes");
}

bool BoolOf(const Json& json) {
  if (!json.is_boolean()) RefuseMalformed("Expected a boolean");
  return json.get<bool>();
}

/// The only member that is not null: the value's type and content.
Json::const_iterator TypeOf(const Json& json) {
  if (!json.is_object()) {
    RefuseMalformed("Unexpected value: an AttributeValue is an object");
  }
  Json::const_iterator type = json.end();
  for (auto at = json.begin(); at != json.end(); ++at) {
    if (at->is_null()) continue;
    if (type != json.end()) {
      RefuseInvalid(
          "Supplied AttributeValue has more than one datatypes set, must "
          "contain exactly one of the supported datatypes");
    }
    type = at;
  }
  if (type == json.end()) RefuseEmpty();
  return type;
}

[[noreturn]] void RefuseEmptySet(const std::string& type) {
  std::string message(kInvalidParameter);
  if (type == "BS") RefuseInvalid(message + "Binary sets should not be empty");
  RefuseInvalid(message + "An " + (type == "SS" ? "string" : "number") +
                " set  may not be empty");
}

[[noreturn]] void RefuseDuplicates(const std::string& type,
                                   const Json& content) {
  if (type == "NS") RefuseInvalid("Input collection contains duplicates");
  std::string message(kInvalidParameter);
  if (type == "BS") {
    RefuseInvalid(message + "Input collection of type BS contains duplicates.");
  }
  message += "Input collection [";
  for (size_t i = 0; i < content.size(); ++i) {
    message += (i == 0 ? "" : ", ") + content[i].get<std::string>();
  }
  RefuseInvalid(message + "] contains duplicates");
}

Value SetOf(const std::string& type, const Json& content) {
  if (!content.is_array()) RefuseMalformed("Expected a list");
  if (content.empty()) RefuseEmptySet(type);
  Value set{type, {}, {}, {}};
  for (const Json& element : content) {
    const std::string& text = StringOf(element);
    set.elements.push_back({type.substr(0, 1),
                            type == "SS"   ? text
                            : type == "BS" ? DecodeBase64Strictly(text)
                                           : CanonicalNumber(text),
                            {},
                            {}});
  }
  SortSet(&set);
  if (std::adjacent_find(set.elements.begin(), set.elements.end()) !=
      set.elements.end()) {
    RefuseDuplicates(type, content);
  }
  return set;
}

void CheckName(const std::string& name) {
  if (name.empty()) RefuseInvalid("Empty attribute name");
  if (name.size() > kNameBytesMax) {
    RefuseInvalid("Attribute name is too large, must be less than 65536 bytes");
  }
}

Value ValueAtLevel(const Json& json, size_t level, size_t level_max);

std::map<std::string, Value> MembersAtLevel(const Json& json, size_t level,
                                            size_t level_max) {
  if (!json.is_object()) RefuseMalformed("Expected a map of attributes");
  std::map<std::string, Value> members;
  for (auto at = json.begin(); at != json.end(); ++at) {
    CheckName(at.key());
    if (at->is_null()) {
      RefuseInvalid("The supplied Item contains a null AttributeValue: " +
                    at.key() + " is null");
    }
    members.emplace_hint(members.end(), at.key(),
                         ValueAtLevel(*at, level, level_max));
  }
  return members;
}

Value ValueAtLevel(const Json& json, size_t level, size_t level_max) {
  if (level > level_max) {
    RefuseInvalid(
        "Nesting Levels have exceeded supported limits: Attributes in the "
        "item have nested levels beyond supported limit");
  }
  const auto member = TypeOf(json);
  const std::string& type = member.key();
  const Json& content = *member;
  Value value{type, {}, {}, {}};
  if (type == "S") {
    value.bytes = StringOf(content);
  } else if (type == "B") {
    value.bytes = DecodeBase64Strictly(StringOf(content));
  } else if (type == "N") {
    value.bytes = CanonicalNumber(StringOf(content));
  } else if (type == "NULL") {
    if (!BoolOf(content)) {
      RefuseInvalid(std::string(kInvalidParameter) +
                    "Null attribute value types must have the value of true");
    }
  } else if (type == "BOOL") {
    value.bytes = BoolOf(content) ? "true" : "false";
  } else if (IsSetType(type)) {
    value = SetOf(type, content);
  } else if (type == "L") {
    if (!content.is_array()) RefuseMalformed("Expected a list");
    for (const Json& element : content) {
      if (element.is_null()) {
        RefuseInvalid("The supplied Item contains a null AttributeValue");
      }
      value.elements.push_back(ValueAtLevel(element, level + 1, level_max));
    }
  } else if (type == "M") {
    value.members = MembersAtLevel(content, level + 1, level_max);
  } else {
    RefuseEmpty();
  }
  return value;
}

Json JsonOfContent(const Value& value) {
  if (value.type == "B") return EncodeBase64(value.bytes);
  if (value.type == "NULL") return true;
  if (value.type == "BOOL") return value.bytes == "true";
  if (value.type == "M") return JsonOfItem(value.members);
  if (value.type == "L" || IsSetType(value.type)) {
    Json list = Json::array();
    for (const Value& element : value.elements) {
      list.push_back(value.type == "L" ? JsonOfValue(element)
                                       : JsonOfContent(element));
    }
    return list;
  }
  return value.bytes;
}

size_t LevelsOf(const Value& value) {
  size_t levels = 0;
  if (value.type == "L") {
    for (const Value& element : value.elements) {
      levels = std::max(levels, LevelsOf(element));
    }
  }
  for (const auto& [name, member] : value.members) {
    levels = std::max(levels, LevelsOf(member));
  }
  return levels + 1;
}

}  // namespace

bool IsSetType(std::string_view type) {
  return type == "SS" || type == "NS" || type == "BS";
}

void SortSet(Value* set) {
  const bool numbers = set->type == "NS";
  std::sort(set->elements.begin(), set->elements.end(),
            [numbers](const Value& a, const Value& b) {
              return numbers ? CompareNumbers(a.bytes, b.bytes) < 0
                             : a.bytes < b.bytes;
            });
}

Value ValueOfJson(const Json& json) {
  return ValueAtLevel(json, 1, kFreeNestingMax);
}

Json JsonOfValue(const Value& value) {
  Json json = Json::object();
  json[value.type] = JsonOfContent(value);
  return json;
}

Item ItemOfJson(const Json& json) {
  return MembersAtLevel(json, 1, kNestingMax);
}

Json JsonOfItem(const Item& item) {
  Json json = Json::object();
  for (const auto& [name, value] : item) json[name] = JsonOfValue(value);
  return json;
}

size_t SizeOf(const Value& value) {
  if (value.type == "NULL" || value.type == "BOOL") return 1;
  if (value.type == "N") return SizeOfNumber(value.bytes);
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

void CheckLevels(const Item& item) {
  for (const auto& [name, value] : item) {
    if (LevelsOf(value) > kNestingMax) {
      RefuseInvalid("Nesting Levels have exceeded supported limits");
    }
  }
}

size_t SizeOf(const Item& item) {
  size_t size = 0;
  for (const auto& [name, value] : item) size += name.size() + SizeOf(value);
  return size;
}

}  // namespace dynamodown::fake
