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

std::string TextOf(const Finding& finding) {
  std::string text =
      fmt::format("{:8} {:27} {}\n", WordOf(finding.outcome), finding.check,
                  EncodeForLine(Encoding::kText, finding.found));
  if (!finding.advice.empty()) {
    text += fmt::format("{:36} -> {}\n", "", finding.advice);
  }
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
  for (const Finding& finding : findings) {
    output.Write(line.json ? JsonOf(finding) : TextOf(finding));
  }
  const int exit_status = Finish(&output);
  if (exit_status != kExitOk) return exit_status;
  const auto failures = std::count_if(
      findings.begin(), findings.end(),
      [](const Finding& f) { return f.outcome == Outcome::kFailed; });
  return failures == 0 ? kExitOk : kExitFailure;
}

}  // namespace cli
