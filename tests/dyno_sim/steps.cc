#include "dyno_sim/steps.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace dyno::sim {
namespace {

using leveldb::Status;
using std::chrono::milliseconds;

constexpr uint64_t kHourMs = 3'600'000;

int64_t NowMs(World* world) {
  return std::chrono::duration_cast<milliseconds>(
             world->ground.scheduler->Now().time_since_epoch())
      .count();
}

void CheckLate(World* world, const std::string& site, const Item& item) {
  if (world->shape.strangers || item.late.empty()) return;
  world->ground.violation("without strangers nothing is late",
                          item.name + " in " + site + ": " +
                              item.late.front().key + " " +
                              item.late.front().change);
}

}  // namespace

void Actor::Step() {
  auto* const scheduler = world_->ground.scheduler;
  const int64_t lull = world_->lull_until_ms - NowMs(world_);
  scheduler->Sleep(
      milliseconds(std::max<int64_t>(lull, 0) +
                   static_cast<int64_t>(Choose(world_->shape.pace_ms + 1))));
  using Deed = void (Actor::*)();
  struct Choice {
    uint64_t weight;
    Deed deed;
  };
  static const std::vector<Choice> kUsual = {
      {90, static_cast<Deed>(&Actor::Write)},
      {10, &Actor::WriteAt},
      {14, &Actor::Read},
      {22, &Actor::Flatten},
      {6, &Actor::FlattenAll},
      {34, &Actor::Synchronize},
      {5, &Actor::DealWithLate},
      {4, &Actor::JumpClock},
      {6, &Actor::EndProcess},
      {2, &Actor::EndMachine},
      {2, &Actor::Lull},
  };
  static const std::vector<Choice> kStrange = {
      {3, &Actor::BackUp}, {3, &Actor::Restore},   {2, &Actor::Join},
      {2, &Actor::Copy},   {2, &Actor::ForgetOne},
  };
  uint64_t sum = 0;
  for (const Choice& each : kUsual) sum += each.weight;
  if (world_->shape.strangers) {
    for (const Choice& each : kStrange) sum += each.weight;
  }
  uint64_t chosen = Choose(sum);
  for (const auto* choices : {&kUsual, &kStrange}) {
    for (const Choice& each : *choices) {
      if (chosen < each.weight) {
        (this->*each.deed)();
        return;
      }
      chosen -= each.weight;
    }
  }
}

Site* Actor::AnySite() {
  // The shared store has three writers.
  if (Choose(2) == 0) return world_->sites.front().get();
  return AnyEmbedded();
}

Site* Actor::AnyEmbedded() {
  return world_->sites[1 + Choose(world_->sites.size() - 1)].get();
}

const std::string& Actor::AnyName() {
  // The first names are drawn more often.
  const uint64_t n = world_->names.size();
  return world_->names[std::min(Choose(n), Choose(n))];
}

Entry* Actor::NewEntry(Site* site) {
  Entry entry;
  entry.token = world_->ledger.NewToken();
  entry.name = AnyName();
  entry.site = site->name();
  const std::string token = "t" + std::to_string(entry.token);
  switch (Choose(IsWild(entry.name) ? 7 : 3)) {
    case 0:
      entry.operation = "incAttrs";
      entry.change = R"({")" + token + R"(":1})";
      break;
    case 1:
      entry.operation = "addToSet";
      entry.change = R"({"s":[")" + token + R"("]})";
      break;
    case 2:
      entry.operation = "appendAttrs";
      entry.change = R"({"log":")" + token + R"(;"})";
      break;
    case 3:
      entry.operation = "putItem";
      entry.change = R"({")" + token + R"(":1})";
      break;
    case 4:
      entry.operation = "delItem";
      entry.change = "{}";
      break;
    case 5:
      entry.operation = "putAttrs";
      entry.change =
          R"({"a)" + std::to_string(Choose(5)) + R"(":")" + token + R"("})";
      break;
    default:
      entry.operation = "delAttrs";
      entry.change = R"(["a)" + std::to_string(Choose(5)) + R"("])";
      break;
  }
  return world_->ledger.Add(std::move(entry));
}

Status Actor::Write(Store* store, Entry* entry, const std::string& at) {
  WriteOptions options;
  options.sync = Choose(4) == 0;
  options.timestamp = at;
  std::string timestamp;
  Status status;
  const std::string& kind = entry->operation;
  if (kind == "incAttrs") {
    status = store->IncAttrs(options, entry->name, entry->change, &timestamp);
  } else if (kind == "addToSet") {
    status = store->AddToSet(options, entry->name, entry->change, &timestamp);
  } else if (kind == "appendAttrs") {
    status =
        store->AppendAttrs(options, entry->name, entry->change, &timestamp);
  } else if (kind == "putItem") {
    status = store->PutItem(options, entry->name, entry->change, &timestamp);
  } else if (kind == "delItem") {
    status = store->DelItem(options, entry->name, &timestamp);
  } else if (kind == "putAttrs") {
    status = store->PutAttrs(options, entry->name, entry->change, &timestamp);
  } else {
    const std::string attribute =
        entry->change.substr(2, entry->change.size() - 4);
    status = store->DelAttrs(options, entry->name, {attribute}, &timestamp);
  }
  if (!timestamp.empty()) entry->timestamp = timestamp;
  return status;
}

