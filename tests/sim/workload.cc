#include "sim/workload.h"

#include <algorithm>
#include <utility>

#include "sim/scan.h"

namespace dynamodown::sim {
namespace {

/// Values that fill pages: between a dozen and fifty of them fill a 1 MB page.
constexpr size_t kLargeBytes = 20'000;
constexpr size_t kLargeBytesMore = 60'000;
constexpr uint64_t kLargeOneIn = 40;
/// One in so many reads of one key, MultiGets and short scans is eventual.
constexpr uint64_t kEventualOneIn = 8;
/// Rare, because a side store takes as many requests as dozens of other calls.
constexpr uint64_t kSideStoreOneIn = 200;
/// A clock jumps up to this far, in either direction: mostly farther than the 5
/// minutes that signatures tolerate.
constexpr int64_t kClockJumpSeconds = 900;

}  // namespace

Workload::Workload(Environment environment, uint64_t seed)
    : environment_(std::move(environment)), random_(seed) {}

// ---- Choices ---------------------------------------------------------

std::string Workload::AnyKey() {
  return OneIn(6) ? OneOf(environment_.keys->bulk)
                  : OneOf(environment_.keys->plain);
}

/// Mostly small; some fill pages.
size_t Workload::AnyBytes() {
  if (OneIn(kLargeOneIn)) return kLargeBytes + Below(kLargeBytesMore);
  return OneIn(8) ? Below(3000) : Below(60);
}

WriteOptions Workload::AnyWriteOptions(BatchMode mode) {
  WriteOptions options;
  options.batch = mode;
  options.sync = OneIn(2);
  return options;
}

ReadOptions Workload::AnyReadOptions(bool* eventual) {
  ReadOptions options;
  *eventual = OneIn(kEventualOneIn);
  if (*eventual) {
    options.consistency = Consistency::kEventual;
  } else if (OneIn(2)) {
    options.consistency = Consistency::kStrong;
  }
  return options;
}

// ---- The client's clock ----------------------------------------------------

void Workload::JumpClock() {
  environment_.clock->Jump(static_cast<int64_t>(Below(2 * kClockJumpSeconds)) -
                           kClockJumpSeconds);
  environment_.scheduler->Trace("the client's clock jumps");
}

// ---- A client's life -------------------------------------------------------

int Workload::Run(Database* db, int calls) {
  static constexpr struct {
    int weight;
    Action action;
  } kMix[] = {
      {16, &Workload::Put},           {8, &Workload::Delete},
      {16, &Workload::Get},           {3, &Workload::MultiGetFew},
      {2, &Workload::MultiGetMany},   {8, &Workload::ScanShort},
      {2, &Workload::ScanLong},       {3, &Workload::ScanQuiet},
      {3, &Workload::Wander},         {5, &Workload::WriteAtomic},
      {3, &Workload::WriteUnordered}, {8, &Workload::WriteGroup},
      {8, &Workload::GetGroup},       {8, &Workload::WriteGroupIf},
      {4, &Workload::WriteIf},        {1, &Workload::Size},
      {1, &Workload::Refused},        {1, &Workload::JumpClock},
  };
  static constexpr int kWeights = [] {
    int sum = 0;
    for (const auto& row : kMix) sum += row.weight;
    return sum;
  }();
  db_ = db;
  int done = 0;
  for (; done < calls && !dead(); ++done) {
    if (OneIn(kSideStoreOneIn)) {
      SideStore();
      continue;
    }
    auto at = static_cast<int>(Below(kWeights));
    for (const auto& row : kMix) {
      if ((at -= row.weight) >= 0) continue;
      (this->*row.action)();
      break;
    }
  }
  return done;
}

void Workload::ReadAll(Database* db) {
  db_ = db;
  for (const bool forward : {true, false}) {
    for (const bool keys_only : {false, true}) {
      Bounds bounds;
      bounds.keys_only = keys_only;
      const Call call =
          Begin(std::string("read all ") +
                (forward ? "forwards" : "backwards") + Describe(bounds));
      const TrafficScope scope(call.traffic);
      Scan scan(environment_.history, environment_.violation, call.entry,
                bounds, environment_.keys->all, false,
                std::unique_ptr<leveldb::Iterator>(
                    db->NewIterator(ReadOptions(), bounds)));
      bool there = forward ? scan.First() : scan.Last();
      while (there) there = forward ? scan.Next() : scan.Prev();
      EndRead(call, scan.status());
    }
  }
  MultiGet(environment_.keys->all);
  List();
  for (const std::string& key : environment_.keys->plain) GetKey(key);
  for (size_t group = 0; group < environment_.keys->groups.size(); ++group) {
    for (const std::string& key : environment_.keys->groups[group]) {
      GetMember(group, key);
    }
  }
}

}  // namespace dynamodown::sim
