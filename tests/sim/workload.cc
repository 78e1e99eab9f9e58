#include "sim/workload.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "leveldb/write_batch.h"
#include "sim/scan.h"

namespace dynamodown::sim {
namespace {

using leveldb::Status;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr char kLocation[] = "table/store";
constexpr int kTriesMax = 200;

bool Has(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

/// By a condition, and not by others' transactions. (The name of the condition
/// does not tell: the key may be the empty one.)
bool IsDenied(const Status& status) {
  return KindOf(status) == StatusKind::kConflict &&
         Has(status.ToString(), "the condition on key");
}

Sight Is(ValueId value) { return {Sight::Kind::kIs, value}; }
Sight IsNot(ValueId value) { return {Sight::Kind::kIsNot, value}; }

}  // namespace

Workload::Workload(Bench bench, uint64_t seed)
    : bench_(std::move(bench)), random_(seed) {}

// ---- What is chosen --------------------------------------------------------

std::string Workload::AnyKey() {
  return OneIn(6) ? OneOf(bench_.keys->bulk) : OneOf(bench_.keys->plain);
}

/// Mostly small; some that fill pages.
size_t Workload::AnyBytes() {
  if (OneIn(40)) return 20'000 + Below(60'000);
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
  *eventual = OneIn(8);
  if (*eventual) {
    options.consistency = Consistency::kEventual;
  } else if (OneIn(2)) {
    options.consistency = Consistency::kStrong;
  }
  return options;
}

/// A key, or what lies right beside one.
std::string Workload::NearKey() {
  std::string key = OneOf(bench_.keys->all);
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
    const std::string key = OneOf(bench_.keys->all);
    bounds.prefix = key.substr(0, Below(key.size() + 1));
  }
  bounds.keys_only = OneIn(5);
  if (OneIn(4)) bounds.expected = OneIn(2) ? 1 + Below(40) : 1'000'000;
  return bounds;
}

// ---- Calls and their verdicts ----------------------------------------------

Workload::Call Workload::Begin(const std::string& text) {
  return {bench_.history->Begin(bench_.client, text),
          std::make_shared<Traffic>()};
}

Ending Workload::End(const Call& call, const Status& status) {
  const Ending ending = Judge(call, status);
  CallEntry* const entry = call.entry;
  entry->effects_max = call.traffic->unclear + (call.traffic->done > 0);
  entry->late = call.traffic->late > 0;
  bench_.history->End(entry, ending, status.ToString());
  return ending;
}

void Workload::EndRead(const Call& call, const Status& status) {
  End(call, status.IsNotFound() ? Status::OK() : status);
}

Ending Workload::Judge(const Call& call, const Status& status) {
  if (dead()) return Ending::kUnknown;
  ++(*bench_.counts)->calls;
  if (status.ok()) return Ending::kAcknowledged;
  ++(*bench_.counts)->failed;
  Explain(call, status);
  const std::string text = status.ToString();
  return Has(text, "nothing was written") ||
                 Has(text, "nothing of the batch was written")
             ? Ending::kRefused
             : Ending::kUnknown;
}

/// What may make a call fail, and that all was tried before.
void Workload::Explain(const Call& call, const Status& status) {
  const std::string text = status.ToString();
  const auto violate = [&](const std::string& rule) {
    bench_.violation(rule, "#" + std::to_string(call.entry->number) + " " +
                               bench_.client + ": " + call.entry->text + "\n" +
                               text);
  };
  if (!*bench_.faults && bench_.usual_options) {
    violate("every call succeeds when nothing fails");
  }
  const bool one_attempt = bench_.options.retry.max_attempts == 1;
  switch (KindOf(status)) {
    case StatusKind::kThrottled:
    case StatusKind::kUnavailable:
    case StatusKind::kTimeout:
    case StatusKind::kConflict:
    case StatusKind::kCorruption:
      if (Has(text, "at the deadline")) {
        ++(*bench_.tally)["gave up: deadline"];
      } else if (Has(text, "too many calls are failing")) {
        ++(*bench_.tally)["gave up: budget"];
      } else if (Has(text, "; gave up after")) {
        ++(*bench_.tally)["gave up: attempts"];
      } else if (!one_attempt) {
        violate("what may pass is tried again");
      }
      return;
    case StatusKind::kDenied:
    case StatusKind::kCredentials: {
      const Traffic& traffic = *call.traffic;
      const int least = one_attempt ? 1 : 2;
      if (traffic.clock_skews < least && traffic.expired_tokens < least) {
        violate("a wrong clock and an expired token are mended");
      }
      ++(*bench_.tally)["gave up: mended before"];
      return;
    }
    default:
      violate("a call fails only as its documentation says");
  }
}

