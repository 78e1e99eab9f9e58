#include "dyno/writer.h"

#include <algorithm>
#include <chrono>
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

/// Of a place in a replicated shared store. A signed request lives 5 minutes
/// and others wait for 15 (stability.h), so that nothing of a place that they
/// have closed is still on its way.
constexpr std::chrono::seconds kRenewAfter(5);
constexpr std::chrono::seconds kCloseAfter(10);
constexpr std::chrono::minutes kStaleAfter(5);
constexpr uint64_t kStaleAfterWall = ClockAt(5 * 60 * 1000);

/// Of this thread: the one that is asking for a thread to keep its place.
thread_local const Writer* starting = nullptr;

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

Writer::~Writer() { End(); }

void Writer::End() {
  std::unique_lock<std::mutex> lock(mutex_);
  ends_ = true;
  wiring_.scheduler->Notify();
  // A forked child has no such thread, and does not wait.
  wiring_.scheduler->Wait(lock, [this] { return !keeper_runs_; });
}

uint64_t Writer::Wall() const {
  return ClockAtWall(wiring_.clock->UnixMilliseconds());
}

uint64_t Writer::DriftLimit() const {
  return Wall() + ClockAt(options_.drift_ms_max);
}

std::optional<StoreId> Writer::id() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return id_;
}

void Writer::SetId(const StoreId& id) {
  std::lock_guard<std::mutex> lock(mutex_);
  id_ = id;
}

std::optional<uint16_t> Writer::open_slot() const {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!open_) return std::nullopt;
  return slot_;
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

Status Writer::EnsureId() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (id_) return Status::OK();
  const Status turn = TakeTurn(&lock);
  if (!turn.ok()) return turn;
  lock.unlock();
  const Status status = id() ? Status::OK() : MakeId();
  lock.lock();
  EndTurn();
  return status;
}

// ---------------------------------------------------------------- timestamps

Result<std::vector<Flake>> Writer::Issue(size_t count, const void* owner) {
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
    in_flight_.insert(in_flight_.end(), flake);
  }
  Flake& last = last_of_[owner];
  last = std::max(last, timestamps.back());
  used_ = wiring_.scheduler->Now();
  return timestamps;
}

Status Writer::Adopt(const Flake& timestamp) {
  if (timestamp.clock() > DriftLimit()) {
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
  const Status not_promised = CheckNotPromised(timestamp);
  if (!not_promised.ok()) return not_promised;
  clock_.Pass(timestamp.clock());
  in_flight_.insert(timestamp);
  Flake& last = last_of_[nullptr];
  last = std::max(last, timestamp);
  used_ = wiring_.scheduler->Now();
  return Status::OK();
}

Status Writer::CheckNotPromised(const Flake& timestamp) const {
  if (timestamp > promised_ || in_flight_.count(timestamp) > 0) {
    return Status::OK();
  }
  return Status::InvalidArgument(
      "the timestamp " + timestamp.ToString() +
      " is not above what the store has promised to others, " +
      promised_.ToString());
}

void Writer::Done(const std::vector<Flake>& timestamps) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (const Flake& each : timestamps) {
    in_flight_.erase(each);
    in_doubt_.erase(each);
  }
  wiring_.scheduler->Notify();  // A Close may be waiting.
}

void Writer::Doubt(const std::vector<Flake>& timestamps) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (const Flake& each : timestamps) {
    if (in_flight_.count(each) > 0) in_doubt_.insert(each);
  }
  wiring_.scheduler->Notify();
}

Status Writer::CheckInFlight(const Flake& timestamp) {
  if (!backend_->shared()) return Status::OK();
  std::lock_guard<std::mutex> lock(mutex_);
  if (in_flight_.count(timestamp) > 0 && !IsStale()) {
    return Status::OK();
  }
  return Status::IOError(
      "conflict: the writer's place was closed by others, who had not seen it "
      "renewed for long; nothing was written");
}

