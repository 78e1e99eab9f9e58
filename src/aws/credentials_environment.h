// The environment of the code that fetches credentials.

#ifndef DYNAMODOWN_AWS_CREDENTIALS_ENVIRONMENT_H_
#define DYNAMODOWN_AWS_CREDENTIALS_ENVIRONMENT_H_

#include "base/clock.h"
#include "base/machine.h"
#include "base/random.h"
#include "base/scheduler.h"
#include "transport/transport.h"

namespace dynamodown {

/// Every part outlives the credentials.
struct CredentialsEnvironment {
  Machine machine;
  Transport* transport;  ///< For AWS's services.
  /// For addresses on this machine and for link-local addresses. No proxy can
  /// reach them.
  Transport* local_transport;
  Scheduler* scheduler;
  Clock* clock;
  Random* random;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_CREDENTIALS_ENVIRONMENT_H_
