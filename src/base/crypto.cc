#include "base/crypto.h"

#include <nettle/base16.h>
#include <nettle/base64.h>
#include <nettle/hmac.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <zlib.h>

namespace dynamodown {
namespace {

const uint8_t* Bytes(std::string_view bytes) {
  return reinterpret_cast<const uint8_t*>(bytes.data());
}

}  // namespace

Sha256Digest Sha256(std::string_view bytes) {
  sha256_ctx context;
  sha256_init(&context);
  sha256_update(&context, bytes.size(), Bytes(bytes));
  Sha256Digest digest;
  sha256_digest(&context, digest.size(), digest.data());
  return digest;
}

Sha256Digest HmacSha256(std::string_view key, std::string_view bytes) {
  hmac_sha256_ctx context;
  hmac_sha256_set_key(&context, key.size(), Bytes(key));
  hmac_sha256_update(&context, bytes.size(), Bytes(bytes));
  Sha256Digest digest;
  hmac_sha256_digest(&context, digest.size(), digest.data());
  return digest;
}

Sha1Digest Sha1(std::string_view bytes) {
  sha1_ctx context;
  sha1_init(&context);
  sha1_update(&context, bytes.size(), Bytes(bytes));
  Sha1Digest digest;
  sha1_digest(&context, digest.size(), digest.data());
  return digest;
}

void AppendHex(std::string_view bytes, std::string* out) {
  const size_t at = out->size();
  out->resize(at + BASE16_ENCODE_LENGTH(bytes.size()));
  base16_encode_update(out->data() + at, bytes.size(), Bytes(bytes));
}

void AppendBase64(std::string_view bytes, std::string* out) {
  const size_t at = out->size();
  out->resize(at + BASE64_ENCODE_RAW_LENGTH(bytes.size()));
  base64_encode_raw(out->data() + at, bytes.size(), Bytes(bytes));
}

bool DecodeBase64(std::string_view text, std::string* bytes) {
  base64_decode_ctx context;
  base64_decode_init(&context);
  bytes->resize(BASE64_DECODE_LENGTH(text.size()));
  size_t length = bytes->size();
  if (base64_decode_update(&context, &length,
                           reinterpret_cast<uint8_t*>(bytes->data()),
                           text.size(), text.data()) != 1 ||
      base64_decode_final(&context) != 1) {
    return false;
  }
  bytes->resize(length);
  // nettle skips white space and decodes "A===" to nothing. Such texts are
  // longer than the encoder's text for the same bytes.
  return text.size() == BASE64_ENCODE_RAW_LENGTH(length);
}

uint32_t Crc32(std::string_view bytes) {
  return static_cast<uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace dynamodown