Flake Writer::LastOfOthers(const void* owner) {
  std::lock_guard<std::mutex> lock(mutex_);
  Flake last;
  for (const auto& [each, timestamp] : last_of_) {
    if (each != owner) last = std::max(last, timestamp);
  }
  return last;
}

void Writer::EndOwner(const void* owner) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = last_of_.find(owner);
  if (found == last_of_.end()) return;
  const Flake last = found->second;
  last_of_.erase(found);
  last_of_[nullptr] = std::max(last_of_[nullptr], last);
}

Result<std::optional<Writer::Promised>> Writer::Promise(Audience audience) {
  Resolve();
  std::unique_lock<std::mutex> lock(mutex_);
  if (!backend_->shared()) {
    const Status taken = Reserve(&lock, [] { return 0; });
    if (!taken.ok()) return taken;
    if (audience == Audience::kThisStore) {
      promised_ = NextPromise();
      return std::optional<Promised>({told_, promised_});
    }
  }
  const Status turn = TakeTurn(&lock);
  if (!turn.ok()) return turn;
  Status status;
  const Flake before = told_;
  if (open_) {
    // Of an embedded store others are told only now, so that what is stored is
    // what they may know: see CheckNotRestored.
    promised_ = NextPromise();
    told_ = promised_;
    lock.unlock();
    status = Renew(0);
    lock.lock();
  }
  EndTurn();
  if (!status.ok()) return status;
  if (open_) return std::optional<Promised>({before, told_});
  if (backend_->shared()) return std::optional<Promised>();
  return Status::IOError("conflict: the store was closed meanwhile");
}

void Writer::Abandon() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (backend_->shared() && !busy_) LosePlace();
  wiring_.scheduler->Notify();
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
  if (timestamp.clock() > DriftLimit()) return;
  Pass(timestamp);
}

void Writer::Pass(const Flake& timestamp) {
  std::lock_guard<std::mutex> lock(mutex_);
  clock_.Pass(std::min(timestamp.clock(), kClockMax));
}

// ----------------------------------------------------------------- the place

bool Writer::IsStale() const {
  if (!backend_->shared()) return false;
  const uint64_t wall = Wall();
  return wiring_.scheduler->Now() - renewed_ > kStaleAfter ||
         wall > renewed_wall_ + kStaleAfterWall;
}

Status Writer::Reserve(std::unique_lock<std::mutex>* lock,
                       const std::function<uint64_t()>& needed) {
  while (!open_ || needed() > reserved_ || IsStale()) {
    const Status turn = TakeTurn(lock);
    if (!turn.ok()) return turn;
    Status status;
    if (!open_ || needed() > reserved_ || IsStale()) {
      const bool was_open = open_;
      const uint64_t clock = needed();
      lock->unlock();
      status = was_open ? Renew(clock) : TakePlace();
      lock->lock();
    }
    EndTurn();
    if (!status.ok()) return status;
    StartKeeper(lock);
  }
  return Status::OK();
}

Status Writer::WaitFor(std::unique_lock<std::mutex>* lock,
                       const std::function<bool()>& ready) {
  if (wiring_.scheduler->Wait(*lock, ready)) return Status::OK();
  return Status::IOError(
      "forked: the store was opened before fork(); open it again");
}

Status Writer::TakeTurn(std::unique_lock<std::mutex>* lock) {
  const Status waited = WaitFor(lock, [this] { return !busy_; });
  if (waited.ok()) busy_ = true;
  return waited;
}

void Writer::EndTurn() {
  busy_ = false;
  wiring_.scheduler->Notify();
}

void Writer::Resolve() {
  if (resolve_) resolve_();
}