void Actor::NoteWritten(Entry* entry, const Status& status) {
  if (status.ok()) entry->is_acknowledged = true;
  world_->ground.scheduler->Trace(
      entry->name + "/" + entry->timestamp + "/" + entry->operation + " " +
      entry->change + " in " + entry->site + ": " + status.ToString());
  Count(status.ok() ? "operation" : "operation: failed");
  if (status.ok()) world_->CheckKnown();
}

void Actor::Write() {
  Site* const site = AnySite();
  const Use use(world_, site);
  if (use.store() == nullptr) return;
  Entry* const entry = NewEntry(site);
  Status status = Write(use.store(), entry, "");
  world_->CheckStatus("a write", status, false);
  NoteWritten(entry, status);
  // Some writes are repeated, because the outcome is unknown or to make sure.
  if (entry->timestamp.empty() || Choose(status.ok() ? 20 : 2) != 0) return;
  world_->ground.scheduler->Sleep(milliseconds(Choose(3000)));
  status = Write(use.store(), entry, entry->timestamp);
  world_->CheckStatus("a repeated write", status, true);
  if (status.ok()) {
    Count("operation: repeated");
    NoteWritten(entry, status);
  }
}

void Actor::WriteAt() {
  Site* const site = AnySite();
  const Use use(world_, site);
  if (use.store() == nullptr) return;
  std::string timestamp;
  Status status = use.store()->NewTimestamp(&timestamp);
  world_->CheckStatus("a new timestamp", status, false);
  if (!status.ok()) return;
  if (Choose(2) == 0) {
    world_->ground.scheduler->Sleep(milliseconds(Choose(5000)));
  }
  Entry* const entry = NewEntry(site);
  status = Write(use.store(), entry, timestamp);
  world_->CheckStatus("a write with a timestamp", status, true);
  NoteWritten(entry, status);
  if (status.ok()) Count("operation: with a timestamp");
}

void Actor::Read() {
  Site* const site = AnySite();
  const Use use(world_, site);
  if (use.store() == nullptr) return;
  const std::string& name = AnyName();
  const auto before = world_->ledger.AcknowledgedAt(site->name(), name);
  Item item;
  const Status status = use.store()->GetItem(name, &item);
  world_->CheckStatus("a read", status, false);
  if (!status.ok()) return;
  Count("read");
  item.name = name;
  CheckLate(world_, site->name(), item);
  world_->ledger.CheckRead(site->name(), item, before);
}

void Actor::Flatten() {
  Site* const site = AnySite();
  const Use use(world_, site);
  if (use.store() == nullptr) return;
  const std::string& name = AnyName();
  FlattenOptions options;
  if (Choose(4) == 0) {
    Item item;
    const Status read = use.store()->GetItem(name, &item);
    world_->CheckStatus("a read", read, false);
    if (!read.ok()) return;
    if (Choose(2) == 0) {
      options.timestamp = item.timestamp;
    } else {
      options.hash = item.hash;
    }
  }
  FlattenResult result;
  const Status status = use.store()->Flatten(name, options, &result);
  world_->CheckStatus("a flatten", status, true);
  world_->ground.scheduler->Trace("flatten of " + name + " in " + site->name() +
                                  " to " + result.timestamp + ": " +
                                  status.ToString());
  if (status.ok() && result.folded > 0) {
    Count("flatten");
    world_->tally["flatten: folded"] += result.folded;
  }
  if (status.IsInvalidArgument()) Count("flatten: refused");
}

void Actor::FlattenAll() {
  Site* const site = AnySite();
  const Use use(world_, site);
  if (use.store() == nullptr) return;
  FlattenResult result;
  const Status status = use.store()->FlattenAll("", &result);
  world_->CheckStatus("a flatten of all", status, true);
  world_->ground.scheduler->Trace("flatten of all in " + site->name() + ": " +
                                  status.ToString());
  if (result.folded > 0) Count("flatten of all");
  world_->tally["flatten: folded"] += result.folded;
}

Status Meet(World* world, Site* a, Store* in_a, Site* b, Store* in_b,
            const SyncOptions& options) {
  auto* const scheduler = world->ground.scheduler;
  scheduler->Trace("sync of " + a->name() + " and " + b->name());
  if (a->backup != nullptr) a->backup->begun_since.insert(b);
  if (b->backup != nullptr) b->backup->begun_since.insert(a);
  SyncResult result;
  const Status status = Sync(in_a, in_b, options, &result);
  scheduler->Trace("sync of " + a->name() + " and " + b->name() + ", " +
                   std::to_string(result.items) + " items, " +
                   std::to_string(result.a.operations) + " and " +
                   std::to_string(result.b.operations) +
                   " records: " + status.ToString());
  world->CheckStatus("a sync", status, false);
  world->CheckKnown();
  if (!result.conflicts.empty()) {
    world->ground.violation("no two operations have one timestamp",
                            "a sync of " + a->name() + " and " + b->name() +
                                " met a conflict on " +
                                result.conflicts.front());
  }
  ++world->tally[status.ok() ? "sync: whole" : "sync: cut off"];
  if (result.first_meeting) ++world->tally["sync: first meeting"];
  world->tally["sync: held back"] += result.a.deferred + result.b.deferred;
  if (status.ok()) {
    if (a->backup != nullptr) a->backup->met_since.insert(b);
    if (b->backup != nullptr) b->backup->met_since.insert(a);
  }
  return status;
}

