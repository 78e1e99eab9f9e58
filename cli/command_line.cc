// The program: its commands, and how they are understood.

#include "command_line.h"

#include "argument_parser.h"
#include "command_spec.h"
#include "help.h"
#include "item_commands.h"
#include "manual.h"
#include "store_commands.h"

namespace cli {
namespace {

CommandSpec ProgramFor(CommandLine* line) {
  CommandSpec program;
  program.name = "dynamodown";
  program.description = kProgramHelp;
  program.footer = kProgramFooter;
  AddStoreCommands(&program, line);
  AddItemCommands(&program, line);
  return program;
}

}  // namespace

std::optional<int> ParseCommandLine(int argc, char** argv, CommandLine* line) {
  return ParseArguments(ProgramFor(line), argc, argv);
}

Manual DescribeCommandLine() {
  CommandLine line;
  return Describe(ProgramFor(&line));
}

}  // namespace cli
