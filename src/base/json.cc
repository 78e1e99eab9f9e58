#include "base/json.h"

#include <simdjson.h>

#include <bit>

#include "base/utf8.h"

namespace dynamodown {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

/// Returns the index behind the string that begins before `at`, or the end of
/// the text.
size_t EndOfString(std::string_view text, size_t at) {
  for (;;) {
    const size_t quote = text.find('"', at);
    if (quote == std::string_view::npos) return text.size();
    size_t backslashes = 0;
    while (quote - backslashes > at && text[quote - backslashes - 1] == '\\') {
      ++backslashes;
    }
    if (backslashes % 2 == 0) return quote + 1;
    at = quote + 1;
  }
}

/// Returns whether there are more than `most` structural characters. A string
/// counts as one.
bool HasMoreStructurals(std::string_view text, size_t most) {
  size_t count = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      i = EndOfString(text, i + 1) - 1;
    } else if (c != ',' && c != ':' && c != '{' && c != '}' && c != '[' &&
               c != ']') {
      continue;
    }
    if (++count > most) return true;
  }
  return false;
}

}  // namespace

// A JsonValue and a JsonCursor store simdjson's elements and iterators, which
// are trivially copyable, as bytes. std::bit_cast checks that the sizes match.

struct JsonParser::Impl {
  simdjson::dom::parser parser;
};

JsonParser::JsonParser() : impl_(std::make_unique<Impl>()) {}
JsonParser::~JsonParser() = default;
JsonParser::JsonParser(JsonParser&&) noexcept = default;
JsonParser& JsonParser::operator=(JsonParser&&) noexcept = default;

Result<JsonValue> JsonParser::Parse(std::string* text) {
  if (text->size() > kSmallBytes &&
      HasMoreStructurals(*text, kStructuralsMax)) {
    return Error{ErrorKind::kCorruption,
                 "a JSON text of " + std::to_string(text->size()) +
                     " bytes has more than " + std::to_string(kStructuralsMax) +
                     " structural characters"};
  }
  text->reserve(text->size() + simdjson::SIMDJSON_PADDING);
  element root;
  const simdjson::error_code error =
      impl_->parser.parse(text->data(), text->size(), false).get(root);
  if (error != simdjson::SUCCESS) {
    return Error{ErrorKind::kCorruption,
                 std::string("not JSON: ") + simdjson::error_message(error)};
  }
  return JsonValue(std::bit_cast<JsonValue::Opaque>(root));
}

bool JsonValue::is_object() const {
  return !missing() && std::bit_cast<element>(element_).is_object();
}

bool JsonValue::is_array() const {
  return !missing() && std::bit_cast<element>(element_).is_array();
}

bool JsonValue::is_null() const {
  return !missing() && std::bit_cast<element>(element_).is_null();
}

std::optional<std::string_view> JsonValue::string() const {
  std::string_view text;
  if (missing() ||
      std::bit_cast<element>(element_).get(text) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return text;
}

std::optional<bool> JsonValue::boolean() const {
  bool value;
  if (missing() ||
      std::bit_cast<element>(element_).get(value) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return value;
}

std::optional<double> JsonValue::number() const {
  double value;
  if (missing() ||
      std::bit_cast<element>(element_).get(value) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return value;
}

JsonValue JsonValue::operator[](std::string_view name) const {
  if (missing()) return JsonValue();
  object members;
  element member;
  if (std::bit_cast<element>(element_).get(members) != simdjson::SUCCESS ||
      members.at_key(name).get(member) != simdjson::SUCCESS ||
      member.is_null()) {
    return JsonValue();
  }
  return JsonValue(std::bit_cast<Opaque>(member));
}

JsonCursor::JsonCursor(const JsonValue& container) {
  if (container.missing()) return;
  const element value = std::bit_cast<element>(container.element_);
  if (object members; value.get(members) == simdjson::SUCCESS) {
    container_ = Container::kObject;
    next_ = std::bit_cast<JsonValue::Opaque>(members.begin());
    end_ = std::bit_cast<JsonValue::Opaque>(members.end());
  } else if (array elements; value.get(elements) == simdjson::SUCCESS) {
    container_ = Container::kArray;
    next_ = std::bit_cast<JsonValue::Opaque>(elements.begin());
    end_ = std::bit_cast<JsonValue::Opaque>(elements.end());
  }
}

bool JsonCursor::Next() {
  if (container_ == Container::kObject) {
    object::iterator at = std::bit_cast<object::iterator>(next_);
    if (at == std::bit_cast<object::iterator>(end_)) return false;
    name_ = at.key();
    value_ = JsonValue(std::bit_cast<JsonValue::Opaque>(at.value()));
    next_ = std::bit_cast<JsonValue::Opaque>(++at);
    return true;
  }
  if (container_ == Container::kArray) {
    array::iterator at = std::bit_cast<array::iterator>(next_);
    if (at == std::bit_cast<array::iterator>(end_)) return false;
    value_ = JsonValue(std::bit_cast<JsonValue::Opaque>(*at));
    next_ = std::bit_cast<JsonValue::Opaque>(++at);
    return true;
  }
  return false;
}

void AppendJsonString(std::string_view text, std::string* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out->push_back('"');
  size_t copied = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out->append(text, copied, i - copied);
    copied = i + 1;
    if (c >= 0x20) {
      out->push_back('\\');
      out->push_back(static_cast<char>(c));
    } else {
      out->append("\\u00");
      out->push_back(kHex[c >> 4]);
      out->push_back(kHex[c & 15]);
    }
  }
  out->append(text, copied);
  out->push_back('"');
}

// Defined here, not in utf8.cc, since only this file includes simdjson.
bool IsUtf8(std::string_view bytes) {
  return simdjson::validate_utf8(bytes.data(), bytes.size());
}

}  // namespace dynamodown
