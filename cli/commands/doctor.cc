#include "dynamodown/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "command_list.h"
#include "dynamodown/printable.h"
#include "io/message.h"
#include "io/output.h"
#include "io/session.h"
#include "parse/encoding.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

using dynamodown::Finding;
using Outcome = Finding::Outcome;

constexpr char kDescription[] =
    "Find out why a store does not work, and what to do.";
constexpr char kFooter[] =
    R"(Checks the region and endpoint, the connection, this machine's clock, the
credentials (their source, never their values), the table, the table's key
schema, the store, and each permission that can be tried. The output has a line
for each check. Advice on a check is on the next line, after an arrow. If checks
were skipped, the last line lists them. The exit status is 3 if a check failed.

Nothing is changed: writes are tried under conditions that cannot hold, or on a
key that does not exist. The command costs about 5 read and 5 write units.
But --verbose counts only 1 of these write units: DynamoDB bills a write whose
condition fails, and does not report its units. With --access read, no writes
are tried. An embedded store's logs and list of files are read, but not its
tables.

Examples:
  dynamodown doctor mytable/myhash
  dynamodown doctor mytable/myhash --profile dev --access read
  dynamodown doctor leveldb:/var/lib/app/db
)";

struct DoctorArguments {
  CommonOptions common;
  dynamodown::DoctorOptions doctor;
  bool json = false;
};

const char* WordOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return "ok";
    case Outcome::kWarning:
      return "warning";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kSkipped:
      return "skipped";
  }
  return "";
}

std::string Line(const char* word, const std::string& check,
                 const std::string& found) {
  return fmt::format("{:8} {:27} {}\n", word, check,
                     dynamodown::EscapeUnprintable(found));
}

/// One line for each check that was not skipped. If checks were skipped, a last
/// line lists them.
std::string TextOf(const std::vector<Finding>& findings) {
  std::string text, skipped;
  for (const Finding& finding : findings) {
    if (finding.outcome == Outcome::kSkipped) {
      skipped += (skipped.empty() ? "" : ", ") + finding.check;
      continue;
    }
    text += Line(WordOf(finding.outcome), finding.check, finding.found);
    if (finding.advice.empty()) continue;
    text += fmt::format("{:36} -> {}\n", "",
                        dynamodown::EscapeUnprintable(finding.advice));
  }
  if (!skipped.empty()) text += Line("skipped", "the rest", skipped);
  return text;
}

std::string JsonOf(const Finding& finding) {
  std::string json = fmt::format(
      "{{{},{},{}", JsonMember("outcome", WordOf(finding.outcome)),
      JsonMember("check", finding.check), JsonMember("found", finding.found));
  if (!finding.advice.empty()) {
    json += "," + JsonMember("advice", finding.advice);
  }
  return json + "}\n";
}

int Doctor(const DoctorArguments& arguments) {
  const CommonOptions& common = arguments.common;
  Session session(common);
  std::vector<Finding> findings;
  const leveldb::Status status = dynamodown::Diagnose(
      session.options(), common.location, arguments.doctor, &findings);
  for (const Finding& finding : findings) {
    const bool warns = finding.outcome == Outcome::kWarning;
    if (finding.check == "clock" && warns) session.DoNotWarnOfClock();
  }
  if (!status.ok()) return Fail(status, common.location);
  Output output;
  if (arguments.json) {
    for (const Finding& finding : findings) output.Write(JsonOf(finding));
  } else {
    output.Write(TextOf(findings));
  }
  const int exit_status = Finish(&output);
  if (exit_status != kExitOk) return exit_status;
  const bool is_well = std::none_of(
      findings.begin(), findings.end(),
      [](const Finding& f) { return f.outcome == Outcome::kFailed; });
  return is_well ? kExitOk : kExitFailure;
}

}  // namespace

CommandSpec DoctorCommand() {
  const auto arguments = std::make_shared<DoctorArguments>();
  StoreCommandBuilder command("doctor", kDescription, kFooter,
                              &arguments->common);
  command.AddAccess("The access to check (default write)",
                    &arguments->doctor.access);
  command.AddJson("Print one JSON object per line", &arguments->json);
  command.AddTable();
  command.AddConnection();
  return command.Build([arguments] { return Doctor(*arguments); });
}

}  // namespace cli
