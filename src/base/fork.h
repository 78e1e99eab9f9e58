// Detects that an object is used in a forked child of the process that created
// it.

#ifndef DYNAMODOWN_BASE_FORK_H_
#define DYNAMODOWN_BASE_FORK_H_

#include <cstdint>

namespace dynamodown {

/// The message for a call in a forked child.
inline constexpr char kOpenedBeforeFork[] =
    "the store was opened before fork(); open it again";

/// Returns 0 in the first process that calls this function. In a child that
/// fork() made, returns 1 more than in its parent, whose count does not change.
/// A child that a bare clone() or _Fork() made has its parent's count.
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
