// What the user asked for, understood from the arguments.

#ifndef DYNAMODOWN_CLI_COMMAND_LINE_H_
#define DYNAMODOWN_CLI_COMMAND_LINE_H_

#include <optional>
#include <string>
#include <vector>

#include "dump_file.h"
#include "dynamodown/db.h"
#include "dynamodown/iam.h"
#include "fake_server.h"
#include "format.h"
#include "item.h"

namespace cli {

enum class Command {
  kGet,
  kPut,
  kDel,
  kScan,
  kCount,
  kCreate,
  kDestroy,
  kInfo,
  kList,
  kIam,
  kDoctor,
  kDump,
  kLoad,
  kBatch,
  kFakeServer,
  kItem,
};

struct CommandLine {
  Command command = Command::kGet;
  std::string location;
  std::vector<std::string> keys;     ///< get and put: one; bytes, decoded
  std::optional<std::string> value;  ///< put: bytes; none: standard input

  dynamodown::Options options;
  dynamodown::Bounds bounds;  ///< scan, count, dump
  bool reverse = false;
  std::optional<uint64_t> limit;

  Encoding encoding = Encoding::kText;
  bool json = false;
  bool raw = false;
  bool verbose = false;
  dynamodown::DestroyOptions destroy;
  dynamodown::IamOptions iam;  ///< iam; doctor: its access

  std::optional<std::string> output;  ///< dump; none: standard output
  DumpFile::Mode output_mode = DumpFile::Mode::kNew;
  std::optional<std::string> input;       ///< load, batch; none: standard input
  std::optional<std::string> checkpoint;  ///< load
  bool creates = true;                    ///< load: a store that is missing
  bool unordered = false;                 ///< batch

  FakeServerOptions fake_server;
  ItemArguments item;  ///< item
};

/// Fills `*line` and returns nothing; or, when there is nothing left to do (a
/// help text was asked for, or an argument was wrong), says so and returns the
/// exit status.
std::optional<int> ParseCommandLine(int argc, char** argv, CommandLine* line);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_COMMAND_LINE_H_
