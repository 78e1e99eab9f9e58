// The requests and units of a store since it was opened.
//
// Thread-safety: Stats is a plain value; all threads may use a StatsSum.

#ifndef DYNAMODOWN_STATS_H_
#define DYNAMODOWN_STATS_H_

#include <cstdint>
#include <mutex>
#include <utility>

namespace dynamodown {

/// Counters since Open, and the offset of the clock. Database::GetStats()
/// returns all of them, and GetProperty returns a single one. The name of a
/// counter's property is "dynamodown." and then the field's name with '-' in
/// place of '_', such as "dynamodown.read-units". All counters are zero on an
/// embedded store.
///
/// Units come from the answers' ConsumedCapacity. If a request's answer was
/// lost, or if a request's condition or transaction failed, the request's units
/// are not counted, although AWS may bill them. Emulators report other units
/// than AWS.
struct Stats {
  uint64_t requests = 0;  ///< HTTP requests sent; every attempt counts.
  uint64_t retries = 0;   ///< Requests sent again after a failure.
  /// Retries of a put, a delete or an unordered batch after an attempt that may
  /// have taken effect. Such a write may have been applied twice. (Transactions
  /// and conditional writes are safe to retry.)
  uint64_t ambiguous_retries = 0;
  uint64_t throttles = 0;  ///< Answers that asked to slow down.
  /// Items that DynamoDB left unprocessed in a batch and that the client sent
  /// again.
  uint64_t unprocessed = 0;
  uint64_t bytes_sent = 0;      ///< Bytes of request bodies.
  uint64_t bytes_received = 0;  ///< Bytes of answer bodies.
  double read_units = 0;        ///< Read capacity units.
  double write_units = 0;       ///< Write capacity units.

  /// The service's clock minus this machine's clock, in milliseconds, from the
  /// Date headers of the service's answers. Positive if this machine's clock is
  /// behind. Wrong by at most clock_error_ms.
  int64_t clock_offset_ms = 0;
  /// Negative if the offset is unknown: no answer had a date, or the store is
  /// embedded. GetProperty then returns false for both fields.
  int64_t clock_error_ms = -1;
};

/// Adds up the consumption of all stores and calls whose options have this
/// object as Options::stats_sum. Counts each request as soon as the request has
/// ended, so the sum can be read while a call runs, and includes the requests
/// of an Open that failed. The clock's offset and error are the latest
/// estimate.
///
/// **Thread-safety**: safe. **Ownership**: the stores share it.
class StatsSum {
 public:
  Stats Read() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return sum_;
  }
  /// Returns the sum, and begins a new one.
  Stats Take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return std::exchange(sum_, Stats());
  }
  /// Only the library calls this.
  void Add(const Stats& more) {
    const std::lock_guard<std::mutex> lock(mutex_);
    sum_.requests += more.requests;
    sum_.retries += more.retries;
    sum_.ambiguous_retries += more.ambiguous_retries;
    sum_.throttles += more.throttles;
    sum_.unprocessed += more.unprocessed;
    sum_.bytes_sent += more.bytes_sent;
    sum_.bytes_received += more.bytes_received;
    sum_.read_units += more.read_units;
    sum_.write_units += more.write_units;
    if (more.clock_error_ms < 0) return;
    sum_.clock_offset_ms = more.clock_offset_ms;
    sum_.clock_error_ms = more.clock_error_ms;
  }

 private:
  mutable std::mutex mutex_;
  Stats sum_;  // Guarded by mutex_.
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_STATS_H_
