// The program `dynamodown`: LevelDB's calls on any location, from the shell.
//
// Each command is a file of commands/ or items/. parse/ understands the
// arguments by what the commands say of themselves, and returns the one that
// runs.

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <functional>
#include <variant>

#include "io/message.h"
#include "io/output.h"
#include "parse/argument_parser.h"
#include "program.h"

namespace {

/// The next file to be opened, perhaps one of the store's, would get the number
/// of a standard stream that was closed. So /dev/null takes that number. It is
/// opened the wrong way round, so that using the stream fails as it should.
void OccupyClosedStreams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) != -1) continue;
    // The lowest free number is this one.
    if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) {
      std::_Exit(cli::kExitFailure);
    }
  }
}

int Run(int argc, char** argv) {
  const cli::CommandSpec program = cli::Program();
  const cli::ParsedArguments parsed = cli::ParseArguments(program, argc, argv);
  if (const auto* mistake = std::get_if<cli::UsageMistake>(&parsed)) {
    return cli::Misuse(mistake->command, mistake->message);
  }
  if (const auto* requested = std::get_if<cli::RequestedText>(&parsed)) {
    cli::Output output;
    output.Write(requested->text);
    return cli::Finish(&output);
  }
  return std::get<std::function<int()>>(parsed)();
}

}  // namespace

int main(int argc, char** argv) {
  OccupyClosedStreams();
  // Writing to a closed pipe, standard output's or a connection's, then fails
  // with an error and does not end the process.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return Run(argc, argv);
  } catch (const std::exception& e) {  // Out of memory, most likely.
    return cli::Fail(e.what());
  }
}
