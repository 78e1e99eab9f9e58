// Finds out which IAM actions on a store the credentials allow. It sends one
// request per action; no request has an effect.

#ifndef DYNAMODOWN_DB_PERMISSION_TRIALS_H_
#define DYNAMODOWN_DB_PERMISSION_TRIALS_H_

#include <string>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "dynamo/client.h"
#include "dynamodown/iam.h"
#include "store/catalog.h"

namespace dynamodown {

/// The store on which actions are tried.
struct TrialSubject {
  Client* client;
  Random* random;
  Schema schema;
  std::string store;  ///< Its hash key.
};

struct Trial {
  std::string action;  ///< "dynamodb:GetItem".
  /// Failed if the service refused the request.
  Result<void, ServiceError> outcome;
};

/// The actions that `access` needs and that can be tried.
std::vector<std::string> TriableActions(Access access);
/// The actions that `access` needs and that cannot be tried without their
/// effect.
std::vector<std::string> UntriableActions(Access access);

/// Tries each of TriableActions. Writes have a condition that cannot hold;
/// BatchWriteItem, which takes no condition, deletes a random key.
std::vector<Trial> TryActions(const TrialSubject& subject, Access access);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_PERMISSION_TRIALS_H_
