#include <memory>
#include <string>
#include <vector>

#include "command_list.h"
#include "items/item_write.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Remove from a set in an item.";
constexpr char kFooter[] =
    R"(A value that is not in the set is no error. To read what a set is, run
"dynamodown help item add".

Examples:
  dynamodown item remove mytable/users kim colours red
)";

struct RemoveOptions {
  ItemWrite write;
  std::string attribute;
  std::vector<std::string> values;
};

int Remove(const RemoveOptions& remove) {
  return WriteItem(remove.write, [&remove](const auto& options, auto* store) {
    return store->DelFromSet(
        options, remove.write.name,
        ObjectOf(remove.attribute, ArrayOf(remove.values)));
  });
}

}  // namespace

CommandSpec ItemRemoveCommand() {
  const auto remove = std::make_shared<RemoveOptions>();
  ItemWriteBuilder command("remove", kDescription, kFooter, &remove->write);
  command.AddAttribute(&remove->attribute);
  command.AddTexts("VALUE", "Texts to remove", &remove->values);
  return command.Build([remove] { return Remove(*remove); });
}

}  // namespace cli
