// Whether this is still the process that something was made in.

#ifndef DYNAMODOWN_BASE_FORK_H_
#define DYNAMODOWN_BASE_FORK_H_

#include <unistd.h>

namespace dynamodown {

/// Remembers the process that makes it. Costs one system call a question.
class MakerProcess {
 public:
  bool IsThis() const { return getpid() == process_; }

 private:
  const pid_t process_ = getpid();
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_FORK_H_
