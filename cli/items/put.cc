#include <memory>
#include <optional>
#include <string>

#include "command_list.h"
#include "items/item_write.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Make an item equal to an object.";
constexpr char kFooter[] =
    R"(The object replaces all former attributes of the item. The former
attributes stay in the item's history.

If JSON is missing or "-", the object is read from standard input. If standard
input is no object, the exit status is 2, as for a wrong argument.

Examples:
  dynamodown item put mytable/users kim '{"nick":"kim","logins":0}'
  dynamodown item put mytable/users kim < kim.json
)";

struct PutOptions {
  ItemWrite write;
  std::optional<std::string> object;  // none: standard input
};

int Put(const PutOptions& put) {
  return WriteItemObject(
      put.write, "item put", put.object,
      [&put](const auto& options, auto* store, const std::string& object) {
        return store->PutItem(options, put.write.name, object);
      });
}

}  // namespace

CommandSpec ItemPutCommand() {
  const auto put = std::make_shared<PutOptions>();
  ItemWriteBuilder command("put", kDescription, kFooter, &put->write);
  command.AddObject(&put->object);
  return command.Build([put] { return Put(*put); });
}

}  // namespace cli
