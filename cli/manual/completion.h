// The completion of the command line for bash.

#ifndef DYNAMODOWN_CLI_MANUAL_COMPLETION_H_
#define DYNAMODOWN_CLI_MANUAL_COMPLETION_H_

#include <string>

#include "manual/manual.h"

namespace cli {

/// A file that bash reads with `source`, or the package bash-completion by
/// itself when it is named as the program. Thread-safety: a pure function.
std::string MakeBashCompletion(const Manual& manual);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_MANUAL_COMPLETION_H_
