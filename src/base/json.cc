#include "base/json.h"

#include <simdjson.h>

#include <bit>
#include <type_traits>

#include "base/utf8.h"

namespace dynamodown {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

template <class To, class From>
To BitsTo(const From& from) {
  static_assert(std::is_trivially_copyable_v<To> &&
                std::is_trivially_copyable_v<From>);
  return std::bit_cast<To>(from);
}

}  // namespace

struct JsonParser::Impl {
  simdjson::dom::parser parser;
};

JsonParser::JsonParser() : impl_(std::make_unique<Impl>()) {}
JsonParser::~JsonParser() = default;
JsonParser::JsonParser(JsonParser&&) noexcept = default;
JsonParser& JsonParser::operator=(JsonParser&&) noexcept = default;

Result<JsonValue> JsonParser::Parse(std::string* text) {
  text->reserve(text->size() + simdjson::SIMDJSON_PADDING);
  element root;
  const simdjson::error_code error =
      impl_->parser.parse(text->data(), text->size(), false).get(root);
  if (error != simdjson::SUCCESS) {
    return Error{ErrorKind::kCorruption,
                 std::string("not JSON: ") + simdjson::error_message(error)};
  }
  return JsonValue(BitsTo<JsonValue::Bits>(root));
}

bool JsonValue::is_object() const {
  return !missing() && BitsTo<element>(bits_).is_object();
}

bool JsonValue::is_array() const {
  return !missing() && BitsTo<element>(bits_).is_array();
}

std::optional<std::string_view> JsonValue::string() const {
  std::string_view text;
  if (missing() || BitsTo<element>(bits_).get(text) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return text;
}

std::optional<bool> JsonValue::boolean() const {
  bool value;
  if (missing() || BitsTo<element>(bits_).get(value) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return value;
}

std::optional<double> JsonValue::number() const {
  double value;
  if (missing() || BitsTo<element>(bits_).get(value) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return value;
}

JsonValue JsonValue::operator[](std::string_view name) const {
  if (missing()) return JsonValue();
  object members;
  element member;
  if (BitsTo<element>(bits_).get(members) != simdjson::SUCCESS ||
      members.at_key(name).get(member) != simdjson::SUCCESS) {
    return JsonValue();
  }
  return JsonValue(BitsTo<Bits>(member));
}

JsonCursor::JsonCursor(const JsonValue& container) {
  if (container.missing()) return;
  const element value = BitsTo<element>(container.bits_);
  if (object members; value.get(members) == simdjson::SUCCESS) {
    object_ = true;
    next_ = BitsTo<JsonValue::Bits>(members.begin());
    end_ = BitsTo<JsonValue::Bits>(members.end());
  } else if (array elements; value.get(elements) == simdjson::SUCCESS) {
    next_ = BitsTo<JsonValue::Bits>(elements.begin());
    end_ = BitsTo<JsonValue::Bits>(elements.end());
  }
}

bool JsonCursor::Next() {
  if (next_.index == end_.index) return false;
  if (object_) {
    object::iterator at = BitsTo<object::iterator>(next_);
    name_ = at.key();
    value_ = JsonValue(BitsTo<JsonValue::Bits>(at.value()));
    next_ = BitsTo<JsonValue::Bits>(++at);
  } else {
    array::iterator at = BitsTo<array::iterator>(next_);
    value_ = JsonValue(BitsTo<JsonValue::Bits>(*at));
    next_ = BitsTo<JsonValue::Bits>(++at);
  }
  return true;
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

bool IsUtf8(std::string_view bytes) {
  return simdjson::validate_utf8(bytes.data(), bytes.size());
}

}  // namespace dynamodown
