// Parses any bytes as a location. Either the bytes are refused with a message,
// or the location is complete and its options can be applied.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "db/location.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const dynamodown::Result<dynamodown::Location> location =
      dynamodown::ParseLocation(text);
  if (!location.ok()) {
    if (location.error().message.empty()) abort();
    return 0;
  }
  if (location->embedded
          ? location->path.empty()
          : location->table.size() < 3 || location->store.empty()) {
    abort();
  }
  if (!dynamodown::PlaceOf(dynamodown::Options(), text).ok()) abort();
  return 0;
}
