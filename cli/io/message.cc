#include "io/message.h"

#include <fmt/format.h>

#include <cstdio>
#include <initializer_list>

#include "dynamodown/printable.h"
#include "dynamodown/status.h"

namespace cli {
namespace {

using dynamodown::KindOf;
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

// Whether a terminal shows the word as it is.
bool IsPlain(const std::string& word) {
  return dynamodown::EscapeUnprintable(word) == word;
}

// Advice on a failure of this kind. Empty if there is no advice, or if the
// library's message already contains advice. If the doctor can find the cause,
// the advice is the doctor's command.
std::string Advice(StatusKind kind, const std::string& location) {
  switch (kind) {
    case StatusKind::kThrottled:
      return "try again later, or give the table more units";
    case StatusKind::kDenied:
      return "check what these credentials are allowed to do, or " +
             DoctorAdvice(location);
    case StatusKind::kUnavailable:
      return "check the endpoint, the region and the network, or " +
             DoctorAdvice(location);
    case StatusKind::kCredentials:
    case StatusKind::kRejected:
    case StatusKind::kIOError:  // Of an embedded store.
    case StatusKind::kCorruption:
      return DoctorAdvice(location);
    case StatusKind::kTimeout:
      return "try again, allow more time with --timeout, or " +
             DoctorAdvice(location);
    case StatusKind::kConflict:
      return "try again";
    case StatusKind::kDestroying:
      return "to finish destroying it, run: dynamodown destroy " +
             ShellWord(location) + "; to find out more, " +
             DoctorAdvice(location);
    default:
      return "";
  }
}

}  // namespace

int NotFound(std::string_view message) {
  PrintLine(message);
  return kExitNotFound;
}

int Misuse(std::string_view command, std::string_view message) {
  PrintLine(fmt::format("{}; try 'dynamodown {}{}--help'", message, command,
                        command.empty() ? "" : " "));
  return kExitUsage;
}

int Fail(std::string_view message) {
  PrintLine(message);
  return kExitFailure;
}

void Note(std::string_view message) { PrintLine(message); }

std::string ShellWord(const std::string& argument) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:!";
  if (!argument.empty() &&
      argument.find_first_not_of(kPlain) == std::string::npos) {
    return argument;
  }
  // PrintLine would escape control characters, so they are escaped in bash's
  // $'...'. If a word has control characters, every byte beyond ASCII in the
  // word is also escaped.
  const bool plain = IsPlain(argument);
  std::string quoted = plain ? "'" : "$'";
  for (const char c : argument) {
    const bool is_ascii = c >= ' ' && c <= '~';
    if (!plain && !is_ascii) {
      quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else if (c == '\'') {
      quoted += plain ? "'\\''" : "\\'";
    } else if (c == '\\' && !plain) {
      quoted += "\\\\";
    } else {
      quoted += c;
    }
  }
  return quoted + '\'';
}

std::string DoctorAdvice(const std::string& location) {
  return "run: dynamodown doctor " + ShellWord(location);
}

std::string Describe(const leveldb::Status& status,
                     const std::string& location) {
  std::string message = TextOf(status);
  if (dynamodown::IsMissingStore(status)) {
    message += location.starts_with("leveldb:")
                   ? "; to make it, run: "
                   : "; to make it, run, with the same options: ";
    message += "dynamodown create " + ShellWord(location);
  }
  // A message about a lock already says what to do.
  const std::string advice =
      dynamodown::IsLockedStore(status) ? "" : Advice(KindOf(status), location);
  if (!advice.empty()) message.append("; ").append(advice);
  return message;
}

int Fail(const leveldb::Status& status, const std::string& location) {
  return Fail(Describe(status, location));
}

}  // namespace cli
