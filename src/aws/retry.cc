#include "aws/retry.h"

#include <algorithm>

namespace dynamodown {
namespace {

constexpr int kRetryTokens = 5;

std::string Seconds(Scheduler::Duration duration) {
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  std::string text = std::to_string(ms / 1000) + ".";
  return text + std::to_string(ms % 1000 / 100) + " s";
}

constexpr int kDoublingsMax = 20;

/// No wait is longer than the deadline divided by this number, so that a call
/// with a short deadline does not spend the whole deadline on one wait.
constexpr int kWaitsPerDeadline = 4;

}  // namespace

bool RetryBudget::Take() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (tokens_ < kRetryTokens) return false;
  tokens_ -= kRetryTokens;
  return true;
}

void RetryBudget::GiveBack(bool took_tokens) {
  std::lock_guard<std::mutex> lock(mutex_);
  tokens_ += std::min(max_ - tokens_, took_tokens ? kRetryTokens : 1);
}

std::optional<RetryState::Duration> RetryState::OnFailure(TimePoint now,
                                                          RetryBudget* budget,
                                                          Random* random,
                                                          ServiceError* error) {
  ++attempts_;
  switch (error->retry) {
    case RetryClass::kNever:
      return std::nullopt;
    case RetryClass::kClockSkew:
      if (clock_mended_ || settings_.max_attempts <= 1) return std::nullopt;
      clock_mended_ = true;
      return Duration(0);
    case RetryClass::kExpiredToken:
      if (token_mended_ || settings_.max_attempts <= 1) return std::nullopt;
      token_mended_ = true;
      return Duration(0);
    case RetryClass::kThrottled:
      return AfterThrottling(now, random, error);
    case RetryClass::kTransient:
    case RetryClass::kContended:
      return AfterFault(now, budget, random, error);
  }
  return std::nullopt;
}

std::optional<RetryState::Duration> RetryState::OnUnprocessed(
    TimePoint now, bool progress, Random* random, ServiceError* error) {
  ++attempts_;
  if (!progress) return AfterThrottling(now, random, error);
  progress_at_ = now;
  attempts_ = 1;
  faults_ = 1;
  return NextWait(random);
}

std::optional<RetryState::Duration> RetryState::AfterThrottling(
    TimePoint now, Random* random, ServiceError* error) {
  if (settings_.max_attempts <= 1) return std::nullopt;
  const Duration wait = NextWait(random);
  if (wait < Remaining(now)) return wait;
  error->Append(GaveUp(now) + ", at the deadline");
  return std::nullopt;
}

std::optional<RetryState::Duration> RetryState::AfterFault(
    TimePoint now, RetryBudget* budget, Random* random, ServiceError* error) {
  if (++faults_ >= settings_.max_attempts) {
    if (settings_.max_attempts > 1) error->Append(GaveUp(now));
    return std::nullopt;
  }
  const Duration wait = NextWait(random);
  if (wait >= Remaining(now)) {
    error->Append(GaveUp(now) + ", at the deadline");
    return std::nullopt;
  }
  if (!budget->Take()) {
    error->Append(GaveUp(now) + ": too many calls are failing");
    return std::nullopt;
  }
  took_tokens_ = true;
  return wait;
}

RetryState::Duration RetryState::NextWait(Random* random) {
  const Duration most =
      std::min<Duration>(settings_.max_delay, deadline_ / kWaitsPerDeadline);
  Duration ceiling = std::min<Duration>(settings_.base_delay, most);
  for (int i = std::min(waits_, kDoublingsMax); i > 0; --i) {
    ceiling = ceiling > most / 2 ? most : ceiling * 2;
  }
  ++waits_;
  return Duration(static_cast<int64_t>(
      random->UpTo(static_cast<uint64_t>(ceiling.count()))));
}

std::string RetryState::GaveUp(TimePoint now) const {
  return "; gave up after " + std::to_string(attempts_) +
         (attempts_ == 1 ? " attempt in " : " attempts in ") +
         Seconds(now - progress_at_);
}

}  // namespace dynamodown
