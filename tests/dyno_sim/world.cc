#include "dyno_sim/world.h"

#include <algorithm>
#include <random>
#include <utility>

namespace dyno::sim {

using dynamodown::sim::Tally;
using dynamodown::sim::Violation;
using leveldb::Status;

Shape::Shape(uint64_t a_seed) : seed(a_seed) {
  std::mt19937_64 random(seed * 2 + 1);
  const auto below = [&random](uint64_t n) { return random() % n; };
  strangers = seed % 2 == 0;
  actors = 1 + static_cast<int>(below(8));
  names = std::vector<int>{2, 6, 20, 40}[below(4)];
  pace_ms = std::vector<uint64_t>{20, 1000, 8000}[below(3)];
  jump_ms = std::vector<uint64_t>{0, 2000, 40'000, 300'000}[below(4)];
  far_jumps = below(8) == 0;
  disk_failures = below(3) == 0 ? 10 : 0;
  const std::vector<uint64_t> rates = {0, 5, 30};
  const uint64_t rate = rates[below(3)];
  const uint64_t slow = std::vector<uint64_t>{0, 10, 80}[below(3)];
  faults = {slow, rate, rate, rate, rate, 3 * rate};
  faults.stuck = std::vector<uint64_t>{0, 30, 250}[below(3)];
  faults.stuck_kind = static_cast<TableFaults::Kind>(below(3));
}

World::World(const Shape& a_shape, dynamodown::SimScheduler* scheduler,
             Tally* a_tally, Violation violation)
    : shape(a_shape), tally(*a_tally), ledger(violation) {
  ground.scheduler = scheduler;
  ground.tally = a_tally;
  ground.violation = std::move(violation);
  ground.seed = shape.seed;
  for (int i = 0; i < shape.names; ++i) {
    names.push_back((i % 4 == 1 ? "wild" : "item") + std::to_string(i));
  }
}

Site* World::AddSite(bool shared, int processes) {
  const std::string name = shared ? "table" : "disk";
  sites.push_back(std::make_unique<Site>(
      &ground, name + std::to_string(sites.size()), shared, processes));
  return sites.back().get();
}

int64_t World::AnyOffset(uint64_t most_ms) {
  const int64_t offset = static_cast<int64_t>(Choose(2 * most_ms + 1)) -
                         static_cast<int64_t>(most_ms);
  offset_max_ms = std::max(offset_max_ms, offset);
  return offset;
}

std::vector<const RecordMap*> World::AllRecords() const {
  std::vector<const RecordMap*> all;
  for (const auto& site : sites) all.push_back(&site->records());
  return all;
}

void World::CheckKnown() {
  for (const auto& site : sites) {
    if (!site->shared()) ledger.CheckKnown(site->name(), site->records());
  }
}

Use::Use(World* world, Site* site) {
  auto& processes = site->processes();
  process_ = processes[world->Choose(processes.size())].get();
  store_ = process_->Acquire();
}

Use::~Use() {
  if (store_ != nullptr) process_->Release();
}

void World::CheckStatus(const char* what, const Status& status,
                        bool may_be_invalid) {
  if (status.ok() || status.IsIOError()) return;
  if (may_be_invalid && status.IsInvalidArgument()) return;
  ground.violation("a call fails only for what was done to it",
                   std::string(what) + ": " + status.ToString());
}

}  // namespace dyno::sim
