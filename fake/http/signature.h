// Who has signed a request, and whether the double believes it: AWS Signature
// Version 4 as a service verifies it ("Troubleshoot AWS SigV4 API requests" and
// "Create a signed AWS API request" in the IAM User Guide).

#ifndef DYNAMODOWN_FAKE_HTTP_SIGNATURE_H_
#define DYNAMODOWN_FAKE_HTTP_SIGNATURE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transport/transport.h"

namespace dynamodown::fake {

/// Whose requests are believed.
struct Account {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;    ///< Empty: none.
  int64_t expires = INT64_MAX;  ///< Unix seconds.
};

/// Why a request is not believed: an answer's code and message. No secrets.
struct SignatureRefusal {
  std::string code;
  std::string message;
};

/// How long before and after its x-amz-date a request is believed.
inline constexpr int64_t kSignatureSeconds = 300;

/// The value of the first header of that name, in any case; empty: none.
std::string_view HeaderOf(const HttpRequest& request, std::string_view name);
/// Of "20150830T123600Z"; -1 for what is not of that form.
int64_t ParseBasicTime(std::string_view text);

/// **Thread-safety**: all calls from any thread.
class Signatures {
 public:
  /// Without accounts a signature must be there, and its time be right, but
  /// nobody looks at it. An empty region is any.
  Signatures(std::string service, std::string region,
             std::vector<Account> accounts);
  ~Signatures();

  /// One of the same id takes the place of that before it.
  void Add(Account account);

  /// Nothing: it is believed. Its time is held against `signature_now`, the end
  /// of its credentials against `now`. A request without a Host header has its
  /// URL's host.
  /// **Cost**: two digests of SHA-256 over body and headers; the key is kept.
  std::optional<SignatureRefusal> Check(const HttpRequest& request,
                                        int64_t signature_now,
                                        int64_t now) const;

  /// The credentials that a request names expire at `now`. Without effect when
  /// they are not known, or are long-term ones, which do not.
  void Expire(const HttpRequest& request, int64_t now);

 private:
  struct Known;

  const std::string service_;
  const std::string region_;
  mutable std::mutex mutex_;  // Guards what follows, and Known's own.
  std::map<std::string, std::shared_ptr<Known>> accounts_;  // By their ids.
};

/// The access key's id that a request says; empty: none.
std::string AccessKeyIdOf(const HttpRequest& request);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_HTTP_SIGNATURE_H_
