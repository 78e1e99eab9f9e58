// Reads the value of one key.

#ifndef DYNO_BACKEND_READ_KEY_H_
#define DYNO_BACKEND_READ_KEY_H_

#include <optional>
#include <string>
#include <string_view>

#include "dyno/backend.h"
#include "dyno/item/result.h"

namespace dyno {

/// The value of `key`; nothing if there is no such key.
/// **Cost**: 1 range of 1 record.
Result<std::optional<std::string>> ReadKey(Backend* backend,
                                           std::string_view key);

}  // namespace dyno

#endif  // DYNO_BACKEND_READ_KEY_H_
