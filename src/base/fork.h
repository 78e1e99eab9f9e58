// Detects that an object is used in a forked child of its creator.

#ifndef DYNAMODOWN_BASE_FORK_H_
#define DYNAMODOWN_BASE_FORK_H_

#include <cstdint>

namespace dynamodown {

/// The message for a call in a forked child.
inline constexpr char kOpenedBeforeFork[] =
    "the store was opened before fork(); open it again";

/// Returns how many calls of fork() lie between the first process that called
/// this function and this process. A parent's count stays the same, so a child
/// has a count of its own. Children by a bare clone() or _Fork() are not
/// counted.
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
