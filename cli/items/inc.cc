#include <memory>
#include <string>

#include "command_list.h"
#include "items/item_write.h"
#include "parse/json_lines.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Add to a number in an item.";
constexpr char kFooter[] =
    R"(An attribute that is missing, or is no number, becomes BY. No addition is
lost when several processes add at once. Integers are exact from -2^63 to
2^64-1.

Examples:
  dynamodown item inc mytable/users kim logins
  dynamodown item inc mytable/users kim credit -2.5
)";

struct IncOptions {
  ItemWrite write;
  std::string attribute;
  std::string by = "1";  // a JSON number
};

void CheckBy(const std::string& by) {
  const bool is_number = IsJson(by) && by.find_first_of("-0123456789") == 0;
  if (!is_number) throw UsageError("BY '" + by + "' is no number");
}

int Inc(const IncOptions& inc) {
  return WriteItem(inc.write, [&inc](const auto& options, auto* store) {
    return store->IncAttrs(options, inc.write.name,
                           ObjectOf(inc.attribute, inc.by));
  });
}

}  // namespace

CommandSpec ItemIncCommand() {
  const auto inc = std::make_shared<IncOptions>();
  ItemWriteBuilder command("inc", kDescription, kFooter, &inc->write);
  command.AddAttribute(&inc->attribute);
  command.AddArgument("BY", "A number, which may be negative (default 1)",
                      Into(&inc->by));
  command.AddCheck([&by = inc->by] { CheckBy(by); });
  return command.Build([inc] { return Inc(*inc); });
}

}  // namespace cli