// ---- One key ---------------------------------------------------------------

void Workload::Put() {
  const std::string key = AnyKey();
  ValueId id;
  const std::string value = bench_.history->NewValue(key, AnyBytes(), &id);
  const Call call = Begin("Put " + KeyText(key) + " v" + std::to_string(id));
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->Put(AnyWriteOptions(BatchMode::kStoreDefault), key, value);
  }
  End(call, status);
  bench_.history->Wrote(key, id, call.entry, false);
}

void Workload::Delete() { DeleteKey(AnyKey()); }

void Workload::DeleteKey(const std::string& key) {
  const Call call = Begin("Delete " + KeyText(key));
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->Delete(AnyWriteOptions(BatchMode::kStoreDefault), key);
  }
  End(call, status);
  bench_.history->Wrote(key, kNothing, call.entry, false);
}

void Workload::Get() {
  GetKey(OneIn(10) ? OneOf(bench_.keys->quiet) : AnyKey());
}

void Workload::GetKey(const std::string& key) {
  bool eventual;
  const ReadOptions options = AnyReadOptions(&eventual);
  const Call call =
      Begin(std::string(eventual ? "eventual " : "") + "Get " + KeyText(key));
  std::string text;
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->Get(options, key, &text);
  }
  EndRead(call, status);
  if (!status.ok() && !status.IsNotFound()) return;
  const ValueId value =
      status.ok() ? bench_.history->ValueOf(key, text) : kNothing;
  if (eventual) {
    bench_.history->SawOnce(key, value, call.entry->end, call.entry);
    return;
  }
  last_seen_[key] = status.ok() ? text : "";
  bench_.history->Saw(key, Is(value), call.entry->call, call.entry->end,
                      call.entry);
}

// ---- Many keys -------------------------------------------------------------

void Workload::MultiGetFew() {
  std::vector<std::string> keys;
  for (uint64_t n = Below(20); n > 0; --n) {
    keys.push_back(OneOf(bench_.keys->all));
  }
  MultiGet(keys);
}

void Workload::MultiGetMany() {
  std::vector<std::string> keys = bench_.keys->all;
  std::shuffle(keys.begin(), keys.end(), random_);
  keys.resize(101 + Below(keys.size() - 100));
  keys.push_back(keys.front());
  MultiGet(keys);
}

void Workload::MultiGet(const std::vector<std::string>& keys) {
  bool eventual;
  const ReadOptions options = AnyReadOptions(&eventual);
  const Call call = Begin(std::string(eventual ? "eventual " : "") +
                          "MultiGet of " + std::to_string(keys.size()));
  std::vector<leveldb::Slice> slices(keys.begin(), keys.end());
  const std::string too_long(1025, 'c');
  slices.push_back(too_long);
  std::vector<std::string> values;
  std::vector<Status> statuses;
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->MultiGet(options, slices, &values, &statuses);
  }
  EndRead(call, status);
  if (!statuses.back().IsNotFound()) {
    bench_.violation("a key that cannot be stored is not found",
                     statuses.back().ToString());
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!statuses[i].ok() && !statuses[i].IsNotFound()) {
      if (status.ok()) {
        bench_.violation("MultiGet is OK when every key is", call.entry->text);
      }
      continue;
    }
    const ValueId value = statuses[i].ok()
                              ? bench_.history->ValueOf(keys[i], values[i])
                              : kNothing;
    if (eventual) {
      bench_.history->SawOnce(keys[i], value, call.entry->end, call.entry);
    } else {
      bench_.history->Saw(keys[i], Is(value), call.entry->call, call.entry->end,
                          call.entry);
    }
  }
}

