// Detects that an object is used in a forked child of the process that created
// it.

#ifndef DYNAMODOWN_BASE_FORK_H_
#define DYNAMODOWN_BASE_FORK_H_

#include <cstdint>

namespace dynamodown {

/// The messages for a call in a forked child. A child can open a store on
/// DynamoDB again, but not an embedded store, whose lock the parent holds.
/// kAnyBeforeFork is for code that does not know which kind of store it has.
inline constexpr char kOpenedBeforeFork[] =
    "the store was opened before fork(); open it again";
inline constexpr char kEmbeddedBeforeFork[] =
    "the embedded store was opened before fork(), so only the process that "
    "opened it can use it; use it there, or open it after the fork";
inline constexpr char kAnyBeforeFork[] =
    "the store was opened before fork(); use it in the process that opened it, "
    "or open it after the fork";

/// Counts the forks between the first process that calls this function and this
/// process. In the first process, returns 0. In a child of fork(), returns 1
/// more than in the parent. The parent's count does not change. A child of a
/// bare clone() or _Fork() has the same count as its parent.
/// **Thread-safety**: safe. **Cost**: no system call.
uint64_t ForkCount();

/// Remembers the process that constructed this object.
class CreatorProcess {
 public:
  bool IsThis() const { return ForkCount() == forks_; }

 private:
  const uint64_t forks_ = ForkCount();
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_FORK_H_
