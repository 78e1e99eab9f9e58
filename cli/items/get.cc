#include <fmt/format.h>

#include <memory>
#include <string>

#include "command_list.h"
#include "io/message.h"
#include "io/output.h"
#include "items/arguments.h"
#include "items/item_format.h"
#include "items/item_store.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Print an item.";
constexpr char kFooter[] =
    R"(Prints the item as JSON in one line. --json prints an object with the
members "item", "name", "timestamp" and "time" (both of the last change),
"changes" (the number of changes), "hash" (of all changes), "records" (the
number of records stored now), "late" and "unknown".

If an operation arrives after its item was flattened beyond the operation's
time, the operation is late: it is kept, but not applied. A line on standard
error reports late operations. The command 'item history' shows late operations,
and 'item settle' deals with them.

A TIMESTAMP is a timestamp that 'item history' prints, the beginning of a
timestamp, or a time in UTC like 2013-03-11T20:46:20Z. States from before a
flatten are no longer known.

The exit status is 1 if there is no such item.

Examples:
  dynamodown item get mytable/users kim
  dynamodown item get mytable/users kim --json | jq .changes
  dynamodown item get mytable/users kim --as-of 2013-03-11T20:46:20Z
)";

struct GetOptions {
  CommonOptions common;
  std::string name;
  std::string as_of;  // empty: now
  bool json = false;
};

/// A note on late and unknown operations; empty if there are none.
std::string NotApplied(const GetOptions& get, const dyno::Item& item) {
  if (item.late.empty() && item.unknown.empty()) return "";
  std::string what;
  if (!item.late.empty()) what = fmt::format("{} late", item.late.size());
  if (!item.unknown.empty()) {
    what += fmt::format("{}{} unknown", what.empty() ? "" : " and ",
                        item.unknown.size());
  }
  const bool is_one = item.late.size() + item.unknown.size() == 1;
  return fmt::format(
      "not applied: {} operation{}; see: dynamodown item history {} {}{}", what,
      is_one ? "" : "s", ShellWord(get.common.location), ShellWord(get.name),
      item.late.empty() ? "" : ", and dynamodown help item settle");
}

int Get(const GetOptions& get) {
  Items items(get.common);
  leveldb::Status status = items.Open();
  dyno::Item item;
  if (status.ok()) {
    status = get.as_of.empty() ? items->GetItem(get.name, &item)
                               : items->GetItemAsOf(get.name, get.as_of, &item);
  }
  if (!status.ok()) return Fail(status, get.common.location);
  const std::string not_applied = NotApplied(get, item);
  if (!item.exists) {
    std::string message = get.as_of.empty()
                              ? "there is no item " + Shown(get.name)
                              : "there was no item " + Shown(get.name) +
                                    " at the time of --as-of";
    if (!not_applied.empty()) message += "; " + not_applied;
    return NotFound(message);
  }
  Output output;
  output.Write((get.json ? ItemJson(item) : JsonForLine(item.json)) + '\n');
  const int exit_status = Finish(&output);
  if (!get.json && !not_applied.empty()) Note(not_applied);
  return exit_status;
}

}  // namespace

CommandSpec ItemGetCommand() {
  const auto get = std::make_shared<GetOptions>();
  StoreCommandBuilder command("get", kDescription, kFooter, &get->common);
  AddRequiredItemName(&command, &get->name);
  command.AddOption("--as-of", "TIMESTAMP",
                    "Print the item as it was at this time",
                    IntoTimeBound("--as-of", &get->as_of));
  command.AddJson("Print an object with everything about the item", &get->json);
  command.AddTable();
  command.AddConnection();
  return command.Build([get] { return Get(*get); });
}

}  // namespace cli
