// What requests are signed with. Where that comes from: aws/chain.h.

#ifndef DYNAMODOWN_AWS_CREDENTIALS_H_
#define DYNAMODOWN_AWS_CREDENTIALS_H_

#include <memory>
#include <string>

#include "base/result.h"

namespace dynamodown {

/// Never printed: no message, log or error is made from these.
struct SigningCredentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  ///< Empty for long-term credentials.
};

/// **Thread-safety**: all calls from any thread.
class CredentialsSource {
 public:
  virtual ~CredentialsSource() = default;
  /// What to sign with now. The same pointer as before means the same
  /// credentials, so that what was derived from them can be kept.
  /// **Errors**: kCredentials, saying where it looked.
  virtual Result<std::shared_ptr<const SigningCredentials>> Get() = 0;
  /// The service said that `refused`, which Get gave, have expired. Without
  /// effect when Get gives others by now.
  virtual void Expire(
      const std::shared_ptr<const SigningCredentials>& refused) = 0;
  /// Where they come from, for people: "AWS_ACCESS_KEY_ID". No secrets.
  virtual std::string Describe() const = 0;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_CREDENTIALS_H_
