#include "dyno/lease/writer.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "base/fork.h"
#include "dyno/item/timestamps.h"

namespace dyno {
namespace {

using leveldb::Status;

/// The most writes of unknown outcome kept in memory. At the limit, no new
/// write begins.
constexpr size_t kDoubtedMax = 1000;
/// The longest time for failures in one round of ResolveDoubts. During an
/// outage, each write in doubt fails only at its deadline. After this time, the
/// other writes wait for the next round.
constexpr std::chrono::seconds kFailuresMax(5);

}  // namespace

Writer::Writer(const Options& options, Backend* backend,
               const Environment& environment)
    : options_(options),
      backend_(backend),
      environment_(environment),
      identity_(options, backend, environment),
      lease_(options, backend, environment, &mutex_, &identity_, &ledger_),
      keeper_(environment.scheduler, &mutex_, this) {}

Writer::~Writer() {
  std::unique_lock<std::mutex> lock(mutex_);
  keeper_.End(&lock);
}

uint64_t Writer::DriftLimit() const {
  return Wall() + ClockAt(options_.drift_ms_max);
}

Status Writer::EnsureId() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (id()) return Status::OK();
  const Status turn = TakeTurn(&lock);
  if (!turn.ok()) return turn;
  lock.unlock();
  const Status status = id() ? Status::OK() : identity_.Create();
  lock.lock();
  EndTurn();
  return status;
}

// ---------------------------------------------------------------- timestamps

Result<std::vector<Flake>> Writer::Issue(size_t count, Issuer issuer) {
  std::unique_lock<std::mutex> lock(mutex_);
  uint64_t wall = 0;
  const Status reserved = Reserve(&lock, [&] {
    wall = Wall();  // Issue must use the same time.
    return ledger_.Peek(wall) + count - 1;
  });
  if (!reserved.ok()) return reserved;
  const std::vector<Flake> timestamps =
      ledger_.Issue(count, wall, lease_.slot(), identity_.replica(), issuer);
  lease_.NoteUse();
  return timestamps;
}

Status Writer::Adopt(const Flake& timestamp) {
  if (timestamp.clock() > DriftLimit()) {
    return Status::InvalidArgument(
        "the timestamp " + timestamp.ToString() + " is more than " +
        std::to_string(options_.drift_ms_max) + " ms ahead of the clock");
  }
  const Status may_be = lease_.CheckMayBeOurs(timestamp);
  if (!may_be.ok()) return may_be;
  std::unique_lock<std::mutex> lock(mutex_);
  const auto is_ours = [&] {
    return timestamp.slot == lease_.slot() &&
           timestamp.replica == identity_.replica();
  };
  lease_.Prefer(timestamp.slot);
  // Take a slot first: it may differ from the writer's last slot.
  Status status = Reserve(&lock, [] { return 0; });
  if (status.ok() && is_ours()) {
    status = Reserve(&lock, [&] { return timestamp.clock(); });
  }
  if (!status.ok()) return status;
  if (!is_ours()) {
    return OfAnotherWriter(timestamp, lease_.slot(), identity_.replica());
  }
  status = ledger_.Adopt(timestamp);
  if (status.ok()) lease_.NoteUse();
  return status;
}

void Writer::Done(const std::vector<Flake>& timestamps) {
  std::lock_guard<std::mutex> lock(mutex_);
  ledger_.Done(timestamps);
  environment_.scheduler->Notify();  // A Close may be waiting.
}

Status Writer::CheckRoomForDoubt() const {
  std::lock_guard<std::mutex> lock(mutex_);
  if (ledger_.doubted().size() < kDoubtedMax) return Status::OK();
  return Status::IOError(
      "unavailable: the outcome of " + std::to_string(kDoubtedMax) +
      " writes is unknown; nothing more is written until it is known");
}

void Writer::Doubt(const TimestampedWrite& write) {
  std::lock_guard<std::mutex> lock(mutex_);
  ledger_.Doubt(write);
  environment_.scheduler->Notify();
}

void Writer::Settle(const std::vector<Flake>& timestamps) {
  std::lock_guard<std::mutex> lock(mutex_);
  ledger_.Settle(timestamps);
  environment_.scheduler->Notify();
}

void Writer::ResolveDoubts() {
  std::vector<TimestampedWrite> doubted;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    doubted.assign(ledger_.doubted().begin(), ledger_.doubted().end());
  }
  dynamodown::Scheduler::Duration failures{};
  for (TimestampedWrite& write : doubted) {
    const auto begin = environment_.scheduler->Now();
    // If the slot was lost, a write that was in flight at that time can no
    // longer arrive, and is not sent again. Otherwise the write is sent again.
    // An error of the second attempt proves nothing about the first one: only a
    // success or a failed condition ends the doubt.
    if (CheckInFlight(write.timestamps.front()).ok() &&
        !write.Send(backend_, true).ok()) {
      failures += environment_.scheduler->Now() - begin;
      if (failures >= kFailuresMax) return;
      continue;
    }
    Settle(write.timestamps);
  }
}

Status Writer::CheckInFlight(const Flake& timestamp) {
  if (!backend_->shared()) return Status::OK();
  std::lock_guard<std::mutex> lock(mutex_);
  if (ledger_.is_in_flight(timestamp) && !lease_.IsStale()) {
    return Status::OK();
  }
  return Status::IOError(
      "conflict: others have closed the writer's slot, or its lease was not "
      "renewed in time; nothing was written");
}

void Writer::Show(const Flake& timestamp) {
  if (timestamp.clock() > DriftLimit()) return;
  Pass(timestamp);
}