void Actor::Synchronize() {
  Site* const a = AnySite();
  Site* const b = AnySite();
  if (a == b) return;
  const Use in_a(world_, a);
  if (in_a.store() == nullptr) return;
  const Use in_b(world_, b);
  if (in_b.store() == nullptr) return;
  SyncOptions options;
  options.full = Choose(20) == 0;
  if (Choose(3) == 0) options.chunk_bytes = 1 + Choose(2000);
  bool is_canceled = Choose(30) == 0;
  if (is_canceled) options.progress = [](const SyncProgress&) { return false; };
  // Now and then one of the two processes ends during the sync.
  Process* const victim = Choose(2) == 0 ? in_a.process() : in_b.process();
  if (Choose(10) == 0) victim->life()->EndAfter(Choose(40));
  static_cast<void>(Meet(world_, a, in_a.store(), b, in_b.store(), options));
}

void Actor::DealWithLate() {
  Site* const site = AnySite();
  const Use use(world_, site);
  if (use.store() == nullptr) return;
  for (const std::string& name : world_->names) {
    Item item;
    const Status read = use.store()->GetItem(name, &item);
    world_->CheckStatus("a read", read, false);
    if (!read.ok()) return;
    item.name = name;
    CheckLate(world_, site->name(), item);
    if (item.late.empty()) continue;
    const LateRecord late = item.late[Choose(item.late.size())];
    const bool reapplies = late.operation != "~base" && Choose(2) == 0;
    world_->ledger.NoteLateDone(name, late, reapplies);
    const Status status = reapplies ? use.store()->Reapply({}, name, late.key)
                                    : use.store()->Settle({}, name, {late.key});
    world_->CheckStatus("dealing with what is late", status, true);
    world_->ground.scheduler->Trace((reapplies ? "reapply " : "settle ") +
                                    name + "/" + late.key + " in " +
                                    site->name() + ": " + status.ToString());
    if (status.ok()) Count(reapplies ? "late: reapplied" : "late: settled");
    return;
  }
}

// ------------------------------------------------------------------ accidents

void Actor::JumpClock() {
  Site* const site = AnySite();
  auto& processes = site->processes();
  OffsetClock& clock = processes[Choose(processes.size())]->clock;
  const Shape& shape = world_->shape;
  const bool is_far = shape.far_jumps && Choose(4) == 0;
  clock.offset = world_->AnyOffset(is_far ? 2 * kHourMs : shape.jump_ms);
  world_->ground.scheduler->Trace("a clock of " + site->name() +
                                  " jumps to an offset of " +
                                  std::to_string(clock.offset));
  Count("clock jump");
}

void Actor::EndProcess() {
  Site* const site = AnySite();
  auto& processes = site->processes();
  Process* const process = processes[Choose(processes.size())].get();
  if (Choose(3) == 0) {  // An orderly end.
    process->BeginAlone();
    process->Bury();
    process->EndAlone();
    Count("process closed");
    return;
  }
  if (process->life() == nullptr || process->life()->dead()) return;
  process->life()->EndAfter(Choose(15));
  world_->ground.scheduler->Trace(process->name() + " ends soon");
  Count(site->shared() ? "crash of a shared store's writer"
                       : "crash of an embedded store's writer");
}

void Actor::EndMachine() {
  Site* const site = AnyEmbedded();
  Process* const process = site->processes().front().get();
  // From now on nothing may reach the disk.
  if (process->life() == nullptr) return;
  process->life()->End();
  Disk* const disk = site->disk();
  const size_t lost = Choose(disk->unsynced() + 1);
  disk->Lose(lost);
  world_->ledger.NoteLoss(site->name(), site->records(), world_->AllRecords());
  world_->ground.scheduler->Trace("the machine of " + site->name() +
                                  " ends, and loses the last " +
                                  std::to_string(lost) + " writes");
  Count("crash of a machine");
  if (lost > 0) Count("crash of a machine: lost writes");
}

void Actor::Lull() {
  const std::vector<int64_t> kinds = {12'000, 70'000, 960'000};
  const int64_t lull = kinds[Choose(kinds.size())];
  world_->lull_until_ms = NowMs(world_) + lull;
  world_->ground.scheduler->Trace("a lull of " + std::to_string(lull));
  Count("lull");
}

}  // namespace dyno::sim
