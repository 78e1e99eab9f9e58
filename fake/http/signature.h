// Verifies AWS Signature Version 4 as a service does ("Troubleshoot AWS SigV4
// API requests" and "Create a signed AWS API request" in the IAM User Guide).

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

/// Credentials whose requests are accepted.
struct Account {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;    ///< Empty: none.
  int64_t expires = INT64_MAX;  ///< Unix seconds.
};

/// The error if a request is not accepted. Contains no secrets.
struct SignatureRefusal {
  std::string code;
  std::string message;
};

/// The service accepts a request this long before and after its x-amz-date.
inline constexpr int64_t kSignatureSeconds = 300;

/// Whether the header has this name, ignoring case.
bool IsNamed(const HttpHeader& header, std::string_view name);
/// The value of the first header `name`, ignoring case; empty: none.
std::string_view HeaderOf(const HttpRequest& request, std::string_view name);
/// The URL's host, without the default port of the URL's scheme; empty: none.
std::string_view HostOfUrl(std::string_view url);
/// Parses "20150830T123600Z"; -1 for any other format.
int64_t ParseBasicTime(std::string_view text);

/// **Thread-safety**: all calls from any thread.
class Signatures {
 public:
  /// Without accounts, Check requires a signature with a valid time, but does
  /// not verify it. An empty region stands for any.
  Signatures(std::string service, std::string region,
             std::vector<Account> accounts);
  ~Signatures();

  /// Replaces an account of the same id.
  void Add(Account account);

  /// Returns nothing if the request is accepted. Compares the signature's time
  /// with `signature_now`, and the expiry of its credentials with `now`. If
  /// there is no Host header, the URL's host takes its place.
  /// **Cost**: two SHA-256 digests over body and headers; the key is cached.
  std::optional<SignatureRefusal> Check(const HttpRequest& request,
                                        int64_t signature_now,
                                        int64_t now) const;

  /// Makes the checks of Check that need no body: all but whether the signature
  /// is right.
  std::optional<SignatureRefusal> CheckHead(const HttpRequest& head,
                                            int64_t signature_now,
                                            int64_t now) const;

  /// Makes the credentials that a request names expire at `now`. Has no effect
  /// on unknown or long-term credentials.
  void Expire(const HttpRequest& request, int64_t now);

 private:
  struct Known;
  struct Verifier;

  std::optional<SignatureRefusal> CheckHead(
      const HttpRequest& head, int64_t signature_now, int64_t now,
      std::optional<Verifier>* verifier) const;
  std::optional<Verifier> FindVerifier(const std::string& access_key_id,
                                       const std::string& region) const;

  const std::string service_;
  const std::string region_;
  mutable std::mutex mutex_;  // Guards accounts_ and what it points to.
  std::map<std::string, std::shared_ptr<Known>> accounts_;  // By their ids.
};

/// The access key id that a request names; empty: none.
std::string AccessKeyIdOf(const HttpRequest& request);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_HTTP_SIGNATURE_H_
