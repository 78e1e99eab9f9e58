// What fetching credentials stands on.

#ifndef DYNAMODOWN_AWS_CREDENTIALS_ENVIRONMENT_H_
#define DYNAMODOWN_AWS_CREDENTIALS_ENVIRONMENT_H_

#include "base/clock.h"
#include "base/machine.h"
#include "base/random.h"
#include "base/scheduler.h"
#include "transport/transport.h"

namespace dynamodown {

/// All of it outlives the credentials.
struct CredentialsEnvironment {
  Machine machine;
  Transport* transport;  ///< For AWS's services.
  /// For addresses of this machine or beside it, which no proxy knows.
  Transport* local_transport;
  Scheduler* scheduler;
  Clock* clock;
  Random* random;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_CREDENTIALS_ENVIRONMENT_H_
