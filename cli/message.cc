#include "message.h"

#include <fmt/format.h>

#include <cstdio>
#include <initializer_list>

#include "dynamodown/status.h"

namespace cli {
namespace {

using dynamodown::KindOf;
using dynamodown::StatusKind;

// One line, whatever a server or a path had to say.
void PrintLine(std::string_view message) {
  std::string line = "dynamodown: ";
  for (const char c : message) {
    line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  line += '\n';
  std::fputs(line.c_str(), stderr);
}

// Without the name of the code ("IO error: ") where a better word follows.
std::string TextOf(const leveldb::Status& status) {
  const std::string text = status.ToString();
  for (const std::string_view name :
       {"IO error: ", "Invalid argument: ", "Not implemented: "}) {
    if (text.starts_with(name)) return text.substr(name.size());
  }
  return text;
}

void Replace(std::string_view words, std::string_view by, std::string* text) {
  const size_t begin = text->find(words);
  if (begin != std::string::npos) text->replace(begin, words.size(), by);
}

// An argument as a shell takes it.
std::string Quoted(const std::string& argument) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:!";
  if (!argument.empty() &&
      argument.find_first_not_of(kPlain) == std::string::npos) {
    return argument;
  }
  std::string quoted = "'";
  for (const char c : argument) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + '\'';
}

// What to do about it; empty when the message itself says so.
std::string Advice(StatusKind kind, const std::string& location) {
  switch (kind) {
    case StatusKind::kThrottled:
      return "try again later, or give the table more units";
    case StatusKind::kDenied:
      return "check what these credentials are allowed to do";
    case StatusKind::kUnavailable:
      return "check the endpoint, the region and the network";
    case StatusKind::kTimeout:
      return "try again, or allow more with --timeout";
    case StatusKind::kConflict:
      return "try again";
    case StatusKind::kDestroying:
      return "to finish that, run: dynamodown destroy " + Quoted(location);
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

std::string Describe(const leveldb::Status& status,
                     const std::string& location) {
  std::string message = TextOf(status);
  // Options that nobody set here are not spoken of.
  Replace(" (create_if_missing is false)", "", &message);
  if (dynamodown::IsMissingStore(status)) {
    message += "; to make it, run: dynamodown create " + Quoted(location);
  }
  Replace(" (error_if_exists is true)", "", &message);
  Replace("set batch = kUnordered", "use --unordered", &message);
  const std::string advice = Advice(KindOf(status), location);
  if (!advice.empty()) message.append("; ").append(advice);
  return message;
}

int Fail(const leveldb::Status& status, const std::string& location) {
  return Fail(Describe(status, location));
}

}  // namespace cli
