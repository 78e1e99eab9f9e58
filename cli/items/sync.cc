#include "dyno/sync.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>

#include "command_list.h"
#include "io/command_line.h"
#include "io/interrupt.h"
#include "io/message.h"
#include "io/output.h"
#include "io/progress.h"
#include "io/summary.h"
#include "items/item_store.h"
#include "items/sync_format.h"
#include "parse/location.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

using leveldb::Status;

constexpr char kDescription[] = "Exchange operations with another store.";
constexpr char kFooter[] =
    R"(Each store gets the operations that the other one has. Nothing is lost,
whatever changed in either store since their last sync, and both end with the
same items. Any two stores can be synchronized, in any order, even while other
programs use them. If a sync was interrupted, run it again: the operations
exchanged so far stay. On DynamoDB the writer's slot of an interrupted sync may
still be open, even after Ctrl-C. An open slot keeps newer operations from being
flattened: see dynamodown item status and dynamodown item forget --writer.

Both stores must exist, and at least one must be replicated or empty. The sync
makes an empty store replicated. A replicated store enters its changes in a log,
where the next sync finds them. If the other store has items but is not
replicated, its items are imported: the replicated store gets the items, nothing
is written to the imported store, and a line on standard error says so. To make
a store with items replicated, see dynamodown item replicate. After a sync, each
replicated store counts as a member of the other store. A member keeps newer
operations from being flattened until it is synchronized again or forgotten
(dynamodown item status, dynamodown item forget).

A first meeting, which is the first sync of two stores, reads all items of both
stores once; so does a sync with --full. A later sync costs, in each store, 1
range read for what the store knows, 1 range read for each writer that wrote
since the last sync, and, for each item that changed, 1 range read and 1 or 2
writes. On DynamoDB a range read is a Query, and a written operation costs 1
unit per KB. Each sync also opens both stores, takes a writer's slot in each
store, and records what each store knows. So in each store, even a sync that
exchanges nothing takes 10 requests: 7 read units and 8 write units. The units
consumed are printed; --verbose shows each request.

At a first meeting each item that a store gets is entered in the store's log; a
later sync removes the entry. On DynamoDB each such entry costs 2 more write
units.

Operations whose timestamps are more than a minute ahead of this machine's clock
are not exchanged yet; a later sync takes them. Two copies of one store are
refused: give one of them a replica of its own with dynamodown item replicate
--new-id.

The output has the number of compared items. For each store it has the
operations that the store got, and the store's reads and writes. With --json the
output is an object. Its members "a" and "b" are the stores, in the order of the
arguments. The other members are "first_meeting", "items" and "twins"; "twins"
has the keys of the records that the two stores had with different bytes.

Examples:
  dynamodown item sync leveldb:users mytable/users
  dynamodown item sync leveldb:users leveldb:/media/stick/users --json
)";

struct SyncArguments {
  CommonOptions common;
  std::string other;  // the second location
  bool full = false;
  bool json = false;
};

/// Whether both locations are the same. Call this before the stores are opened,
/// since an embedded store cannot be opened twice.
bool IsOnePlace(const std::string& a, const std::string& b) {
  if (!IsEmbedded(a) || !IsEmbedded(b)) return a == b;
  return CanonicalLocation(a) == CanonicalLocation(b);
}

bool IsOneStore(dynamodown::Database* a, dynamodown::Database* b) {
  const dynamodown::StoreInfo in_a = a->GetInfo();
  const dynamodown::StoreInfo in_b = b->GetInfo();
  return in_a.engine == in_b.engine && in_a.location == in_b.location &&
         in_a.endpoint == in_b.endpoint && in_a.region == in_b.region;
}

int RefuseOneStore(const SyncArguments& sync) {
  return Misuse("item sync", fmt::format("{} and {} are one store",
                                         sync.common.location, sync.other));
}

