// The credentials that sign requests. aws/chain.h finds them.

#ifndef DYNAMODOWN_AWS_CREDENTIALS_H_
#define DYNAMODOWN_AWS_CREDENTIALS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"

namespace dynamodown {

/// Credentials are never printed: no message, log or error contains them.
struct SigningCredentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  ///< Empty for long-term credentials.

  bool operator==(const SigningCredentials&) const = default;
};

/// **Thread-safety**: all calls from any thread.
class CredentialsSource {
 public:
  virtual ~CredentialsSource() = default;
  /// Returns the credentials to sign with now. If Get returns the same pointer
  /// again, the credentials are the same, and the caller may keep values that
  /// it derived from them.
  /// **Errors**: kCredentials, with a message that says where the source
  /// looked; kForked in a forked child, if Get would have to wait for a thread
  /// of the parent.
  virtual Result<std::shared_ptr<const SigningCredentials>> Get() = 0;
  /// Reports that the service rejected the credentials `refused` as expired.
  /// Requires that Get has returned `refused`. If Get already returns other
  /// credentials, Expire has no effect.
  virtual void Expire(
      const std::shared_ptr<const SigningCredentials>& refused) = 0;
  /// Returns when the credentials that Get last returned expire, in Unix
  /// seconds. Returns nothing if the source does not say, or if they never
  /// expire.
  virtual std::optional<int64_t> Expires() const { return std::nullopt; }
  /// Names the source for people: "AWS_ACCESS_KEY_ID". Contains no secrets.
  virtual std::string Describe() const = 0;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_CREDENTIALS_H_
