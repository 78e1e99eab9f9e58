// A Client sends operations. The functions in client_stack.h make Clients.

#ifndef DYNAMODOWN_DYNAMO_CLIENT_H_
#define DYNAMODOWN_DYNAMO_CLIENT_H_

#include <chrono>
#include <cstddef>
#include <optional>

#include "aws/service_error.h"
#include "base/result.h"
#include "base/scheduler.h"
#include "dynamo/operations.h"

namespace dynamodown {

struct CallOptions {
  /// The call fails when this much time has passed without progress. 0: use the
  /// client's own deadline.
  std::chrono::milliseconds deadline{0};
  /// The time from which `deadline` runs. If several calls serve one purpose,
  /// as the pages of a scan do, pass the time of the caller's last progress. If
  /// not set, `deadline` runs from the start of the call.
  std::optional<Scheduler::TimePoint> progress_at{};
};

/// The bytes of the bodies that attempts sent and received, and the units that
/// the attempts consumed.
struct Traffic {
  size_t sent = 0;
  size_t received = 0;
  double read_units = 0;
  double write_units = 0;

  void Add(const Traffic& more) {
    sent += more.sent;
    received += more.received;
    read_units += more.read_units;
    write_units += more.write_units;
  }
};

/// **Thread-safety**: all calls from any thread; an operation belongs to the
/// call that sends it.
class Client {
 public:
  virtual ~Client() = default;
  /// **Errors**: every kind except kInvalidArgument. ServiceError::ambiguous
  /// says whether something may have been written.
  virtual Result<void, ServiceError> Send(Operation* operation,
                                          const CallOptions& options,
                                          Traffic* traffic) = 0;
  Result<void, ServiceError> Send(Operation* operation,
                                  const CallOptions& options = {}) {
    Traffic traffic;
    return Send(operation, options, &traffic);
  }
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_CLIENT_H_
