// Finds out which IAM actions on a store the credentials allow. Sends one
// request per action. No request has an effect.

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
  std::string store;  ///< The store's hash key.
};

struct Trial {
  std::string action;  ///< Such as "dynamodb:GetItem".
  /// OK if the service allowed the request.
  Result<void, ServiceError> outcome;
};

/// The actions that `access` needs and that can be tried.
std::vector<std::string> TriableActions(Access access);
/// The actions that `access` needs and that cannot be tried, since a trial
/// would have their effect.
std::vector<std::string> UntriableActions(Access access);

/// Tries each of TriableActions. Each write has a condition that cannot hold.
/// BatchWriteItem takes no condition, so it deletes a random key, which does
/// not exist.
std::vector<Trial> TryActions(const TrialSubject& subject, Access access);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_PERMISSION_TRIALS_H_
