#include "parse/suggest.h"

#include <algorithm>
#include <string_view>

#include "base/nearest.h"

namespace cli {
namespace {

/// Words of the shell, of SQL and of other databases' tools.
constexpr struct {
  std::string_view word;
  std::string_view commands[2];
} kOtherWords[] = {
    {"ls", {"list", "scan"}},       {"dir", {"list", "scan"}},
    {"keys", {"scan", ""}},         {"find", {"scan", ""}},
    {"select", {"scan", "get"}},    {"cat", {"get", "scan"}},
    {"read", {"get", ""}},          {"show", {"get", "info"}},
    {"print", {"get", "scan"}},     {"write", {"put", ""}},
    {"set", {"put", ""}},           {"insert", {"put", ""}},
    {"update", {"put", "set"}},     {"add", {"put", ""}},
    {"rm", {"del", "destroy"}},     {"delete", {"del", "destroy"}},
    {"remove", {"del", "destroy"}}, {"unlink", {"del", ""}},
    {"drop", {"destroy", ""}},      {"rmdir", {"destroy", ""}},
    {"mkdir", {"create", ""}},      {"init", {"create", ""}},
    {"new", {"create", ""}},        {"touch", {"create", ""}},
    {"wc", {"count", ""}},          {"size", {"count", "info"}},
    {"stat", {"info", ""}},         {"describe", {"info", ""}},
    {"status", {"info", ""}},       {"export", {"dump", ""}},
    {"backup", {"dump", ""}},       {"import", {"load", ""}},
    {"restore", {"load", ""}},      {"check", {"doctor", ""}},
    {"policy", {"iam", ""}},        {"server", {"fake-server", ""}},
    {"merge", {"sync", ""}},        {"log", {"history", ""}},
};

bool Has(const std::vector<std::string>& known, std::string_view name) {
  return std::find(known.begin(), known.end(), name) != known.end();
}

}  // namespace

std::string SuggestCommand(const std::string& word,
                           const std::vector<std::string>& known) {
  std::string names;
  for (const auto& other : kOtherWords) {
    if (other.word != word) continue;
    for (const std::string_view command : other.commands) {
      if (!Has(known, command)) continue;
      names += names.empty() ? "'" : " or '";
      names.append(command).append("'");
    }
  }
  if (names.empty()) {
    const std::string nearest = dynamodown::Nearest(word, known);
    if (!nearest.empty()) names = "'" + nearest + "'";
  }
  return names.empty() ? "" : "; did you mean " + names + "?";
}

std::string SuggestOption(const std::string& word,
                          const std::vector<std::string>& known) {
  const std::string nearest = dynamodown::Nearest(word, known);
  return nearest.empty() ? "" : "; did you mean " + nearest + "?";
}

}  // namespace cli
