// A line of the shell: its words, and the completion of its last word.
//
// Words are quoted as in a POSIX shell. Blanks and tabs separate words. Text in
// '...' is taken literally. In "...", a backslash escapes $, `, ", \ and a
// newline. Elsewhere a backslash escapes any character; before a newline it
// joins two lines. A word that begins with # begins a comment. There are no
// variables, no patterns and no commands in words, so $, *, ? and ~ stand for
// themselves.
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
  /// True if a quote is open, or if the line ends in a backslash. Then call
  /// SplitLine again with this line, "\n" and the next line as one line.
  bool goes_on = false;
  /// Why the line is refused: it has a byte 00, or a character that is an
  /// operator in a POSIX shell.
  Complaint complaint;
};

ShellLine SplitLine(std::string_view line);

/// `line` is the part of a line before the cursor. Returns the words that can
/// replace its last word: commands, or options of the command.
std::vector<std::string> Completions(const CommandSpec& program,
                                     std::string_view line);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_SHELL_WORDS_H_
