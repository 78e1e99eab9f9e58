// What a process finds on its machine: environment, files, other programs.

#ifndef DYNAMODOWN_BASE_MACHINE_H_
#define DYNAMODOWN_BASE_MACHINE_H_

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"

namespace dynamodown {

/// The value of an environment variable; unset and empty are the same.
using EnvironmentVariables =
    std::function<std::optional<std::string>(const char*)>;

/// A whole file, of at most 1 MB; nothing when there is none. **Errors**:
/// kInvalidArgument, naming the file and the reason, never what is in it.
using FileReader =
    std::function<Result<std::optional<std::string>>(const std::string& path)>;

struct CommandOutcome {
  /// As shells have it: 128 + N after signal N. -1: unknown, since this process
  /// ignores SIGCHLD or has waited for the command elsewhere.
  int status = 0;
  std::string output;  ///< Its standard output, of at most 1 MB.
};

/// Runs `sh -c command` with this process's environment, an empty standard
/// input and this process's standard error, and kills it, and what it started
/// (its process group), after `timeout`. No other file is open in it. It has
/// ended when it has itself and nothing that it started has its output open.
/// **Errors**: kUnavailable when it cannot be started or has more to say than
/// 1 MB, kTimeout; the command is not quoted, since it may hold secrets.
using CommandRunner = std::function<Result<CommandOutcome>(
    const std::string& command, std::chrono::milliseconds timeout)>;

/// **Thread-safety**: all calls from any thread.
struct Machine {
  EnvironmentVariables variables;
  FileReader read_file;
  CommandRunner run_command;
};

/// The real one.
Machine ThisMachine();

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_MACHINE_H_
