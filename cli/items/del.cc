#include <memory>

#include "command_list.h"
#include "items/item_write.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Remove an item.";
constexpr char kFooter[] =
    R"(The removal is itself an operation of the item, so the item's history
stays, and 'item get --as-of' prints the former item. A missing item is no
error.

Examples:
  dynamodown item del mytable/users kim
)";

int Del(const ItemWrite& del) {
  return WriteItem(del, [&del](const auto& options, auto* store) {
    return store->DelItem(options, del.name);
  });
}

}  // namespace

CommandSpec ItemDelCommand() {
  const auto del = std::make_shared<ItemWrite>();
  ItemWriteBuilder command("del", kDescription, kFooter, del.get());
  return command.Build([del] { return Del(*del); });
}

}  // namespace cli
