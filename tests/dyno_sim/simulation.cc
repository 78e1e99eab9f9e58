#include "dyno_sim/simulation.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <memory>

#include "dyno_sim/steps.h"
#include "sim/seeds.h"

namespace dyno::sim {
namespace {

using dynamodown::SimScheduler;
using dynamodown::sim::Tally;
using leveldb::Status;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr int kEmbedded = 3;
constexpr int kWriters = 3;
constexpr size_t kRecordsShown = 12;  // Per item and store.
constexpr size_t kBytesShown = 400;
/// Slots of dead writers are closed after 15 minutes; late requests arrive
/// within 5.
constexpr minutes kUntilTheDeadAreClosed(16);

class Simulation {
 public:
  Simulation(uint64_t seed, size_t trace_lines_max, Tally* tally)
      : scheduler_(seed, trace_lines_max),
        world_(
            Shape(seed), &scheduler_, tally,
            [this, seed](const std::string& rule, const std::string& details) {
              dynamodown::sim::EndWith(seed, scheduler_, "./dev dyno-sim", rule,
                                       details + RecordsNamedIn(details));
            }) {}

  void Run(int steps);
  const SimScheduler& scheduler() const { return scheduler_; }

 private:
  /// The stores' records of the items that `text` names.
  std::string RecordsNamedIn(const std::string& text) const;
  void SetFaults(bool on);
  void MeetAll();
  void BeRight();
  void CheckEqual(bool flattened);
  void FlattenAll();
  Store* Open(Site* site) {
    Store* const store = site->processes().front()->Open();
    if (store == nullptr) world_.ground.violation("a store opens", "");
    return store;
  }