void NoteImport(const std::string& from, const std::string& to) {
  Note(fmt::format(
      "{0} is not replicated: its items are imported into {1}, and nothing is "
      "written to {0}; to make {0} replicated, run: dynamodown item replicate "
      "{2}",
      from, to, Operand(from)));
}

/// Prints what the sync did, even a part of a sync.
int Print(const SyncArguments& sync, Items* a, Items* b,
          const dyno::SyncResult& result) {
  Output output;
  if (sync.json || !sync.common.quiet) {
    const SyncedStore of_a = {sync.common.location, a->db()->GetStats()};
    const SyncedStore of_b = {sync.other, b->db()->GetStats()};
    output.Write(sync.json ? SyncJson(of_a, of_b, result)
                           : SyncText(of_a, of_b, result));
  }
  return Finish(&output);
}

/// Synchronizes two open stores and prints the result.
int Exchange(const SyncArguments& sync, Items* a, Items* b,
             Clock::time_point started) {
  dyno::SyncOptions options;
  options.full = sync.full;
  Progress progress(!sync.common.verbose && !sync.common.quiet, "comparing",
                    "item");
  options.progress = [&progress](const dyno::SyncProgress& so_far) {
    progress.Show({so_far.items, 0,
                   CountText(so_far.operations, "operation") + " exchanged"});
    return !IsInterrupted();
  };
  dyno::SyncResult result;
  Status status = dyno::Sync(a->store(), b->store(), options, &result);
  progress.Clear();
  const bool is_stopped = !status.ok() && IsInterrupted();
  for (Items* each : {a, b}) {
    const Status closed = each->store()->Close();
    if (status.ok()) status = closed;
  }
  // After a failure, the operations exchanged before the failure stay.
  const uint64_t exchanged = result.a.operations + result.a.deletes +
                             result.b.operations + result.b.deletes;
  const bool is_printed = status.ok() || exchanged > 0 || is_stopped;
  const int exit_status = is_printed ? Print(sync, a, b, result) : kExitOk;
  if (is_stopped) {
    PrintSummary(sync.common, {"compared", "item", result.items}, started);
    return Fail("stopped: what was exchanged stays; to continue, run: " +
                CommandLine());
  }
  return status.ok() ? exit_status : Fail(status, sync.common.location);
}

int Sync(const SyncArguments& sync) {
  const auto started = Clock::now();
  const std::string& location = sync.common.location;
  if (IsOnePlace(location, sync.other)) return RefuseOneStore(sync);
  CommonOptions other = sync.common;
  other.location = sync.other;
  Items a(sync.common);
  Items b(other);
  Items* const stores[] = {&a, &b};
  const std::string* const locations[] = {&location, &sync.other};
  const InterruptWatch watch;
  for (int i : {0, 1}) {
    const Status opened = stores[i]->OpenToSync();
    if (!opened.ok()) return Fail(opened, *locations[i]);
  }
  if (IsOneStore(a.db(), b.db())) return RefuseOneStore(sync);
  for (int i : {0, 1}) {
    if (!sync.common.quiet && !stores[i]->is_replicated() &&
        stores[1 - i]->is_replicated()) {
      NoteImport(*locations[i], *locations[1 - i]);
    }
  }
  return Exchange(sync, &a, &b, started);
}

}  // namespace

CommandSpec ItemSyncCommand() {
  const auto sync = std::make_shared<SyncArguments>();
  StoreCommandBuilder command("sync", kDescription, kFooter, &sync->common);
  command
      .AddArgument("OTHER", "The store to exchange with",
                   IntoNotEmpty("OTHER", &sync->other))
      .is_required = true;
  command.AddFlag("--full", "Compare every item, as at a first meeting",
                  &sync->full);
  command.AddJson("Print a JSON object", &sync->json);
  command.AddQuiet(", and print only JSON");
  command.AddTable();
  command.AddConnection();
  return command.Build([sync] { return Sync(*sync); });
}

}  // namespace cli
