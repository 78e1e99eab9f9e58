#include "dyno/writer.h"

#include <algorithm>
#include <set>
#include <utility>

#include "dyno/key.h"

namespace dyno {
namespace {

using leveldb::Slice;
using leveldb::Status;

/// What a reserve is ahead of what is needed. A crash of the only writer moves
/// the clock so far, and every so often of writing the place is written.
constexpr uint64_t kReserve = ClockAt(60 * 1000);

/// Far from where numbers would begin again.
constexpr uint64_t kClockMax = ~uint64_t{0} >> 1;

constexpr uint16_t kEmbeddedSlot = 1;
/// ffff is that of promises and floors, which are of no writer.
constexpr uint16_t kSlotMax = 0xfffe;
/// Others who take slots at the same time.
constexpr int kTakesMax = 64;

/// The InvalidArgument of a timestamp that is not of this slot and replica.
Status OfAnother(const Flake& timestamp, uint16_t slot, uint64_t replica) {
  Flake own = EndOf(0);
  own.slot = slot;
  own.replica = replica;
  return Status::InvalidArgument("the timestamp " + timestamp.ToString() +
                                 " is of another writer: this one's end in \"" +
                                 own.ToString().substr(Flake::kBytes - 17) +
                                 "\"");
}

Slice SliceOf(std::string_view text) { return {text.data(), text.size()}; }

Condition Unchanged(const std::string& key,
                    const std::optional<std::string>& found) {
  return found ? Condition::Equals(key, *found) : Condition::Absent(key);
}

}  // namespace

uint64_t Writer::Wall() const {
  return ClockAtWall(wiring_.clock->UnixMilliseconds());
}

std::optional<StoreId> Writer::id() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return id_;
}

Result<std::optional<std::string>> Writer::ReadOwn(std::string_view key) {
  std::optional<std::string> found;
  RangeOptions options;
  options.expected = 1;
  const Status status =
      backend_->Range(options, SliceOf(key), std::string(key) + '\0',
                      [&found](const Slice&, const Slice& value) {
                        found = value.ToString();
                        return true;
                      });
  if (!status.ok()) return status;
  return found;
}

Status Writer::Load() {
  const Result<std::optional<std::string>> found = ReadOwn(kIdKey);
  if (!found.ok()) return found.error();
  if (!*found) return Status::OK();
  const Result<StoreId> id = DecodeStoreId(**found);
  if (!id.ok()) return id.error();
  std::lock_guard<std::mutex> lock(mutex_);
  id_ = *id;
  return Status::OK();
}

// ---------------------------------------------------------------- timestamps

Result<std::vector<Flake>> Writer::Issue(size_t count) {
  std::unique_lock<std::mutex> lock(mutex_);
  uint64_t wall = 0;
  const Status reserved = Reserve(&lock, [&] {
    wall = Wall();  // What is reserved is what is given.
    return clock_.Peek(wall) + count - 1;
  });
  if (!reserved.ok()) return reserved;
  std::vector<Flake> timestamps;
  for (size_t i = 0; i < count; ++i) {
    Flake flake = EndOf(clock_.Next(wall));
    flake.slot = slot_;
    flake.replica = id_->replica;
    timestamps.push_back(flake);
  }
  return timestamps;
}

Status Writer::Adopt(const Flake& timestamp) {
  const uint64_t limit = Wall() + ClockAt(options_.drift_ms_max);
  if (timestamp.clock() > limit) {
    return Status::InvalidArgument(
        "the timestamp " + timestamp.ToString() + " is more than " +
        std::to_string(options_.drift_ms_max) + " ms ahead of the clock");
  }
  const Status may_be = CheckMayBeOurs(timestamp);
  if (!may_be.ok()) return may_be;
  std::unique_lock<std::mutex> lock(mutex_);
  const auto is_ours = [&] {
    return timestamp.slot == slot_ && timestamp.replica == id_->replica;
  };
  wanted_slot_ = timestamp.slot;
  // The place first: it may be another one than last time.
  Status status = Reserve(&lock, [] { return 0; });
  if (status.ok() && is_ours()) {
    status = Reserve(&lock, [&] { return timestamp.clock(); });
  }
  if (!status.ok()) return status;
  if (!is_ours()) return OfAnother(timestamp, slot_, id_->replica);
  clock_.Pass(timestamp.clock());
  return Status::OK();
}

