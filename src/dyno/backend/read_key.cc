#include "dyno/backend/read_key.h"

namespace dyno {

using leveldb::Slice;

Result<std::optional<std::string>> ReadKey(Backend* backend,
                                           std::string_view key) {
  std::optional<std::string> found;
  RangeOptions options;
  options.expected = 1;
  const leveldb::Status status = backend->Range(
      options, Slice(key.data(), key.size()), std::string(key) + '\0',
      [&found](const Slice&, const Slice& value) {
        found = value.ToString();
        return true;
      });
  if (!status.ok()) return status;
  return found;
}

}  // namespace dyno
