#include "dyno/item/json_fields.h"

#include <string>
#include <utility>

#include "dyno/item/key.h"

namespace dyno {

Result<Json> ParseRecord(std::string_view key, std::string_view value) {
  auto parsed = ParseJson(value);
  if (!parsed.ok()) return Damaged(key, "is no JSON");
  return *std::move(parsed);
}

const Json& Member(const Json& object, const char* name) {
  static const Json kNull;
  if (!object.is_object()) return kNull;
  const auto found = object.find(name);
  return found == object.end() ? kNull : *found;
}

bool ParseFlake(const Json& text, Flake* flake) {
  return text.is_string() &&
         Flake::Parse(text.get_ref<const std::string&>(), flake);
}

}  // namespace dyno
