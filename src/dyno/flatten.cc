// In a store that is not shared a step is one write. In a shared one a range
// may show a part of a write, so each step is several, in an order in which
// every range that is read in between shows the same item (codec.h):
//
//     1. "~base" with the names of what it folds, on condition that all of that
//        is there, and the mark %dyno/f/NAME, on condition that there is none
//     2. the item, on condition that "~base" is there: the base takes effect
//     3. what it folds goes
//     4. the mark goes, and "~base" names no more than what may come again
//
// The mark keeps two from planning at once what only one of them can do. One
// that does not go away is that of a process that ended: who meets it undoes
// step 1, if step 2 was not done, and takes the mark away.

#include "dyno/flatten.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "dyno/item_reader.h"
#include "dyno/key.h"
#include "dyno/parts.h"
#include "dyno/replay.h"

namespace dyno {
namespace {

using leveldb::Slice;
using leveldb::Status;

/// Others who were faster.
constexpr int kAttempts = 16;
/// How often somebody else's mark is looked at before it is taken away, and
/// what is waited before, on the average: longer than three writes take.
constexpr int kLooksMax = 10;
constexpr uint64_t kLookMs = 50;
/// As long as a request may be under way.
constexpr uint64_t kNamesMs = 15 * 60 * 1000;

Status Invalid(const std::string& what) {
  return Status::InvalidArgument(what);
}

class Flattener {
 public:
  Flattener(Store::Parts* parts, const std::string& encoded_name,
            const FlattenOptions& options, const std::optional<Stable>& stable,
            FlattenResult* result)
      : parts_(parts),
        backend_(parts->backend),
        name_(encoded_name),
        mark_key_(FlattenKey(encoded_name)),
        options_(options),
        result_(result) {
    terms_.keys_max = backend_->max_batch();
    terms_.shared = backend_->shared();
    terms_.stable = stable;
    terms_.strict = !options.timestamp.empty() || !options.hash.empty();
    const uint64_t wall = parts->writer.Wall();
    terms_.names_from = EndOf(wall - std::min(wall, kNamesMs << 16));
  }

  Status Run();
  /// Not all that is asked for must be stable.
  void TakeWhatIsStable() { terms_.strict = false; }
  const Status& blocked() const { return blocked_; }

 private:
  /// What is asked for, as of now: what is added meanwhile was not meant.
  Status FindEnd(const ItemRecords& item);
  /// `*met` is false when somebody else has changed the item.
  Status WriteStep(const FlattenStep& step, bool* met);
  Status WriteAtOnce(const FlattenStep& step, bool* met);
  Status WriteInSteps(const FlattenStep& step, bool* met);
  /// With the mark in place, so that nobody else begins. A base before is a
  /// condition of a step, but that there is none cannot be one: another flatten
  /// may have come and gone, of older operations that were not there yet when
  /// the item was read. Then what this one began is undone.
  Status CheckStillFirst(const FlattenStep& step, const std::string& mark,
                         bool* is_first);
  Status End(const FlattenStep& step, const std::string& mark);
  /// What an earlier flatten folded and could not delete.
  Status CleanUp(const ItemRecords& item);
  Status ReadMark(std::optional<std::string>* mark);
  Status AwaitMark();
  Status Undo(const std::string& mark);

