// Both stores vouch for what they have; then, for each item that may differ,
// both records are read, merged, and each store is given what it lacks; and
// only when all of that is written and durable does each note what it now
// knows. Whatever ends it in between, nothing is claimed that is not so, and
// what was exchanged is exchanged.

#include "dyno/sync.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "dyno/counting_backend.h"
#include "dyno/item_merge.h"
#include "dyno/key.h"
#include "dyno/knowledge.h"
#include "dyno/merge_plan.h"
#include "dyno/merge_writer.h"
#include "dyno/parts.h"

namespace dyno {
namespace {

using leveldb::Slice;
using leveldb::Status;

/// Names from the logs that are kept in memory; when there are more, whole
/// stores are compared.
constexpr size_t kNamesMax = 100 * 1000;
/// Of SyncResult::twins.
constexpr size_t kTwinsMax = 1000;
/// Items that one store is given at a time: an announcement that is cut off is
/// made again for so many, and progress is told after them.
constexpr size_t kPlannedMax = 1000;
/// Others who change an item while it is merged.
constexpr int kRoundsMax = 16;

Status Invalid(const std::string& what) {
  return Status::InvalidArgument(what);
}

/// One of the two, and what happens to it.
struct Side {
  Side(Store* own_store, SyncSide* own_counts)
      : parts(own_store->parts()),
        counts(own_counts),
        backend(parts->backend, own_counts) {}

  bool is_replicated() const { return id && id->replicated; }

  Store::Parts* const parts;
  SyncSide* const counts;
  CountingBackend backend;
  std::optional<StoreId> id;
  Vouched vouched;  ///< Only if it is replicated.
  Ahead held;       ///< Of the other one's, too far ahead for this one.
  /// The last timestamps seen by replica, of a store that is not replicated.
  std::map<uint64_t, Flake> foreign;
  std::optional<MergeWriter> writer;  ///< None: nothing is written to it.
  std::vector<PlannedItem> planned;
};

class Synchronizer {
 public:
  Synchronizer(Store* a, Store* b, const SyncOptions& options,
               SyncResult* result)
      : options_(options),
        result_(result),
        a_(a, &result->a),
        b_(b, &result->b) {}
  ~Synchronizer() {
    a_.parts->writer.EndOwner(this);
    b_.parts->writer.EndOwner(this);
  }
  Synchronizer(const Synchronizer&) = delete;
  Synchronizer& operator=(const Synchronizer&) = delete;

  Status Run();

 private:
  Status Begin(Side* side);
  Status CheckMayMeet() const;
  Status VouchFor(Side* side, const Side& other);
  bool IsFirstMeeting() const;

