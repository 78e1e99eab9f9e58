// Parses records that are JSON, and their members.

#ifndef DYNO_ITEM_JSON_FIELDS_H_
#define DYNO_ITEM_JSON_FIELDS_H_

#include <string_view>

#include "dyno/flake.h"
#include "dyno/item/json.h"
#include "dyno/item/result.h"

namespace dyno {

/// Parses `value`, which is stored under `key`.
/// **Errors**: Corruption that names `key`.
Result<Json> ParseRecord(std::string_view key, std::string_view value);

/// Returns the member `name`, or null if the member is missing or `object` is
/// not an object.
const Json& Member(const Json& object, const char* name);

/// Parses a timestamp. Returns false if `text` is not a string that contains a
/// timestamp.
bool ParseFlake(const Json& text, Flake* flake);

}  // namespace dyno

#endif  // DYNO_ITEM_JSON_FIELDS_H_
