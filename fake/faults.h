// What goes wrong between a client and the double, and how often: decisions by
// a seed, no I/O. FakeDynamo carries them out.

#ifndef DYNAMODOWN_FAKE_FAULTS_H_
#define DYNAMODOWN_FAKE_FAULTS_H_

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
  kThrottle,          ///< Any code of throttling; no effect.
  kServerError,       ///< 500 or 503, before the effect or after it.
  kUnprocessed,       ///< Part of a batch, or all of it, is left undone.
  kConflict,          ///< Another transaction is there; no effect.
  kRefuseConnection,  ///< Nobody takes the request.
  kResetRequest,      ///< The connection is lost within the request: no effect.
  kResetAnswer,       ///< It is lost within the answer, after the effect.
  kSlowAnswer,        ///< The answer comes after a while.
  kDeliverLate,   ///< No answer; the request takes effect after a while, while
                  ///< its signature is valid. Half of the connections are lost
                  ///< at once, the others are silent.
  kTruncateBody,  ///< The answer ends too early, after the effect.
  kGarbleBody,    ///< A byte of the answer is another, after the effect.
  kStaleRead,     ///< An eventually consistent read sees an older state.
  kShortPage,     ///< Fewer items than there could be, and more to come.
  kEmptyPage,     ///< None, and yet more to come.
  kClockJump,     ///< From here on signatures and the Date header go by another
                  ///< clock; tokens and credentials' ends do not.
  kExpireCredentials  ///< Temporary ones that sign expire. Of others, and
                      ///< without accounts, this one request is refused.
};
inline constexpr size_t kFaultKinds = 16;

/// "throttle", "server_error", "unprocessed" ...: the word of a plan's file.
std::string_view WordOf(FaultKind kind);

/// How often one kind of fault meets a request, and how.
struct FaultRule {
  enum class When { kBefore, kAfter, kEither };

  FaultKind kind = FaultKind::kThrottle;
  double rate = 0;  ///< Of the requests that it can meet, 0 to 1.
  /// Those that it meets; none: all that it can.
  std::vector<std::string> operations;
  /// Of kServerError: before the effect, or after it.
  When when = When::kEither;
  /// How long, evenly between the two, of what takes time: the wait of
  /// kSlowAnswer and kDeliverLate, the age of kStaleRead, the distance of
  /// kClockJump (either way).
  std::chrono::milliseconds least{0};
  std::chrono::milliseconds most{0};
};

using FaultPlan = std::vector<FaultRule>;

/// Every kind: a bad day. One PutItem in 7 meets a fault, one Query in 5.
FaultPlan DefaultFaultPlan();

/// Of a file: a JSON object such as
///
///     {"faults": [{"kind": "throttle", "rate": 0.02,
///                  "operations": ["PutItem", "BatchWriteItem"]},
///                 {"kind": "server_error", "rate": 0.01, "when": "after"},
///                 {"kind": "slow_answer", "rate": 0.01,
///                  "seconds": [0.1, 8]}]}
///
/// **Errors**: kInvalidArgument that names the rule, its member and what it may
/// be.
Result<FaultPlan> ParseFaultPlan(std::string_view text);

/// One fault of one request.
struct Fault {
  FaultKind kind;
  bool after_effect = false;              ///< Of kServerError.
  std::chrono::milliseconds duration{0};  ///< See FaultRule::least.
  uint64_t choice = 0;                    ///< Random, for what else there is.
};

/// Draws faults. The same plan and seed give the same faults to the same
/// requests. **Thread-safety**: all calls from any thread.
class FaultSource {
 public:
  FaultSource(FaultPlan plan, uint64_t seed);

  /// What meets the next request: the first of the plan's rules that does.
  std::optional<Fault> Draw(std::string_view operation);
  /// Off, it draws nothing. At first on.
  void set_on(bool on);
  /// How long a fault of this kind lasts at most; 0: none is ever drawn.
  std::chrono::milliseconds LongestOf(FaultKind kind) const;
  /// How many of a kind were drawn.
  uint64_t count(FaultKind kind) const;

 private:
  const FaultPlan plan_;
  mutable std::mutex mutex_;  // Guards what follows.
  std::mt19937_64 engine_;
  bool on_ = true;
  std::array<uint64_t, kFaultKinds> counts_{};
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_FAKE_FAULTS_H_