leveldb::WriteBatch Workload::Batch(const std::vector<std::string>& keys,
                                    uint64_t deletes_of_10,
                                    std::vector<Write>* writes) {
  leveldb::WriteBatch batch;
  for (const std::string& key : keys) {
    // Of several on one key the last counts.
    ValueId id;
    if (OneIn(12)) batch.Put(key, bench_.history->NewValue(key, 5, &id));
    if (OneIn(12)) batch.Delete(key);
    if (Below(10) < deletes_of_10) {
      batch.Delete(key);
      writes->push_back({key, kNothing});
    } else {
      const size_t bytes = keys.size() > 30 ? Below(100) : AnyBytes();
      batch.Put(key, bench_.history->NewValue(key, bytes, &id));
      writes->push_back({key, id});
    }
  }
  return batch;
}

void Workload::WriteAtomic() {
  std::vector<std::string> keys;
  if (OneIn(8)) {
    keys = bench_.keys->bulk;
    std::shuffle(keys.begin(), keys.end(), random_);
    keys.resize(std::min<size_t>(keys.size(), 100));
  } else {
    std::set<std::string> chosen;
    for (uint64_t n = 1 + Below(6); n > 0; --n) chosen.insert(AnyKey());
    keys.assign(chosen.begin(), chosen.end());
    std::shuffle(keys.begin(), keys.end(), random_);
  }
  std::vector<Write> writes;
  leveldb::WriteBatch batch = Batch(keys, 3, &writes);
  const Call call = Begin("Write of " + std::to_string(keys.size()));
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->Write(AnyWriteOptions(BatchMode::kAtomic), &batch);
  }
  End(call, status);
  for (const Write& write : writes) {
    bench_.history->Wrote(write.key, write.value, call.entry,
                          writes.size() > 1);
  }
}

void Workload::WriteUnordered() {
  std::vector<std::string> keys = bench_.keys->bulk;
  if (OneIn(2)) {
    keys.insert(keys.end(), bench_.keys->plain.begin(),
                bench_.keys->plain.end());
  }
  std::shuffle(keys.begin(), keys.end(), random_);
  keys.resize(std::min<size_t>(keys.size(), 1 + Below(OneIn(3) ? 25 : 140)));
  std::vector<Write> writes;
  leveldb::WriteBatch batch = Batch(keys, OneIn(4) ? 9 : 2, &writes);
  const Call call = Begin("unordered Write of " + std::to_string(keys.size()));
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->Write(AnyWriteOptions(BatchMode::kUnordered), &batch);
  }
  End(call, status);
  for (const Write& write : writes) {
    bench_.history->Wrote(write.key, write.value, call.entry, false);
  }
}

// ---- Groups ----------------------------------------------------------------

leveldb::WriteBatch Workload::GroupBatch(size_t group,
                                         std::vector<Write>* writes) {
  leveldb::WriteBatch batch;
  const bool erase = OneIn(5);
  const std::vector<std::string>& keys = bench_.keys->groups[group];
  for (const std::string& key : keys) {
    if (erase) {
      batch.Delete(key);
      writes->push_back({key, kNothing});
      continue;
    }
    ValueId id;
    batch.Put(key, bench_.history->NewValue(key, Below(40), &id));
    writes->push_back({key, id});
    bench_.history->NameSet(id, writes->front().value);
  }
  return batch;
}

void Workload::WroteGroup(size_t group, const std::vector<Write>& writes,
                          const CallEntry* entry,
                          std::optional<Sight> condition) {
  bench_.history->Wrote(GroupName(group), writes.front().value, entry, true,
                        condition);
  for (const Write& write : writes) {
    bench_.history->Wrote(write.key, write.value, entry, true);
  }
}

void Workload::WriteGroup() {
  const size_t group = Below(bench_.keys->groups.size());
  std::vector<Write> writes;
  leveldb::WriteBatch batch = GroupBatch(group, &writes);
  const Call call = Begin("Write of " + GroupName(group) + " v" +
                          std::to_string(writes.front().value));
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->Write(AnyWriteOptions(BatchMode::kAtomic), &batch);
  }
  End(call, status);
  WroteGroup(group, writes, call.entry, std::nullopt);
}

void Workload::GetMember(size_t group, const std::string& key) {
  const Call call = Begin("Get " + KeyText(key) + " of " + GroupName(group));
  std::string text;
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->Get(ReadOptions(), key, &text);
  }
  EndRead(call, status);
  if (!status.ok() && !status.IsNotFound()) return;
  const ValueId value =
      status.ok() ? bench_.history->ValueOf(key, text) : kNothing;
  last_seen_[key] = status.ok() ? text : "";
  bench_.history->Saw(key, Is(value), call.entry->call, call.entry->end,
                      call.entry);
  bench_.history->Saw(GroupName(group), Is(bench_.history->SetOf(value)),
                      call.entry->call, call.entry->end, call.entry);
}

