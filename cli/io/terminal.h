// Which standard streams are terminals.

#ifndef DYNAMODOWN_CLI_IO_TERMINAL_H_
#define DYNAMODOWN_CLI_IO_TERMINAL_H_

#include <string_view>

namespace cli {

bool InputIsTerminal();
bool OutputIsTerminal();
bool ErrorIsTerminal();

/// On a terminal, says that the command waits for input and how to end it.
/// `what` is "the value".
void NoteWaiting(std::string_view what);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_TERMINAL_H_
