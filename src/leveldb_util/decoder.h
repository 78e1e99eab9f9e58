// Decodes LevelDB's numbers and strings (its util/coding.h).

#ifndef DYNAMODOWN_LEVELDB_UTIL_DECODER_H_
#define DYNAMODOWN_LEVELDB_UTIL_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dynamodown {

/// Decodes values from the front of some bytes, which must outlive the decoder.
/// If a call returns false, the bytes have no such value, and the decoder is of
/// no further use.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}

  bool empty() const { return rest_.empty(); }

  /// Decodes `size` bytes, the least significant first.
  bool Fixed(size_t size, uint64_t* value) {
    if (rest_.size() < size) return false;
    *value = 0;
    for (size_t i = size; i-- > 0;) *value = (*value << 8) | At(i);
    rest_.remove_prefix(size);
    return true;
  }
  bool Varint(uint64_t* value) {
    *value = 0;
    for (size_t i = 0; i < rest_.size() && i < 10; ++i) {
      *value |= uint64_t{At(i) & 0x7fu} << (7 * i);
      if (At(i) < 0x80) {
        rest_.remove_prefix(i + 1);
        return true;
      }
    }
    return false;
  }
  /// Decodes a length and that many bytes.
  bool Bytes(std::string_view* value) {
    uint64_t size = 0;
    if (!Varint(&size) || size > rest_.size()) return false;
    *value = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }

 private:
  unsigned At(size_t i) const { return static_cast<unsigned char>(rest_[i]); }

  std::string_view rest_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_LEVELDB_UTIL_DECODER_H_
