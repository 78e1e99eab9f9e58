// The state of one call, from its request to its units.

#ifndef DYNAMODOWN_FAKE_OPERATIONS_CALL_CONTEXT_H_
#define DYNAMODOWN_FAKE_OPERATIONS_CALL_CONTEXT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/scheduler.h"
#include "fake/storage/table.h"
#include "fake/values/refusal.h"

namespace dynamodown::fake {

/// The time of a call. Tokens and descriptions use the time of day; everything
/// that takes time uses the scheduler's clock.
struct Moment {
  int64_t unix_seconds = 0;
  Scheduler::TimePoint now{};
};

/// The faults that the service itself carries out. They are drawn before the
/// call.
struct CallFaults {
  size_t page_items_max = SIZE_MAX;  ///< PageRequest::cut_at.
  /// Whether to leave the i-th item or key of a batch unprocessed. Missing
  /// entries mean no.
  std::vector<bool> unprocessed;
  Staleness staleness;  ///< For eventually consistent reads.
  /// Makes the answer wrong; faults/wrong_answer.h says how.
  std::optional<uint64_t> wrong;

  bool LeavesUnprocessed(size_t i) const {
    return i < unprocessed.size() && unprocessed[i];
  }
};

struct Units {
  double read = 0;
  double write = 0;
};

/// One call of Service. The first members describe it; the last ones are
/// results, valid after the call even if it throws a Refusal.
struct CallContext {
  const Json& request;
  const CallFaults& faults;
  Moment moment;

  /// Units consumed. A condition that does not hold consumes units too.
  Units consumed;
  /// How long after the call its answer comes.
  Scheduler::Duration takes{0};
};

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_OPERATIONS_CALL_CONTEXT_H_
