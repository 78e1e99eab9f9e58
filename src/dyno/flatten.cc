// A flatten proceeds in steps. In a store that is not shared, a step is one
// write. In a shared store, a step is four writes, because a range may show
// only a part of one write. The four writes are ordered so that every range
// before, during or after them shows the same item (item/base_codec.h):
//
//     1. Put the record %dyno/f/NAME, which marks the item as being flattened.
//        Also put "~base", which names the records that it folds. Conditions:
//        all records to fold are there, and there is no mark.
//     2. Put the item, if "~base" is unchanged. Now the base takes effect.
//     3. Delete the folded records.
//     4. Delete the mark, and keep in "~base" only the names of records that
//        may arrive again.
//
// The mark keeps two processes from flattening one item at the same time. If
// another process finds the same mark more than kLooksMax times, it assumes
// that the process that put the mark is dead. It then deletes the mark and, if
// write 2 was not done, undoes write 1.

#include "dyno/flatten.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "dyno/backend/item_reader.h"
#include "dyno/backend/race.h"
#include "dyno/backend/read_key.h"
#include "dyno/item/key.h"
#include "dyno/item/operation.h"
#include "dyno/item/replay.h"
#include "dyno/item/timestamps.h"

namespace dyno {
namespace {

using leveldb::Status;

/// How many times this process waits for the mark of another process before it
/// deletes that mark, and the average wait in milliseconds. All waits together
/// take longer than three writes.
constexpr int kLooksMax = 10;
constexpr uint64_t kLookMs = 50;
/// A base names a folded record only while that record is younger than this. No
/// request lives that long.
constexpr uint64_t kNamesMs = 15 * 60 * 1000;

class Flattener {
 public:
  Flattener(StoreParts* parts, const std::string& encoded_name,
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
    terms_.names_from = EndOf(wall - std::min(wall, ClockAt(kNamesMs)));
  }

  Status Run();
  /// Makes Run fold the stable operations even if others up to the end are not
  /// stable.
  void TakeWhatIsStable() { terms_.strict = false; }
  /// If the last step folded nothing although there were operations to fold,
  /// the reason; otherwise OK.
  const Status& blocked() const { return blocked_; }

 private:
  /// Reads, plans and writes one step. If the race was won, sets `*is_last` to
  /// whether nothing is left to fold.
  Result<Race> TakeStep(bool* is_last);
  /// Determines the timestamp up to which this flatten folds. Called once per
  /// flatten, because operations that are written later are not to be folded.
  Status FindEnd(const ItemRecords& item);
  /// The race is lost if another writer has changed the item.
  Result<Race> WriteStep(const FlattenStep& step);
  Result<Race> WriteAtOnce(const FlattenStep& step);
  Result<Race> WriteInSteps(const FlattenStep& step);
  /// Write 1.
  Result<Race> Begin(const FlattenStep& step, const std::string& mark);
  /// To be called after write 1 of a step that puts the item's first base. The
  /// mark is then in place, so no other flatten can begin. A write can have the
  /// condition that a known base is unchanged, but not that the item has no
  /// base, because a base can have any timestamp. So between this flatten's
  /// read and write 1, older operations may have arrived, and another flatten
  /// may have folded them. If so, this call undoes write 1, and the race is
  /// lost.
  Result<Race> CheckStillFirst(const FlattenStep& step,
                               const std::string& mark);
  /// Write 4.
  Status End(const FlattenStep& step, const std::string& mark);
  /// Deletes the records that an earlier flatten folded but did not delete.
  Status CleanUp(const ItemRecords& item);
  /// Waits until the mark of another process is gone. If the mark stays, calls
  /// Undo.
  Status AwaitMark();
  /// Deletes `mark`. If the base of the flatten that put the mark has not taken
  /// effect, also undoes write 1 of that flatten.
  Status Undo(const std::string& mark);

