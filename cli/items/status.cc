#include <chrono>
#include <memory>
#include <vector>

#include "command_list.h"
#include "dyno/sync.h"
#include "io/message.h"
#include "io/output.h"
#include "items/item_store.h"
#include "items/sync_format.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

using leveldb::Status;

constexpr char kDescription[] = "Print how far a store is synchronized.";
constexpr char kFooter[] =
    R"(Each part of the output begins with a label.

Lines:
  store      the location and the replica of the store
  stable     the stable time: this store has all operations of all members up
             to this time, and no older operation will come, so the operations
             up to this time can be flattened
  held back  the members that hold back the stable time, because their time
             under "known" is the earliest; and how far these members are behind
             the others
  known      each member, and the time up to which this store has all of the
             member's operations
  writers    open slots of programs that write; a slot whose program has ended
             holds back the stable time (dynamodown item forget --writer)
  to meet    for a restored backup: the members with which the backup has yet to
             be synchronized directly; until then the backup's present
             operations do not become stable. If the backup will never meet all
             of these members, see dynamodown item replicate --new-id
  log        the number of changes that some member has yet to read
  late       with --late: item and key of each late operation, for 'item settle'

The command writes nothing, so the stable time is the one that the last sync or
flatten computed. The command costs 2 range reads: one for what the store knows,
and one for the keys of its log. --late also reads every item, and costs as much
as dynamodown item scan.

Examples:
  dynamodown item status mytable/users
  dynamodown item status leveldb:users --late
  dynamodown item status mytable/users --json | jq -r .held_by[]
)";

struct StatusOptions {
  CommonOptions common;
  bool late = false;
  bool json = false;
};

Status FindLate(dyno::Store* store, std::vector<LateItem>* late) {
  dyno::QueryOptions options;
  options.deleted = true;
  return store->Query(options, [late](const dyno::Item& item) {
    if (!item.late.empty()) late->push_back({item.name, item.late});
    return true;
  });
}

uint64_t NowMs() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

int ShowStatus(const StatusOptions& options) {
  const std::string& location = options.common.location;
  Items items(options.common);
  ItemStatusReport report;
  report.location = location;
  Status status = items.Open();
  if (status.ok()) status = dyno::GetStatus(items.store(), &report.status);
  if (!status.ok()) return Fail(status, location);
  // If an item cannot be read, the late items before it are still shown.
  if (options.late) status = FindLate(items.store(), &report.late.emplace());
  report.now_ms = NowMs();
  Output output;
  output.Write(options.json ? StatusJson(report) : StatusText(report));
  const int exit_status = Finish(&output);
  return status.ok() ? exit_status : Fail(status, location);
}

}  // namespace

CommandSpec ItemStatusCommand() {
  const auto status = std::make_shared<StatusOptions>();
  StoreCommandBuilder command("status", kDescription, kFooter, &status->common);
  command.AddFlag("--late", "List late operations too; reads every item",
                  &status->late);
  command.AddJson("Print a JSON object", &status->json);
  command.AddTable();
  command.AddConnection();
  return command.Build([status] { return ShowStatus(*status); });
}

}  // namespace cli