void Workload::GetGroup() {
  const size_t group = Below(bench_.keys->groups.size());
  std::vector<std::string> keys = bench_.keys->groups[group];
  std::shuffle(keys.begin(), keys.end(), random_);
  for (const std::string& key : keys) {
    if (!dead()) GetMember(group, key);
  }
}

void Workload::WriteGroupIf() {
  const size_t group = Below(bench_.keys->groups.size());
  const std::string key = OneOf(bench_.keys->groups[group]);
  if (OneIn(2)) GetMember(group, key);
  if (dead()) return;
  const std::string seen = last_seen_[key];
  Condition condition = Condition::Absent(key);
  Sight sight = Is(kNothing);
  if (!seen.empty() && !OneIn(6)) {
    condition = Condition::Equals(key, seen);
    sight = Is(bench_.history->SetOf(bench_.history->ValueOf(key, seen)));
  } else if (OneIn(3)) {
    condition = Condition::Present(key);
    sight = IsNot(kNothing);
  }
  std::vector<Condition> conditions = {condition};
  const std::string& quiet = OneOf(bench_.keys->quiet);
  if (OneIn(2)) conditions.push_back(Condition::Present(quiet));
  if (OneIn(3)) conditions.push_back(Condition::Absent(kNeverKey));
  const bool hopeless = OneIn(10);
  if (hopeless) conditions.push_back(Condition::Absent(bench_.keys->quiet[0]));
  if (hopeless && &quiet == &bench_.keys->quiet[0]) return;
  std::shuffle(conditions.begin(), conditions.end(), random_);
  std::vector<Write> writes;
  leveldb::WriteBatch batch = GroupBatch(group, &writes);

  const Call call = Begin(
      "WriteIf of " + GroupName(group) + " v" +
      std::to_string(writes.front().value) + " if " + KeyText(key) +
      (condition.kind == Condition::Kind::kAbsent    ? " is absent"
       : condition.kind == Condition::Kind::kPresent ? " is present"
                                                     : " is " + KeyText(seen)));
  std::string conflict;
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->WriteIf(AnyWriteOptions(BatchMode::kAtomic), &batch,
                          conditions, &conflict);
  }
  const bool denied = IsDenied(status);
  if (!denied || dead()) {
    End(call, status);
    if (hopeless && status.ok()) {
      bench_.violation("a condition that does not hold denies the write",
                       call.entry->text);
    }
    WroteGroup(group, writes, call.entry, sight);
    return;
  }
  EndDenied(call, status);
  if (hopeless && conflict == bench_.keys->quiet[0]) {
    // It may be that the other did not hold either.
    if (call.entry->ending == Ending::kRefused) return;
    WroteGroup(group, writes, call.entry, sight);
    return;
  }
  if (conflict != key) NameConflict(call, conflict);
  ++(*bench_.tally)["conflict"];
  WroteGroup(group, writes, call.entry, sight);
  bench_.history->Denied(GroupName(group), sight, call.entry);
}

/// A condition that did not hold: an answer, and no failure. An earlier attempt
/// without an answer may take effect all the same.
void Workload::EndDenied(const Call& call, const Status& status) {
  ++(*bench_.counts)->calls;
  const bool certain = Has(status.ToString(), "nothing was written");
  if (certain && call.traffic->unclear > 0) {
    bench_.violation("a conflict says whether anything may be written",
                     call.entry->text + "\n" + status.ToString());
  }
  call.entry->effects_max = call.traffic->unclear;
  call.entry->late = call.traffic->late > 0;
  bench_.history->End(call.entry, certain ? Ending::kRefused : Ending::kUnknown,
                      status.ToString());
}

void Workload::NameConflict(const Call& call, const std::string& named) {
  bench_.violation("a conflict names the condition that did not hold",
                   call.entry->text + ": " + KeyText(named));
}

