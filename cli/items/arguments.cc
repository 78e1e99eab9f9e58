#include "items/arguments.h"

#include <optional>

#include "items/item_format.h"
#include "parse/encoding.h"

namespace cli {
namespace {

constexpr char kNameHelp[] = "The item's name: any bytes, not empty";

}  // namespace

void CheckUtf8(const std::string& name, const std::string& text) {
  if (!IsUtf8(text)) {
    throw UsageError(name + " '" + EncodeForLine(Encoding::kText, text) +
                     "' is not UTF-8");
  }
}

Setter IntoTimeBound(const std::string& name, std::string* target) {
  return [name, target](const std::string& value) {
    const std::optional<std::string> bound = TimeBound(value);
    if (!bound) {
      throw UsageError(name + " '" + value +
                       "' is no timestamp, no beginning of a timestamp, and no "
                       "time like 2013-03-11T20:46:20Z");
    }
    *target = *bound;
  };
}

void AddItemName(StoreCommandBuilder* command, std::string* name) {
  command->AddArgument("NAME", kNameHelp, Into(name));
}

void AddRequiredItemName(StoreCommandBuilder* command, std::string* name) {
  command->AddArgument("NAME", kNameHelp, IntoNotEmpty("NAME", name))
      .is_required = true;
}

void CheckOneOrAll(const std::string& name, bool all, const std::string& hint) {
  if (all && !name.empty()) throw UsageError("--all takes no NAME" + hint);
  if (!all && name.empty()) throw UsageError("NAME is missing");
}

}  // namespace cli
