#include "dyno/sync.h"

#include <fmt/format.h>

#include <chrono>
#include <future>
#include <memory>
#include <mutex>
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
  dynamodown item sync leveldb:users mytable/users --max-wcu 100
)";

constexpr char kHowToContinue[] =
    "what was exchanged stays; to continue, run: ";
// How often the progress line learns what the sync has consumed.
constexpr std::chrono::milliseconds kShowEvery{200};

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

Work WorkOf(uint64_t items) { return {"compared", "item", items}; }

/// How far a sync got. **Thread-safety**: any thread may make any call.
class Position {
 public:
  void Set(const dyno::SyncProgress& now) {
    const std::lock_guard<std::mutex> lock(mutex_);
    now_ = now;
  }
  /// The operations of a large write count only when the whole write is done.
  /// Until then, its units show that the sync goes on.
  ProgressState Show(const dynamodown::Stats& consumed) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::string more;
    if (now_.operations > 0) {
      more = CountText(now_.operations, "operation") + " exchanged";
    }
    if (consumed.write_units > 0) {
      more += (more.empty() ? "" : ", ") +
              UnitText(consumed.write_units, "write unit");
    }
    return {now_.items, 0, more};
  }
  uint64_t items() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return now_.items;
  }

 private:
  mutable std::mutex mutex_;
  dyno::SyncProgress now_;
};

/// Synchronizes on a second thread, and shows the progress meanwhile.
Status Run(const SyncArguments& sync, Items* a, Items* b, Progress* progress,
           Position* position, dyno::SyncResult* result) {
  dyno::SyncOptions options;
  options.full = sync.full;
  options.progress = [position](const dyno::SyncProgress& now) {
    position->Set(now);
    return !IsInterrupted();
  };
  std::future<Status> done = std::async(std::launch::async, [&] {
    return dyno::Sync(a->store(), b->store(), options, result);
  });
  while (done.wait_for(kShowEvery) != std::future_status::ready) {
    progress->Show(position->Show(sync.common.store.stats_sum->Read()));
  }
  progress->Clear();
  return done.get();
}

/// Synchronizes two open stores and prints the result.
int Exchange(const SyncArguments& sync, InterruptWatch* watch, Items* a,
             Items* b, Clock::time_point started) {
  Progress progress(!sync.common.verbose && !sync.common.quiet, "comparing",
                    "item");
  Position position;
  dyno::SyncResult result;
  StopReport report(watch, [&] {
    progress.Hide();
    PrintSummary(sync.common, WorkOf(position.items()), started);
    Fail(std::string("stopped: ") + kHowToContinue + CommandLine());
  });
  Status status = Run(sync, a, b, &progress, &position, &result);
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
    report.Print();
    return kExitFailure;
  }
  if (status.ok()) return exit_status;
  PrintConsumed(sync.common, WorkOf(result.items), started);
  std::string failure = Describe(status, sync.common.location);
  if (status.IsIOError()) {
    failure += std::string("; ") + kHowToContinue + CommandLine();
  }
  return Fail(failure);
}

/// Opens both stores. Returns the exit status if the sync ends here.
std::optional<int> Open(const SyncArguments& sync, InterruptWatch* watch,
                        Items* a, Items* b, Clock::time_point started) {
  const StopReport report(watch, [&] {
    PrintSummary(sync.common, WorkOf(0), started);
    Fail("stopped: nothing was exchanged");
  });
  Items* const stores[] = {a, b};
  const std::string* const locations[] = {&sync.common.location, &sync.other};
  for (int i : {0, 1}) {
    const Status opened = stores[i]->OpenToSync();
    if (!opened.ok()) return Fail(opened, *locations[i]);
  }
  if (IsOneStore(a->db(), b->db())) return RefuseOneStore(sync);
  for (int i : {0, 1}) {
    if (!sync.common.quiet && !stores[i]->is_replicated() &&
        stores[1 - i]->is_replicated()) {
      NoteImport(*locations[i], *locations[1 - i]);
    }
  }
  return std::nullopt;
}

int Sync(const SyncArguments& sync) {
  const auto started = Clock::now();
  const std::string& location = sync.common.location;
  if (IsOnePlace(location, sync.other)) return RefuseOneStore(sync);
  CommonOptions other = sync.common;
  other.location = sync.other;
  Items a(sync.common);
  Items b(other);
  InterruptWatch watch([&] { PrintTotals(sync.common); });
  if (const auto done = Open(sync, &watch, &a, &b, started)) return *done;
  return Exchange(sync, &watch, &a, &b, started);
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
  command.AddReadRate();
  command.AddWriteRate();
  command.AddTable();
  command.AddConnection();
  return command.Build([sync] { return Sync(*sync); });
}

}  // namespace cli
