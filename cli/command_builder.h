// What many commands have in common: their options, in groups, and where in a
// CommandLine each of them goes.

#ifndef DYNAMODOWN_CLI_COMMAND_BUILDER_H_
#define DYNAMODOWN_CLI_COMMAND_BUILDER_H_

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <system_error>

#include "command_line.h"
#include "command_spec.h"

namespace cli {

/// A number from `min` to `max`.
/// **Errors**: throws UsageError that names `option`.
template <typename Number>
Number ParseNumber(const std::string& option, const std::string& text,
                   Number min, Number max) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  // The negation is also for what is not a number (NaN).
  if (error != std::errc() || stop != end ||
      !(number >= min && number <= max)) {
    throw UsageError(fmt::format("{} does not take '{}', but {} to {}", option,
                                 text, min, max));
  }
  return number;
}

/// **Errors**: the setter throws UsageError for an empty value: one of a
/// variable that is not set would mean another thing.
Setter IntoNotEmpty(const std::string& name, std::string* target);
Setter Into(std::string* target);
Setter Into(std::optional<std::string>* target);
/// A file's name; "-" is that of a standard stream.
Setter IntoFile(std::optional<std::string>* target);

/// What holds for any command that takes --max-rcu or --max-wcu.
/// **Errors**: throws UsageError.
void CheckRates(const CommandLine& line);

/// Describes one command. What is added first is first in --help.
///
/// **Thread-safety**: one thread. **Ownership**: `parent` and `line` outlive
/// it; the command is `parent`'s, and what it sets is in `line`.
class CommandBuilder {
 public:
  CommandBuilder(CommandSpec* parent, CommandLine* line,
                 const std::string& name, const std::string& description,
                 const char* footer);

  CommandSpec* spec() { return command_; }
  void set_finish(std::function<void()> finish);

  // ------------------------------------------------------------ one at a time

  ArgumentSpec& AddArgument(const std::string& name,
                            const std::string& description, Setter set);
  ArgumentSpec& AddOption(const std::string& name,
                          const std::string& metavariable,
                          const std::string& description, Setter set);
  ArgumentSpec& AddFlag(const std::string& name, const std::string& description,
                        std::function<void()> set);
  ArgumentSpec& AddFlag(const std::string& name, const std::string& description,
                        bool* target);

  // --------------------------------------------------------- what is the same

  void AddLocation();
  void AddEncoding(const std::string& what);
  void AddJson(const std::string& description);
  void AddBounds();
  void AddLimit();
  void AddEventual();
  void AddReadRate();
  void AddWriteRate();
  /// A file of lines, or standard input.
  void AddInput();
  void AddTable();
  /// What says where the table is.
  void AddPlace();
  /// That, and how to get there.
  void AddConnection();

 private:
  void AddRate(const std::string& name, const std::string& description,
               double* units);

  CommandLine* const line_;
  CommandSpec* const command_;
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_COMMAND_BUILDER_H_
