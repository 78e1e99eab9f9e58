// Reading and writing JSON.
//
// Reading parses the whole text first, so a truncated or garbled one is an
// error before any of it is used. Writing appends to a string.

#ifndef DYNAMODOWN_BASE_JSON_H_
#define DYNAMODOWN_BASE_JSON_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dynamodown {

/// One value of a parsed text. A handle: cheap to copy, valid as long as its
/// JsonParser neither parses again nor dies, and the same goes for the strings.
class JsonValue {
 public:
  JsonValue() = default;  ///< Missing: of no type.

  bool is_object() const;
  bool is_array() const;
  /// Empty when this is no string / boolean / number.
  std::optional<std::string_view> string() const;
  std::optional<bool> boolean() const;
  std::optional<double> number() const;
  /// The member of that name; a missing value when there is none, or when this
  /// is no object. Takes time in the number of members.
  JsonValue operator[](std::string_view name) const;
  bool missing() const { return bits_.document == nullptr; }

  friend class JsonCursor;
  friend class JsonParser;

 private:
  // The bits of a simdjson::dom::element, so that simdjson stays in json.cc.
  struct Bits {
    const void* document = nullptr;
    size_t index = 0;
  };
  explicit JsonValue(Bits bits) : bits_(bits) {}
  Bits bits_;
};

/// Walks an object's members or an array's elements; other values have none:
///     for (JsonCursor c(value); c.Next();) use(c.name(), c.value());
class JsonCursor {
 public:
  explicit JsonCursor(const JsonValue& container);
  bool Next();
  std::string_view name() const { return name_; }  ///< Empty in an array.
  const JsonValue& value() const { return value_; }

 private:
  bool object_ = false;
  JsonValue::Bits next_;  // The bits of simdjson's iterators.
  JsonValue::Bits end_;
  std::string_view name_;
  JsonValue value_;
};

/// Keeps its memory from one text to the next. One thread at a time.
class JsonParser {
 public:
  JsonParser();
  ~JsonParser();
  JsonParser(JsonParser&&) noexcept;
  JsonParser& operator=(JsonParser&&) noexcept;

  /// `*text` is not changed, but its capacity may be: the parser reads, and
  /// ignores, a few bytes past the end. Numbers are taken as doubles.
  /// **Errors**: kCorruption for what is not JSON.
  Result<JsonValue> Parse(std::string* text);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Appends `text` as a JSON string with its quotes. It must be UTF-8: it is
/// copied as it is but for `"`, `\` and the control characters.
void AppendJsonString(std::string_view text, std::string* out);

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_JSON_H_
