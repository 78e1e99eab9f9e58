#include <memory>
#include <string>
#include <vector>

#include "command_list.h"
#include "items/item_write.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Remove attributes of an item.";
constexpr char kFooter[] =
    R"(A missing attribute is no error.

Examples:
  dynamodown item unset mytable/users kim email
  dynamodown item unset mytable/users kim email address
)";

struct UnsetOptions {
  ItemWrite write;
  std::vector<std::string> attributes;
};

int Unset(const UnsetOptions& unset) {
  return WriteItem(unset.write, [&unset](const auto& options, auto* store) {
    return store->DelAttrs(options, unset.write.name, unset.attributes);
  });
}

}  // namespace

CommandSpec ItemUnsetCommand() {
  const auto unset = std::make_shared<UnsetOptions>();
  ItemWriteBuilder command("unset", kDescription, kFooter, &unset->write);
  command.AddTexts("ATTR", "Names of attributes", &unset->attributes);
  return command.Build([unset] { return Unset(*unset); });
}

}  // namespace cli
