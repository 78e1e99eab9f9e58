#include "items/arguments.h"

#include <chrono>
#include <optional>
#include <utility>

#include "parse/encoding.h"

namespace cli {
namespace {

constexpr char kNameHelp[] = "The item's name: any bytes, not empty";

TimeBound ToTimeBound(const std::string& name, const std::string& value) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const int64_t now_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  std::optional<TimeBound> bound = ParseTimeBound(value, now_ms);
  if (!bound) {
    throw UsageError(name + " '" + value +
                     "' is no timestamp, no beginning of a timestamp, and no "
                     "time like 2013-03-11, '2013-03-11 20:46 +01:00' or '2h "
                     "ago'");
  }
  return *std::move(bound);
}

}  // namespace

void CheckUtf8(const std::string& name, const std::string& text) {
  if (!IsUtf8(text)) {
    throw UsageError(name + " '" + EncodeForLine(Encoding::kText, text) +
                     "' is not UTF-8");
  }
}

Setter IntoTimeBound(const std::string& name, TimeBound* target) {
  return [name, target](const std::string& value) {
    *target = ToTimeBound(name, value);
  };
}

Setter IntoTimeBound(const std::string& name, std::string* target) {
  return [name, target](const std::string& value) {
    const TimeBound bound = ToTimeBound(name, value);
    if (bound.is_fragment) {
      throw UsageError(name + " '" + value +
                       "' is cut off within a part of a timestamp; 'item "
                       "history' prints whole timestamps");
    }
    *target = bound.text;
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
