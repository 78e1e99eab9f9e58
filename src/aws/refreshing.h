// Keeps fetched credentials, and renews them before they expire.
//
// At most one thread fetches at a time. A background task renews the
// credentials before they expire, and calls do not wait for it. If the
// credentials are about to expire all the same, or if there are none, calls
// wait for the thread that fetches.

#ifndef DYNAMODOWN_AWS_REFRESHING_H_
#define DYNAMODOWN_AWS_REFRESHING_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "aws/credentials.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/scheduler.h"

namespace dynamodown {

struct FetchedCredentials {
  SigningCredentials keys;
  std::optional<int64_t> expires;  ///< Unix seconds; nothing: never expires.
};

/// Fetches credentials from one source, blocking.
class CredentialsFetcher {
 public:
  virtual ~CredentialsFetcher() = default;
  /// **Errors**: kCredentials, with a message that says what was asked and what
  /// to do, and never quotes an answer; kForked.
  virtual Result<FetchedCredentials> Fetch() = 0;
  /// Names the source for people: "profile dev (role arn:...)". Contains no
  /// secrets.
  virtual std::string Describe() const = 0;
};

/// Keeps the credentials that `fetcher` fetches, and renews them:
///
/// * When the credentials have at most 5 minutes left, the next Get starts one
///   fetch in the background. After a background fetch has failed, no Get
///   starts another for 30 s.
/// * When the credentials have at most 10 s left, and after Expire, Get fetches
///   on the caller's thread.
/// * If half of the lifetime is less than 5 minutes, or less than 10 s, it
///   replaces that time.
/// * Credentials that have already expired when they arrive are an error.
///
/// In a forked child, Get returns kForked if it would have to wait for a thread
/// of the parent.
///
/// `scheduler` and `clock` outlive the result. The destructor waits for
/// background fetches.
std::unique_ptr<CredentialsSource> NewRefreshingCredentials(
    std::unique_ptr<CredentialsFetcher> fetcher, Scheduler* scheduler,
    Clock* clock);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_REFRESHING_H_
