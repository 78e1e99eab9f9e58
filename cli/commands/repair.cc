#include <memory>
#include <string>

#include "command_list.h"
#include "dynamodown/verify.h"
#include "io/command_line.h"
#include "io/message.h"
#include "io/output.h"
#include "io/problem_printer.h"
#include "io/run_command.h"
#include "io/session.h"
#include "parse/location.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

constexpr char kDescription[] =
    "Copy what can be read from a damaged embedded store.";
constexpr char kFooter[] =
    R"(Copies every record that can be read into a new embedded store in the
directory COPY, which must not exist, and must be outside the damaged store. The
damaged store stays as it is. The output has a line for each problem: the file,
what is wrong, and the bytes that are lost. The last line has the number of
records that were copied, unless --quiet is given.

If a record is lost, the copy may have an older value of the record's key, or a
key that the lost record deleted.

The exit status is 1 if something is damaged, since records may then be lost.
The exit status is 0 if everything was copied.

Examples:
  dynamodown repair leveldb:/var/lib/app/db /var/lib/app/db.repaired
)";

struct RepairOptions {
  CommonOptions common;
  std::string copy;
  bool json = false;
};

int Repair(const RepairOptions& repair) {
  const auto started = Clock::now();
  Session session(repair.common);
  Output output;
  ProblemPrinter printer(repair.json, &output);
  dynamodown::VerifyResult result;
  leveldb::Status status;
  RunUnstoppable(
      repair.common,
      {"copying",
       {"copied a part of the store"},
       repair.copy + " is not complete; remove it, and run: " + CommandLine()},
      started, [&] {
        status = dynamodown::Repair(
            session.options(), repair.common.location,
            // Like all commands, takes "leveldb:PATH" for PATH.
            PathOf(repair.copy),
            [&](const dynamodown::Problem& problem) { printer.Print(problem); },
            &result);
      });
  if (!status.ok()) {
    const int printed = Finish(&output);
    return printed == kExitOk ? Fail(status, repair.common.location) : printed;
  }
  if (!repair.common.quiet) printer.PrintSums("copied", result);
  const int printed = Finish(&output);
  return printed == kExitOk && result.damages > 0 ? kExitNotFound : printed;
}

}  // namespace

CommandSpec RepairCommand() {
  const auto repair = std::make_shared<RepairOptions>();
  StoreCommandBuilder command("repair", kDescription, kFooter, &repair->common);
  command
      .AddArgument("COPY", "The directory of the copy, which must not exist",
                   IntoNotEmpty("COPY", &repair->copy))
      .is_required = true;
  command.AddJson("Print one JSON object per line", &repair->json);
  command.AddQuiet();
  return command.Build([repair] { return Repair(*repair); });
}

}  // namespace cli
