// Keeps fetched credentials, and renews them before they expire.
//
// At most one thread fetches at a time. While credentials are valid, no call
// waits for it: near their end, a background task renews them. Without valid
// credentials, calls wait for the thread that fetches.

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
  std::optional<int64_t> expires;  ///< Unix seconds; nothing: never.
};

/// Fetches credentials from one source, blocking.
class CredentialsFetcher {
 public:
  virtual ~CredentialsFetcher() = default;
  /// **Errors**: kCredentials, saying what was asked and what to do, and never
  /// quoting an answer.
  virtual Result<FetchedCredentials> Fetch() = 0;
  /// Names the source for people: "profile dev (role arn:...)". No secrets.
  virtual std::string Describe() const = 0;
};

/// * Within 5 minutes of the end (half the lifetime, if that is less) the next
///   Get starts one fetch in the background. After a failed one, no Get starts
///   another for 30 s.
/// * Within 10 s of the end, and after Expire, Get fetches on the caller's
///   thread.
/// * Credentials that have already expired when they arrive are an error.
///
/// In a forked child, Get returns kForked if it would have to wait for a thread
/// of the parent.
///
/// `scheduler` and `clock` outlive it. The destructor waits for background
/// fetches.
std::unique_ptr<CredentialsSource> NewRefreshingCredentials(
    std::unique_ptr<CredentialsFetcher> fetcher, Scheduler* scheduler,
    Clock* clock);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_REFRESHING_H_
