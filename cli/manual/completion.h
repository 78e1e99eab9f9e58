// The completion of the command line for bash.

#ifndef DYNAMODOWN_CLI_MANUAL_COMPLETION_H_
#define DYNAMODOWN_CLI_MANUAL_COMPLETION_H_

#include <string>

#include "manual/manual.h"

namespace cli {

/// A completion file. Bash reads it with `source`. If it has the program's
/// name, the package bash-completion reads it. Thread-safety: a pure function.
std::string MakeBashCompletion(const Manual& manual);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_MANUAL_COMPLETION_H_
