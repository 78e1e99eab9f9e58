// Keeps fetched credentials, and fetches others before they expire.
//
// One thread at most fetches at a time. A call that has valid ones never waits
// for it: near their end a background task fetches. Only when there are none,
// or they have expired, calls wait for the one that fetches.

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

/// Gets credentials from one place. Blocks while it does.
/// **Thread-safety**: one call at a time.
class CredentialsFetcher {
 public:
  virtual ~CredentialsFetcher() = default;
  /// **Errors**: kCredentials, saying what was asked and what to do, and never
  /// quoting an answer.
  virtual Result<FetchedCredentials> Fetch() = 0;
  /// Where from, for people: "profile dev (role arn:...)". No secrets.
  virtual std::string Describe() const = 0;
};

/// * Within 5 minutes of the end (half the lifetime, if that is less) the next
///   Get starts one fetch in the background. One that fails is tried again
///   after 30 s.
/// * Within 10 s of it, and after Expire, Get fetches, on the caller's thread.
/// * Credentials that have expired already when they come are an error.
///
/// Get gives kForked in a forked child that would have to wait for a thread of
/// its parent.
///
/// `scheduler` and `clock` outlive it. Its destructor waits for what it has
/// begun in the background.
std::unique_ptr<CredentialsSource> NewRefreshingCredentials(
    std::unique_ptr<CredentialsFetcher> fetcher, Scheduler* scheduler,
    Clock* clock);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_REFRESHING_H_
