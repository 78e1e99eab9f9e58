#include <memory>
#include <string>

#include "command_list.h"
#include "items/item_write.h"
#include "parse/encoding.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Append to a text in an item.";
constexpr char kFooter[] =
    R"(A missing attribute becomes TEXT. If the attribute is no text, TEXT is
appended to the attribute's JSON.

Examples:
  dynamodown item append mytable/users kim log 'logged in; '
)";

struct AppendOptions {
  ItemWrite write;
  std::string attribute;
  std::string text;
};

int Append(const AppendOptions& append) {
  return WriteItem(append.write, [&append](const auto& options, auto* store) {
    return store->AppendAttrs(
        options, append.write.name,
        ObjectOf(append.attribute, JsonString(append.text)));
  });
}

}  // namespace

CommandSpec ItemAppendCommand() {
  const auto append = std::make_shared<AppendOptions>();
  ItemWriteBuilder command("append", kDescription, kFooter, &append->write);
  command.AddAttribute(&append->attribute);
  command.AddArgument("TEXT", "The text to append", Into(&append->text))
      .is_required = true;
  command.AddCheck([&text = append->text] { CheckUtf8("TEXT", text); });
  return command.Build([append] { return Append(*append); });
}

}  // namespace cli