  SimScheduler scheduler_;
  World world_;
};

std::string Simulation::RecordsNamedIn(const std::string& text) const {
  std::string found;
  for (const std::string& name : world_.names) {
    const size_t at = text.find(name);
    if (at == std::string::npos) continue;
    const size_t end = at + name.size();
    if (end < text.size() && std::isdigit(text[end]) != 0) continue;
    for (const auto& site : world_.sites) {
      found += "\n" + name + " in " + site->name() + ":";
      const auto& records = site->records();
      size_t shown = 0;
      for (auto record = records.lower_bound(name + "/");
           record != records.end() && record->first < name + "0" &&
           shown < kRecordsShown;
           ++record, ++shown) {
        found += "\n  " + record->first + " " +
                 record->second.substr(0, kBytesShown);
      }
    }
  }
  return found;
}

void Simulation::SetFaults(bool on) {
  world_.ground.disk_failures = on ? world_.shape.disk_failures : 0;
  world_.sites.front()->table()->set_faults(on ? world_.shape.faults
                                               : TableFaults());
}

void Simulation::MeetAll() {
  auto& sites = world_.sites;
  for (size_t i = 0; i < sites.size(); ++i) {
    for (size_t j = i + 1; j < sites.size(); ++j) {
      scheduler_.Sleep(milliseconds(10));
      const Status status = Meet(&world_, sites[i].get(), Open(sites[i].get()),
                                 sites[j].get(), Open(sites[j].get()));
      if (!status.ok()) {
        world_.ground.violation("without faults a sync is whole",
                                status.ToString());
      }
    }
  }
}

/// Ends all faults, sets the clocks right, and waits until no timestamp is
/// ahead of the clocks.
void Simulation::BeRight() {
  SetFaults(false);
  for (const auto& site : world_.sites) {
    for (const auto& process : site->processes()) {
      if (process->life() != nullptr) process->life()->Survive();
      process->clock.offset = 0;
    }
  }
  scheduler_.Sleep(milliseconds(world_.offset_max_ms) + minutes(6));
}

void Simulation::CheckEqual(bool flattened) {
  for (const std::string& name : world_.names) {
    Item first;
    for (const auto& site : world_.sites) {
      const std::string where = name + " in " + site->name();
      Item item;
      const Status status = Open(site.get())->GetItem(name, &item);
      if (!status.ok()) {
        world_.ground.violation("without faults items can be read",
                                where + ": " + status.ToString());
      }
      item.name = name;
      world_.ledger.CheckStore(site->name(), item, site->records());
      if (!world_.shape.strangers && !item.late.empty()) {
        world_.ground.violation("without strangers nothing is late",
                                where + ": " + item.late.front().key);
      }
      world_.tally["late at the end"] += item.late.size();
      if (flattened && item.late.empty() && item.changes > 0) {
        const Records records = RecordsOf(site->records(), name);
        const View view = ViewOf(records);
        if (!view.live.empty()) {
          StoreStatus state;
          static_cast<void>(GetStatus(Open(site.get()), &state));
          std::string held;
          for (const std::string& each : state.held_by) held += " " + each;
          world_.ground.violation(
              "in the end all can be flattened",
              where + " still has " + view.live.front()->key +
                  "; flattened is up to " + state.watermark + ", held back by" +
                  held);
        }
      }
      if (site == world_.sites.front()) {
        first = item;
        continue;
      }
      const auto keys_of = [](const Item& each) {
        std::vector<std::string> keys;
        for (const LateRecord& late : each.late) {
          keys.push_back(late.key + " " + late.change);
        }
        std::sort(keys.begin(), keys.end());
        return keys;
      };
      if (item.json != first.json || item.hash != first.hash ||
          item.changes != first.changes || keys_of(item) != keys_of(first)) {
        world_.ground.violation(
            "stores end equal",
            where + " is\n" + item.json + "\n" + item.hash + ", " +
                std::to_string(item.changes) + " changes, " +
                std::to_string(item.late.size()) + " late; in " +
                world_.sites.front()->name() + " it is\n" + first.json + "\n" +
                first.hash + ", " + std::to_string(first.changes) +
                " changes, " + std::to_string(first.late.size()) + " late");
      }
    }
  }
}

/// A flatten is not announced to other stores: each flattens its own.
void Simulation::FlattenAll() {
  for (const auto& site : world_.sites) {
    FlattenResult result;
    const Status status = Open(site.get())->FlattenAll("", &result);
    scheduler_.Trace("flatten of all in " + site->name() + ": " +
                     status.ToString());
    if (!status.ok() && !status.IsInvalidArgument()) {
      world_.ground.violation("without faults a flatten is done",
                              status.ToString());
    }
    world_.tally["flatten at the end: folded"] += result.folded;
  }
}

void Simulation::Run(int steps) {
  world_.AddSite(true, kWriters);
  for (int i = 0; i < kEmbedded; ++i) world_.AddSite(false, 1);
  if (!world_.shape.strangers || world_.Choose(2) == 0) {
    for (int round = 0; round < 2; ++round) MeetAll();
  }
  SetFaults(true);
  for (const auto& site : world_.sites) {
    for (const auto& process : site->processes()) {
      process->clock.offset = world_.AnyOffset(world_.shape.jump_ms);
    }
  }
  const int actors = world_.shape.actors;
  std::vector<std::unique_ptr<Actor>> all;
  for (int i = 0; i < actors; ++i) {
    all.push_back(std::make_unique<Actor>(&world_));
    const int own = steps / actors + (i < steps % actors ? 1 : 0);
    scheduler_.Spawn("actor " + std::to_string(i + 1),
                     [actor = all.back().get(), own] {
                       for (int step = 0; step < own; ++step) actor->Step();
                     });
  }
  scheduler_.RunAll();

  BeRight();
  MeetAll();
  // After this, processes see the dead writers' slots for the second time, and
  // close them.
  scheduler_.Sleep(kUntilTheDeadAreClosed);
  for (int round = 0; round < 3; ++round) MeetAll();
  CheckEqual(false);
  FlattenAll();
  for (int round = 0; round < 2; ++round) MeetAll();
  CheckEqual(true);
}

}  // namespace

uint64_t RunSeed(const SeedSettings& settings, Tally* tally) {
  const size_t trace_lines_max = settings.at_end ? SimScheduler::kWholeTrace
                                                 : SimScheduler::kTraceLinesMax;
  Simulation simulation(settings.seed, trace_lines_max, tally);
  simulation.Run(settings.steps);
  if (settings.at_end) settings.at_end(simulation.scheduler());
  return simulation.scheduler().trace_hash();
}

const std::vector<std::pair<std::string, uint64_t>>& MinimumCounts() {
  static const auto* const counts =
      // About a third of the actual counts.
      new std::vector<std::pair<std::string, uint64_t>>{
          {"backup", 340},
          {"clock jump", 1'000},
          {"copy", 120},
          {"copy: refused", 110},
          {"crash of a machine", 460},
          {"crash of a machine: lost writes", 110},
          {"crash of a shared store's writer", 450},
          {"crash of an embedded store's writer", 470},
          {"disk write failed", 140},
          {"flatten", 530},
          {"flatten at the end: folded", 86'000},
          {"flatten of all", 390},
          {"flatten: folded", 6'500},
          {"flatten: refused", 4'200},
          {"forget", 140},
          {"join", 120},
          {"late at the end", 5'000},
          {"late: reapplied", 31},
          {"late: settled", 55},
          {"lull", 480},
          {"operation", 22'000},
          {"operation: failed", 2'200},
          {"operation: repeated", 910},
          {"operation: with a timestamp", 1'700},
          {"process closed", 500},
          {"read", 3'300},
          {"request: late", 680},
          {"request: lost", 710},
          {"request: refused", 1'600},
          {"request: silent", 670},
          {"request: slow", 7'600},
          {"request: stuck", 2'800},
          {"request: twice", 880},
          {"restore", 57},
          {"restore: of no use", 33},
          {"restore: seen by another store", 14},
          {"sync: cut off", 2'300},
          {"sync: first meeting", 3'400},
          {"sync: held back", 14'000},
          {"sync: whole", 17'000},
      };
  return *counts;
}

}  // namespace dyno::sim
