// The clients. db/stack.cc stacks them into one:
//
//     PacedClient          delays calls, to limit the units per second
//       RetryingClient     makes several attempts at one call
//         MeteredClient    counts and logs each attempt
//           HttpClient     encodes, signs, sends, decodes

#ifndef DYNAMODOWN_DYNAMO_CLIENT_STACK_H_
#define DYNAMODOWN_DYNAMO_CLIENT_STACK_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "aws/credentials.h"
#include "aws/retry.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/scheduler.h"
#include "dynamo/client.h"
#include "dynamo/service_clock.h"
#include "transport/transport.h"

namespace dynamodown {

/// The objects that are injected into the clients. All of them outlive the
/// clients.
struct ClientEnvironment {
  Transport* transport;
  Scheduler* scheduler;
  Clock* clock;
  Random* random;
  CredentialsSource* credentials;
  /// Has the time for signatures, and gets the Date of each answer.
  ServiceClock* service_clock;
};

struct HttpClientOptions {
  std::string endpoint;  ///< URL without a path.
  std::string region;
  std::chrono::milliseconds attempt_timeout{5000};
};

/// Returns a client that makes one attempt per call. The attempt times out
/// after attempt_timeout. If CallOptions::deadline is not 0 and is shorter, the
/// attempt times out after the deadline.
std::unique_ptr<Client> NewHttpClient(const HttpClientOptions& options,
                                      const ClientEnvironment& environment);

/// Receives a line for each attempt, without keys, values or credentials.
using LogLine = std::function<void(const std::string&)>;

struct ClientStats {
  uint64_t requests = 0;
  uint64_t retries = 0;
  uint64_t ambiguous_retries = 0;
  uint64_t throttles = 0;
  uint64_t unprocessed = 0;
  uint64_t bytes_sent = 0;
  uint64_t bytes_received = 0;
  double read_units = 0;
  double write_units = 0;
};

/// Adds up the ClientStats of one stack of clients. **Thread-safety**: all
/// calls from any thread.
class Meter {
 public:
  using Also = std::function<void(const ClientStats&)>;
  /// Add passes its argument on to `also`, unless `also` is empty. Any thread
  /// may call `also`.
  explicit Meter(Also also = nullptr) : also_(std::move(also)) {}
  void Add(const ClientStats& more);
  ClientStats Read() const;

 private:
  mutable std::mutex mutex_;
  ClientStats sums_;
  const Also also_;
};

/// `next`, `meter` and `scheduler` outlive the client. `log` may be empty.
std::unique_ptr<Client> NewMeteredClient(Client* next, Meter* meter,
                                         Scheduler* scheduler, LogLine log);

/// Returns a client that contains the only loop that retries operations.
/// aws/retry.h decides whether and when to retry.
std::unique_ptr<Client> NewRetryingClient(Client* next,
                                          const RetrySettings& settings,
                                          const ClientEnvironment& environment,
                                          Meter* meter);

/// The maximum units per second. 0: no limit.
struct PaceSettings {
  double read_units = 0;
  double write_units = 0;
};

/// `next` and `scheduler` outlive the client.
std::unique_ptr<Client> NewPacedClient(Client* next,
                                       const PaceSettings& settings,
                                       Scheduler* scheduler);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_CLIENT_STACK_H_
