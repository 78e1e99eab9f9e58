// A process that runs the shell's commands one after another, so that Ctrl-C
// can end any command at any point without ending the shell. The process keeps
// the store open between commands, until a signal ends the process.

#ifndef DYNAMODOWN_CLI_IO_COMMAND_PROCESS_H_
#define DYNAMODOWN_CLI_IO_COMMAND_PROCESS_H_

#include <sys/types.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace cli {

using Words = std::vector<std::string>;
/// Runs a command and returns its exit status.
using CommandRunner = std::function<int(const Words&)>;

/// **Thread-safety**: one thread. The calling process must have no other
/// thread, since this class calls fork().
class CommandProcess {
 public:
  /// The new process calls `run`. What `run` opens may stay open between calls.
  /// The last call has no words, and must close everything.
  explicit CommandProcess(CommandRunner run) : run_(std::move(run)) {}
  /// Ends the process and waits for it.
  ~CommandProcess() { End(); }
  CommandProcess(const CommandProcess&) = delete;
  CommandProcess& operator=(const CommandProcess&) = delete;

  /// Runs a command and returns its exit status. If a signal ended the process,
  /// returns 128 + the signal's number, and the next call starts another
  /// process. Returns -1, with errno set, if no process can be started.
  int Run(const Words& words);

 private:
  bool Start();
  int End();

  const CommandRunner run_;
  pid_t pid_ = -1;
  int socket_ = -1;
};

/// Returns a new descriptor of standard input, which the caller closes. From
/// now on, reading from the original descriptor fails. Returns -1, with errno
/// set, on failure.
int TakeStandardInput();

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_COMMAND_PROCESS_H_
