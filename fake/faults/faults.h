// Random faults between a client and the fake: which kinds, and how often. A
// seed decides; there is no I/O. FakeDynamo carries the faults out.

#ifndef DYNAMODOWN_FAKE_FAULTS_FAULTS_H_
#define DYNAMODOWN_FAKE_FAULTS_FAULTS_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dynamodown {

enum class FaultKind {
  kThrottle,          ///< A throttling error; no effect.
  kServerError,       ///< 500 or 503, before or after the effect.
  kUnprocessed,       ///< Part of a batch, or all of it, is left unprocessed.
  kConflict,          ///< A conflict with another transaction; no effect.
  kRefuseConnection,  ///< The connection is refused.
  kResetRequest,      ///< The connection is lost within the request: no effect.
  kResetAnswer,       ///< The connection is lost within the answer, after the
                      ///< effect.
  kSlowAnswer,        ///< The answer is delayed.
  kDeliverLate,       ///< No answer; the request takes effect later, while its
                      ///< signature is still valid. Half of the connections are
                      ///< lost at once, the others stay silent.
  kTruncateBody,      ///< The answer's body is truncated, after the effect.
  kGarbleBody,        ///< One byte of the body is changed, after the effect.
  kStaleRead,         ///< An eventually consistent read sees an older state.
  kShortPage,         ///< A page holds fewer items than it could; more follow.
  kEmptyPage,         ///< A page holds no items, yet more follow.
  kClockJump,  ///< From now on the clock of signatures and of the Date header
               ///< is wrong; tokens and the expiry of credentials keep the
               ///< right one.
  kExpireCredentials,  ///< The signer's temporary credentials expire. With
                       ///< long-term ones, or without accounts, only this
                       ///< request is refused.
  kWrongAnswer  ///< The answer does not fit the request, after the effect.
};
inline constexpr size_t kFaultKinds = 17;

/// The word for a kind in a plan's file: "throttle", "server_error" ...
std::string_view WordOf(FaultKind kind);

/// How often one kind of fault affects requests, and how.
struct FaultRule {
  enum class When { kBefore, kAfter, kEither };

  FaultKind kind = FaultKind::kThrottle;
  double rate = 0;  ///< The share of eligible requests, 0 to 1.
  /// The operations affected; empty: all eligible ones.
  std::vector<std::string> operations;
  /// For kServerError: before or after the effect.
  When when = When::kEither;
  /// Bounds of the fault's duration, which is drawn evenly between them: the
  /// delay of kSlowAnswer and kDeliverLate, the age of kStaleRead, the offset
  /// of kClockJump (in either direction).
  std::chrono::milliseconds least{0};
  std::chrono::milliseconds most{0};
};

using FaultPlan = std::vector<FaultRule>;

/// All kinds of faults except kWrongAnswer. One PutItem in 7 meets a fault, and
/// one Query in 5.
FaultPlan DefaultFaultPlan();

/// Parses a plan's file: a JSON object such as
///
///     {"faults": [{"kind": "throttle", "rate": 0.02,
///                  "operations": ["PutItem", "BatchWriteItem"]},
///                 {"kind": "server_error", "rate": 0.01, "when": "after"},
///                 {"kind": "slow_answer", "rate": 0.01,
///                  "seconds": [0.1, 8]}]}
///
/// **Errors**: kInvalidArgument; the message names the rule, the member, and
/// the values allowed.
Result<FaultPlan> ParseFaultPlan(std::string_view text);

/// A fault of one request.
struct Fault {
  FaultKind kind;
  bool after_effect = false;              ///< For kServerError.
  std::chrono::milliseconds duration{0};  ///< See FaultRule::least.
  uint64_t choice = 0;                    ///< Random; decides the details.
};

/// Draws faults. For the same plan, seed and sequence of requests, it draws the
/// same faults.
///
/// **Thread-safety**: all calls from any thread.
class FaultSource {
 public:
  FaultSource(FaultPlan plan, uint64_t seed);

  /// Draws the fault of the next request. The first rule that hits decides.
  std::optional<Fault> Draw(std::string_view operation);
  /// While it is off, Draw returns nothing. Initially on.
  void set_on(bool on);
  /// The longest duration of this kind; 0 if it is never drawn.
  std::chrono::milliseconds LongestOf(FaultKind kind) const;
  /// The number of faults of this kind drawn so far.
  uint64_t count(FaultKind kind) const;

 private:
  const FaultPlan plan_;
  mutable std::mutex mutex_;  // Guards the members below.
  std::mt19937_64 engine_;
  bool on_ = true;
  std::array<uint64_t, kFaultKinds> counts_{};
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_FAKE_FAULTS_FAULTS_H_
