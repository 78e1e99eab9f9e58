// Computes 8 bytes at a time, with one table for each of the 8 positions
// (Kounavis and Berry, "A Systematic Approach to Building High Performance
// Software-based CRC Generators", 2005).

#include "leveldb_util/crc32c.h"

#include <array>
#include <cstddef>

namespace dynamodown {
namespace {

constexpr uint32_t kPolynomial = 0x82f63b78;  // Its bits in reverse order.
constexpr uint32_t kMaskDelta = 0xa282ead8;
constexpr size_t kStride = 8;

using Tables = std::array<std::array<uint32_t, 256>, kStride>;

constexpr Tables MakeTables() {
  Tables tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
    }
    tables[0][byte] = crc;
  }
  for (size_t n = 1; n < kStride; ++n) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint32_t before = tables[n - 1][byte];
      tables[n][byte] = (before >> 8) ^ tables[0][before & 0xff];
    }
  }
  return tables;
}

constexpr Tables kTables = MakeTables();

uint32_t Byte(std::string_view bytes, size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

}  // namespace

uint32_t ExtendCrc32c(uint32_t crc, std::string_view bytes) {
  crc = ~crc;
  for (; bytes.size() >= kStride; bytes.remove_prefix(kStride)) {
    uint32_t next = 0;
    for (size_t i = 0; i < kStride; ++i) {
      const uint32_t mixed = i < 4 ? (crc >> (8 * i)) & 0xff : 0;
      next ^= kTables[kStride - 1 - i][Byte(bytes, i) ^ mixed];
    }
    crc = next;
  }
  for (size_t i = 0; i < bytes.size(); ++i) {
    crc = (crc >> 8) ^ kTables[0][(crc & 0xff) ^ Byte(bytes, i)];
  }
  return ~crc;
}

uint32_t MaskedCrc32c(uint32_t crc) {
  return ((crc >> 15) | (crc << 17)) + kMaskDelta;
}

}  // namespace dynamodown
