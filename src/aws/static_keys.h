// Static keys, from the environment or from a profile.

#ifndef DYNAMODOWN_AWS_STATIC_KEYS_H_
#define DYNAMODOWN_AWS_STATIC_KEYS_H_

#include <memory>
#include <string>

#include "aws/profiles.h"
#include "aws/refreshing.h"
#include "base/machine.h"

namespace dynamodown {

/// Uses AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. One of
/// the first two without the other is an error.
std::unique_ptr<CredentialsFetcher> NewEnvironmentKeys(
    const EnvironmentVariables& variables);

/// Returns true if AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is set.
bool HasEnvironmentKeys(const EnvironmentVariables& variables);

/// Uses a profile's aws_access_key_id, aws_secret_access_key and
/// aws_session_token. The first fetch takes them from `profiles`. Later fetches
/// read the files again, since a tool may have renewed the keys.
std::unique_ptr<CredentialsFetcher> NewProfileKeys(const Profiles& profiles,
                                                   const std::string& profile,
                                                   const Machine& machine);

/// Returns true if a profile has an access key id or a secret access key.
bool HasKeys(const ProfileSection& section);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_STATIC_KEYS_H_
