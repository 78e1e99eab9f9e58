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

constexpr char kDescription[] = "Print the operations of an item.";
constexpr char kFooter[] =
    R"(Prints the records in the order of their timestamps. A record's line has
its timestamp, then the time in that timestamp (by the writer's clock), then the
operation and the change. If the operation was applied, the next line is the
item after the change. With --json each line is an object.

The operations have the names that are stored: putItem for put, putAttrs for
set, delAttrs for unset, incAttrs for inc, appendAttrs for append, addToSet for
add, delFromSet for remove, and delItem for del.

The exit status is 1 if there is no such item.

Examples:
  dynamodown item history mytable/users kim
  dynamodown item history mytable/users kim --json | jq -r .operation
)";

struct HistoryOptions {
  CommonOptions common;
  std::string name;
  bool json = false;
};

int History(const HistoryOptions& history) {
  Items items(history.common);
  leveldb::Status status = items.Open();
  Output output;
  bool is_there = false;
  if (status.ok()) {
    status = items->History(history.name, [&](const dyno::HistoryEntry& entry) {
      is_there = true;
      return output.Write(history.json ? EntryJson(entry) + '\n'
                                       : EntryText(entry));
    });
  }
  const int exit_status = Finish(&output);
  if (!status.ok()) return Fail(status, history.common.location);
  return is_there ? exit_status : NoSuchItem(history.name);
}

}  // namespace

CommandSpec ItemHistoryCommand() {
  const auto history = std::make_shared<HistoryOptions>();
  StoreCommandBuilder command("history", kDescription, kFooter,
                              &history->common);
  AddRequiredItemName(&command, &history->name);
  command.AddJson("Print one JSON object per line", &history->json);
  command.AddTable();
  command.AddConnection();
  return command.Build([history] { return History(*history); });
}

}  // namespace cli