/// Of one key, whatever else is done to it.
void Workload::WriteIf() {
  const std::string key = AnyKey();
  const std::string seen = last_seen_[key];
  const bool absent = seen.empty();
  const Sight sight =
      Is(absent ? kNothing : bench_.history->ValueOf(key, seen));
  ValueId id;
  leveldb::WriteBatch batch;
  batch.Put(key, bench_.history->NewValue(key, AnyBytes(), &id));
  const Call call =
      Begin("WriteIf " + KeyText(key) + " v" + std::to_string(id) + " if " +
            (absent ? "absent" : "v" + std::to_string(sight.value)));
  std::string conflict;
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->WriteIf(
        AnyWriteOptions(BatchMode::kAtomic), &batch,
        {absent ? Condition::Absent(key) : Condition::Equals(key, seen)},
        &conflict);
  }
  if (dead() || !IsDenied(status)) {
    End(call, status);
    bench_.history->Wrote(key, id, call.entry, true, sight);
    return;
  }
  EndDenied(call, status);
  if (conflict != key) NameConflict(call, conflict);
  bench_.history->Wrote(key, id, call.entry, true, sight);
  bench_.history->Denied(key, sight, call.entry);
}

// ---- Scans -----------------------------------------------------------------

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
      bench_.history, bench_.violation, call.entry, bounds,
      KeysWithin(bounds, bench_.keys->all), eventual,
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
  Scan scan(bench_.history, bench_.violation, call.entry, bounds,
            KeysWithin(bounds, bench_.keys->all), false,
            std::unique_ptr<leveldb::Iterator>(
                db_->NewIterator(ReadOptions(), bounds)));
  bool there = forward ? scan.First() : scan.Last();
  while (there) {
    const std::vector<std::string>& bulk = bench_.keys->bulk;
    if (deletes && OneIn(15) && !dead() &&
        std::binary_search(bulk.begin(), bulk.end(), scan.key())) {
      DeleteKey(scan.key());
    }
    there = forward ? scan.Next() : scan.Prev();
  }
  EndRead(call, scan.status());
}

/// Of keys that do not change: exact, whoever else is there.
void Workload::ScanQuiet() {
  Bounds bounds;
  const std::vector<std::string>& quiet = bench_.keys->quiet;
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
  Scan scan(bench_.history, bench_.violation, call.entry, bounds, domain, false,
            std::unique_ptr<leveldb::Iterator>(
                db_->NewIterator(ReadOptions(), bounds)));
  size_t seen = 0;
  for (bool there = forward ? scan.First() : scan.Last(); there;
       there = forward ? scan.Next() : scan.Prev()) {
    ++seen;
  }
  if (scan.status().ok() && seen != domain.size()) {
    bench_.violation("a scan skips nothing",
                     call.entry->text + " found " + std::to_string(seen) +
                         " of " + std::to_string(domain.size()) + " keys");
  }
  EndRead(call, scan.status());
}

/// To and fro.
void Workload::Wander() {
  const Bounds bounds = AnyBounds();
  const Call call = Begin("wander" + Describe(bounds));
  const TrafficScope scope(call.traffic);
  Scan scan(bench_.history, bench_.violation, call.entry, bounds,
            KeysWithin(bounds, bench_.keys->all), false,
            std::unique_ptr<leveldb::Iterator>(
                db_->NewIterator(ReadOptions(), bounds)));
  bool there = false;
  for (uint64_t steps = 5 + Below(25); steps > 0; --steps) {
    // A failure stays, and nothing is known behind it.
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
    Scan scan(bench_.history, bench_.violation, call.entry, bounds,
              bench_.keys->all, false,
              std::unique_ptr<leveldb::Iterator>(
                  db->NewIterator(ReadOptions(), bounds)));
    bool there = scan.First();
    for (int i = 0; there && i < 3; ++i) there = scan.Next();
    status = scan.status();
  }
  EndRead(call, status);
}

// ---- What else there is ----------------------------------------------------

void Workload::Size() {
  const std::vector<std::string>& quiet = bench_.keys->quiet;
  const Call call = Begin("ApproximateSize of the quiet keys");
  uint64_t bytes = 0;
  bool exact = false;
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->ApproximateSize(
        leveldb::Range(kQuietPrefix, quiet.back() + '\0'), &bytes, &exact);
  }
  EndRead(call, status);
  if (!status.ok() || !exact) return;
  const uint64_t expected = *bench_.quiet_bytes;
  if (bytes != expected) {
    bench_.violation(
        "an exact size is exact",
        std::to_string(bytes) + " for " + std::to_string(expected) + " bytes");
  }
  ++(*bench_.tally)["exact size"];
}