  StoreParts* const parts_;
  Backend* const backend_;
  const std::string name_;
  const std::string mark_key_;
  const FlattenOptions& options_;
  FlattenResult* const result_;
  FlattenTerms terms_;
  bool has_end_ = false;
  Status blocked_;
  std::string seen_mark_;  // The mark that AwaitMark found last.
  int looks_ = 0;          // How often AwaitMark has found it.
};

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
  // By default, nothing above the drift limit is folded: a timestamp that far
  // ahead of the clock may be a mistake.
  terms_.end = EndOf(parts_->writer.DriftLimit());
  std::string up_to;
  if (!options_.timestamp.empty()) {
    if (!Flake::ParseBound(options_.timestamp, &terms_.end)) {
      return Invalid("not a timestamp: " + Printable(options_.timestamp));
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
    if (up_to.empty()) up_to = " to fold: all are too far ahead of the clock";
    return Invalid("the item " + Printable(name_) + " has no operation" +
                   up_to);
  }
  return Status::OK();
}

Status Flattener::Run() {
  bool is_last = false;
  Status status;
  while (status.ok() && !is_last) {
    status =
        WinRaceForItem(name_, "flattened", [&] { return TakeStep(&is_last); });
  }
  return status;
}

Result<Race> Flattener::TakeStep(bool* is_last) {
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
    const Status cleaned = CleanUp(item);
    if (!cleaned.ok()) return cleaned;
    *is_last = true;
    return Race::kWon;
  }
  const Result<Race> written = WriteStep(*step);
  if (!written.ok() || *written == Race::kLost) return written;
  result_->folded += step->folded;
  ++result_->steps;
  *is_last = step->is_last;
  return Race::kWon;
}

Result<Race> Flattener::WriteStep(const FlattenStep& step) {
  return terms_.shared ? WriteInSteps(step) : WriteAtOnce(step);
}

Result<Race> Flattener::WriteAtOnce(const FlattenStep& step) {
  leveldb::WriteBatch batch;
  batch.Put(step.item.key, step.item.value);
  batch.Put(step.base.key, step.base.value);
  for (const StoredRecord& other : step.others) {
    batch.Put(other.key, other.value);
  }
  for (const std::string& key : step.deletes) batch.Delete(key);
  return RaceOf(backend_->WriteIf(&batch, step.conditions, false));
}

Result<Race> Flattener::WriteInSteps(const FlattenStep& step) {
  const std::string mark =
      step.timestamp.ToString() + "/" +
      ReplicaText(parts_->environment.random->Next() >> 16);
  const Result<Race> begun = Begin(step, mark);
  if (!begun.ok() || *begun == Race::kLost) return begun;

  leveldb::WriteBatch item;
  item.Put(step.item.key, step.item.value);
  const WriteResult written = backend_->WriteIf(
      &item, {Condition::Equals(step.base.key, step.base.value)}, false);
  if (!written.ok() && !written.is_unknown()) {
    // Undo write 1, so that no other process has to wait for the mark. If the
    // undo fails as well, another process will undo write 1.
    static_cast<void>(Undo(mark));
  }
  // The condition fails if another process assumed that this one is dead, and
  // undid write 1.
  if (!written.is_written()) return RaceOf(written);
  leveldb::WriteBatch folded;
  for (const std::string& key : step.deletes) folded.Delete(key);
  Status ended = backend_->WriteUnordered(&folded).status;
  if (ended.ok()) ended = End(step, mark);
  if (!ended.ok()) return ended;
  return Race::kWon;
}

Result<Race> Flattener::Begin(const FlattenStep& step,
                              const std::string& mark) {
  leveldb::WriteBatch batch;
  batch.Put(mark_key_, mark);
  batch.Put(step.base.key, step.base.value);
  for (const StoredRecord& other : step.others) {
    batch.Put(other.key, other.value);
  }
  std::vector<Condition> conditions = step.conditions;
  conditions.push_back(Condition::Absent(mark_key_));
  const WriteResult written = backend_->WriteIf(&batch, conditions, false);
  if (written.ok() && !written.is_written()) {
    const Status awaited = AwaitMark();
    if (!awaited.ok()) return awaited;
  }
  if (written.is_written() && step.is_first && !terms_.stable) {
    return CheckStillFirst(step, mark);
  }
  return RaceOf(written);
}

Result<Race> Flattener::CheckStillFirst(const FlattenStep& step,
                                        const std::string& mark) {
  ItemRecords now;
  const Status read = ReadItem(backend_, name_, &now);
  const auto& bases = now.records.bases;
  // If the step folds a single putItem or delItem, that record is the new
  // base's item. In that case the new base is valid already, and is among
  // `bases`.
  const bool is_first =
      read.ok() &&
      std::all_of(bases.begin(), bases.end(), [&](const auto& base) {
        return base.timestamp == step.timestamp;
      });
  if (is_first) return Race::kWon;
  leveldb::WriteBatch batch;
  batch.Delete(mark_key_);
  batch.Delete(step.base.key);
  // The conditions fail if another process assumed that this one is dead, and
  // has undone write 1 already.
  const WriteResult undone =
      backend_->WriteIf(&batch,
                        {Condition::Equals(mark_key_, mark),
                         Condition::Equals(step.base.key, step.base.value)},
                        false);
  if (!read.ok()) return read;
  if (!undone.ok()) return undone.status;
  return Race::kLost;
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
  // Another process has deleted the mark, or put another base with the same
  // timestamp. Delete the mark if it is still this process's own.
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

Status Flattener::AwaitMark() {
  for (;;) {
    const Result<std::optional<std::string>> mark =
        ReadKey(backend_, mark_key_);
    if (!mark.ok()) return mark.error();
    if (!*mark) return Status::OK();
    if (**mark != seen_mark_) {
      seen_mark_ = **mark;
      looks_ = 0;
    }
    if (++looks_ > kLooksMax) return Undo(**mark);
    const uint64_t ms = 1 + parts_->environment.random->UpTo(2 * kLookMs);
    parts_->environment.scheduler->Sleep(std::chrono::milliseconds(ms));
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
  // The conditions fail if the process that put the mark is alive after all,
  // and has continued.
  return backend_->WriteIf(&batch, conditions, false).status;
}

}  // namespace

Status FlattenWhatIsStable(StoreParts* parts, const std::string& encoded_name,
                           const FlattenOptions& options,
                           const std::optional<Stable>& stable,
                           FlattenResult* result) {
  Flattener flattener(parts, encoded_name, options, stable, result);
  flattener.TakeWhatIsStable();
  return flattener.Run();
}

Status FlattenItem(StoreParts* parts, const std::string& encoded_name,
                   const FlattenOptions& options,
                   const std::optional<Stable>& stable, FlattenResult* result) {
  Flattener flattener(parts, encoded_name, options, stable, result);
  const Status status = flattener.Run();
  if (!status.ok() || result->folded > 0) return status;
  return flattener.blocked();
}

}  // namespace dyno
