// Sync.
//
// First the stability of both stores is computed. Then, for each item that may
// differ, both stores' records are read and merged, and each store gets the
// records that it lacks. Each store takes notes of the sync only after all
// these records are written and durable. If a sync ends early, no store claims
// to have more operations than it has, and everything exchanged so far stays.

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dyno/backend/race.h"
#include "dyno/item/key.h"
#include "dyno/item/merge_plan.h"
#include "dyno/item/timestamps.h"
#include "dyno/sync.h"
#include "dyno/sync/counting_backend.h"
#include "dyno/sync/item_merge.h"
#include "dyno/sync/knowledge.h"
#include "dyno/sync/merge_writer.h"
#include "dyno/sync/stability.h"
#include "dyno/sync/store_parts.h"

namespace dyno {
namespace {

using leveldb::Slice;
using leveldb::Status;

/// The most names of items kept in memory from the logs. If the logs name more
/// items, whole stores are compared.
constexpr size_t kNamesMax = 100 * 1000;
/// The most entries of SyncResult::conflicts.
constexpr size_t kConflictsMax = 1000;
/// The most items that are written to one store at a time. If a sync is cut off
/// in the middle, the next sync announces up to this many items again.
constexpr size_t kPlannedMax = 1000;
/// The number of items between two reports of progress.
constexpr uint64_t kReportEvery = 256;

/// One of the two stores.
struct Side {
  Side(StoreParts* own_parts, SyncSide* own_counts)
      : parts(own_parts),
        counts(own_counts),
        backend(own_parts->backend, own_counts),
        issuer(own_parts->writer.NewIssuer()) {}
  ~Side() { parts->writer.EndIssuer(issuer); }
  Side(const Side&) = delete;
  Side& operator=(const Side&) = delete;

  bool is_replicated() const { return id && id->replicated; }

  StoreParts* const parts;
  SyncSide* const counts;
  CountingBackend backend;
  const Issuer issuer;
  std::optional<StoreId> id;
  Stability stability;  ///< Set only if the store is replicated.
  /// The other store's records that are too far ahead of this store's clock.
  Future future;
  /// If the store is not replicated: the last timestamp seen of each replica.
  std::map<uint64_t, Flake> foreign;
  /// Empty if nothing is to be written to the store.
  std::optional<MergeWriter> writer;
  std::vector<PlannedItem> planned;
};

class Synchronizer {
 public:
  Synchronizer(StoreParts* a, StoreParts* b, const SyncOptions& options,
               SyncResult* result)
      : options_(options),
        result_(result),
        a_(a, &result->a),
        b_(b, &result->b) {}

  Status Run();

 private:
  Status Begin(Side* side);
  Status CheckMayMeet() const;
  Status ComputeStabilityOf(Side* side, const Side& other);
  bool IsFirstMeeting() const;

  Status ExchangeAll();
  Status ExchangeChanged(const std::set<std::string>& names);
  /// Reads the log entries of `side` that `reader` has not read, and adds to
  /// `*names` the items in these entries. Leaves out entries for records that
  /// came from `reader`. Sets `*is_many` if there are more than kNamesMax
  /// names.
  Status ReadLog(const Side& reader, Side* side, std::set<std::string>* names,
                 bool* is_many);
  Status Add(ItemPair* pair);
  /// Plans the writes to `side`. The item's records are `own` in `side`, and
  /// `others` in `other`.
  void Plan(Side* side, Side* other, const std::string& encoded_name,
            const ItemRecords& own, const ItemRecords& others,
            std::vector<std::string>* conflicts);
  void NoteConflicts(std::vector<std::string> conflicts);
  Status AddAgain(const std::vector<std::string>& names);
  Result<Race> AddOneAgain(const std::string& name);
  Status Flush();
  Status FlushSide(Side* side, std::vector<std::string>* again);
  Status Report(const std::string& encoded_name);

  Status Conclude();
  Status ConcludeSide(Side* side, const Side& other, const Peer* others_peer,
                      const std::string& met, Peer* peer);
  Status RaiseOwnCursor(Side* side);

