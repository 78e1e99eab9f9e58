// Runs a command, or the work of a command, and prints what it consumed, even
// if a signal stops it.

#ifndef DYNAMODOWN_CLI_IO_RUN_COMMAND_H_
#define DYNAMODOWN_CLI_IO_RUN_COMMAND_H_

#include <functional>
#include <string>

#include "io/summary.h"
#include "parse/command_spec.h"
#include "parse/common_options.h"

namespace cli {

/// Runs the command, and returns its exit status. With --verbose, the totals
/// are the last line on standard error.
int RunCommand(const CommandSpec& command);

/// The texts for work that cannot stop by itself after a signal.
struct Unstoppable {
  std::string doing;    ///< "destroying", for the progress line.
  Work so_far;          ///< For the summary of work that was stopped.
  std::string stopped;  ///< Says what the signal left, and how to continue.
};

/// Does `work` on a second thread, with a progress line. The command began at
/// `started`. After a signal, prints the summary and the totals of the command.
/// Then ends the program as this signal would have ended it, without waiting
/// for the end of `work`. Throws what `work` throws.
void RunUnstoppable(const CommonOptions& common, const Unstoppable& texts,
                    Clock::time_point started,
                    const std::function<void()>& work);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_RUN_COMMAND_H_
