// The program `dynamodown`: LevelDB's calls on any location, from the shell.
//
// command_line.cc understands the arguments, commands.cc does what they ask
// for, format.cc and message.cc say how keys, values and failures look.

#include <csignal>
#include <exception>

#include "command_line.h"
#include "commands.h"
#include "message.h"

int main(int argc, char** argv) {
  // A closed pipe is then an error of one write, of standard output's or of a
  // connection's, and not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    cli::CommandLine line;
    if (const auto status = cli::ParseCommandLine(argc, argv, &line)) {
      return *status;
    }
    return cli::Run(line);
  } catch (const std::exception& e) {  // Out of memory, most likely.
    return cli::Fail(e.what());
  }
}
