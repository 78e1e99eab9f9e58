// Sends operations. The stack, made in db/stack.cc and used as one Client:
//
//     PacedClient          lets a call begin when its units allow
//       RetryingClient     one call, several attempts
//         MeteredClient    counts and logs each attempt
//           HttpClient     encodes, signs, sends, decodes

#ifndef DYNAMODOWN_DYNAMO_CLIENT_H_
#define DYNAMODOWN_DYNAMO_CLIENT_H_

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/scheduler.h"
#include "dynamo/credentials.h"
#include "dynamo/errors.h"
#include "dynamo/operations.h"
#include "transport/transport.h"

namespace dynamodown {

struct CallOptions {
  /// How long the call may go on without progress; 0: as the client is set.
  std::chrono::milliseconds deadline{0};
};

/// What attempts moved, in bytes of bodies, and consumed.
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
  /// **Errors**: every kind but kInvalidArgument. For what may have been
  /// written see ServiceError::ambiguous.
  virtual Result<void, ServiceError> Send(Operation* operation,
                                          const CallOptions& options,
                                          Traffic* traffic) = 0;
  Result<void, ServiceError> Send(Operation* operation,
                                  const CallOptions& options = {}) {
    Traffic traffic;
    return Send(operation, options, &traffic);
  }
};

struct HttpClientOptions {
  std::string endpoint;  ///< URL without a path.
  std::string region;
  std::chrono::milliseconds attempt_timeout{5000};
};

/// What every layer takes from outside; outlives the clients.
struct World {
  Transport* transport;
  Scheduler* scheduler;
  Clock* clock;
  Random* random;
  CredentialsSource* credentials;
};

/// One attempt. `options.deadline`, when not 0, bounds it further.
std::unique_ptr<Client> NewHttpClient(const HttpClientOptions& options,
                                      const World& world);

/// Gets a line for each attempt. Never keys, values or credentials.
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

/// The sums of one stack of clients. **Thread-safety**: all calls.
class Meter {
 public:
  void Add(const ClientStats& more);
  ClientStats Read() const;

 private:
  mutable std::mutex mutex_;
  ClientStats sums_;
};

/// `meter` and `next` outlive it. `log` may be empty.
std::unique_ptr<Client> NewMeteredClient(Client* next, Meter* meter,
                                         Scheduler* scheduler, LogLine log);

struct RetrySettings {
  int max_attempts = 10;
  std::chrono::milliseconds deadline{60000};
  std::chrono::milliseconds base_delay{25};
  std::chrono::milliseconds max_delay{5000};
  int budget = 500;
};

/// The one retry loop: see retry.h for what it decides.
std::unique_ptr<Client> NewRetryingClient(Client* next,
                                          const RetrySettings& settings,
                                          const World& world, Meter* meter);

/// Units a second; 0: no limit.
struct PaceSettings {
  double read_units = 0;
  double write_units = 0;
};

/// `next` and `scheduler` outlive it.
std::unique_ptr<Client> NewPacedClient(Client* next,
                                       const PaceSettings& settings,
                                       Scheduler* scheduler);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_CLIENT_H_
