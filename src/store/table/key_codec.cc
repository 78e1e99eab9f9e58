#include "store/table/key_codec.h"

#include "base/utf8.h"

namespace dynamodown {
namespace {

bool IsZeroKey(std::string_view key) {
  return key.find_first_not_of('\0') == std::string_view::npos;
}

}  // namespace

Result<std::string> KeyCodec::Encode(std::string_view key) const {
  std::string stored(key);
  if (IsZeroKey(key)) stored.push_back('\0');
  if (stored.size() > bytes_max_) {
    return Error{ErrorKind::kInvalidArgument,
                 "a key of " + std::to_string(key.size()) +
                     " bytes cannot be stored: the limit is " +
                     std::to_string(bytes_max_) +
                     (stored.size() > key.size()
                          ? ", or one less for a key of NUL bytes only"
                          : "") +
                     "; use shorter keys"};
  }
  if (utf8_ && !IsUtf8(stored)) {
    return Error{
        ErrorKind::kInvalidArgument,
        "a key that is not UTF-8 cannot be stored in this table, whose "
        "range key is of type S; use a table whose range key is of "
        "type B"};
  }
  return stored;
}

std::string KeyCodec::Decode(std::string stored) {
  if (!stored.empty() && IsZeroKey(stored)) stored.pop_back();
  return stored;
}

std::optional<std::string> KeyCodec::StoredLowerBound(std::string bound) const {
  if (utf8_) return LeastUtf8NotBelow(bound, bytes_max_);
  if (bound.size() <= bytes_max_) return bound;
  return AfterPrefix(std::string_view(bound).substr(0, bytes_max_));
}

std::optional<std::string> KeyCodec::LowerBound(std::string_view key) const {
  std::string bound(key);
  if (IsZeroKey(key)) bound.push_back('\0');
  return StoredLowerBound(std::move(bound));
}

StoredRange KeyCodec::Encode(const KeyRange& range) const {
  StoredRange stored;
  if (range.upper) stored.upper = LowerBound(*range.upper);
  if (range.lower.empty()) return stored;
  std::optional<std::string> lower = LowerBound(range.lower);
  if (!lower) {
    // The range is above all keys that can be stored: make it empty.
    stored.upper = std::string(1, '\0');
    return stored;
  }
  stored.lower = *std::move(lower);
  return stored;
}

std::optional<std::string> KeyCodec::Successor(std::string_view stored) const {
  std::string bound(stored);
  bound.push_back('\0');
  return StoredLowerBound(std::move(bound));
}

std::string KeyCodec::Last() const {
  return utf8_ ? GreatestUtf8(bytes_max_) : std::string(bytes_max_, '\xff');
}

}  // namespace dynamodown
