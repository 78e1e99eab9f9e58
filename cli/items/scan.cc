#include <memory>
#include <optional>
#include <string>

#include "command_list.h"
#include "items/arguments.h"
#include "items/item_list.h"
#include "parse/json_lines.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Print all items, or those with a given value.";
constexpr char kFooter[] =
    R"(Prints items as 'item query' does. VALUE is JSON, so a text is in quotes.
A scan with a value reads every item, and costs as much as printing all items.

Examples:
  dynamodown item scan mytable/users
  dynamodown item scan mytable/users admin true
  dynamodown item scan mytable/users nick '"kim"' --names-only
)";

struct ScanArguments {
  ItemListOptions list;
  std::string attribute;
  std::optional<std::string> value;  // JSON
};

void Check(const ScanArguments& scan) {
  CheckUtf8("ATTR", scan.attribute);
  if (!scan.value) return;
  if (scan.attribute.empty()) throw UsageError("ATTR is empty");
  if (const Complaint wrong = CheckItemValue(*scan.value)) {
    throw UsageError("VALUE " + *wrong + "; a text is in quotes: '\"" +
                     *scan.value + "\"'");
  }
}

int Scan(const ScanArguments& scan) {
  dyno::QueryOptions query;
  query.attribute = scan.attribute;
  query.value = scan.value.value_or("");
  return PrintItems(scan.list, query);
}

}  // namespace

CommandSpec ItemScanCommand() {
  const auto scan = std::make_shared<ScanArguments>();
  StoreCommandBuilder command("scan", kDescription, kFooter,
                              &scan->list.common);
  command
      .AddArgument("ATTR", "Print only items whose attribute ATTR is VALUE",
                   Into(&scan->attribute))
      .needs = {"VALUE"};
  command.AddArgument("VALUE", "The value to look for, as JSON",
                      Into(&scan->value));
  AddItemListOptions(&command, &scan->list);
  command.AddCheck([options = scan.get()] { Check(*options); });
  return command.Build([scan] { return Scan(*scan); });
}

}  // namespace cli
