// Encodes any bytes as a key and as a bound, for range keys of type B and of
// type S.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/utf8.h"
#include "store/table/key_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using dynamodown::KeyCodec;
  constexpr size_t kBytesMax = 16;
  const std::string key(reinterpret_cast<const char*>(data), size);
  for (const bool utf8 : {false, true}) {
    const KeyCodec codec(utf8, kBytesMax);
    const dynamodown::Result<std::string> stored = codec.Encode(key);
    if (stored.ok() && KeyCodec::Decode(*stored) != key) abort();

    const dynamodown::StoredRange range =
        codec.Encode(dynamodown::KeyRange{key, std::nullopt});
    if (range.empty()) continue;
    if (range.lower.size() > kBytesMax) abort();
    if (utf8 && !dynamodown::IsUtf8(range.lower)) abort();
    // If a key can be stored, the bound at this key is the stored key.
    if (stored.ok() && !key.empty() && range.lower != *stored) abort();
  }
  return 0;
}
