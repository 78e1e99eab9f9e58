// The program `dynamodown`: LevelDB's calls on any location, from the shell.
//
// command_line.h is what the arguments ask for, commands.cc does it, format.cc
// and message.cc say how keys, values and failures look.

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>

#include "command_line.h"
#include "commands.h"
#include "message.h"

namespace {

/// A standard stream that was closed would be the number of the next file that
/// is opened, one of the store's perhaps. /dev/null takes its place, opened the
/// wrong way round, so that using the stream fails as it should.
void OccupyClosedStreams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) != -1) continue;
    // The lowest free number is this one.
    if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) {
      std::_Exit(cli::kExitFailure);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  OccupyClosedStreams();
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