/// What cannot be is told before anything is sent.
void Workload::Refused() {
  const std::string long_key(1025, 'x');
  leveldb::WriteBatch batch;
  std::vector<Write> writes;
  const Call call = Begin("what cannot be written");
  Status status;
  bool supported = true;
  {
    const TrafficScope scope(call.traffic);
    switch (Below(4)) {
      case 0:
        status = db_->Put(WriteOptions(), long_key, "");
        break;
      case 1: {
        const std::string key = AnyKey();
        ValueId id;
        status = db_->Put(WriteOptions(), key,
                          bench_.history->NewValue(key, 410'000, &id));
        break;
      }
      case 2:
        batch = Batch({AnyKey()}, 0, &writes);
        batch.Put(long_key, "");
        status = db_->Write(AnyWriteOptions(OneIn(2) ? BatchMode::kAtomic
                                                     : BatchMode::kUnordered),
                            &batch);
        break;
      default: {
        supported = false;
        std::vector<std::string> keys = bench_.keys->bulk;
        keys.resize(101);
        batch = Batch(keys, 0, &writes);
        status = db_->Write(AnyWriteOptions(BatchMode::kAtomic), &batch);
        break;
      }
    }
  }
  bench_.history->End(call.entry, Ending::kRefused, status.ToString());
  if ((supported ? !status.IsInvalidArgument()
                 : !status.IsNotSupportedError()) ||
      call.traffic->sends > 0) {
    bench_.violation("what cannot be is refused before anything is sent",
                     status.ToString());
  }
}

/// A store that nobody else uses is made, filled and destroyed, or what a death
/// in the middle of that has left is.
void Workload::SideStore() {
  if (side_store_.empty()) {
    side_store_ =
        "table/" + bench_.client + "-" + std::to_string(++side_stores_);
  }
  const Call call = Begin("make, fill and destroy " + side_store_);
  const TrafficScope scope(call.traffic);
  if (OneIn(3)) bench_.doors->back()->DieAfter(Below(40));
  FillSideStore(call);
  Status status;
  if (!dead()) {
    side_store_begun_ = true;
    status = Persist(call, [&] {
      return DestroyIn(OutsideNow(), bench_.options, side_store_,
                       DestroyOptions());
    });
  }
  side_store_late_ = side_store_late_ || call.traffic->late > 0;
  if (!dead()) side_store_begun_ = false;
  // A request that is yet to come may bring back what is gone.
  if (!dead() && !side_store_late_) {
    const std::unique_ptr<Database> db = OpenSideStore(call);
    if (!dead() && HasKeys(call, db.get()) && !dead()) {
      bench_.violation("what is destroyed is gone", side_store_);
    }
    ++(*bench_.tally)["destroyed"];
  }
  if (!dead()) {
    side_store_.clear();
    side_store_late_ = false;
  }
  bench_.doors->back()->Survive();
  bench_.history->End(call.entry, Ending::kUnknown, status.ToString());
}

void Workload::FillSideStore(const Call& call) {
  const std::unique_ptr<Database> db = OpenSideStore(call);
  if (db == nullptr || dead()) return;
  leveldb::WriteBatch batch;
  for (uint64_t n = 30 + Below(60); n > 0; --n) {
    batch.Put(std::to_string(n), "side");
  }
  Persist(call, [&] {
    return db->Write(AnyWriteOptions(BatchMode::kUnordered), &batch);
  });
  if (!dead() && !HasKeys(call, db.get()) && !dead()) {
    bench_.violation("what is acknowledged is there", side_store_);
  }
}

/// Again and again, until `action` is OK or the client is no more.
Status Workload::Persist(const Call& call,
                         const std::function<Status()>& action) {
  Status status;
  for (int i = 0; i < kTriesMax && !dead(); ++i) {
    call.traffic->clock_skews = call.traffic->expired_tokens = 0;
    status = action();
    if (status.ok() || dead()) return status;
    Explain(call, status);
    SetClock(*call.traffic);
  }
  if (!dead()) {
    bench_.violation("what is tried again and again succeeds",
                     call.entry->text + "\n" + status.ToString());
  }
  return status;
}

/// Null when the client is no more, or the store is being destroyed.
std::unique_ptr<Database> Workload::OpenSideStore(const Call& call) {
  Options options = bench_.options;
  options.create_if_missing = true;
  Database* db = nullptr;
  Persist(call, [&] {
    const Status status = OpenIn(OutsideNow(), options, side_store_, &db);
    // Of an earlier life.
    return KindOf(status) == StatusKind::kDestroying && side_store_begun_
               ? Status::OK()
               : status;
  });
  return std::unique_ptr<Database>(db);
}

bool Workload::HasKeys(const Call& call, Database* db) {
  bool any = false;
  Persist(call, [&] {
    const std::unique_ptr<leveldb::Iterator> i(
        db->NewIterator(ReadOptions(), Bounds()));
    i->SeekToFirst();
    any = i->Valid();
    return i->status();
  });
  return any;
}

void Workload::JumpClock() {
  bench_.clock->Jump(static_cast<int64_t>(Below(1800)) - 900);
  bench_.scheduler->Trace("the client's clock jumps");
}

Outside Workload::OutsideNow() const {
  Outside outside = bench_.outside;
  outside.transport = bench_.doors->back().get();
  return outside;
}

// ---- A client's life -------------------------------------------------------

/// A client that may not try twice cannot mend its clock either.
void Workload::SetClock(const Traffic& traffic) {
  if (bench_.options.retry.max_attempts == 1 && traffic.clock_skews > 0) {
    bench_.clock->Set(traffic.service_time);
  }
}

std::unique_ptr<Database> Workload::Open() {
  Options options = bench_.options;
  options.create_if_missing = true;
  for (int i = 0; i < kTriesMax; ++i) {
    const Call call = Begin("Open");
    Database* db = nullptr;
    Status status;
    {
      const TrafficScope scope(call.traffic);
      status = OpenIn(OutsideNow(), options, kLocation, &db);
    }
    End(call, status);
    if (status.ok()) return std::unique_ptr<Database>(db);
    if (dead()) return nullptr;
    SetClock(*call.traffic);
  }
  bench_.violation("Open succeeds at last", bench_.client);
  return nullptr;
}

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
    if (OneIn(200)) {
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

uint64_t Workload::WriteQuiet(Database* db) {
  db_ = db;
  uint64_t bytes = 0;
  std::vector<Write> writes;
  leveldb::WriteBatch batch;
  for (const std::string& key : bench_.keys->quiet) {
    ValueId id;
    const std::string value =
        bench_.history->NewValue(key, Below(8) * 100, &id);
    batch.Put(key, value);
    writes.push_back({key, id});
    bytes += key.size() + value.size();
  }
  const Call call = Begin("Write of the quiet keys");
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db->Write(AnyWriteOptions(BatchMode::kUnordered), &batch);
  }
  End(call, status);
  for (const Write& write : writes) {
    bench_.history->Wrote(write.key, write.value, call.entry, false);
  }
  return bytes;
}

void Workload::List() {
  const Call call = Begin("ListStores");
  std::vector<StoreSummary> stores;
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = ListStoresIn(OutsideNow(), bench_.options, kLocation, &stores);
  }
  EndRead(call, status);
  const bool listed =
      std::any_of(stores.begin(), stores.end(), [](const StoreSummary& store) {
        return store.location == kLocation && !store.foreign &&
               !store.destroying;
      });
  if (!listed) bench_.violation("a store that is there is listed", kLocation);
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
      Scan scan(bench_.history, bench_.violation, call.entry, bounds,
                bench_.keys->all, false,
                std::unique_ptr<leveldb::Iterator>(
                    db->NewIterator(ReadOptions(), bounds)));
      bool there = forward ? scan.First() : scan.Last();
      while (there) there = forward ? scan.Next() : scan.Prev();
      EndRead(call, scan.status());
    }
  }
  MultiGet(bench_.keys->all);
  List();
  for (const std::string& key : bench_.keys->plain) GetKey(key);
  for (size_t group = 0; group < bench_.keys->groups.size(); ++group) {
    for (const std::string& key : bench_.keys->groups[group]) {
      GetMember(group, key);
    }
  }
}

}  // namespace dynamodown::sim
