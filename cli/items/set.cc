#include <memory>
#include <optional>
#include <string>

#include "command_list.h"
#include "items/item_write.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Set attributes of an item.";
constexpr char kFooter[] =
    R"(Each attribute of the object is set in the item. The item's other
attributes stay. A missing item is created.

If JSON is missing or "-", the object is read from standard input. If standard
input is no object, the exit status is 2, as for a wrong argument.

Examples:
  dynamodown item set mytable/users kim '{"email":"kim@example.com"}'
  dynamodown item set mytable/users kim '{"address":{"city":"Seoul"}}'
)";

struct SetOptions {
  ItemWrite write;
  std::optional<std::string> object;  // none: standard input
};

int Set(const SetOptions& set) {
  return WriteItemObject(
      set.write, "item set", set.object,
      [&set](const auto& options, auto* store, const std::string& object) {
        return store->PutAttrs(options, set.write.name, object);
      });
}

}  // namespace

CommandSpec ItemSetCommand() {
  const auto set = std::make_shared<SetOptions>();
  ItemWriteBuilder command("set", kDescription, kFooter, &set->write);
  command.AddObject(&set->object);
  return command.Build([set] { return Set(*set); });
}

}  // namespace cli
