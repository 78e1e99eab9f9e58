#include "dynamo/service_clock.h"

#include <algorithm>

namespace dynamodown {

ClockOffsetEstimate::Range ClockOffsetEstimate::RangeAt(int64_t now_ms) const {
  const int64_t elapsed = std::max<int64_t>(0, now_ms - observed_ms_);
  // Rounded up, so that the range never becomes too narrow.
  const int64_t drift = (elapsed * kDriftPartsPerMillion + 999'999) / 1'000'000;
  return {range_.least - drift, range_.most + drift};
}

void ClockOffsetEstimate::Observe(int64_t date, int64_t sent_ms,
                                  int64_t received_ms) {
  if (received_ms < sent_ms) return;  // Our clock was set back meanwhile.
  Range range{date * 1000 - received_ms, date * 1000 + 999 - sent_ms};
  if (is_known_) {
    const Range kept = RangeAt(received_ms);
    const Range both{std::max(range.least, kept.least),
                     std::min(range.most, kept.most)};
    if (both.least <= both.most) range = both;
  }
  is_known_ = true;
  range_ = range;
  observed_ms_ = received_ms;
}

std::optional<ClockOffset> ClockOffsetEstimate::At(int64_t now_ms) const {
  if (!is_known_) return std::nullopt;
  const Range range = RangeAt(now_ms);
  const int64_t offset = range.least + (range.most - range.least) / 2;
  return ClockOffset{offset, range.most - offset};
}

int64_t ServiceClock::UnixMilliseconds() {
  const int64_t now = local_->UnixMilliseconds();
  std::lock_guard<std::mutex> lock(mutex_);
  const std::optional<ClockOffset> offset = estimate_.At(now);
  return offset ? now + offset->offset_ms : now;
}

void ServiceClock::Observe(int64_t date, int64_t sent_ms, int64_t received_ms) {
  std::lock_guard<std::mutex> lock(mutex_);
  estimate_.Observe(date, sent_ms, received_ms);
}

std::optional<ClockOffset> ServiceClock::offset() const {
  const int64_t now = local_->UnixMilliseconds();
  std::lock_guard<std::mutex> lock(mutex_);
  return estimate_.At(now);
}

}  // namespace dynamodown
