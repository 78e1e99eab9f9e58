// Detects that an object is used in a forked child of its creator.

#ifndef DYNAMODOWN_BASE_FORK_H_
#define DYNAMODOWN_BASE_FORK_H_

#include <unistd.h>

namespace dynamodown {

/// The message for a call in a forked child.
inline constexpr char kOpenedBeforeFork[] =
    "the store was opened before fork(); open it again";

/// Remembers the process that constructed this object. IsThis costs one system
/// call.
class CreatorProcess {
 public:
  bool IsThis() const { return getpid() == process_; }

 private:
  const pid_t process_ = getpid();
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_FORK_H_
