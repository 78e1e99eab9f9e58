// What a store has done and consumed since it was opened.
//
// Thread-safety: a plain value.

#ifndef DYNAMODOWN_STATS_H_
#define DYNAMODOWN_STATS_H_

#include <cstdint>

namespace dynamodown {

/// Counters since Open. Read them with Database::GetStats(), or one by one with
/// GetProperty("dynamodown.requests") and so on: the property is the field's
/// name with '-' for '_'. All are zero on an embedded store.
///
/// Units are those of the answers' ConsumedCapacity. Not in them, though AWS
/// may bill it: what a request used whose answer was lost, or whose condition
/// or transaction failed. Emulators report other units than AWS.
struct Stats {
  uint64_t requests = 0;  ///< HTTP requests sent, every attempt counted.
  uint64_t retries = 0;   ///< Requests sent again after a failure.
  /// Retries of a put, a delete or an unordered batch whose earlier attempt may
  /// have taken effect: each may have been applied twice. (Transactions and
  /// conditional writes can be repeated without harm.)
  uint64_t ambiguous_retries = 0;
  uint64_t throttles = 0;  ///< Answers that asked to slow down.
  /// Items that a batch answer left unprocessed and that were sent again.
  uint64_t unprocessed = 0;
  uint64_t bytes_sent = 0;      ///< Of request bodies.
  uint64_t bytes_received = 0;  ///< Of answer bodies.
  double read_units = 0;        ///< Read capacity units.
  double write_units = 0;       ///< Write capacity units.
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_STATS_H_
