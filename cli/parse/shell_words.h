// A line of the shell: its words, and the completion of its last word.
//
// Words are quoted as in a POSIX shell. Blanks and tabs separate words. '...'
// is what it says. In "...", a backslash escapes $, `, ", \ and a newline.
// Elsewhere a backslash escapes any character; before a newline it joins two
// lines. A word that begins with # begins a comment. There are no variables, no
// patterns and no commands in words, so $, *, ? and ~ stand for themselves.
//
// Thread-safety: pure functions.

#ifndef DYNAMODOWN_CLI_PARSE_SHELL_WORDS_H_
#define DYNAMODOWN_CLI_PARSE_SHELL_WORDS_H_

#include <string>
#include <string_view>
#include <vector>

#include "parse/command_spec.h"
#include "parse/complaint.h"

namespace cli {

struct ShellLine {
  std::vector<std::string> words;
  /// A quote is open, or the line ends in a backslash: the next line, after a
  /// "\n", is part of this one.
  bool goes_on = false;
  /// Why the line means nothing: it has a character that would be an operator
  /// of a POSIX shell, or a byte 00.
  Complaint complaint;
};

ShellLine SplitLine(std::string_view line);

/// Returns what may stand in place of the last word of `line`, of which only
/// the part before the cursor is given: commands, or options of the command.
std::vector<std::string> Completions(const CommandSpec& program,
                                     std::string_view line);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_SHELL_WORDS_H_
