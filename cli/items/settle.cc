#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "command_list.h"
#include "io/message.h"
#include "io/output.h"
#include "items/arguments.h"
#include "items/item_store.h"

namespace cli {
namespace {

using leveldb::Status;

constexpr char kDescription[] = "Mark late operations as dealt with.";
constexpr char kFooter[] =
    R"(If an operation arrives after its item was flattened beyond the
operation's time, the operation is late: it is kept, but not applied. Once a
late operation is settled, only 'item history' still prints it. --reapply also
writes a copy of the operation with the current time as the copy's timestamp, so
the copy is applied.

A KEY is a timestamp, a slash and the operation; 'item get --json' prints the
keys in "late". This command prints the key of each settled operation. With
--all, the item's name and a tab come before the key. A late "~base" record,
which another flatten left behind, cannot be reapplied. If an item has such a
record, --reapply reports an error; with --all it still settles the other items.

The exit status is 1 if there is no such item.

Examples:
  dynamodown item settle mytable/users kim
  dynamodown item settle mytable/users kim --reapply
  dynamodown item settle mytable/users --all
)";

struct SettleOptions {
  CommonOptions common;
  std::string name;               // empty with --all
  std::vector<std::string> keys;  // none: all late operations
  bool all = false;
  bool reapply = false;
};

using Report = std::function<void(const std::string& key)>;

/// Settles the requested operations. If no operation was requested, settles all
/// late operations of the item.
/// Reports each operation that was settled.
Status SettleOne(const SettleOptions& settle, const dyno::Item& item,
                 dyno::Store* store, const Report& report) {
  std::vector<std::string> late = settle.keys;
  if (late.empty()) {
    for (const dyno::LateRecord& record : item.late) late.push_back(record.key);
  }
  if (late.empty()) return Status::OK();
  if (!settle.reapply) {
    const Status status = store->Settle(dyno::WriteOptions(), item.name, late);
    if (status.ok()) std::for_each(late.begin(), late.end(), report);
    return status;
  }
  for (const std::string& key : late) {
    const Status status = store->Reapply(dyno::WriteOptions(), item.name, key);
    if (!status.ok()) return status;
    report(key);
  }
  return Status::OK();
}

/// If settling an item fails, still settles the other items. Returns the first
/// error.
Status SettleAll(const SettleOptions& settle, dyno::Store* store,
                 Output* output) {
  Status first;
  dyno::QueryOptions options;
  options.deleted = true;
  const Status read = store->Query(options, [&](const dyno::Item& item) {
    const Status status =
        SettleOne(settle, item, store, [&](const std::string& key) {
          output->Write(Shown(item.name) + '\t' + key + '\n');
        });
    if (first.ok()) first = status;
    return true;
  });
  return first.ok() ? read : first;
}

int Settle(const SettleOptions& settle) {
  const std::string& location = settle.common.location;
  Items items(settle.common);
  Status status = items.Open();
  if (!status.ok()) return Fail(status, location);
  Output output;
  if (settle.all) {
    status = SettleAll(settle, items.store(), &output);
  } else {
    dyno::Item item;
    status = items->GetItem(settle.name, &item);
    if (status.ok() && item.records == 0) return NoSuchItem(settle.name);
    if (status.ok()) {
      status = SettleOne(
          settle, item, items.store(),
          [&output](const std::string& key) { output.Write(key + '\n'); });
    }
  }
  const int exit_status = Finish(&output);
  return status.ok() ? exit_status : Fail(status, location);
}

}  // namespace

CommandSpec ItemSettleCommand() {
  const auto settle = std::make_shared<SettleOptions>();
  StoreCommandBuilder command("settle", kDescription, kFooter, &settle->common);
  AddItemName(&command, &settle->name);
  command
      .AddArgument("KEY", "Keys of late operations (default: all)",
                   AppendTo(&settle->keys))
      .is_repeated = true;
  command.AddFlag("--all",
                  "Settle late operations of every item; do not give a NAME",
                  &settle->all);
  command.AddFlag("--reapply", "Apply the operations now, as new operations",
                  &settle->reapply);
  command.AddTable();
  command.AddConnection();
  command.AddCheck(
      [options = settle.get()] { CheckOneOrAll(options->name, options->all); });
  return command.Build([settle] { return Settle(*settle); });
}

}  // namespace cli
