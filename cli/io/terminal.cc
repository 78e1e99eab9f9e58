#include "io/terminal.h"

#include <unistd.h>

#include <string>

#include "io/message.h"

namespace cli {

bool InputIsTerminal() { return isatty(STDIN_FILENO) != 0; }
bool OutputIsTerminal() { return isatty(STDOUT_FILENO) != 0; }
bool ErrorIsTerminal() { return isatty(STDERR_FILENO) != 0; }

void NoteWaiting(std::string_view what) {
  if (!InputIsTerminal()) return;
  Note("reading " + std::string(what) +
       " from the terminal; Ctrl-D on a line of its own ends it");
}

}  // namespace cli
