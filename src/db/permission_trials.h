// Tries which IAM actions on a store the credentials allow: one request per
// action, without any effect.

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

/// The store whose actions are tried.
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
/// The other actions that `access` needs. They cannot be tried without their
/// effect.
std::vector<std::string> UntriableActions(Access access);

/// Tries each of TriableActions. Writes have a condition that cannot hold;
/// BatchWriteItem, which takes none, deletes a random key.
std::vector<Trial> TryActions(const TrialSubject& subject, Access access);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_PERMISSION_TRIALS_H_
