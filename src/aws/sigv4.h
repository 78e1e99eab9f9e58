// AWS Signature Version 4, for requests whose body is signed
// (docs.aws.amazon.com, "Create a signed AWS API request").

#ifndef DYNAMODOWN_AWS_SIGV4_H_
#define DYNAMODOWN_AWS_SIGV4_H_

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/credentials.h"
#include "base/crypto.h"

namespace dynamodown {

/// Appends `text`. Letters, digits and "-._~" stay as they are, and every other
/// byte becomes "%XX".
void AppendPercentEncoded(std::string_view text, std::string* out);

/// The request to sign. Header names are in lower case and include "host" and
/// "x-amz-date" and, with a session token, "x-amz-security-token". Like the
/// service, the signer trims header values and folds runs of spaces in them.
struct SignableRequest {
  std::string_view method;
  /// The path as sent: percent-encoded, without the segments "", "." and "..".
  /// An empty path means "/".
  std::string_view path;
  /// Names and values before percent-encoding.
  std::vector<std::pair<std::string_view, std::string_view>> query;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::string_view body;
};

/// Signs for one region and service. Keeps the signing key, which takes four
/// HMACs to derive, until the day or the credentials change.
/// **Thread-safety**: all calls from any thread.
class Signer {
 public:
  Signer(std::string region, std::string service);

  /// Returns the Authorization header's value. `time` is "20150830T123600Z", as
  /// in the x-amz-date header.
  std::string Sign(const SignableRequest& request,
                   const std::shared_ptr<const SigningCredentials>& credentials,
                   std::string_view time);

 private:
  Sha256Digest SigningKey(
      const std::shared_ptr<const SigningCredentials>& credentials,
      std::string_view date);

  const std::string region_;
  const std::string service_;
  std::mutex mutex_;  // Guards the three members below.
  std::shared_ptr<const SigningCredentials> credentials_;
  std::string date_;
  Sha256Digest key_ = {};
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_SIGV4_H_
