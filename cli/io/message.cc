#include "io/message.h"

#include <fmt/format.h>

#include <cstdio>
#include <initializer_list>
#include <regex>

#include "base/shell_word.h"
#include "dynamodown/printable.h"
#include "dynamodown/status.h"
#include "parse/location.h"

namespace cli {
namespace {

using dynamodown::KindOf;
using dynamodown::ShellWord;
using dynamodown::StatusKind;

// Prints one line. A server's message or a path can contain anything.
void PrintLine(std::string_view message) {
  std::fputs(
      ("dynamodown: " + dynamodown::EscapeUnprintable(message) + '\n').c_str(),
      stderr);
}

// The message of a status. Drops the name of the status code ("IO error: ") if
// the name adds nothing to the message.
std::string TextOf(const leveldb::Status& status) {
  const std::string text = status.ToString();
  for (const std::string_view name :
       {"IO error: ", "Invalid argument: ", "Not implemented: "}) {
    if (text.starts_with(name)) return text.substr(name.size());
  }
  return text;
}

// Advice on a Corruption. The doctor reads an embedded store's log, MANIFEST
// and CURRENT. Only verify reads tables and records.
std::string DamageAdvice(const std::string& text, const std::string& location) {
  static const std::regex kTable("[0-9]{6,}\\.(ldb|sst)([^0-9A-Za-z]|$)");
  static const std::regex kOther(
      "CURRENT|MANIFEST-[0-9]+|[0-9]{6,}\\.log([^0-9A-Za-z]|$)");
  const std::string verify = "dynamodown verify " + Operand(location);
  if (!IsEmbedded(location)) {
    return DoctorAdvice(location) + "; or read every record: " + verify;
  }
  if (std::regex_search(text, kTable)) {
    return "run: " + verify +
           "; then copy what can be read: dynamodown repair " +
           Operand(location) + " COPY";
  }
  return std::regex_search(text, kOther) ? DoctorAdvice(location)
                                         : "run: " + verify;
}

// Advice on a failure of this kind. Empty if there is no advice, or if the
// library's message already contains advice. If the doctor can find the cause,
// the advice is the doctor's command.
std::string Advice(const leveldb::Status& status, const std::string& location) {
  const StatusKind kind = KindOf(status);
  switch (kind) {
    case StatusKind::kThrottled:
      return "try again later";
    case StatusKind::kDenied:
      return "check what these credentials are allowed to do, or " +
             DoctorAdvice(location);
    case StatusKind::kUnavailable:
      return "check the endpoint, the region and the network, or " +
             DoctorAdvice(location);
    case StatusKind::kCredentials:
      // The library's message may end with another command, such as a login.
      return "to check the settings, " + DoctorAdvice(location);
    case StatusKind::kRejected:
    case StatusKind::kIOError:  // Of an embedded store.
      return DoctorAdvice(location);
    case StatusKind::kCorruption:
      return DamageAdvice(status.ToString(), location);
    case StatusKind::kTimeout:
      return "try again, allow more time with --timeout, or " +
             DoctorAdvice(location);
    case StatusKind::kConflict:
      return "try again";
    case StatusKind::kDestroying:
      return "run: dynamodown destroy " + Operand(location);
    default:
      return "";
  }
}

}  // namespace

int NotFound(std::string_view message) {
  PrintLine(message);
  return kExitNotFound;
}

std::string WithTry(std::string_view message) {
  return std::string(message) + (message.ends_with('?') ? " Try" : "; try");
}

int Misuse(std::string_view command, std::string_view message) {
  PrintLine(fmt::format("{} 'dynamodown {}{}--help'", WithTry(message), command,
                        command.empty() ? "" : " "));
  return kExitUsage;
}

int Fail(std::string_view message) {
  PrintLine(message);
  return kExitFailure;
}

void Note(std::string_view message) { PrintLine(message); }

std::string Operand(const std::string& location) {
  return (location.starts_with('-') ? "-- " : "") + ShellWord(location);
}

std::string DoctorAdvice(const std::string& location) {
  return "run: dynamodown doctor " + Operand(location);
}

std::string Describe(const leveldb::Status& status,
                     const std::string& location) {
  std::string message = TextOf(status);
  if (dynamodown::IsMissingStore(status)) {
    message += IsEmbedded(location)
                   ? "; to make it, run: "
                   : "; to make it, run, with the same options: ";
    message += "dynamodown create " + Operand(location);
    if (NamesOnlyTable(location)) {
      message += "; to see the table's stores, run: dynamodown list " +
                 Operand(location);
    }
  }
  // A message about a lock already says what to do.
  const std::string advice =
      dynamodown::IsLockedStore(status) ? "" : Advice(status, location);
  if (!advice.empty()) message.append("; ").append(advice);
  return message;
}

int Fail(const leveldb::Status& status, const std::string& location) {
  return Fail(Describe(status, location));
}

}  // namespace cli
