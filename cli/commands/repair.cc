#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "command_list.h"
#include "dynamodown/verify.h"
#include "io/command_line.h"
#include "io/file.h"
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

Until the copy is complete, it is in a directory COPY.XXXXXX.tmp, which is
removed if the command fails. So a directory COPY is always complete. If a
signal ends the command, remove COPY.XXXXXX.tmp yourself.

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

std::string WithoutSlash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

/// Removes the draft of the copy, and prints the error. If the error is about
/// the draft, names the copy instead, and does not advise the doctor, which
/// examines only the damaged store.
int FailCopy(const leveldb::Status& status, const std::string& location,
             const std::string& draft, const std::string& copy) {
  std::error_code ignored;
  std::filesystem::remove_all(draft, ignored);
  std::string text = status.ToString();
  const size_t at = text.find(draft);
  if (at == text.npos) return Fail(status, location);
  for (size_t i = at; i != text.npos; i = text.find(draft, i + copy.size())) {
    text.replace(i, draft.size(), copy);
  }
  return Fail(text + "; no copy was made");
}

int Repair(const RepairOptions& repair) {
  const auto started = Clock::now();
  const std::string& location = repair.common.location;
  // Like all commands, takes "leveldb:PATH" for PATH.
  const std::string copy = WithoutSlash(PathOf(repair.copy));
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(copy, ignored))) {
    return Fail(copy + " exists; give another directory for the copy");
  }
  std::string draft;
  if (Complaint c = DraftName(copy, &draft)) return Fail(*c);
  Session session(repair.common);
  Output output;
  ProblemPrinter printer(repair.json, &output);
  dynamodown::VerifyResult result;
  leveldb::Status status;
  RunUnstoppable(
      repair.common,
      {"copying",
       {"copied a part of the store"},
       "remove " + draft +
           ", which is not complete; to begin again, run: " + CommandLine()},
      started, [&] {
        status = dynamodown::Repair(
            session.options(), location, draft,
            [&](const dynamodown::Problem& problem) { printer.Print(problem); },
            &result);
      });
  if (!status.ok()) {
    const int printed = Finish(&output);
    const int failed = FailCopy(status, location, draft, copy);
    return printed == kExitOk ? failed : printed;
  }
  if (Complaint c = RenameDirectory(draft, copy)) {
    return Fail(*c + "; the copy is complete, in " + draft);
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
