// Reads and writes JSON.
//
// The parser reads the whole text first, so that a truncated or garbled text is
// an error before any part of it is used. Writing appends to a string.

#ifndef DYNAMODOWN_BASE_JSON_H_
#define DYNAMODOWN_BASE_JSON_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dynamodown {

/// A cheap handle of a value in a parsed text. The handle and the strings that
/// it returns stay valid until the JsonParser parses the next text or is
/// destroyed.
class JsonValue {
 public:
  JsonValue() = default;  ///< A missing value, which has no type.

  bool is_object() const;
  bool is_array() const;
  /// If the value has another type, string(), boolean() and number() return
  /// nothing.
  std::optional<std::string_view> string() const;
  std::optional<bool> boolean() const;
  std::optional<double> number() const;
  bool is_null() const;
  /// Returns the member `name`. If there is no such member, if the member is
  /// null, or if this value is not an object, returns a missing value. Takes
  /// time linear in the number of members.
  JsonValue operator[](std::string_view name) const;
  bool missing() const { return missing_; }

  friend class JsonCursor;
  friend class JsonParser;

 private:
  /// Stores a small simdjson object as bytes, so that only json.cc includes
  /// simdjson.
  struct Opaque {
    alignas(void*) std::array<std::byte, 16> bytes{};
  };
  explicit JsonValue(const Opaque& element)
      : element_(element), missing_(false) {}

  Opaque element_;  // A simdjson::dom::element, unless missing.
  bool missing_ = true;
};

/// Iterates over an object's members or an array's elements. If the value is
/// neither, there is nothing to iterate over. An example:
///     for (JsonCursor c(value); c.Next();) use(c.name(), c.value());
class JsonCursor {
 public:
  explicit JsonCursor(const JsonValue& container);
  bool Next();
  bool in_object() const { return container_ == Container::kObject; }
  std::string_view name() const { return name_; }  ///< Empty in an array.
  const JsonValue& value() const { return value_; }

 private:
  enum class Container { kNone, kObject, kArray };
  Container container_ = Container::kNone;
  JsonValue::Opaque next_;  // A simdjson iterator: the next element.
  JsonValue::Opaque end_;   // A simdjson iterator: the end of the container.
  std::string_view name_;
  JsonValue value_;
};

/// Parses one text after another, in the same memory. **Thread-safety**: one
/// thread at a time.
class JsonParser {
 public:
  JsonParser();
  ~JsonParser();
  JsonParser(JsonParser&&) noexcept;
  JsonParser& operator=(JsonParser&&) noexcept;

  /// The most structural characters, such as braces and commas, of a text that
  /// is longer than kSmallBytes. The parser needs memory for each of them.
  static constexpr size_t kStructuralsMax = 1 << 19;
  static constexpr size_t kSmallBytes = 1 << 20;

  /// Does not change `*text`, but may change its capacity: the parser reads,
  /// and ignores, a few bytes past the end. Numbers are read as doubles.
  /// **Errors**: kCorruption if the text is not JSON, or has too many
  /// structural characters.
  Result<JsonValue> Parse(std::string* text);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Appends `text`, which must be UTF-8, as a quoted JSON string. Escapes only
/// `"`, `\` and the control characters.
void AppendJsonString(std::string_view text, std::string* out);

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_JSON_H_
