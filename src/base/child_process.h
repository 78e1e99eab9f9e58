// A shell that runs a command. In the forked child, and only there, its code
// acts on the process: it resets signals, and it exits.

#ifndef DYNAMODOWN_BASE_CHILD_PROCESS_H_
#define DYNAMODOWN_BASE_CHILD_PROCESS_H_

#include <sys/types.h>

#include <string>

namespace dynamodown {

/// Stays in this process's group, and so keeps its terminal.
/// **Thread-safety**: one thread, which must not end before the child.
class ChildProcess {
 public:
  ChildProcess() = default;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  /// Kills the child if it still runs, with all that it started.
  ~ChildProcess();

  /// Starts `sh -c command`. Its standard output is the file `output`. Its
  /// standard input is this process's if that is a terminal, else empty. It
  /// inherits no other open file except standard error. Returns 0 or an errno.
  int Start(const std::string& command, int output);

  /// Returns true if the child has ended. `*status` is then the child's exit
  /// status, or 128 + N if signal N ended it, or -1 if other code of this
  /// process has already waited for the child.
  bool HasEnded(int* status);

 private:
  bool Collect(int flags, int* status);

  pid_t pid_ = -1;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_CHILD_PROCESS_H_
