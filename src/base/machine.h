// The machine that a process runs on: environment variables, files, other
// programs.

#ifndef DYNAMODOWN_BASE_MACHINE_H_
#define DYNAMODOWN_BASE_MACHINE_H_

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"

namespace dynamodown {

/// Returns the value of an environment variable, or nothing if it is not set. A
/// variable with an empty value counts as not set.
using EnvironmentVariables =
    std::function<std::optional<std::string>(const char*)>;

/// Reads a whole file of at most 1 MB. Returns nothing if there is no such
/// file. A pipe is refused, since reading it might never end.
/// **Errors**: kInvalidArgument. The message contains the path and the reason,
/// never the content.
using FileReader =
    std::function<Result<std::optional<std::string>>(const std::string& path)>;

struct CommandOutcome {
  /// The exit status as shells report it: 128 + N if signal N ended the
  /// command. -1 if the exit status is unknown, because this process ignores
  /// SIGCHLD or because other code of this process has already waited for the
  /// command.
  int status = 0;
  std::string output;  ///< The command's standard output, at most 1 MB.
};

/// Runs `sh -c command` with this process's environment variables and standard
/// error. The command keeps this process's terminal: it may ask questions
/// there, and Ctrl-C ends the command together with this process. If this
/// process's standard input is a terminal, the command inherits it; else the
/// command's standard input is empty. The command inherits no other open file.
///
/// The command has ended when its shell has exited. Processes that the command
/// leaves behind go on, even if they hold its standard output open. If this
/// process is killed, the shell gets SIGTERM. If the command is a single
/// program with its arguments, the program takes the shell's place, and gets
/// the SIGTERM. If the command has not ended after `timeout`, or if it prints
/// more than 1 MB, it is killed, with all processes that it started.
/// **Errors**: kUnavailable if the command cannot be started or prints more
/// than 1 MB; kTimeout after `timeout`. Messages do not quote the command,
/// which may hold secrets.
using CommandRunner = std::function<Result<CommandOutcome>(
    const std::string& command, std::chrono::milliseconds timeout)>;

/// **Thread-safety**: all calls from any thread.
struct Machine {
  EnvironmentVariables variables;
  FileReader read_file;
  CommandRunner run_command;
};

/// The real machine.
Machine ThisMachine();

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_MACHINE_H_
