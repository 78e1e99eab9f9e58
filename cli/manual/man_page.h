// The manual in roff, for man(1): a page for the program and a page for each
// command, as in git.

#ifndef DYNAMODOWN_CLI_MANUAL_MAN_PAGE_H_
#define DYNAMODOWN_CLI_MANUAL_MAN_PAGE_H_

#include <string>
#include <string_view>
#include <vector>

#include "manual/manual.h"

namespace cli {

/// The version in a page's header and footer. The pages depend on no clock: the
/// same edition gives the same bytes.
struct Edition {
  std::string version;  ///< "0.1.0"
  std::string date;     ///< of the version: YYYY-MM-DD
};

struct ManPage {
  std::string file_name;  ///< "dynamodown-get.1"
  std::string text;
};

/// Thread-safety: pure functions.
std::vector<ManPage> MakeManPages(const Manual& manual, const Edition& edition);

/// Escapes `text` for the middle of a line, so that roff prints it as it is on
/// any device. Also escapes quotes, so that the result can be a macro's
/// argument.
std::string EscapeRoff(std::string_view text);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_MANUAL_MAN_PAGE_H_
