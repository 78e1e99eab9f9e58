// Scans in both directions, complete and partial.

#include "sim/workload.h"

#include <algorithm>

#include "sim/scan.h"

namespace dynamodown::sim {
using leveldb::Status;

void Workload::ScanShort() {
  const Bounds bounds = AnyBounds();
  bool eventual;
  const ReadOptions options = AnyReadOptions(&eventual);
  const bool forward = !OneIn(3);
  const Call call =
      Begin(std::string(eventual ? "eventual " : "") + "scan " +
            (forward ? "forwards" : "backwards") + Describe(bounds));
  const TrafficScope scope(call.traffic);
  Scan scan(
      environment_.history, environment_.violation, call.entry, bounds,
      KeysWithin(bounds, environment_.keys->all), eventual,
      std::unique_ptr<leveldb::Iterator>(db_->NewIterator(options, bounds)));
  uint64_t steps = Below(12);
  bool there = forward ? scan.First() : scan.Last();
  for (; there && steps > 0; --steps) {
    there = forward ? scan.Next() : scan.Prev();
  }
  EndRead(call, scan.status());
}

void Workload::ScanLong() {
  const Bounds bounds = OneIn(2) ? Bounds() : AnyBounds();
  const bool forward = OneIn(2);
  const bool deletes = OneIn(3);
  const Call call =
      Begin(std::string("scan all ") + (forward ? "forwards" : "backwards") +
            Describe(bounds) + (deletes ? ", deleting some" : ""));
  const TrafficScope scope(call.traffic);
  Scan scan(environment_.history, environment_.violation, call.entry, bounds,
            KeysWithin(bounds, environment_.keys->all), false,
            std::unique_ptr<leveldb::Iterator>(
                db_->NewIterator(ReadOptions(), bounds)));
  bool there = forward ? scan.First() : scan.Last();
  while (there) {
    const std::vector<std::string>& bulk = environment_.keys->bulk;
    if (deletes && OneIn(15) && !dead() &&
        std::binary_search(bulk.begin(), bulk.end(), scan.key())) {
      DeleteKey(scan.key());
    }
    there = forward ? scan.Next() : scan.Prev();
  }
  EndRead(call, scan.status());
}

/// Scans keys that never change: the result must be exact.
void Workload::ScanQuiet() {
  Bounds bounds;
  const std::vector<std::string>& quiet = environment_.keys->quiet;
  if (OneIn(2)) {
    bounds.prefix = kQuietPrefix;
  } else {
    const std::string from = OneOf(quiet);
    const std::string to = OneOf(quiet);
    (OneIn(2) ? bounds.gte : bounds.gt) = from;
    (OneIn(2) ? bounds.lte : bounds.lt) = to;
  }
  bounds.keys_only = OneIn(4);
  if (OneIn(4)) bounds.expected = OneIn(2) ? 1 + Below(40) : 1'000'000;
  const std::vector<std::string> domain = KeysWithin(bounds, quiet);
  const bool forward = OneIn(2);
  const Call call =
      Begin(std::string("scan quiet keys ") +
            (forward ? "forwards" : "backwards") + Describe(bounds));
  const TrafficScope scope(call.traffic);
  Scan scan(environment_.history, environment_.violation, call.entry, bounds,
            domain, false,
            std::unique_ptr<leveldb::Iterator>(
                db_->NewIterator(ReadOptions(), bounds)));
  size_t seen = 0;
  for (bool there = forward ? scan.First() : scan.Last(); there;
       there = forward ? scan.Next() : scan.Prev()) {
    ++seen;
  }
  if (scan.status().ok() && seen != domain.size()) {
    environment_.violation("a scan skips nothing",
                           call.entry->text + " found " + std::to_string(seen) +
                               " of " + std::to_string(domain.size()) +
                               " keys");
  }
  EndRead(call, scan.status());
}

/// Moves an iterator back and forth.
void Workload::Wander() {
  const Bounds bounds = AnyBounds();
  const Call call = Begin("wander" + Describe(bounds));
  const TrafficScope scope(call.traffic);
  Scan scan(environment_.history, environment_.violation, call.entry, bounds,
            KeysWithin(bounds, environment_.keys->all), false,
            std::unique_ptr<leveldb::Iterator>(
                db_->NewIterator(ReadOptions(), bounds)));
  bool there = false;
  for (uint64_t steps = 5 + Below(25); steps > 0; --steps) {
    // An iterator keeps its failure, so the rest is unknown.
    if (!scan.status().ok()) break;
    const uint64_t move = Below(there ? 12 : 3);
    there = move == 0   ? scan.First()
            : move == 1 ? scan.Last()
            : move == 2 ? scan.Seek(NearKey())
            : move < 8  ? scan.Next()
                        : scan.Prev();
  }
  EndRead(call, scan.status());
}

void Workload::AbandonScan(Database* db) {
  db_ = db;
  const Call call = Begin("abandon a scan");
  const TrafficScope scope(call.traffic);
  Status status;
  {
    const Bounds bounds;
    Scan scan(environment_.history, environment_.violation, call.entry, bounds,
              environment_.keys->all, false,
              std::unique_ptr<leveldb::Iterator>(
                  db->NewIterator(ReadOptions(), bounds)));
    bool there = scan.First();
    for (int i = 0; there && i < 3; ++i) there = scan.Next();
    status = scan.status();
  }
  EndRead(call, status);
}

Bounds Workload::AnyBounds() {
  Bounds bounds;
  switch (Below(8)) {
    case 0:
      bounds.gt = NearKey();
      break;
    case 1:
    case 2:
      bounds.gte = NearKey();
      break;
    default:
      break;
  }
  switch (Below(8)) {
    case 0:
    case 1:
      bounds.lt = NearKey();
      break;
    case 2:
      bounds.lte = NearKey();
      break;
    default:
      break;
  }
  if (OneIn(5)) {
    const std::string key = OneOf(environment_.keys->all);
    bounds.prefix = key.substr(0, Below(key.size() + 1));
  }
  bounds.keys_only = OneIn(5);
  if (OneIn(4)) bounds.expected = OneIn(2) ? 1 + Below(40) : 1'000'000;
  return bounds;
}

/// A key, or a direct neighbour of one.
std::string Workload::NearKey() {
  std::string key = OneOf(environment_.keys->all);
  switch (Below(6)) {
    case 0:
      key.push_back('\0');
      break;
    case 1:
      if (!key.empty()) key.pop_back();
      break;
    default:
      break;
  }
  return key;
}

}  // namespace dynamodown::sim
