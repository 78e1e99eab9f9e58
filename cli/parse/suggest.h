// "Did you mean": finds the command or option that a wrong word may stand for.
//
// Thread-safety: pure functions.

#ifndef DYNAMODOWN_CLI_PARSE_SUGGEST_H_
#define DYNAMODOWN_CLI_PARSE_SUGGEST_H_

#include <string>
#include <vector>

namespace cli {

/// Returns "; did you mean 'list' or 'scan'?". If other programs use `word`,
/// such as "ls", suggests the matching commands among `known`. Otherwise
/// suggests the command whose name is nearest. Returns "" if no name is near.
std::string SuggestCommand(const std::string& word,
                           const std::vector<std::string>& known);

/// Returns "; did you mean --from?", or "" if no option is near.
std::string SuggestOption(const std::string& word,
                          const std::vector<std::string>& known);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_SUGGEST_H_