void Writer::Pass(const Flake& timestamp) {
  std::lock_guard<std::mutex> lock(mutex_);
  ledger_.Pass(std::min(timestamp.clock(), kClockMax));
}

// ------------------------------------------------------------------ promises

Result<std::optional<Writer::Promised>> Writer::Promise(Audience audience) {
  ResolveDoubts();
  std::unique_lock<std::mutex> lock(mutex_);
  if (!backend_->shared()) {
    const Status taken = Reserve(&lock, [] { return 0; });
    if (!taken.ok()) return taken;
    if (audience == Audience::kThisStore) {
      return std::optional<Promised>({ledger_.told(), ledger_.Promise(Wall())});
    }
  }
  const Status turn = TakeTurn(&lock);
  if (!turn.ok()) return turn;
  Status status;
  const Flake before = ledger_.told();
  if (lease_.is_open()) {
    // An embedded store stores a promise only when it tells others. So others
    // never know a later promise than the stored one. CheckNotRestored relies
    // on this.
    ledger_.Promise(Wall());
    ledger_.Tell();
    lock.unlock();
    status = lease_.Renew(0);
    lock.lock();
  }
  EndTurn();
  if (!status.ok()) return status;
  if (lease_.is_open()) {
    return std::optional<Promised>({before, ledger_.told()});
  }
  if (backend_->shared()) return std::optional<Promised>();
  return Status::IOError("conflict: the store was closed meanwhile");
}

// ----------------------------------------------------------------- the lease

std::optional<uint16_t> Writer::open_slot() const {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!lease_.is_open()) return std::nullopt;
  return lease_.slot();
}

Status Writer::Reserve(std::unique_lock<std::mutex>* lock,
                       const std::function<uint64_t()>& needed) {
  const auto is_short = [&] {
    return !lease_.is_open() || needed() > lease_.reserved() ||
           lease_.IsStale();
  };
  while (is_short()) {
    const Status turn = TakeTurn(lock);
    if (!turn.ok()) return turn;
    Status status;
    if (is_short()) {
      const bool was_open = lease_.is_open();
      const uint64_t clock = needed();
      lock->unlock();
      status = was_open ? lease_.Renew(clock) : lease_.Take();
      lock->lock();
    }
    EndTurn();
    if (!status.ok()) return status;
    if (NeedsKeeper()) keeper_.Start(lock);
  }
  return Status::OK();
}

bool Writer::NeedsKeeper() const {
  return lease_.is_open() && backend_->shared() &&
         identity_.announces_changes();
}

std::optional<Status> Writer::Keep(std::unique_lock<std::mutex>* lock) {
  lock->unlock();
  ResolveDoubts();
  lock->lock();
  environment_.scheduler->Wait(
      *lock, [this] { return !is_busy_ || keeper_.is_ending(); });
  if (keeper_.is_ending() || !lease_.is_open()) return std::nullopt;
  is_busy_ = true;
  const bool is_idle = lease_.IsIdle();
  lock->unlock();
  const Status status = is_idle ? lease_.GiveBack() : lease_.Renew(0);
  lock->lock();
  EndTurn();
  return status;
}

Status Writer::WaitFor(std::unique_lock<std::mutex>* lock,
                       const std::function<bool()>& ready) {
  if (environment_.scheduler->Wait(*lock, ready)) return Status::OK();
  return Status::IOError("forked", dynamodown::kAnyBeforeFork);
}

Status Writer::TakeTurn(std::unique_lock<std::mutex>* lock) {
  const Status waited = WaitFor(lock, [this] { return !is_busy_; });
  if (waited.ok()) is_busy_ = true;
  return waited;
}

void Writer::EndTurn() {
  is_busy_ = false;
  if (loses_slot_) lease_.Lose();
  loses_slot_ = false;
  environment_.scheduler->Notify();
}

void Writer::Abandon(const std::vector<Flake>& timestamps) {
  std::lock_guard<std::mutex> lock(mutex_);
  const bool is_in_flight = std::any_of(
      timestamps.begin(), timestamps.end(),
      [&](const Flake& each) { return ledger_.is_in_flight(each); });
  // If none of `timestamps` is in flight, their slot is lost already, and the
  // writer may have another slot.
  if (!backend_->shared() || !is_in_flight) return;
  if (is_busy_) {
    loses_slot_ = true;
  } else {
    lease_.Lose();
  }
  environment_.scheduler->Notify();
}

Status Writer::Close() {
  ResolveDoubts();
  std::unique_lock<std::mutex> lock(mutex_);
  const Status waited = WaitFor(&lock, [this] {
    return !is_busy_ && (!lease_.is_held() || ledger_.are_all_in_doubt());
  });
  if (!waited.ok()) return waited;
  if (!lease_.is_held()) return Status::OK();
  if (ledger_.in_doubt() > 0) {
    // The slot stays open, because the writes in doubt may still arrive.
    lease_.Leave();
    environment_.scheduler->Notify();
    return Status::IOError(
        "unavailable: whether " + std::to_string(ledger_.in_doubt()) +
        " operations were written is unknown; the writer's slot stays open");
  }
  is_busy_ = true;
  lock.unlock();
  const Status written = lease_.GiveBack();
  lock.lock();
  EndTurn();
  return written;
}

// ------------------------------------------------------------------- issuers

Issuer Writer::NewIssuer() {
  std::lock_guard<std::mutex> lock(mutex_);
  return ledger_.NewIssuer();
}

void Writer::EndIssuer(Issuer issuer) {
  std::lock_guard<std::mutex> lock(mutex_);
  ledger_.EndIssuer(issuer);
}

Flake Writer::LastOfOthers(Issuer issuer) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return ledger_.LastOfOthers(issuer);
}

}  // namespace dyno
