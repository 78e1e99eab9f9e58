#include "db/spelling.h"

#include <cassert>
#include <utility>

#include "base/printable.h"
#include "db/option_row.h"

namespace dynamodown {
namespace {

/// The names of an option, one for each face. A name is empty if the face lacks
/// the option.
struct Names {
  std::string cpp;
  std::string command_line;
  std::string javascript;
};

/// Options that messages advise and that have no row in the option table. They
/// have no row because they have no text form, or because they belong to one
/// call.
constexpr struct {
  std::string_view name;
  const char* cpp;
  const char* command_line;
  const char* javascript;
} kOthers[] = {
    {"credentials_provider", "Options::connection.credentials_provider", "",
     "credentials"},
    {"force", "DestroyOptions::force", "--force", "force"},
};

Names NamesOf(std::string_view name) {
  const OptionRow* const row = FindOptionRow(name);
  if (row != nullptr) {
    std::string command_line = row->info.command_line;
    if (command_line.empty() && row->info.in_location) {
      command_line = "the location's " + row->info.name;
    }
    return {"Options::" + row->info.field, std::move(command_line),
            row->info.javascript};
  }
  for (const auto& other : kOthers) {
    if (other.name == name) {
      return {other.cpp, other.command_line, other.javascript};
    }
  }
  assert(false && "an option that has neither a row nor names of its own");
  return {std::string(name), "", std::string(name)};
}

/// Returns the value as the face writes it, such as a C++ constant or a
/// JavaScript string.
std::string SpelledValue(const OptionRow& row, std::string_view value,
                         Spelling spelling) {
  if (spelling == Spelling::kCpp) {
    for (const OptionChoice& choice : row.choices) {
      if (choice.word == value) return std::string(choice.constant);
    }
  }
  const bool is_string = row.info.type == OptionType::kChoice ||
                         row.info.type == OptionType::kText;
  if (spelling == Spelling::kJavaScript && is_string) {
    return "'" + std::string(value) + "'";
  }
  return std::string(value);
}

/// Returns "set Options::batch = kUnordered", "use --unordered" or "set batch:
/// 'unordered'".
std::string SpelledSetting(std::string_view name, std::string_view value,
                           Spelling spelling) {
  const OptionRow* const row = FindOptionRow(name);
  assert(row != nullptr);
  const std::string spelled = SpelledValue(*row, value, spelling);
  switch (spelling) {
    case Spelling::kCommandLine:
      if (row->info.command_line.empty()) {
        return "add " + row->info.name + "=" + spelled + " to the location";
      }
      if (row->is_flag) return "use " + row->info.command_line;
      return "use " + row->info.command_line + " " + spelled;
    case Spelling::kJavaScript:
      return "set " + row->info.javascript + ": " + spelled;
    case Spelling::kCpp:
      break;
  }
  return "set Options::" + row->info.field + " = " + spelled;
}

}  // namespace

std::string SpelledOption(std::string_view name, Spelling spelling) {
  const Names names = NamesOf(name);
  switch (spelling) {
    case Spelling::kCommandLine:
      return names.command_line;
    case Spelling::kJavaScript:
      return "the option " + names.javascript;
    case Spelling::kCpp:
      break;
  }
  return names.cpp;
}

std::string SpelledField(std::string_view name, Spelling spelling) {
  const OptionRow* const row = FindOptionRow(name);
  assert(row != nullptr);
  switch (spelling) {
    case Spelling::kCommandLine:
      return row->info.command_line.empty() ? row->info.name
                                            : row->info.command_line;
    case Spelling::kJavaScript:
      return row->info.javascript;
    case Spelling::kCpp:
      break;
  }
  return row->info.field;
}

std::string SpelledAsGiven(const OptionInfo& option, Spelling spelling) {
  switch (spelling) {
    case Spelling::kCommandLine:
      if (!option.command_line.empty()) return option.command_line;
      break;
    case Spelling::kJavaScript:
      return "the option '" + option.javascript + "'";
    case Spelling::kCpp:
      break;
  }
  return "option " + option.name;
}

std::string SpelledAdvice(const Advice& advice, Spelling spelling) {
  if (advice.kind == Advice::Kind::kNone) return "";
  const std::string option = SpelledOption(advice.option, spelling);
  if (option.empty()) return "";
  std::string text(advice.lead);
  switch (advice.kind) {
    case Advice::Kind::kNone:
      break;
    case Advice::Kind::kName:
      text += option;
      break;
    case Advice::Kind::kSet:
      text += SpelledSetting(advice.option, advice.value, spelling);
      break;
    case Advice::Kind::kCause:
      text += SpelledField(advice.option, spelling) + " is ";
      text += advice.value;
      break;
  }
  return text.append(advice.tail);
}

std::string SpelledMessage(const Error& error, Spelling spelling) {
  // A message may quote paths, names and other programs' texts.
  return Escaped(error.message + (error.remedy.empty() ? "" : "; ") +
                 SpelledRemedy(error, spelling) + error.rest);
}

std::string SpelledRemedy(const Error& error, Spelling spelling) {
  return Escaped(error.remedy + SpelledAdvice(error.advice, spelling));
}

}  // namespace dynamodown
