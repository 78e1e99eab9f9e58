#include "dynamo/service_clock.h"

#include <algorithm>
#include <cstdlib>

namespace dynamodown {

ClockOffsetEstimate::Range ClockOffsetEstimate::Observed::At(
    int64_t now_ms) const {
  const int64_t elapsed = std::max<int64_t>(0, now_ms - at_ms);
  // Rounded up, so that the range never becomes too narrow.
  const int64_t drift = (elapsed * kDriftPartsPerMillion + 999'999) / 1'000'000;
  return {range.least - drift, range.most + drift};
}

void ClockOffsetEstimate::Observe(const DatedAnswer& answer) {
  if (answer.date < kDateMin || answer.date >= kDateMax) return;
  // Our clock was set back while the request was under way.
  if (answer.received_ms < answer.sent_ms) return;
  const int64_t travel_ms = answer.received_ms - answer.sent_ms;
  const int64_t away_ms = std::abs(answer.date * 1000 - answer.signed_ms);
  if (answer.time_refused && away_ms < kRefusedMsMin) {
    kept_.reset();
    rival_.reset();
    return;
  }
  if (!answer.time_refused && away_ms > kAcceptedMsMax + travel_ms) return;

  const Observed seen{{answer.date * 1000 - answer.received_ms,
                       answer.date * 1000 + 999 - answer.sent_ms},
                      answer.received_ms};
  const auto both = [&](const std::optional<Observed>& before) {
    const Range range = before->At(seen.at_ms);
    return Range{std::max(range.least, seen.range.least),
                 std::min(range.most, seen.range.most)};
  };
  const auto agrees = [&](const std::optional<Observed>& before) {
    return before && both(before).least <= both(before).most;
  };
  if (agrees(kept_)) {
    kept_ = Observed{both(kept_), seen.at_ms};
  } else if (agrees(rival_)) {
    kept_ = Observed{both(rival_), seen.at_ms};
  } else if (kept_ && !answer.time_refused) {
    rival_ = seen;
    return;
  } else {
    kept_ = seen;
  }
  rival_.reset();
}

std::optional<ClockOffset> ClockOffsetEstimate::At(int64_t now_ms) const {
  if (!kept_) return std::nullopt;
  const Range range = kept_->At(now_ms);
  const int64_t offset = range.least + (range.most - range.least) / 2;
  return ClockOffset{offset, range.most - offset};
}

int64_t ServiceClock::UnixMilliseconds() {
  const int64_t now = local_->UnixMilliseconds();
  std::lock_guard<std::mutex> lock(mutex_);
  const std::optional<ClockOffset> offset = estimate_.At(now);
  return offset ? now + offset->offset_ms : now;
}

void ServiceClock::Observe(const DatedAnswer& answer) {
  std::lock_guard<std::mutex> lock(mutex_);
  estimate_.Observe(answer);
}

std::optional<ClockOffset> ServiceClock::offset() const {
  const int64_t now = local_->UnixMilliseconds();
  std::lock_guard<std::mutex> lock(mutex_);
  return estimate_.At(now);
}

}  // namespace dynamodown
