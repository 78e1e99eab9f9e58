// A shell that runs a command. Signals are reset, and _exit is called, only in
// the forked child.

#ifndef DYNAMODOWN_BASE_CHILD_PROCESS_H_
#define DYNAMODOWN_BASE_CHILD_PROCESS_H_

#include <sys/types.h>

#include <string>

namespace dynamodown {

/// The child stays in this process's group, and so keeps the terminal.
/// **Thread-safety**: one thread, which must not end before the child.
class ChildProcess {
 public:
  ChildProcess() = default;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  /// Kills the child if it still runs, with all that it started.
  ~ChildProcess();

  /// Starts `sh -c command`. The child's standard output is the file `output`.
  /// If this process's standard input is a terminal, the child inherits it;
  /// else the child's standard input is empty. The child also inherits standard
  /// error, and no other open file. Call it once. Returns 0 or an errno.
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
