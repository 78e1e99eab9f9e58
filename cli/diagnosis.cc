#include "diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "dynamodown/doctor.h"
#include "dynamodown/iam.h"
#include "format.h"
#include "message.h"
#include "output.h"
#include "session.h"

namespace cli {
namespace {

using dynamodown::Finding;
using leveldb::Status;
using Outcome = Finding::Outcome;

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
                     EncodeForLine(Encoding::kText, found));
}

/// Those that were skipped in one line at the end.
std::string TextOf(const std::vector<Finding>& findings) {
  std::string text, skipped;
  for (const Finding& finding : findings) {
    if (finding.outcome == Outcome::kSkipped) {
      skipped += (skipped.empty() ? "" : ", ") + finding.check;
      continue;
    }
    text += Line(WordOf(finding.outcome), finding.check,
                 InShellWords(finding.found));
    if (finding.advice.empty()) continue;
    text += fmt::format("{:36} -> {}\n", "", InShellWords(finding.advice));
  }
  if (!skipped.empty()) text += Line("skipped", "the rest", skipped);
  return text;
}

std::string JsonOf(const Finding& finding) {
  std::string json =
      fmt::format("{{{},{},{}", JsonMember("outcome", WordOf(finding.outcome)),
                  JsonMember("check", finding.check),
                  JsonMember("found", InShellWords(finding.found)));
  if (!finding.advice.empty()) {
    json += "," + JsonMember("advice", InShellWords(finding.advice));
  }
  return json + "}\n";
}

}  // namespace

int Iam(const CommandLine& line) {
  std::string policy;
  const Status status =
      dynamodown::IamPolicy(line.options, line.location, line.iam, &policy);
  if (!status.ok()) return Fail(status, line.location);
  Output output;
  output.Write(policy);
  return Finish(&output);
}

int Doctor(const CommandLine& line) {
  Session session(line);
  dynamodown::DoctorOptions doctor;
  doctor.access = line.iam.access;
  std::vector<Finding> findings;
  const Status status = dynamodown::Diagnose(
      session.options(), line.location, doctor, &findings, session.stats());
  if (!status.ok()) return Fail(status, line.location);
  Output output;
  if (line.json) {
    for (const Finding& finding : findings) output.Write(JsonOf(finding));
  } else {
    output.Write(TextOf(findings));
  }
  const int exit_status = Finish(&output);
  if (exit_status != kExitOk) return exit_status;
  const auto failures = std::count_if(
      findings.begin(), findings.end(),
      [](const Finding& f) { return f.outcome == Outcome::kFailed; });
  return failures == 0 ? kExitOk : kExitFailure;
}

}  // namespace cli