Status Writer::CheckMayBeOurs(const Flake& timestamp) {
  if (!id() && backend_->shared()) {  // Others may have made it.
    const Status loaded = Load();
    if (!loaded.ok()) return loaded;
  }
  uint64_t replica = 0;
  const std::optional<StoreId> known = id();
  if (known) {
    replica = known->replica;
  } else if (!ParseReplica(options_.replica, &replica)) {
    return Status::InvalidArgument("the timestamp " + timestamp.ToString() +
                                   " is of another writer: this store has "
                                   "given none yet");
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (open_) {
      const bool is_ours =
          timestamp.slot == slot_ && timestamp.replica == replica;
      return is_ours ? Status::OK() : OfAnother(timestamp, slot_, replica);
    }
  }
  if (!backend_->shared()) {
    const uint16_t slot = options_.slot != 0 ? options_.slot : kEmbeddedSlot;
    const bool is_ours = timestamp.slot == slot && timestamp.replica == replica;
    return is_ours ? Status::OK() : OfAnother(timestamp, slot, replica);
  }
  const Status of_another = Status::InvalidArgument(
      "the timestamp " + timestamp.ToString() +
      " is of another writer: this store's end in \"" + ReplicaText(replica) +
      "\", and its slot is taken or was never given");
  if (timestamp.replica != replica) return of_another;
  const std::string key = WriterKey(timestamp.slot);
  const Result<std::optional<std::string>> found = ReadOwn(key);
  if (!found.ok()) return found.error();
  // The first slot is the one that is given next in a store that is new.
  if (!*found) {
    return timestamp.slot == kEmbeddedSlot ? Status::OK() : of_another;
  }
  const Result<WriterPlace> place = DecodeWriterPlace(key, **found);
  return place.ok() && !place->open ? Status::OK() : of_another;
}

void Writer::Show(const Flake& timestamp) {
  if (timestamp.clock() > Wall() + ClockAt(options_.drift_ms_max)) return;
  std::lock_guard<std::mutex> lock(mutex_);
  clock_.Pass(timestamp.clock());
}

// ----------------------------------------------------------------- the place

Status Writer::Reserve(std::unique_lock<std::mutex>* lock,
                       const std::function<uint64_t()>& needed) {
  while (!open_ || needed() > reserved_) {
    if (busy_) {
      const Status waited = WaitForTurn(lock);
      if (!waited.ok()) return waited;
      continue;
    }
    busy_ = true;
    const bool was_open = open_;
    const uint64_t clock = needed();
    lock->unlock();
    const Status status = was_open ? Renew(clock) : TakePlace();
    lock->lock();
    EndTurn();
    if (!status.ok()) return status;
  }
  return Status::OK();
}

Status Writer::WaitForTurn(std::unique_lock<std::mutex>* lock) {
  if (wiring_.scheduler->Wait(*lock, [this] { return !busy_; })) {
    return Status::OK();
  }
  return Status::IOError(
      "forked: the store was opened before fork(); open it again");
}

void Writer::EndTurn() {
  busy_ = false;
  wiring_.scheduler->Notify();
}

Status Writer::TakePlace() {
  Status status;
  if (!id()) status = MakeId();
  if (status.ok()) status = TakeSlot();
  if (status.ok() && backend_->shared()) status = ReadFloor();
  if (!status.ok()) return status;
  std::lock_guard<std::mutex> lock(mutex_);
  open_ = true;
  return Status::OK();
}

Status Writer::MakeId() {
  StoreId id;
  id.replicated = options_.replicated;
  if (options_.replica.empty()) {
    id.replica = wiring_.random->Next() >> 16;
  } else if (!ParseReplica(options_.replica, &id.replica)) {
    return Status::InvalidArgument("no replica: 12 lower-case hex digits");
  }
  leveldb::WriteBatch batch;
  batch.Put(SliceOf(kIdKey), EncodeStoreId(id));
  bool met = false;
  const Status written = backend_->WriteIf(
      &batch, {Condition::Absent(std::string(kIdKey))}, true, &met);
  if (!written.ok()) return written;
  if (!met) return Load();  // Another was first.
  std::lock_guard<std::mutex> lock(mutex_);
  id_ = id;
  return Status::OK();
}

