// Any bytes as a location: parsed or refused, and what is parsed can be used.

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
  return 0;
}