  Status ExchangeAll();
  Status ExchangeChanged(const std::set<std::string>& names);
  /// `*is_many`: there are more than are kept.
  Status ReadLog(const Side& reader, Side* side, std::set<std::string>* names,
                 bool* is_many);
  Status Add(ItemPair* pair);
  Status AddAgain(const std::vector<std::string>& names);
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
  uint64_t reported_ = 0;
};

// ----------------------------------------------------------------- the start

Status Synchronizer::Begin(Side* side) {
  const Status here = side->parts->CheckProcess();
  if (!here.ok()) return here;
  Writer& writer = side->parts->writer;
  Status status;
  if (!writer.id() || side->backend.shared()) status = writer.Load();
  if (status.ok() && !writer.id() && writer.makes_replicated()) {
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
    return Invalid("neither of the two stores is replicated: see Replicate");
  }
  if (a_.id && b_.id && a_.id->replica == b_.id->replica) {
    return Invalid("both stores are the replica " +
                   ReplicaText(a_.id->replica) +
                   ": one is a copy of the other; give the copy a new replica "
                   "before anything is written to it (see NewReplica)");
  }
  return Status::OK();
}

Status Synchronizer::VouchFor(Side* side, const Side& other) {
  if (!side->is_replicated()) return Status::OK();
  side->writer.emplace(side->parts, &side->backend,
                       other.id ? other.id->replica : 0, this, side->counts);
  return Vouch(side->parts, &side->backend, Writer::Audience::kOthers,
               &side->vouched);
}

bool Synchronizer::IsFirstMeeting() const {
  if (options_.full || !a_.is_replicated() || !b_.is_replicated()) return true;
  const auto in_a = a_.vouched.own.peers.find(b_.vouched.replica);
  const auto in_b = b_.vouched.own.peers.find(a_.vouched.replica);
  const bool have_met = in_a != a_.vouched.own.peers.end() &&
                        in_b != b_.vouched.own.peers.end() &&
                        !in_a->second.value.met.empty() &&
                        in_a->second.value.met == in_b->second.value.met;
  const auto is_unmet = [](const Side& side, const Side& other) {
    return side.vouched.own.id->value.unmet.count(other.vouched.replica) > 0;
  };
  return !have_met || is_unmet(a_, b_) || is_unmet(b_, a_);
}

Status Synchronizer::Run() {
  *result_ = SyncResult();
  Status status = Begin(&a_);
  if (status.ok()) status = Begin(&b_);
  if (status.ok()) status = CheckMayMeet();
  if (status.ok()) status = VouchFor(&a_, b_);
  if (status.ok()) status = VouchFor(&b_, a_);
  if (!status.ok()) return status;
  for (auto [side, other] : {std::pair(&a_, &b_), std::pair(&b_, &a_)}) {
    if (!side->is_replicated() || !other->is_replicated()) continue;
    status = CheckNotRestored(side->parts, &side->backend, &side->vouched,
                              other->vouched);
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
  result_->a.held_back = a_.held.count;
  result_->b.held_back = b_.held.count;
  if (!status.ok()) return status;
  // Nothing is vouched for beside an item that could not be read.
  if (!damaged_.ok()) return damaged_;
  return Conclude();
}

// -------------------------------------------------------------- what changed

Status Synchronizer::ReadLog(const Side& reader, Side* side,
                             std::set<std::string>* names, bool* is_many) {
  const uint64_t own = reader.vouched.replica;
  const auto& cursors =
      reader.vouched.own.peers.at(side->vouched.replica).value.cursor;
  for (const auto& [slot, place] : side->vouched.own.writers) {
    const auto cursor = cursors.find(slot);
    const bool has_cursor = cursor != cursors.end();
    // Nothing was given from there since.
    if (has_cursor && place.value.reserved <= cursor->second) continue;
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

// --------------------------------------------------------------- one and all

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
  Side* const sides[] = {&a_, &b_};
  ItemRecords* const items[] = {&pair->a, &pair->b};
  std::vector<std::string> twins;
  for (int i : {0, 1}) {
    Side* const side = sides[i];
    Side* const other = sides[1 - i];
    if (!other->is_replicated()) {
      NoteForeign(items[1 - i]->records, &other->foreign);
    }
    if (!side->writer) continue;
    Records theirs = items[1 - i]->records;
    if (other->is_replicated() && !other->backend.shared()) {
      // Another sync may have vouched for more meanwhile.
      const Vouched& vouched = other->vouched;
      const Flake known = vouched.known.at(vouched.replica).known;
      LeaveOut(vouched.replica, std::max(vouched.floor, known), &theirs);
    }
    HoldBack(EndOf(side->parts->writer.DriftLimit()), &theirs, &side->held);
    const Records merged = Merge(items[i]->records, theirs, &twins);
    MergeSide plan = PlanMerge(pair->encoded_name, *items[i], merged,
                               side->backend.shared());
    if (plan.empty()) continue;
    planned_bytes_ += BytesOf(*items[1 - i]);
    side->planned.push_back({pair->encoded_name, std::move(plan)});
  }
  for (std::string& key : twins) {
    if (result_->twins.size() >= kTwinsMax) break;
    const auto& known = result_->twins;
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      result_->twins.push_back(std::move(key));
    }
  }
  const bool is_much = planned_bytes_ >= options_.chunk_bytes ||
                       a_.planned.size() >= kPlannedMax ||
                       b_.planned.size() >= kPlannedMax;
  return is_much ? Flush() : Status::OK();
}

Status Synchronizer::Report(const std::string& encoded_name) {
  static constexpr uint64_t kEvery = 256;
  if (!options_.progress || result_->items % kEvery != 1) return Status::OK();
  SyncProgress progress;
  progress.first_meeting = result_->first_meeting;
  progress.items = result_->items;
  progress.operations = result_->a.operations + result_->b.operations;
  progress.name = DecodeName(encoded_name).value_or(std::string());
  if (options_.progress(progress)) return Status::OK();
  return Status::IOError("canceled: what was exchanged stays");
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

/// One by one, so that one that others keep changing does not hold up others.
Status Synchronizer::AddAgain(const std::vector<std::string>& names) {
  const std::set<std::string> each(names.begin(), names.end());
  for (const std::string& name : each) {
    bool is_done = false;
    for (int round = 0; round < kRoundsMax && !is_done; ++round) {
      ItemPair pair;
      std::vector<std::string> again;
      Status status = ReadBoth(&a_.backend, &b_.backend, name, &pair);
      --result_->items;  // It was counted.
      if (status.ok()) status = Add(&pair);
      if (status.ok()) status = FlushSide(&a_, &again);
      if (status.ok()) status = FlushSide(&b_, &again);
      if (!status.ok()) return status;
      is_done = again.empty();
    }
    if (!is_done) {
      return Status::IOError("conflict: others kept changing the item " +
                             Printable(name) + " while it was merged");
    }
  }
  planned_bytes_ = 0;
  return Status::OK();
}

// ------------------------------------------------------------------- the end

/// What the sync itself wrote into this log the other one need not read: if
/// nobody else wrote from this place since, all of it is.
Status Synchronizer::RaiseOwnCursor(Side* side) {
  Writer& writer = side->parts->writer;
  const std::optional<uint16_t> slot = writer.open_slot();
  if (side->counts->items == 0 || !slot) return Status::OK();
  if (writer.LastOfOthers(this) > side->vouched.PromiseOf(*slot)) {
    return Status::OK();
  }
  const auto promised = writer.Promise(Writer::Audience::kOthers);
  if (!promised.ok()) return promised.error();
  if (!*promised || writer.open_slot() != slot) return Status::OK();
  if (writer.LastOfOthers(this) > side->vouched.PromiseOf(*slot)) {
    return Status::OK();
  }
  side->vouched.read_to[*slot] = (*promised)->now;
  return Status::OK();
}

Status Synchronizer::ConcludeSide(Side* side, const Side& other,
                                  const Peer* others_peer,
                                  const std::string& met, Peer* peer) {
  Lesson lesson;
  lesson.other = other.id ? other.id->replica : 0;
  lesson.vouched = &side->vouched;
  lesson.now = EndOf(side->parts->writer.Wall());
  lesson.held = &side->held;
  if (other.is_replicated()) {
    lesson.theirs = &other.vouched;
    lesson.others_peer = others_peer;
    lesson.met = met;
    // What was held back at a first meeting no log tells of.
    if (side->held.count > 0 && result_->first_meeting) lesson.met.clear();
    lesson.is_whole = result_->first_meeting && side->held.count == 0;
  } else {
    lesson.foreign = &other.foreign;
  }
  const Status learned = Learn(&side->backend, lesson, peer);
  if (!learned.ok() || !other.is_replicated()) return learned;
  if (!lesson.is_whole) return Status::OK();
  return side->parts->writer.Load();  // `unmet` may be others now.
}

Status Synchronizer::Conclude() {
  Status status;
  for (Side* side : {&a_, &b_}) {
    if (side->writer && status.ok()) status = RaiseOwnCursor(side);
  }
  if (!status.ok()) return status;
  const std::string met = ReplicaText(a_.parts->wiring.random->Next() >> 16);
  Peer in_a;
  Peer in_b;
  if (a_.is_replicated()) {
    const Peer* others = nullptr;
    const auto& peers = b_.vouched.own.peers;
    const auto found = peers.find(a_.vouched.replica);
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
  // Now both have noted how far they read, and nobody asks for that again.
  if (status.ok()) {
    status = TrimLog(&a_.backend, a_.vouched.own, b_.vouched.replica, in_b);
  }
  if (status.ok()) {
    status = TrimLog(&b_.backend, b_.vouched.own, a_.vouched.replica, in_a);
  }
  return status;
}

}  // namespace

Status Sync(Store* a, Store* b, const SyncOptions& options,
            SyncResult* result) {
  SyncResult ignored;
  if (result == nullptr) result = &ignored;
  return Synchronizer(a, b, options, result).Run();
}

}  // namespace dyno
