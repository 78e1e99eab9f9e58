// The program `dynamodown`: LevelDB's calls on any location, from the shell.
//
// Each command is a file in commands/ or items/. parse/ parses the arguments
// according to the commands' descriptions, and returns the command to run.

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <variant>

#include "io/command_line.h"
#include "io/interrupt.h"
#include "io/message.h"
#include "io/output.h"
#include "io/run_command.h"
#include "parse/argument_parser.h"
#include "program.h"

namespace {

/// Opens /dev/null in the place of each closed standard stream. Otherwise the
/// next opened file, perhaps one of the store's, would get the stream's file
/// descriptor. Standard input is opened for writing and the other two streams
/// for reading, so that using a closed stream still fails.
void OccupyClosedStreams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) != -1) continue;
    // open() takes the lowest free descriptor, which is `fd`.
    if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) {
      std::_Exit(cli::kExitFailure);
    }
  }
}

int Run(int argc, char** argv) {
  cli::SetCommandLine(argc, argv);
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
  return cli::RunCommand(*std::get<const cli::CommandSpec*>(parsed));
}

}  // namespace

int main(int argc, char** argv) {
  OccupyClosedStreams();
  // With SIGPIPE ignored, a write to a closed pipe or connection fails with an
  // error instead of ending the process.
  std::signal(SIGPIPE, SIG_IGN);
  // In the same way, a write beyond the limit of `ulimit -f` fails with EFBIG.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    const int status = Run(argc, argv);
    cli::EndIfInterrupted();
    return status;
  } catch (const std::exception& e) {  // Out of memory, most likely.
    return cli::Fail(e.what());
  }
}