void Writer::StartKeeper(std::unique_lock<std::mutex>* lock) {
  if (!open_ || keeper_runs_ || ends_ || !backend_->shared() ||
      !id_->announces_changes()) {
    return;
  }
  keeper_runs_ = true;
  lock->unlock();
  starting = this;
  wiring_.scheduler->Run([this] {
    // Where no thread is to be had nobody keeps the place: it is then renewed
    // by those who use it, and closed by others when nobody does.
    const bool has_own_thread = starting != this;
    std::unique_lock<std::mutex> locked(mutex_);
    if (has_own_thread) Keep(&locked);
    keeper_runs_ = false;
    wiring_.scheduler->Notify();
  });
  starting = nullptr;
  lock->lock();
}

void Writer::Keep(std::unique_lock<std::mutex>* lock) {
  dynamodown::Scheduler* const scheduler = wiring_.scheduler;
  const auto ends = [this] { return ends_ || !open_; };
  auto next = renewed_ + kRenewAfter;
  while (!scheduler->WaitUntil(*lock, ends, next)) {
    lock->unlock();
    Resolve();
    lock->lock();
    scheduler->Wait(*lock, [&] { return !busy_ || ends_; });
    if (ends()) return;
    busy_ = true;
    const bool is_idle =
        in_flight_.empty() && scheduler->Now() - used_ >= kCloseAfter;
    lock->unlock();
    // A failure is met again at the next turn, or by who uses the place.
    const Status status = is_idle ? GiveBack() : Renew(0);
    lock->lock();
    EndTurn();
    next = (status.ok() ? renewed_ : scheduler->Now()) + kRenewAfter;
  }
}

Status Writer::TakePlace() {
  Status status;
  if (!id()) status = MakeId();
  bool is_held = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    is_held = held_;
  }
  // One that is held since the floor could not be read is gone on with.
  if (status.ok() && !is_held) status = TakeSlot();
  if (status.ok() && backend_->shared()) status = ReadFloorAndId();
  if (!status.ok()) return status;
  std::lock_guard<std::mutex> lock(mutex_);
  open_ = true;
  used_ = wiring_.scheduler->Now();
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
  const WriteResult written =
      backend_->WriteIf(&batch, {Condition::Absent(std::string(kIdKey))}, true);
  if (!written.ok()) return written.status;
  if (!written.is_written()) return Load();  // Another was first.
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
  const Flake others = place.reserved;
  const uint64_t start = others.clock();
  if (start > kClockMax) return Damaged(key, "reserves the end of time");
  uint64_t reserved = 0;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    clock_.Pass(start);
    reserved = clock_.Peek(Wall()) + kReserve;
  }
  place.open = true;
  const Flake promise = backend_->shared() ? Flake() : place.promise;
  place.promise = promise;
  place.reserved = EndOf(reserved);
  const std::string value = EncodeWriterPlace(place);
  leveldb::WriteBatch batch;
  batch.Put(key, value);
  const WriteResult written =
      backend_->WriteIf(&batch, {Unchanged(key, found)}, true);
  *taken = written.is_written();
  if (!*taken) return written.status;
  std::lock_guard<std::mutex> lock(mutex_);
  held_ = true;
  slot_ = slot;
  stored_ = value;
  // Whoever had the place may have written up to there.
  last_of_[nullptr] = std::max(last_of_[nullptr], others);
  reserved_ = reserved;
  told_ = std::max(told_, promise);
  promised_ = std::max(promised_, promise);
  NoteRenewed();
  return Status::OK();
}

void Writer::NoteRenewed() {
  renewed_ = wiring_.scheduler->Now();
  renewed_wall_ = Wall();
}

