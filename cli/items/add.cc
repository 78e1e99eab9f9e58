#include <memory>
#include <string>
#include <vector>

#include "command_list.h"
#include "items/item_write.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Add to a set in an item.";
constexpr char kFooter[] =
    R"(A set is an object like {"red":true,"blue":true}. An attribute that is no
object becomes a set first: an array becomes the set of its elements, null or a
missing attribute becomes the empty set, and any other value becomes the only
element of a new set.

Examples:
  dynamodown item add mytable/users kim colours red blue
)";

struct AddOptions {
  ItemWrite write;
  std::string attribute;
  std::vector<std::string> values;
};

int Add(const AddOptions& add) {
  return WriteItem(add.write, [&add](const auto& options, auto* store) {
    return store->AddToSet(options, add.write.name,
                           ObjectOf(add.attribute, ArrayOf(add.values)));
  });
}

}  // namespace

CommandSpec ItemAddCommand() {
  const auto add = std::make_shared<AddOptions>();
  ItemWriteBuilder command("add", kDescription, kFooter, &add->write);
  command.AddAttribute(&add->attribute);
  command.AddTexts("VALUE", "Texts to add", &add->values);
  return command.Build([add] { return Add(*add); });
}

}  // namespace cli
