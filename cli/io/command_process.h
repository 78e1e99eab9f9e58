// A process that runs the shell's commands one after another, so that Ctrl-C
// can end any command, at any place, and not the shell. The process stays, and
// so the store stays open, until a signal ends it.

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

/// **Thread-safety**: one thread. The caller has no other thread, since the
/// process is made with fork().
class CommandProcess {
 public:
  /// `run` is called in the process, and may keep what it opens until it is
  /// called without words, at the end.
  explicit CommandProcess(CommandRunner run) : run_(std::move(run)) {}
  /// Ends the process and waits for it.
  ~CommandProcess() { End(); }
  CommandProcess(const CommandProcess&) = delete;
  CommandProcess& operator=(const CommandProcess&) = delete;

  /// Runs a command. Returns its exit status, or 128 + the signal that ended
  /// the process; the next call then starts another process. Returns -1, with
  /// errno set, if no process can be started.
  int Run(const Words& words);

 private:
  bool Start();
  int End();

  const CommandRunner run_;
  pid_t pid_ = -1;
  int socket_ = -1;
};

/// Whether standard input is a terminal.
bool InputIsATerminal();

/// Returns a descriptor of standard input, from which the caller reads. From
/// now on the process's own standard input cannot be read. Returns -1, with
/// errno set, on failure.
int TakeStandardInput();

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_COMMAND_PROCESS_H_