Status Writer::TakeSlot() {
  const uint16_t own = options_.slot != 0 ? options_.slot : kEmbeddedSlot;
  uint16_t wanted;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    wanted = wanted_slot_;
  }
  for (int attempt = 0; attempt < kTakesMax; ++attempt) {
    std::set<uint16_t> known;
    std::vector<std::pair<uint16_t, std::string>> closed;
    std::optional<std::string> found;  // The embedded store's place.
    Status damaged;
    const Status listed = backend_->Range(
        RangeOptions(), SliceOf(kWritersBegin), SliceOf(kWritersEnd),
        [&](const Slice& key, const Slice& value) {
          const std::string_view name(key.data(), key.size());
          const std::optional<uint16_t> slot = ParseWriterKey(name);
          if (!slot) return true;
          known.insert(*slot);
          if (*slot == own) found = value.ToString();
          const Result<WriterPlace> place =
              DecodeWriterPlace(name, {value.data(), value.size()});
          if (!place.ok()) {
            // Nobody takes it; but where it is the only one nobody can write.
            if (!backend_->shared()) damaged = place.error();
          } else if (!place->open) {
            closed.emplace_back(*slot, value.ToString());
          }
          return true;
        });
    if (!listed.ok()) return listed;
    if (!damaged.ok()) return damaged;

    uint16_t slot = own;
    if (backend_->shared()) {
      found.reset();
      if (!closed.empty()) {
        // Any of them, so that those who come together do not meet again.
        size_t choice = wiring_.random->UpTo(closed.size() - 1);
        for (size_t i = 0; i < closed.size(); ++i) {
          if (closed[i].first == wanted) choice = i;
        }
        auto& chosen = closed[choice];
        slot = chosen.first;
        found = std::move(chosen.second);
      } else {
        slot = 1;
        while (slot <= kSlotMax && known.count(slot) > 0) ++slot;
        if (slot > kSlotMax) {
          return Status::IOError("conflict: every slot for a writer is taken");
        }
      }
    }
    bool taken = false;
    const Status status = TryTake(slot, found, &taken);
    if (!status.ok() || taken) return status;
  }
  return Status::IOError("conflict: other writers kept taking the slots");
}

Status Writer::TryTake(uint16_t slot, const std::optional<std::string>& found,
                       bool* taken) {
  const std::string key = WriterKey(slot);
  WriterPlace place;
  if (found) {
    const Result<WriterPlace> before = DecodeWriterPlace(key, *found);
    if (!before.ok()) return before.error();
    place = *before;
  }
  const uint64_t start = place.reserved.clock();
  if (start > kClockMax) return Damaged(key, "reserves the end of time");
  uint64_t reserved = 0;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    clock_.Pass(start);
    reserved = clock_.Peek(Wall()) + kReserve;
  }
  place.open = true;
  place.promise = Flake();
  place.reserved = EndOf(reserved);
  const std::string value = EncodeWriterPlace(place);
  leveldb::WriteBatch batch;
  batch.Put(key, value);
  const Status written =
      backend_->WriteIf(&batch, {Unchanged(key, found)}, true, taken);
  if (!written.ok() || !*taken) return written;
  std::lock_guard<std::mutex> lock(mutex_);
  slot_ = slot;
  stored_ = value;
  reserved_ = reserved;
  return Status::OK();
}

Status Writer::ReadFloor() {
  const Result<std::optional<std::string>> found = ReadOwn(kFloorKey);
  if (!found.ok()) return found.error();
  if (!*found) return Status::OK();
  const Result<Flake> floor = DecodeFloor(**found);
  if (!floor.ok()) return floor.error();
  if (floor->clock() > kClockMax) {
    return Damaged(kFloorKey, "is the end of time");
  }
  std::lock_guard<std::mutex> lock(mutex_);
  clock_.Pass(floor->clock());
  return Status::OK();
}

Status Writer::Renew(uint64_t needed) {
  const std::string key = WriterKey(slot_);
  WriterPlace place;
  place.open = true;
  const uint64_t reserved = needed + kReserve;
  place.reserved = EndOf(reserved);
  const std::string value = EncodeWriterPlace(place);
  leveldb::WriteBatch batch;
  batch.Put(key, value);
  bool met = false;
  const Status written =
      backend_->WriteIf(&batch, {Condition::Equals(key, stored_)}, true, &met);
  std::lock_guard<std::mutex> lock(mutex_);
  if (!written.ok() || !met) {
    // Not ours any more, or we do not know what is stored: take one anew.
    open_ = false;
    return written;
  }
  stored_ = value;
  reserved_ = reserved;
  return Status::OK();
}

Status Writer::Close() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (busy_) {
    const Status waited = WaitForTurn(&lock);
    if (!waited.ok()) return waited;
  }
  if (!open_) return Status::OK();
  open_ = false;
  busy_ = true;
  WriterPlace place;
  place.reserved = EndOf(clock_.last());
  const std::string key = WriterKey(slot_);
  leveldb::WriteBatch batch;
  batch.Put(key, EncodeWriterPlace(place));
  lock.unlock();
  bool met = false;
  // Not ours any more: then there is nothing to give back.
  const Status written =
      backend_->WriteIf(&batch, {Condition::Equals(key, stored_)}, true, &met);
  lock.lock();
  EndTurn();
  return written;
}

}  // namespace dyno
