// Finds a store's settings and makes the stack of clients below the store. From
// top to bottom, the layers are:
//
//     DynamoDatabase -> Store -> PacedClient -> RetryingClient -> MeteredClient
//                    -> HttpClient -> CurlTransport

#ifndef DYNAMODOWN_DB_STACK_H_
#define DYNAMODOWN_DB_STACK_H_

#include <memory>
#include <string>

#include "aws/settings.h"
#include "base/result.h"
#include "db/dynamo_database.h"
#include "db/location.h"
#include "db/open_environment.h"
#include "dynamo/client_stack.h"
#include "dynamo/limits.h"
#include "store/catalog.h"

namespace dynamodown {

/// Where the table is.
struct Endpoint {
  Setting region;
  Setting url;  ///< Without a path.
};

/// Returns the error for a `name` that is not the name of a region.
Error NoRegion(const std::string& name);

/// Takes the endpoint from `settings`. **Errors**: kInvalidArgument if there is
/// no region, or if the region's name or the endpoint is invalid. The message
/// does not quote a URL, since a URL may hold a password.
Result<Endpoint> FindEndpoint(const AwsSettings& settings, Spelling spelling);

/// The clients and their environment. The stack borrows the transport, the
/// scheduler, the clock and the random numbers that `environment` has, and
/// makes those that `environment` lacks. Nothing is sent before the first call.
class ClientStack final : public DynamoDatabase::Stack {
 public:
  ClientStack(const OpenEnvironment& environment, const Options& options,
              const AwsSettings& settings, const Endpoint& endpoint);
  ~ClientStack() override;

  Stats stats() const override;
  Scheduler* scheduler() const override { return environment_.scheduler; }
  Client* client() { return paced_.get(); }
  const ClientEnvironment& environment() const { return environment_; }

 private:
  /// Returns the function that adds to Options::stats_sum, or null if there is
  /// none.
  Meter::Also AlsoFor(const Options& options) const;
  /// Sets the clock of `*stats`, if the service's time is known.
  void SetClock(Stats* stats) const;

  Meter meter_;
  const RetrySettings retry_;
  ClientEnvironment environment_;
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<ServiceClock> service_clock_;
  std::unique_ptr<Random> random_;
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<Transport> local_transport_;
  std::unique_ptr<CredentialsSource> credentials_;
  std::unique_ptr<Client> http_;
  std::unique_ptr<Client> metered_;
  std::unique_ptr<Client> retrying_;
  std::unique_ptr<Client> paced_;
  // The last member, so it is destroyed first. At that time, its threads no
  // longer use the other members: the store and the credentials have waited for
  // their own tasks.
  std::unique_ptr<Scheduler> scheduler_;
};

/// Finds the settings: first in `options`, then in the environment. `options`
/// already include the options of `location`.
Result<AwsSettings> SettingsFor(const OpenEnvironment& environment,
                                const Options& options,
                                const Location& location);

/// Everything that is made before the first request.
struct Prepared {
  Location location;
  AwsSettings settings;
  Endpoint endpoint;
  std::unique_ptr<ClientStack> stack;
  std::unique_ptr<Catalog> catalog;
};

/// Checks the options, finds the settings and makes the clients. Requires a
/// `location` that is not embedded. `no_new_table` is as in TableSettings.
Result<Prepared> Prepare(const OpenEnvironment& environment,
                         const Options& options, Location location,
                         std::string no_new_table = "");

Limits LimitsOf(const LimitOptions& options);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_STACK_H_
