#include <memory>
#include <string>

#include "command_list.h"
#include "items/item_list.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Print the items between two names.";
constexpr char kFooter[] =
    R"(Each line is a name, a tab and the item as JSON. In a name, every byte
that could break the line is printed as \xNN. With --json each line is an object
as 'item get --json' prints it. Items are in the order of their names. Names are
compared as if each ended in a slash, so "kim-old" comes before "kim".

Items that cannot be read are left out. At the end the first of these items is
reported.

Examples:
  dynamodown item query mytable/users a m
  dynamodown item query mytable/users kim kim
  dynamodown item query mytable/users '' --names-only
)";

struct QueryArguments {
  ItemListOptions list;
  std::string from, to;
};

int Query(const QueryArguments& arguments) {
  dyno::QueryOptions query;
  query.from = arguments.from;
  query.to = arguments.to;
  return PrintItems(arguments.list, query);
}

}  // namespace

CommandSpec ItemQueryCommand() {
  const auto query = std::make_shared<QueryArguments>();
  StoreCommandBuilder command("query", kDescription, kFooter,
                              &query->list.common);
  command
      .AddArgument("FROM", "The first name; '' means from the beginning",
                   Into(&query->from))
      .is_required = true;
  command.AddArgument("TO",
                      "The last name, inclusive; '' or no TO means to the end",
                      Into(&query->to));
  AddItemListOptions(&command, &query->list);
  return command.Build([query] { return Query(*query); });
}

}  // namespace cli
