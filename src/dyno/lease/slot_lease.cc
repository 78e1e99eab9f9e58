#include "dyno/lease/slot_lease.h"

#include <algorithm>
#include <chrono>

#include "dyno/backend/read_key.h"
#include "dyno/item/key.h"
#include "dyno/item/timestamps.h"

namespace dyno {
namespace {

using leveldb::Slice;
using leveldb::Status;

/// How far `reserved` is above the last clock reading needed. After a crash of
/// a store's only writer, the next timestamps begin up to this far ahead of the
/// clock. The slot's record is written each time the clock has advanced by this
/// much.
constexpr uint64_t kReserve = ClockAt(60 * 1000);

constexpr uint16_t kEmbeddedSlot = 1;
/// ffff is the slot of promises and minimum timestamps, which have no writer.
constexpr uint16_t kSlotMax = 0xfffe;
/// A call gives up after it has lost this many races against others that take
/// slots at the same time.
constexpr int kLostRacesMax = 64;

/// A writer sends no request on a lease that was renewed longer ago than this.
/// A signed request lives 5 minutes, and others wait for 15 minutes before they
/// close a slot (writer_watch.h). So when others close a slot, no request of
/// the slot's writer is still on its way.
constexpr std::chrono::minutes kStaleAfter(5);
constexpr uint64_t kStaleAfterWall = ClockAt(5 * 60 * 1000);
constexpr std::chrono::seconds kIdleAfter(10);

Slice SliceOf(std::string_view text) { return {text.data(), text.size()}; }

Condition Unchanged(const std::string& key,
                    const std::optional<std::string>& found) {
  return found ? Condition::Equals(key, *found) : Condition::Absent(key);
}

}  // namespace

Status OfAnotherWriter(const Flake& timestamp, uint16_t slot,
                       uint64_t replica) {
  Flake own = EndOf(0);
  own.slot = slot;
  own.replica = replica;
  return Status::InvalidArgument("the timestamp " + timestamp.ToString() +
                                 " is another writer's: this writer's "
                                 "timestamps end in \"" +
                                 own.ToString().substr(Flake::kBytes - 17) +
                                 "\"");
}

// ---------------------------------------------------------------- the state

uint64_t SlotLease::Wall() const {
  return ClockAtWall(environment_.clock->UnixMilliseconds());
}

uint16_t SlotLease::EmbeddedSlot() const {
  return options_.slot != 0 ? options_.slot : kEmbeddedSlot;
}

bool SlotLease::IsStale() const {
  if (!backend_->shared()) return false;
  const uint64_t wall = Wall();
  return environment_.scheduler->Now() - renewed_ > kStaleAfter ||
         wall > renewed_wall_ + kStaleAfterWall;
}

bool SlotLease::IsIdle() const {
  return ledger_->is_empty() &&
         environment_.scheduler->Now() - used_ >= kIdleAfter;
}

void SlotLease::NoteRenewed() {
  renewed_ = environment_.scheduler->Now();
  renewed_wall_ = Wall();
}

void SlotLease::Lose() {
  Leave();
  // Others may close the slot, and then rely on this: no write that is in
  // flight now arrives any more.
  if (backend_->shared()) ledger_->Abort();
}

void SlotLease::Leave() {
  is_held_ = false;
  is_open_ = false;
}

// ------------------------------------------------------------------- taking

Status SlotLease::Take() {
  Status status;
  if (!identity_->id()) status = identity_->Create();
  bool is_held = false;
  {
    std::lock_guard<std::mutex> lock(*mutex_);
    is_held = is_held_;
  }
  // The slot is still held if an earlier call has taken it, but could not read
  // the minimum timestamp.
  if (status.ok() && !is_held) status = TakeSlot();
  if (status.ok() && backend_->shared()) status = ReadMinimumAndId();
  if (!status.ok()) return status;
  std::lock_guard<std::mutex> lock(*mutex_);
  is_open_ = true;
  NoteUse();
  return Status::OK();
}

Status SlotLease::TakeSlot() {
  uint16_t preferred;
  {
    std::lock_guard<std::mutex> lock(*mutex_);
    preferred = preferred_;
  }
  return WinRace(kLostRacesMax, "other writers kept taking the slots",
                 [&]() -> Result<Race> {
                   SlotList list;
                   const Status listed = ListSlots(&list);
                   if (!listed.ok()) return listed;
                   uint16_t slot = 0;
                   std::optional<std::string> found;
                   const Status chosen =
                       ChooseSlot(&list, preferred, &slot, &found);
                   if (!chosen.ok()) return chosen;
                   return TryTake(slot, found);
                 });
}

Status SlotLease::ListSlots(SlotList* list) {
  const Status listed = backend_->Range(
      RangeOptions(), SliceOf(kSlotsBegin), SliceOf(kSlotsEnd),
      [&](const Slice& key, const Slice& value) {
        List({key.data(), key.size()}, {value.data(), value.size()}, list);
        return true;
      });
  return listed.ok() ? list->damaged : listed;
}

void SlotLease::List(std::string_view key, std::string_view value,
                     SlotList* list) {
  const std::optional<uint16_t> slot = ParseSlotKey(key);
  if (!slot) return;
  list->known.insert(*slot);
  if (*slot == EmbeddedSlot()) list->own = value;
  const Result<SlotRecord> record = DecodeSlot(key, value);
  if (record.ok()) {
    if (!record->open) list->closed.emplace_back(*slot, value);
    return;
  }
  // A slot with a damaged record is never taken. An embedded store has no other
  // slot, so nothing can be written to the store.
  if (!backend_->shared()) list->damaged = record.error();
}

Status SlotLease::ChooseSlot(SlotList* list, uint16_t preferred, uint16_t* slot,
                             std::optional<std::string>* found) {
  if (!backend_->shared()) {
    *slot = EmbeddedSlot();
    *found = std::move(list->own);
    return Status::OK();
  }
  if (!list->closed.empty()) {
    // A random slot, so that writers that have collided do not collide again.
    size_t choice = environment_.random->UpTo(list->closed.size() - 1);
    for (size_t i = 0; i < list->closed.size(); ++i) {
      if (list->closed[i].first == preferred) choice = i;
    }
    *slot = list->closed[choice].first;
    *found = std::move(list->closed[choice].second);
    return Status::OK();
  }
  *slot = 1;
  while (*slot <= kSlotMax && list->known.count(*slot) > 0) ++*slot;
  if (*slot <= kSlotMax) return Status::OK();
  return Status::IOError("conflict: every slot for a writer is taken");
}

Result<Race> SlotLease::TryTake(uint16_t slot,
                                const std::optional<std::string>& found) {
  const std::string key = SlotKey(slot);
  SlotRecord record;
  if (found) {
    const Result<SlotRecord> before = DecodeSlot(key, *found);
    if (!before.ok()) return before.error();
    record = *before;
  }
  const Flake others = record.reserved;
  const uint64_t start = others.clock();
  if (start > kClockMax) return Damaged(key, "reserves a time too far ahead");
  uint64_t reserved = 0;
  {
    std::lock_guard<std::mutex> lock(*mutex_);
    ledger_->Pass(start);
    reserved = ledger_->Peek(Wall()) + kReserve;
  }
  record.open = true;
  if (backend_->shared()) record.promise = Flake();
  record.reserved = EndOf(reserved);
  const std::string value = EncodeSlot(record);
  leveldb::WriteBatch batch;
  batch.Put(key, value);
  const WriteResult written =
      backend_->WriteIf(&batch, {Unchanged(key, found)}, true);
  if (!written.is_written()) return RaceOf(written);
  std::lock_guard<std::mutex> lock(*mutex_);
  is_held_ = true;
  slot_ = slot;
  stored_ = value;
  ledger_->NoteOthers(others);
  reserved_ = reserved;
  ledger_->RaiseTold(record.promise);
  NoteRenewed();
  return Race::kWon;
}

Status SlotLease::ReadMinimumAndId() {
  // One range reads both records, because their keys are neighbours.
  std::optional<std::string> minimum_text;
  std::optional<std::string> id_text;
  RangeOptions options;
  options.expected = 2;
  const Status read =
      backend_->Range(options, SliceOf(kMinimumKey), std::string(kIdKey) + '\0',
                      [&](const Slice& key, const Slice& value) {
                        if (key == SliceOf(kMinimumKey)) {
                          minimum_text = value.ToString();
                        } else if (key == SliceOf(kIdKey)) {
                          id_text = value.ToString();
                        }
                        return true;
                      });
  if (!read.ok()) return read;
  Flake minimum;
  if (minimum_text) {
    const Result<Flake> decoded = DecodeMinimum(*minimum_text);
    if (!decoded.ok()) return decoded.error();
    minimum = *decoded;
    if (minimum.clock() > kClockMax) {
      return Damaged(kMinimumKey, "is a time too far ahead");
    }
  }
  if (!id_text) return Damaged(kIdKey, "is missing");
  const Result<StoreId> id = DecodeStoreId(*id_text);
  if (!id.ok()) return id.error();
  std::lock_guard<std::mutex> lock(*mutex_);
  ledger_->Pass(minimum.clock());
  ledger_->RaisePromise(minimum);
  identity_->Set(*id);
  return Status::OK();
}

// ------------------------------------------------------ renewing, giving back

Status SlotLease::Renew(uint64_t needed) {
  SlotRecord record;
  std::string key;
  std::string stored;
  {
    std::lock_guard<std::mutex> lock(*mutex_);
    key = SlotKey(slot_);
    stored = stored_;
    if (identity_->announces_changes() && backend_->shared()) {
      ledger_->Promise(Wall());
      ledger_->Tell();
    }
    record.open = true;
    record.promise = ledger_->told();
    needed = std::max(needed, ledger_->last());
    // `reserved` changes each time, because others close a slot whose record
    // does not change.
    record.reserved = EndOf(std::max(reserved_ + 1, needed + kReserve));
  }
  const std::string value = EncodeSlot(record);
  leveldb::WriteBatch batch;
  batch.Put(key, value);
  const WriteResult written =
      backend_->WriteIf(&batch, {Condition::Equals(key, stored)}, true);
  std::lock_guard<std::mutex> lock(*mutex_);
  if (!written.ok() && !written.is_unknown()) return written.status;
  if (!written.is_written()) {
    // Others have closed the slot, or the slot's record is now unknown. The
    // next call takes a slot anew.
    Lose();
    return written.status;
  }
  stored_ = value;
  reserved_ = record.reserved.clock();
  NoteRenewed();
  return Status::OK();
}

Status SlotLease::GiveBack() {
  SlotRecord record;
  std::string key;
  std::string stored;
  {
    std::lock_guard<std::mutex> lock(*mutex_);
    Leave();
    key = SlotKey(slot_);
    stored = stored_;
    record.promise = ledger_->told();
    record.reserved = EndOf(ledger_->last());
  }
  leveldb::WriteBatch batch;
  batch.Put(key, EncodeSlot(record));
  // If the condition fails, others have closed the slot already.
  return backend_->WriteIf(&batch, {Condition::Equals(key, stored)}, true)
      .status;
}

// ------------------------------------------------------- foreign timestamps

Status SlotLease::CheckMayBeOurs(const Flake& timestamp) {
  // Another process may have created the id.
  if (!identity_->id() && backend_->shared()) {
    const Status loaded = identity_->Load();
    if (!loaded.ok()) return loaded;
  }
  uint64_t replica = 0;
  const std::optional<StoreId> known = identity_->id();
  if (known) {
    replica = known->replica;
  } else if (!ParseReplica(options_.replica, &replica)) {
    return Status::InvalidArgument("the timestamp " + timestamp.ToString() +
                                   " is another writer's: this store has "
                                   "issued no timestamp yet");
  }
  const auto check = [&](uint16_t slot) {
    const bool is_ours = timestamp.slot == slot && timestamp.replica == replica;
    return is_ours ? Status::OK() : OfAnotherWriter(timestamp, slot, replica);
  };
  {
    std::lock_guard<std::mutex> lock(*mutex_);
    if (is_open_) return check(slot_);
  }
  return backend_->shared() ? CheckSlotIsFree(timestamp, replica)
                            : check(EmbeddedSlot());
}

Status SlotLease::CheckSlotIsFree(const Flake& timestamp, uint64_t replica) {
  const Status of_another = Status::InvalidArgument(
      "the timestamp " + timestamp.ToString() +
      " is another writer's: this store's timestamps end in \"" +
      ReplicaText(replica) +
      "\", and the timestamp's slot is taken or was never given out");
  if (timestamp.replica != replica) return of_another;
  const std::string key = SlotKey(timestamp.slot);
  const Result<std::optional<std::string>> found = ReadKey(backend_, key);
  if (!found.ok()) return found.error();
  // A new store has no records of slots, and gives out the first slot next.
  if (!*found) {
    return timestamp.slot == kEmbeddedSlot ? Status::OK() : of_another;
  }
  const Result<SlotRecord> record = DecodeSlot(key, **found);
  return record.ok() && !record->open ? Status::OK() : of_another;
}

}  // namespace dyno
