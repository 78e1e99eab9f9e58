// Builds the description of one command.

#ifndef DYNAMODOWN_CLI_PARSE_COMMAND_BUILDER_H_
#define DYNAMODOWN_CLI_PARSE_COMMAND_BUILDER_H_

#include <fmt/format.h>

#include <charconv>
#include <functional>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "parse/command_spec.h"

namespace cli {

/// Parses a number from `min` to `max`.
/// **Errors**: throws UsageError, whose message contains `option`.
template <typename Number>
Number ParseNumber(const std::string& option, const std::string& text,
                   Number min, Number max) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  // The negation also catches NaN.
  if (error != std::errc() || stop != end ||
      !(number >= min && number <= max)) {
    throw UsageError(fmt::format("{} does not take '{}', only {} to {}", option,
                                 text, min, max));
  }
  return number;
}

/// Setters that store the argument in `*target`, which must outlive them.
Setter Into(std::string* target);
Setter Into(std::optional<std::string>* target);
Setter AppendTo(std::vector<std::string>* target);
/// For a file's name. "-", which means standard input or output, stores
/// std::nullopt.
Setter IntoFile(std::optional<std::string>* target);
/// **Errors**: the setter throws UsageError for an empty value, which may come
/// from an unset shell variable.
Setter IntoNotEmpty(const std::string& name, std::string* target);

/// Arguments and options appear in --help in the order of the Add calls.
/// **Thread-safety**: one thread.
class CommandBuilder {
 public:
  CommandBuilder(const std::string& name, const std::string& description,
                 const char* footer);

  ArgumentSpec& AddArgument(const std::string& name,
                            const std::string& description, Setter set);
  ArgumentSpec& AddOption(const std::string& name,
                          const std::string& metavariable,
                          const std::string& description, Setter set);
  ArgumentSpec& AddFlag(const std::string& name, const std::string& description,
                        std::function<void()> set);
  ArgumentSpec& AddFlag(const std::string& name, const std::string& description,
                        bool* target);

  /// Once all arguments are set, the checks run in the order in which they were
  /// added. A check throws UsageError if the arguments are wrong.
  void AddCheck(std::function<void()> check);

  /// Ends the description. `run` owns the data that setters and checks use.
  CommandSpec Build(std::function<int()> run);

 private:
  CommandSpec command_;
  std::vector<std::function<void()>> checks_;
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_COMMAND_BUILDER_H_
