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

}  // namespace

bool RetryBudget::Take() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (tokens_ < kRetryTokens) return false;
  tokens_ -= kRetryTokens;
  return true;
}

void RetryBudget::GiveBack(bool after_retry) {
  std::lock_guard<std::mutex> lock(mutex_);
  tokens_ += std::min(max_ - tokens_, after_retry ? kRetryTokens : 1);
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
    case RetryClass::kTransient:
    case RetryClass::kContended:
      break;
  }
  return Next(now, budget, random, error);
}

std::optional<RetryState::Duration> RetryState::OnUnprocessed(
    TimePoint now, bool progress, RetryBudget* budget, Random* random,
    ServiceError* error) {
  ++attempts_;
  if (progress) {
    progress_at_ = now;
    attempts_ = 1;
    // Sending the rest is not a retry and takes no tokens. The rest is sent
    // after a short wait, since unprocessed items are a sign of throttling.
    const Duration limit = std::min(settings_.base_delay, settings_.max_delay);
    return Duration(static_cast<int64_t>(
        random->UpTo(static_cast<uint64_t>(limit.count()))));
  }
  return Next(now, budget, random, error);
}

std::optional<RetryState::Duration> RetryState::Next(TimePoint now,
                                                     RetryBudget* budget,
                                                     Random* random,
                                                     ServiceError* error) {
  const std::string after =
      "; gave up after " + std::to_string(attempts_) +
      (attempts_ == 1 ? " attempt in " : " attempts in ") +
      Seconds(now - progress_at_);
  if (attempts_ >= settings_.max_attempts) {
    if (settings_.max_attempts > 1) error->Append(after);
    return std::nullopt;
  }
  const Duration most = settings_.max_delay;
  Duration ceiling = std::min<Duration>(settings_.base_delay, most);
  for (int i = std::min(attempts_ - 1, kDoublingsMax); i > 0; --i) {
    ceiling = ceiling > most / 2 ? most : ceiling * 2;
  }
  const Duration delay(static_cast<int64_t>(
      random->UpTo(static_cast<uint64_t>(ceiling.count()))));
  if (delay >= Remaining(now)) {
    error->Append(after + ", at the deadline");
    return std::nullopt;
  }
  if (!budget->Take()) {
    error->Append(after + ": too many calls are failing");
    return std::nullopt;
  }
  return delay;
}

}  // namespace dynamodown