Status Writer::ReadFloorAndId() {
  // They are neighbours.
  std::optional<std::string> floor_text;
  std::optional<std::string> id_text;
  RangeOptions options;
  options.expected = 2;
  const Status read =
      backend_->Range(options, SliceOf(kFloorKey), std::string(kIdKey) + '\0',
                      [&](const Slice& key, const Slice& value) {
                        if (key == SliceOf(kFloorKey)) {
                          floor_text = value.ToString();
                        } else if (key == SliceOf(kIdKey)) {
                          id_text = value.ToString();
                        }
                        return true;
                      });
  if (!read.ok()) return read;
  Flake floor;
  if (floor_text) {
    const Result<Flake> decoded = DecodeFloor(*floor_text);
    if (!decoded.ok()) return decoded.error();
    floor = *decoded;
    if (floor.clock() > kClockMax) {
      return Damaged(kFloorKey, "is the end of time");
    }
  }
  if (!id_text) return Damaged(kIdKey, "is missing");
  const Result<StoreId> id = DecodeStoreId(*id_text);
  if (!id.ok()) return id.error();
  std::lock_guard<std::mutex> lock(mutex_);
  clock_.Pass(floor.clock());
  promised_ = std::max(promised_, floor);
  id_ = *id;
  return Status::OK();
}

Flake Writer::NextPromise() {
  if (!in_flight_.empty()) {
    const uint64_t oldest = in_flight_.begin()->clock();
    return std::max(promised_, EndOf(oldest == 0 ? 0 : oldest - 1));
  }
  const uint64_t next = clock_.Peek(Wall());
  clock_.Pass(next);
  return EndOf(next);
}

Status Writer::Renew(uint64_t needed) {
  WriterPlace place;
  std::string key;
  std::string stored;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    key = WriterKey(slot_);
    stored = stored_;
    if (id_->announces_changes() && backend_->shared()) {
      promised_ = NextPromise();
      told_ = promised_;
    }
    place.open = true;
    place.promise = told_;
    needed = std::max(needed, clock_.last());
    // Never as it was: others take a place that does not change for dead.
    place.reserved = EndOf(std::max(reserved_ + 1, needed + kReserve));
  }
  const std::string value = EncodeWriterPlace(place);
  leveldb::WriteBatch batch;
  batch.Put(key, value);
  const WriteResult written =
      backend_->WriteIf(&batch, {Condition::Equals(key, stored)}, true);
  std::lock_guard<std::mutex> lock(mutex_);
  if (!written.ok() && !written.is_unknown()) return written.status;
  if (!written.is_written()) {
    // Not ours any more, or we do not know what is stored: take one anew.
    LosePlace();
    return written.status;
  }
  stored_ = value;
  reserved_ = place.reserved.clock();
  NoteRenewed();
  return Status::OK();
}

void Writer::LosePlace() {
  held_ = false;
  open_ = false;
  if (!backend_->shared()) return;
  // From here on others may count on it that none of these comes.
  in_flight_.clear();
  in_doubt_.clear();
}

Status Writer::GiveBack() {
  WriterPlace place;
  std::string key;
  std::string stored;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    open_ = false;
    held_ = false;
    key = WriterKey(slot_);
    stored = stored_;
    place.promise = told_;
    place.reserved = EndOf(clock_.last());
  }
  leveldb::WriteBatch batch;
  batch.Put(key, EncodeWriterPlace(place));
  // Not ours any more: then there is nothing to give back.
  return backend_->WriteIf(&batch, {Condition::Equals(key, stored)}, true)
      .status;
}

Status Writer::Close() {
  Resolve();
  std::unique_lock<std::mutex> lock(mutex_);
  const Status waited = WaitFor(&lock, [this] {
    return !busy_ && (!held_ || in_flight_.size() == in_doubt_.size());
  });
  if (!waited.ok()) return waited;
  if (!held_) return Status::OK();
  if (!in_doubt_.empty()) {
    // Not given back: what is in doubt may come yet.
    open_ = false;
    held_ = false;
    wiring_.scheduler->Notify();
    return Status::IOError(
        "unavailable: whether " + std::to_string(in_doubt_.size()) +
        " operations were written is unknown; the writer's place stays open");
  }
  busy_ = true;
  lock.unlock();
  const Status written = GiveBack();
  lock.lock();
  EndTurn();
  return written;
}

}  // namespace dyno