  const SyncOptions& options_;
  SyncResult* const result_;
  Side a_;
  Side b_;
  Status damaged_;
  size_t planned_bytes_ = 0;
};

// ----------------------------------------------------------------- the start

Status Synchronizer::Begin(Side* side) {
  Writer& writer = side->parts->writer;
  Status status;
  if (!writer.id() || side->backend.shared()) status = writer.Load();
  if (status.ok() && !writer.id() && writer.creates_replicated()) {
    status = writer.EnsureId();
  }
  side->id = writer.id();
  return status;
}

Status Synchronizer::CheckMayMeet() const {
  if (a_.parts == b_.parts) {
    return Invalid("a store cannot be synchronized with itself");
  }
  if (!a_.is_replicated() && !b_.is_replicated()) {
    return Invalid(
        "neither of the two stores is replicated: make one of them replicated "
        "first (in C++ Replicate(), or: dynamodown item replicate)");
  }
  if (a_.id && b_.id && a_.id->replica == b_.id->replica) {
    return Invalid("both stores have the replica id " +
                   ReplicaText(a_.id->replica) +
                   ": one is a copy of the other; give the copy a new replica "
                   "id before anything is written to it (in C++ NewReplica(), "
                   "or: dynamodown item replicate --new-id)");
  }
  return Status::OK();
}

Status Synchronizer::ComputeStabilityOf(Side* side, const Side& other) {
  if (!side->is_replicated()) return Status::OK();
  side->writer.emplace(side->parts, &side->backend,
                       other.id ? other.id->replica : 0, side->issuer,
                       side->counts);
  return ComputeStability(side->parts, &side->backend,
                          Writer::Audience::kOthers, &side->stability);
}

bool Synchronizer::IsFirstMeeting() const {
  if (options_.full || !a_.is_replicated() || !b_.is_replicated()) return true;
  const auto in_a = a_.stability.own.peers.find(b_.stability.replica);
  const auto in_b = b_.stability.own.peers.find(a_.stability.replica);
  const bool have_met = in_a != a_.stability.own.peers.end() &&
                        in_b != b_.stability.own.peers.end() &&
                        !in_a->second.value.met.empty() &&
                        in_a->second.value.met == in_b->second.value.met;
  const auto is_unmet = [](const Side& side, const Side& other) {
    return side.stability.own.id->value.unmet.count(other.stability.replica) >
           0;
  };
  return !have_met || is_unmet(a_, b_) || is_unmet(b_, a_);
}

Status Synchronizer::Run() {
  Status status = Begin(&a_);
  if (status.ok()) status = Begin(&b_);
  if (status.ok()) status = CheckMayMeet();
  if (status.ok()) status = ComputeStabilityOf(&a_, b_);
  if (status.ok()) status = ComputeStabilityOf(&b_, a_);
  if (!status.ok()) return status;
  for (auto [side, other] : {std::pair(&a_, &b_), std::pair(&b_, &a_)}) {
    if (!side->is_replicated() || !other->is_replicated()) continue;
    status = CheckNotRestored(side->parts, &side->backend, &side->stability,
                              other->stability);
    if (!status.ok()) return status;
  }

  result_->first_meeting = IsFirstMeeting();
  std::set<std::string> names;
  if (!result_->first_meeting) {
    bool is_many = false;
    status = ReadLog(a_, &b_, &names, &is_many);
    if (status.ok()) status = ReadLog(b_, &a_, &names, &is_many);
    if (!status.ok()) return status;
    result_->first_meeting = is_many;
  }
  status = result_->first_meeting ? ExchangeAll() : ExchangeChanged(names);
  if (status.ok()) status = Flush();
  result_->a.deferred = a_.future.count;
  result_->b.deferred = b_.future.count;
  if (!status.ok()) return status;
  // If an item could not be read, neither store notes anything about this sync.
  if (!damaged_.ok()) return damaged_;
  return Conclude();
}

// -------------------------------------------------------------- what changed

Status Synchronizer::ReadLog(const Side& reader, Side* side,
                             std::set<std::string>* names, bool* is_many) {
  const uint64_t own = reader.stability.replica;
  const auto& cursors =
      reader.stability.own.peers.at(side->stability.replica).value.cursor;
  for (const auto& [slot, record] : side->stability.own.slots) {
    const auto cursor = cursors.find(slot);
    const bool has_cursor = cursor != cursors.end();
    // Skip the slot if nothing was issued from it since the reader last read
    // its log entries.
    if (has_cursor && record.value.reserved <= cursor->second) continue;
    if (*is_many) return Status::OK();
    std::string begin = ChangePrefix(slot);
    if (has_cursor) begin += cursor->second.ToString() + '\0';
    std::string end = ChangePrefix(slot);
    end.back() = '0';
    const Status read = side->backend.Range(
        RangeOptions(), begin, end, [&](const Slice& key, const Slice& value) {
          const std::string_view text(value.data(), value.size());
          if (!ParseChangeKey({key.data(), key.size()})) return true;
          const size_t slash = text.find('/');
          uint64_t origin = 0;
          const bool is_of_reader =
              slash != std::string_view::npos &&
              ParseReplica(text.substr(slash + 1), &origin) && origin == own;
          if (!is_of_reader) names->emplace(text.substr(0, slash));
          *is_many = names->size() > kNamesMax;
          return !*is_many;
        });
    if (!read.ok()) return read;
  }
  return Status::OK();
}

Status Synchronizer::ExchangeChanged(const std::set<std::string>& names) {
  for (const std::string& name : names) {
    ItemPair pair;
    Status status = ReadBoth(&a_.backend, &b_.backend, name, &pair);
    if (status.ok()) status = Add(&pair);
    if (!status.ok()) return status;
  }
  return Status::OK();
}

Status Synchronizer::ExchangeAll() {
  const Status status =
      VisitBoth(&a_.backend, &b_.backend, options_.chunk_bytes,
                [this](ItemPair* pair) { return Add(pair); });
  if (!status.IsCorruption()) return status;
  if (damaged_.ok()) damaged_ = status;
  return Status::OK();
}

// ---------------------------------------------------------------- exchanging

/// Notes the last timestamp of each replica.
void NoteForeign(const Records& records, std::map<uint64_t, Flake>* last) {
  const auto note = [last](const Flake& timestamp) {
    Flake& own = (*last)[timestamp.replica];
    own = std::max(own, timestamp);
  };
  for (const OperationRecord& x : records.operations) note(x.timestamp);
  for (const BaseRecord& base : records.bases) note(base.timestamp);
}

Status Synchronizer::Add(ItemPair* pair) {
  ++result_->items;
  const Status told = Report(pair->encoded_name);
  if (!told.ok()) return told;
  if (!pair->status.ok()) {
    if (damaged_.ok()) damaged_ = pair->status;
    return Status::OK();
  }
  std::vector<std::string> conflicts;
  Plan(&a_, &b_, pair->encoded_name, pair->a, pair->b, &conflicts);
  Plan(&b_, &a_, pair->encoded_name, pair->b, pair->a, &conflicts);
  NoteConflicts(std::move(conflicts));
  const bool is_much = planned_bytes_ >= options_.chunk_bytes ||
                       a_.planned.size() >= kPlannedMax ||
                       b_.planned.size() >= kPlannedMax;
  return is_much ? Flush() : Status::OK();
}

void Synchronizer::Plan(Side* side, Side* other,
                        const std::string& encoded_name, const ItemRecords& own,
                        const ItemRecords& others,
                        std::vector<std::string>* conflicts) {
  if (!other->is_replicated()) NoteForeign(others.records, &other->foreign);
  if (!side->writer) return;
  Records theirs = others.records;
  if (other->is_replicated() && !other->backend.shared()) {
    // Another sync may meanwhile have noted a later promise of the other store.
    const Stability& stability = other->stability;
    const Flake known = stability.known.at(stability.replica).known;
    RemoveUnpromised(stability.replica,
                     std::max(stability.min_timestamp, known), &theirs);
  }
  DeferFuture(EndOf(side->parts->writer.DriftLimit()), &theirs, &side->future);
  const Records merged = Merge(own.records, theirs, conflicts);
  MergeSide plan = PlanMerge(encoded_name, own, merged, side->backend.shared());
  if (plan.empty()) return;
  planned_bytes_ += BytesOf(others);
  side->planned.push_back({encoded_name, std::move(plan)});
}

void Synchronizer::NoteConflicts(std::vector<std::string> conflicts) {
  std::vector<std::string>& known = result_->conflicts;
  for (std::string& key : conflicts) {
    if (known.size() >= kConflictsMax) return;
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      known.push_back(std::move(key));
    }
  }
}

Status Synchronizer::Report(const std::string& encoded_name) {
  if (!options_.progress || result_->items % kReportEvery != 1) {
    return Status::OK();
  }
  SyncProgress progress;
  progress.first_meeting = result_->first_meeting;
  progress.items = result_->items;
  progress.operations = result_->a.operations + result_->b.operations;
  progress.name = DecodeName(encoded_name).value_or(std::string());
  if (options_.progress(progress)) return Status::OK();
  return Status::IOError("canceled: everything exchanged so far stays");
}

Status Synchronizer::FlushSide(Side* side, std::vector<std::string>* again) {
  if (side->planned.empty()) return Status::OK();
  const Status status = side->writer->Write(side->planned, again);
  side->planned.clear();
  return status;
}

Status Synchronizer::Flush() {
  planned_bytes_ = 0;
  std::vector<std::string> again;
  Status status = FlushSide(&a_, &again);
  if (status.ok()) status = FlushSide(&b_, &again);
  return status.ok() ? AddAgain(again) : status;
}

/// Merges the items `names` again, one by one. So an item that others keep
/// changing holds up no other item.
Status Synchronizer::AddAgain(const std::vector<std::string>& names) {
  const std::set<std::string> each(names.begin(), names.end());
  for (const std::string& name : each) {
    const Status status =
        WinRaceForItem(name, "merged", [&] { return AddOneAgain(name); });
    if (!status.ok()) return status;
  }
  planned_bytes_ = 0;
  return Status::OK();
}

Result<Race> Synchronizer::AddOneAgain(const std::string& name) {
  ItemPair pair;
  std::vector<std::string> again;
  Status status = ReadBoth(&a_.backend, &b_.backend, name, &pair);
  --result_->items;  // Add counts the item again.
  if (status.ok()) status = Add(&pair);
  if (status.ok()) status = FlushSide(&a_, &again);
  if (status.ok()) status = FlushSide(&b_, &again);
  if (!status.ok()) return status;
  return again.empty() ? Race::kWon : Race::kLost;
}

// ------------------------------------------------------------------- the end

/// The other store need not read the log entries that this sync has written to
/// `side`. If nobody else has used the writer's slot since the last promise,
/// the slot has no other entries between the last promise and a new one. In
/// that case the other store may count the slot's log as read up to the new
/// promise.
Status Synchronizer::RaiseOwnCursor(Side* side) {
  Writer& writer = side->parts->writer;
  const std::optional<uint16_t> slot = writer.open_slot();
  if (side->counts->items == 0 || !slot) return Status::OK();
  if (writer.LastOfOthers(side->issuer) > side->stability.PromiseOf(*slot)) {
    return Status::OK();
  }
  const auto promised = writer.Promise(Writer::Audience::kOthers);
  if (!promised.ok()) return promised.error();
  if (!*promised || writer.open_slot() != slot) return Status::OK();
  if (writer.LastOfOthers(side->issuer) > side->stability.PromiseOf(*slot)) {
    return Status::OK();
  }
  side->stability.read_to[*slot] = (*promised)->now;
  return Status::OK();
}

Status Synchronizer::ConcludeSide(Side* side, const Side& other,
                                  const Peer* others_peer,
                                  const std::string& met, Peer* peer) {
  SyncOutcome outcome;
  outcome.other = other.id ? other.id->replica : 0;
  outcome.own = &side->stability;
  outcome.now = EndOf(side->parts->writer.Wall());
  outcome.future = &side->future;
  if (other.is_replicated()) {
    outcome.theirs = &other.stability;
    outcome.others_peer = others_peer;
    outcome.met = met;
    // Records that were deferred at a first meeting can be missing from the
    // log, so the next sync must be a first meeting, too.
    if (side->future.count > 0 && result_->first_meeting) outcome.met.clear();
    outcome.is_whole = result_->first_meeting && side->future.count == 0;
  } else {
    outcome.foreign = &other.foreign;
  }
  const Status recorded = RecordOutcome(&side->backend, outcome, peer);
  if (!recorded.ok() || !other.is_replicated()) return recorded;
  if (!outcome.is_whole) return Status::OK();
  return side->parts->writer.Load();  // `unmet` may have changed.
}

Status Synchronizer::Conclude() {
  Status status;
  for (Side* side : {&a_, &b_}) {
    if (side->writer && status.ok()) status = RaiseOwnCursor(side);
  }
  if (!status.ok()) return status;
  const std::string met =
      ReplicaText(a_.parts->environment.random->Next() >> 16);
  Peer in_a;
  Peer in_b;
  if (a_.is_replicated()) {
    const Peer* others = nullptr;
    const auto& peers = b_.stability.own.peers;
    const auto found = peers.find(a_.stability.replica);
    if (b_.is_replicated() && found != peers.end()) {
      others = &found->second.value;
    }
    status = ConcludeSide(&a_, b_, others, met, &in_a);
  }
  if (status.ok() && b_.is_replicated()) {
    status =
        ConcludeSide(&b_, a_, a_.is_replicated() ? &in_a : nullptr, met, &in_b);
  }
  if (!a_.is_replicated() || !b_.is_replicated()) return status;
  // Each store has noted how far it has read the other store's log, and no
  // longer needs the entries that it has read.
  if (status.ok()) {
    status = TrimLog(&a_.backend, a_.stability.own, b_.stability.replica, in_b);
  }
  if (status.ok()) {
    status = TrimLog(&b_.backend, b_.stability.own, a_.stability.replica, in_a);
  }
  return status;
}

}  // namespace

Status Sync(Store* a, Store* b, const SyncOptions& options,
            SyncResult* result) {
  SyncResult ignored;
  if (result == nullptr) result = &ignored;
  *result = SyncResult();
  const Result<StoreParts*> in_a = PartsOf(a);
  if (!in_a.ok()) return in_a.error();
  const Result<StoreParts*> in_b = PartsOf(b);
  if (!in_b.ok()) return in_b.error();
  return Synchronizer(*in_a, *in_b, options, result).Run();
}

}  // namespace dyno
