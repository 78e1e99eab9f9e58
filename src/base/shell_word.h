// Commands in messages, for people to paste into a shell.

#ifndef DYNAMODOWN_BASE_SHELL_WORD_H_
#define DYNAMODOWN_BASE_SHELL_WORD_H_

#include <string>
#include <string_view>

namespace dynamodown {

/// Quotes `word` for a shell, if necessary. Requires that `word` has no byte
/// 00. All characters of the result are printable: bytes that a terminal would
/// not show are escaped in $'...', which bash, ksh and zsh know.
std::string ShellWord(std::string_view word);

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_SHELL_WORD_H_
