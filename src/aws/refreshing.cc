// Invariant: fetching_ is true exactly while one thread is in Fetch. A
// background task that still waits in a queue does not set fetching_, so it
// blocks nobody. If a call needs credentials in the meantime, the call itself
// fetches them. When the task runs, it finds nothing to do.

#include "aws/refreshing.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>

#include "base/gate.h"

namespace dynamodown {
namespace {

constexpr int64_t kAdvisorySeconds = 300;
constexpr int64_t kMandatorySeconds = 10;
constexpr std::chrono::seconds kBackgroundRetry{30};

using Pointer = std::shared_ptr<const SigningCredentials>;

/// Credentials and their lifetime. Pure.
class Kept {
 public:
  /// Returns true if there are credentials and they will still be valid
  /// `seconds_ahead` seconds after `now`.
  bool IsUsable(int64_t now, int64_t seconds_ahead) const {
    return pointer_ != nullptr && !refused_ &&
           (!expires_ || now + seconds_ahead < *expires_);
  }
  bool IsFresh(int64_t now) const { return IsUsable(now, advisory_); }
  bool IsGood(int64_t now) const { return IsUsable(now, mandatory_); }
  /// Returns true if there are credentials that the service has not refused.
  /// They may have expired.
  bool IsUnrefused() const { return pointer_ != nullptr && !refused_; }
  const Pointer& pointer() const { return pointer_; }
  const std::optional<int64_t>& expires() const { return expires_; }

  /// If the keys are the same as before, keeps the pointer. Returns false if
  /// `fetched` brings no improvement: its keys have expired, or are the keys
  /// that the service refused.
  bool Take(FetchedCredentials fetched, int64_t now) {
    const bool same = pointer_ != nullptr && *pointer_ == fetched.keys;
    const bool better = !same || !refused_;
    if (!same) {
      pointer_ =
          std::make_shared<const SigningCredentials>(std::move(fetched.keys));
    }
    refused_ = false;
    expires_ = fetched.expires;
    if (!expires_) return better;
    advisory_ = std::clamp<int64_t>((*expires_ - now) / 2, 0, kAdvisorySeconds);
    mandatory_ = std::min(kMandatorySeconds, advisory_);
    return better && now < *expires_;
  }

  void Refuse(const Pointer& refused) {
    if (refused == pointer_) refused_ = true;
  }

 private:
  Pointer pointer_;
  bool refused_ = false;
  std::optional<int64_t> expires_;
  // With at most this many seconds left, Get starts a background renewal.
  int64_t advisory_ = 0;
  // With at most this many seconds left, Get fetches new credentials before it
  // returns.
  int64_t mandatory_ = 0;
};

class RefreshingCredentials final : public CredentialsSource {
 public:
  RefreshingCredentials(std::unique_ptr<CredentialsFetcher> fetcher,
                        Scheduler* scheduler, Clock* clock)
      : fetcher_(std::move(fetcher)),
        scheduler_(scheduler),
        clock_(clock),
        background_(scheduler) {}
  ~RefreshingCredentials() override { background_.WaitUntilEmpty(); }

  Result<Pointer> Get() override {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      const int64_t now = clock_->UnixSeconds();
      if (kept_.IsGood(now)) {
        const Pointer pointer = kept_.pointer();
        if (!kept_.IsFresh(now)) StartBackgroundFetch(&lock);
        return pointer;
      }
      if (stalled_ && kept_.IsUnrefused() &&
          scheduler_->Now() < retry_at_ + kBackgroundRetry) {
        const Pointer pointer = kept_.pointer();
        StartBackgroundFetch(&lock);
        return pointer;
      }
      if (!fetching_) {
        Fetch(&lock);
        return Outcome();
      }
      const uint64_t fetches = fetches_;
      if (!scheduler_->Wait(lock, [&] { return fetches_ != fetches; })) {
        return Error{ErrorKind::kForked,
                     "credentials were being fetched when this process was "
                     "forked: open the database in the child"};
      }
      // Share the outcome of that fetch, unless it succeeded and its
      // credentials have expired since.
      if (last_error_ || kept_.IsGood(clock_->UnixSeconds())) return Outcome();
    }
  }

  void Expire(const Pointer& refused) override {
    std::lock_guard<std::mutex> lock(mutex_);
    // Less than kBackgroundRetry ago, the source had nothing better.
    const bool futile =
        stalled_ && !last_error_ && scheduler_->Now() < retry_at_;
    if (!futile) kept_.Refuse(refused);
  }

  std::optional<int64_t> Expires() const override {
    std::lock_guard<std::mutex> lock(mutex_);
    return kept_.expires();
  }

  std::string Describe() const override { return fetcher_->Describe(); }

 private:
  /// Returns the last fetch's outcome. If the fetch failed, returns the kept
  /// credentials, unless the service has refused them.
  Result<Pointer> Outcome() {
    if (last_error_ && !kept_.IsUnrefused()) return *last_error_;
    return kept_.pointer();
  }

  void StartBackgroundFetch(std::unique_lock<std::mutex>* lock) {
    if (queued_ || fetching_ || scheduler_->Now() < retry_at_) return;
    queued_ = true;
    lock->unlock();  // Run may run the task at once.
    background_.Enter();
    scheduler_->Run([this] {
      FetchInBackground();
      background_.Leave();  // After this, `this` may be gone.
    });
  }

  void FetchInBackground() {
    std::unique_lock<std::mutex> lock(mutex_);
    queued_ = false;
    if (fetching_ || kept_.IsFresh(clock_->UnixSeconds())) return;
    Fetch(&lock);
  }

  /// Unlocks during the fetch.
  void Fetch(std::unique_lock<std::mutex>* lock) {
    fetching_ = true;
    lock->unlock();
    Result<FetchedCredentials> fetched = fetcher_->Fetch();
    const int64_t now = clock_->UnixSeconds();
    lock->lock();
    last_error_.reset();
    stalled_ = true;
    if (fetched.ok()) {
      stalled_ = !kept_.Take(*std::move(fetched), now);
    } else {
      last_error_ = std::move(fetched).error();
    }
    if (stalled_) retry_at_ = scheduler_->Now() + kBackgroundRetry;
    fetching_ = false;
    ++fetches_;
    scheduler_->Notify();
  }

  const std::unique_ptr<CredentialsFetcher> fetcher_;
  Scheduler* const scheduler_;
  Clock* const clock_;
  Gate background_;

  mutable std::mutex mutex_;  // Guards everything below.
  Kept kept_;
  bool fetching_ = false;
  bool queued_ = false;  // A background task is queued and has not begun.
  uint64_t fetches_ = 0;
  std::optional<Error> last_error_;  // The error of the last fetch, if any.
  // The last fetch failed, or brought nothing better.
  bool stalled_ = false;
  Scheduler::TimePoint retry_at_ = Scheduler::TimePoint::min();
};

}  // namespace

std::unique_ptr<CredentialsSource> NewRefreshingCredentials(
    std::unique_ptr<CredentialsFetcher> fetcher, Scheduler* scheduler,
    Clock* clock) {
  return std::make_unique<RefreshingCredentials>(std::move(fetcher), scheduler,
                                                 clock);
}

}  // namespace dynamodown
