// Digests and encodings of bytes: SHA-256, HMAC, SHA-1, base64, hex, CRC-32.

#ifndef DYNAMODOWN_BASE_CRYPTO_H_
#define DYNAMODOWN_BASE_CRYPTO_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dynamodown {

using Sha256Digest = std::array<uint8_t, 32>;
using Sha1Digest = std::array<uint8_t, 20>;

Sha256Digest Sha256(std::string_view bytes);
Sha256Digest HmacSha256(std::string_view key, std::string_view bytes);
/// SHA-1 is not secure. Use it only to compute file names that other programs
/// derive with SHA-1, such as those in the AWS CLI's cache of logins.
Sha1Digest Sha1(std::string_view bytes);

template <size_t size>
std::string_view AsBytes(const std::array<uint8_t, size>& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// Appends lower-case hex digits.
void AppendHex(std::string_view bytes, std::string* out);

/// Appends base64 with padding (RFC 4648 section 4).
void AppendBase64(std::string_view bytes, std::string* out);

/// Decodes padded base64 into `*bytes`. If `text` is not padded base64, returns
/// false and leaves `*bytes` unspecified.
[[nodiscard]] bool DecodeBase64(std::string_view text, std::string* bytes);

/// Returns zlib's CRC-32, which is the checksum in the x-amz-crc32 header.
uint32_t Crc32(std::string_view bytes);

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_CRYPTO_H_
