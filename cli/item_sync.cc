#include "item_sync.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

#include "command_line.h"
#include "dyno/sync.h"
#include "item_store.h"
#include "item_sync_format.h"
#include "message.h"
#include "output.h"
#include "progress.h"

namespace cli {
namespace {

using leveldb::Status;

constexpr char kEmbedded[] = "leveldb:";

// ---------------------------------------------------------------------- sync

std::filesystem::path PathOf(const std::string& location) {
  const std::filesystem::path path = location.substr(sizeof kEmbedded - 1);
  std::error_code ignored;
  std::filesystem::path whole =
      std::filesystem::weakly_canonical(path, ignored).lexically_normal();
  // "stores/kim/" is "stores/kim".
  return whole.has_filename() ? whole : whole.parent_path();
}

/// As far as can be said before they are opened: an embedded store cannot be
/// twice.
bool IsOnePlace(const std::string& a, const std::string& b) {
  if (!a.starts_with(kEmbedded) || !b.starts_with(kEmbedded)) return a == b;
  return PathOf(a) == PathOf(b);
}

bool IsOneStore(dynamodown::Database* a, dynamodown::Database* b) {
  const dynamodown::StoreInfo in_a = a->GetInfo();
  const dynamodown::StoreInfo in_b = b->GetInfo();
  return in_a.engine == in_b.engine && in_a.location == in_b.location &&
         in_a.endpoint == in_b.endpoint && in_a.region == in_b.region;
}

int RefuseOneStore(const CommandLine& line) {
  return Misuse("item sync", fmt::format("{} and {} are one store",
                                         line.location, line.item.other));
}

void TellImport(const std::string& from, const std::string& to) {
  Note(fmt::format(
      "{} is not replicated: its items are imported into {}, and nothing is "
      "written to it; to make it replicated, run: dynamodown item replicate {}",
      from, to, ShellWord(from)));
}

SyncedStore Consumed(const std::string& location, dynamodown::Database* db) {
  const dynamodown::Stats stats = db->GetStats();
  return {location, stats.requests, stats.read_units, stats.write_units};
}

/// Both are opened, and what is in each is known.
int Sync(const CommandLine& line, Items* a, Items* b) {
  dyno::SyncOptions options;
  options.full = line.item.full;
  Progress progress(!line.verbose);
  options.progress = [&progress](const dyno::SyncProgress& so_far) {
    progress.ShowSync(so_far.items, so_far.operations);
    return true;
  };
  dyno::SyncResult result;
  Status status = dyno::Sync(a->store(), b->store(), options, &result);
  progress.Clear();
  for (Items* each : {a, b}) {
    const Status closed = each->store()->Close();
    if (status.ok()) status = closed;
  }
  // What was done before it failed is done.
  const uint64_t exchanged = result.a.operations + result.a.deletes +
                             result.b.operations + result.b.deletes;
  Output output;
  if (status.ok() || exchanged > 0) {
    const SyncedStore of_a = Consumed(line.location, a->db());
    const SyncedStore of_b = Consumed(line.item.other, b->db());
    output.Write(line.json ? SyncJson(of_a, of_b, result)
                           : SyncText(of_a, of_b, result));
  }
  const int exit_status = Finish(&output);
  return status.ok() ? exit_status : Fail(status, line.location);
}

// -------------------------------------------------------------------- status

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

// ------------------------------------------------------------------- forget

bool Knows(dyno::Store* store, const std::string& replica) {
  dyno::StoreStatus status;
  if (!dyno::GetStatus(store, &status).ok()) return true;  // It is not sure.
  for (const dyno::MemberStatus& member : status.members) {
    if (member.replica == replica) return true;
  }
  return false;
}

}  // namespace

int SyncItems(const CommandLine& line) {
  if (IsOnePlace(line.location, line.item.other)) return RefuseOneStore(line);
  CommandLine other_line = line;
  other_line.location = line.item.other;
  Items a(line);
  Items b(other_line);
  Items* const stores[] = {&a, &b};
  const std::string* const locations[] = {&line.location, &line.item.other};
  for (int i : {0, 1}) {
    std::optional<std::string> foreign;
    const Status opened = stores[i]->OpenToSync(&foreign);
    if (!opened.ok()) return Fail(opened, *locations[i]);
    if (foreign) return RefuseOthers(*locations[i], *foreign);
  }
  if (IsOneStore(a.db(), b.db())) return RefuseOneStore(line);
  for (int i : {0, 1}) {
    if (!stores[i]->is_replicated() && stores[1 - i]->is_replicated()) {
      TellImport(*locations[i], *locations[1 - i]);
    }
  }
  return Sync(line, &a, &b);
}

int ShowItemStatus(const CommandLine& line) {
  Items items(line);
  ItemStatusReport report;
  report.location = line.location;
  Status status = items.Open();
  if (status.ok()) status = dyno::GetStatus(items.store(), &report.status);
  if (!status.ok()) return Fail(status, line.location);
  // What was found before an item that cannot be read is shown.
  if (line.item.late) status = FindLate(items.store(), &report.late.emplace());
  report.now_ms = NowMs();
  Output output;
  output.Write(line.json ? StatusJson(report) : StatusText(report));
  const int exit_status = Finish(&output);
  return status.ok() ? exit_status : Fail(status, line.location);
}

int ReplicateItems(const CommandLine& line) {
  Items items(line);
  Status status = items.Open();
  std::optional<std::string> other;
  if (status.ok()) status = items.FindOthers(&other);
  if (other) return RefuseOthers(line.location, *other);
  if (status.ok() && line.item.new_id) status = dyno::NewReplica(items.store());
  if (status.ok() && line.item.restored) {
    status = dyno::MarkRestored(items.store());
  }
  if (status.ok()) status = dyno::Replicate(items.store());
  if (!status.ok()) return Fail(status, line.location);
  Output output;
  output.Write(items->replica() + '\n');
  return Finish(&output);
}

int ForgetReplica(const CommandLine& line) {
  const ItemArguments& asked = line.item;
  Items items(line);
  Status status = items.Open();
  if (!status.ok()) return Fail(status, line.location);
  if (asked.slot) {
    status = dyno::CloseWriter(items.store(), *asked.slot);
    if (status.IsInvalidArgument()) {
      return NotFound("there is no open place " + SlotText(*asked.slot) +
                      " of another writer in " + line.location);
    }
  } else {
    status = dyno::Forget(items.store(), asked.replica);
    if (status.IsInvalidArgument() && !Knows(items.store(), asked.replica)) {
      return NotFound(line.location + " knows of no replica " + asked.replica);
    }
  }
  return status.ok() ? kExitOk : Fail(status, line.location);
}

}  // namespace cli
