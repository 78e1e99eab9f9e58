// "Did you mean": finds the command or option for a word that is neither.
//
// Thread-safety: pure functions.

#ifndef DYNAMODOWN_CLI_PARSE_SUGGEST_H_
#define DYNAMODOWN_CLI_PARSE_SUGGEST_H_

#include <string>
#include <vector>

namespace cli {

/// Returns "; did you mean 'list' or 'scan'?", with the commands among `known`
/// that other programs call `word` (ls), or else the command whose name is
/// nearest. Returns "" if there is none.
std::string SuggestCommand(const std::string& word,
                           const std::vector<std::string>& known);

/// Returns "; did you mean --from?", or "" if no option is near.
std::string SuggestOption(const std::string& word,
                          const std::vector<std::string>& known);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_SUGGEST_H_