  Store::Parts* const parts_;
  Backend* const backend_;
  const std::string name_;
  const std::string mark_key_;
  const FlattenOptions& options_;
  FlattenResult* const result_;
  FlattenTerms terms_;
  bool has_end_ = false;
  Status blocked_;
  std::string seen_mark_;
  int looks_ = 0;
};

/// OK if the item was not flattened later than `end`.
Status CheckNotFlattenedLater(const View& view, const Flake& end) {
  if (view.base == nullptr || view.base->timestamp <= end) return Status::OK();
  return Invalid("the item was flattened at " +
                 view.base->timestamp.ToString() +
                 "; what it was before that is not known any more");
}

Result<Flake> EndByHash(const ItemRecords& item, const std::string& hash) {
  std::optional<Flake> found;
  const Result<State> state = Replay(
      item.view, EndOfTime(), [&](const OperationRecord*, const State& at) {
        if (at.hash == hash) found = at.timestamp;
      });
  if (!state.ok()) return state.error();
  if (found) return *found;
  return Invalid("unknown hash " + Printable(hash) + " for the item " +
                 Printable(item.encoded_name));
}

Status Flattener::FindEnd(const ItemRecords& item) {
  if (!options_.hash.empty()) {
    const Result<Flake> found = EndByHash(item, options_.hash);
    if (!found.ok()) return found.error();
    terms_.end = *found;
    return Status::OK();
  }
  // Nothing that is further ahead than any clock: it may be a mistake.
  terms_.end = EndOf(parts_->writer.DriftLimit());
  std::string up_to;
  if (!options_.timestamp.empty()) {
    if (!Flake::ParseBound(options_.timestamp, &terms_.end)) {
      return Invalid("no timestamp: " + Printable(options_.timestamp));
    }
    const Status later = CheckNotFlattenedLater(item.view, terms_.end);
    if (!later.ok()) return later;
    up_to = " at or before " + options_.timestamp;
  }
  const View& view = item.view;
  if (view.base == nullptr && view.live.empty()) {
    return Invalid("the item " + Printable(name_) + " has no operation");
  }
  if (view.base == nullptr && view.live.front()->timestamp > terms_.end) {
    if (up_to.empty()) up_to = " that is not ahead of the clock";
    return Invalid("the item " + Printable(name_) + " has no operation" +
                   up_to);
  }
  return Status::OK();
}

Status Flattener::Run() {
  for (int lost = 0; lost < kAttempts;) {
    ItemRecords item;
    const Status read = ReadItem(backend_, name_, &item);
    if (!read.ok()) return read;
    if (!has_end_) {
      const Status found = FindEnd(item);
      if (!found.ok()) return found;
      if (!item.view.live.empty()) {
        terms_.end = std::min(terms_.end, item.view.live.back()->timestamp);
      }
      has_end_ = true;
    }
    const Result<FlattenStep> step = PlanFlatten(item, terms_);
    if (!step.ok()) return step.error();
    if (step->timestamp != Flake()) {
      result_->timestamp = step->timestamp.ToString();
    }
    if (step->folded == 0) {
      blocked_ = step->blocked;
      return CleanUp(item);
    }
    bool met = false;
    const Status written = WriteStep(*step, &met);
    if (!written.ok()) return written;
    if (!met) {
      ++lost;
      continue;
    }
    lost = 0;
    result_->folded += step->folded;
    ++result_->steps;
    if (step->is_last) return Status::OK();
  }
  return Status::IOError("conflict: others kept changing the item " +
                         Printable(name_) + " while it was flattened");
}

Status Flattener::WriteStep(const FlattenStep& step, bool* met) {
  return terms_.shared ? WriteInSteps(step, met) : WriteAtOnce(step, met);
}

Status Flattener::WriteAtOnce(const FlattenStep& step, bool* met) {
  leveldb::WriteBatch batch;
  batch.Put(step.item.key, step.item.value);
  batch.Put(step.base.key, step.base.value);
  for (const StoredRecord& other : step.others) {
    batch.Put(other.key, other.value);
  }
  for (const std::string& key : step.deletes) batch.Delete(key);
  const WriteResult written = backend_->WriteIf(&batch, step.conditions, false);
  *met = written.is_written();
  return written.status;
}

Status Flattener::WriteInSteps(const FlattenStep& step, bool* met) {
  const std::string mark = step.timestamp.ToString() + "/" +
                           ReplicaText(parts_->wiring.random->Next() >> 16);
  leveldb::WriteBatch begun;
  begun.Put(mark_key_, mark);
  begun.Put(step.base.key, step.base.value);
  for (const StoredRecord& other : step.others) {
    begun.Put(other.key, other.value);
  }
  std::vector<Condition> conditions = step.conditions;
  conditions.push_back(Condition::Absent(mark_key_));
  WriteResult written = backend_->WriteIf(&begun, conditions, false);
  *met = written.is_written();
  if (!written.ok()) return written.status;
  if (!*met) return AwaitMark();
  if (step.is_first && !terms_.stable) {
    const Status checked = CheckStillFirst(step, mark, met);
    if (!checked.ok() || !*met) return checked;
  }

  leveldb::WriteBatch item;
  item.Put(step.item.key, step.item.value);
  written = backend_->WriteIf(
      &item, {Condition::Equals(step.base.key, step.base.value)}, false);
  *met = written.is_written();
  if (!written.ok() && !written.is_unknown()) {
    // The mark is undone so that nobody has to wait for it; that this may fail
    // as well is why others can do it.
    static_cast<void>(Undo(mark));
    return written.status;
  }
  // Not met: others took this one for dead.
  if (!written.ok() || !*met) return written.status;
  leveldb::WriteBatch folded;
  for (const std::string& key : step.deletes) folded.Delete(key);
  const Status deleted = backend_->WriteUnordered(&folded).status;
  if (!deleted.ok()) return deleted;
  return End(step, mark);
}

Status Flattener::CheckStillFirst(const FlattenStep& step,
                                  const std::string& mark, bool* is_first) {
  ItemRecords now;
  const Status read = ReadItem(backend_, name_, &now);
  const auto& bases = now.records.bases;
  // This one is there already where what it folds is just its item.
  *is_first = read.ok() &&
              std::all_of(bases.begin(), bases.end(), [&](const auto& base) {
                return base.timestamp == step.timestamp;
              });
  if (*is_first) return Status::OK();
  leveldb::WriteBatch batch;
  batch.Delete(mark_key_);
  batch.Delete(step.base.key);
  // Not met: others took this one for dead.
  const Status undone =
      backend_
          ->WriteIf(&batch,
                    {Condition::Equals(mark_key_, mark),
                     Condition::Equals(step.base.key, step.base.value)},
                    false)
          .status;
  return read.ok() ? undone : read;
}

Status Flattener::End(const FlattenStep& step, const std::string& mark) {
  const Condition is_ours = Condition::Equals(mark_key_, mark);
  leveldb::WriteBatch ended;
  ended.Delete(mark_key_);
  ended.Put(step.base_after.key, step.base_after.value);
  const WriteResult written = backend_->WriteIf(
      &ended, {is_ours, Condition::Equals(step.base.key, step.base.value)},
      false);
  if (!written.ok() || written.is_written()) return written.status;
  // Others have taken the mark away, or written another base beside this one.
  leveldb::WriteBatch mark_only;
  mark_only.Delete(mark_key_);
  return backend_->WriteIf(&mark_only, {is_ours}, false).status;
}

Status Flattener::CleanUp(const ItemRecords& item) {
  if (item.leftovers.empty()) return Status::OK();
  leveldb::WriteBatch batch;
  for (const StoredRecord& each : item.leftovers) batch.Delete(each.key);
  return backend_->WriteUnordered(&batch).status;
}

Status Flattener::ReadMark(std::optional<std::string>* mark) {
  RangeOptions options;
  options.expected = 1;
  mark->reset();
  return backend_->Range(options, mark_key_, mark_key_ + '\0',
                         [mark](const Slice&, const Slice& value) {
                           *mark = value.ToString();
                           return true;
                         });
}

Status Flattener::AwaitMark() {
  for (;;) {
    std::optional<std::string> mark;
    const Status read = ReadMark(&mark);
    if (!read.ok() || !mark) return read;
    if (*mark != seen_mark_) {
      seen_mark_ = *mark;
      looks_ = 0;
    }
    if (++looks_ > kLooksMax) return Undo(*mark);
    const uint64_t ms = 1 + parts_->wiring.random->UpTo(2 * kLookMs);
    parts_->wiring.scheduler->Sleep(std::chrono::milliseconds(ms));
  }
}

Status Flattener::Undo(const std::string& mark) {
  ItemRecords item;
  const Status read = ReadItem(backend_, name_, &item);
  if (!read.ok()) return read;
  leveldb::WriteBatch batch;
  batch.Delete(mark_key_);
  std::vector<Condition> conditions = {Condition::Equals(mark_key_, mark)};
  const std::string at = mark.substr(0, mark.find('/'));
  for (const StoredRecord& base : item.unfinished) {
    const auto parts = SplitRecordKey(base.key);
    if (!parts || parts->timestamp.ToString() != at) continue;
    batch.Delete(base.key);
    conditions.push_back(Condition::Equals(base.key, base.value));
    for (const Operation operation :
         {Operation::kPutItem, Operation::kDelItem}) {
      conditions.push_back(Condition::Absent(
          MakeRecordKey(name_, parts->timestamp, NameOf(operation))));
    }
  }
  // Not met: somebody went on.
  return backend_->WriteIf(&batch, conditions, false).status;
}

}  // namespace

Status FlattenWhatIsStable(Store::Parts* parts, const std::string& encoded_name,
                           const FlattenOptions& options,
                           const std::optional<Stable>& stable,
                           FlattenResult* result) {
  Flattener flattener(parts, encoded_name, options, stable, result);
  flattener.TakeWhatIsStable();
  return flattener.Run();
}

Status FlattenItem(Store::Parts* parts, const std::string& encoded_name,
                   const FlattenOptions& options,
                   const std::optional<Stable>& stable, FlattenResult* result) {
  Flattener flattener(parts, encoded_name, options, stable, result);
  const Status status = flattener.Run();
  if (!status.ok() || result->folded > 0) return status;
  return flattener.blocked();
}

}  // namespace dyno
