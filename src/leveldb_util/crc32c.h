// CRC-32C, the checksum of LevelDB's files.

#ifndef DYNAMODOWN_LEVELDB_UTIL_CRC32C_H_
#define DYNAMODOWN_LEVELDB_UTIL_CRC32C_H_

#include <cstdint>
#include <string_view>

namespace dynamodown {

/// Returns the CRC-32C (RFC 3720, appendix B.4) of some bytes followed by
/// `bytes`. `crc` is the CRC-32C of the bytes before, 0 if there are none.
uint32_t ExtendCrc32c(uint32_t crc, std::string_view bytes);

inline uint32_t Crc32c(std::string_view bytes) {
  return ExtendCrc32c(0, bytes);
}

/// Returns the form in which LevelDB stores `crc` (util/crc32c.h).
uint32_t MaskedCrc32c(uint32_t crc);

}  // namespace dynamodown

#endif  // DYNAMODOWN_LEVELDB_UTIL_CRC32C_H_
