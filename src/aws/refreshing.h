// Keeps fetched credentials, and renews them before they expire.
//
// At most one thread fetches at a time. A background task renews the
// credentials before they expire, and Get does not wait for that task. If the
// credentials are nevertheless about to expire, or if there are none, Get
// itself fetches credentials, or waits for a thread that is already fetching.

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
/// * The 5 minutes and the 10 s never exceed half of the credentials' lifetime.
///   If, for example, the credentials arrive with 8 minutes left, 4 minutes
///   replace the 5 minutes.
/// * Expired credentials are no error: the service decides whether it accepts
///   them. If a fetch fails or gives expired credentials, Get continues to
///   return the last credentials, until Expire. For a minute after such a
///   fetch, no Get fetches on the caller's thread. In the second half of this
///   minute, a Get starts a fetch in the background.
/// * If a fetch gives the same keys that were passed to Expire, Expire has no
///   effect on these keys for 30 s.
///
/// AWS's SDKs call this behaviour static stability: while the source is down,
/// the credentials still work if the service accepts them for longer, or if
/// only this machine's clock is wrong.
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
