// The completion of the command line for bash.

#ifndef DYNAMODOWN_CLI_MANUAL_COMPLETION_H_
#define DYNAMODOWN_CLI_MANUAL_COMPLETION_H_

#include <string>

#include "manual/manual.h"

namespace cli {

/// The text of a completion file. Bash reads the file with `source`. If the
/// file has the program's name, the package bash-completion reads it.
/// Thread-safety: a pure function.
std::string MakeBashCompletion(const Manual& manual);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_MANUAL_COMPLETION_H_
