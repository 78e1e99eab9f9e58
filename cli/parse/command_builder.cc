#include "parse/command_builder.h"

#include <utility>

namespace cli {

Setter Into(std::string* target) {
  return [target](const std::string& value) { *target = value; };
}

Setter Into(std::optional<std::string>* target) {
  return [target](const std::string& value) { *target = value; };
}

Setter AppendTo(std::vector<std::string>* target) {
  return [target](const std::string& value) { target->push_back(value); };
}

Setter IntoFile(std::optional<std::string>* target) {
  return [target](const std::string& value) {
    *target = value == "-" ? std::nullopt : std::optional(value);
  };
}

Setter IntoNotEmpty(const std::string& name, std::string* target) {
  return [name, target](const std::string& value) {
    if (value.empty()) throw UsageError(name + " is empty");
    *target = value;
  };
}

CommandBuilder::CommandBuilder(const std::string& name,
                               const std::string& description,
                               const char* footer) {
  command_.name = name;
  command_.description = description;
  command_.footer = footer;
}

ArgumentSpec& CommandBuilder::AddArgument(const std::string& name,
                                          const std::string& description,
                                          Setter set) {
  return AddOption(name, "", description, std::move(set));
}

ArgumentSpec& CommandBuilder::AddOption(const std::string& name,
                                        const std::string& metavariable,
                                        const std::string& description,
                                        Setter set) {
  ArgumentSpec& added = command_.arguments.emplace_back();
  added.name = name;
  added.metavariable = metavariable;
  added.description = description;
  added.set = std::move(set);
  return added;
}

ArgumentSpec& CommandBuilder::AddFlag(const std::string& name,
                                      const std::string& description,
                                      std::function<void()> set) {
  ArgumentSpec& added =
      AddOption(name, "", description,
                [set = std::move(set)](const std::string&) { set(); });
  added.is_flag = true;
  return added;
}

ArgumentSpec& CommandBuilder::AddFlag(const std::string& name,
                                      const std::string& description,
                                      bool* target) {
  return AddFlag(name, description, [target] { *target = true; });
}

void CommandBuilder::AddCheck(std::function<void()> check) {
  checks_.push_back(std::move(check));
}

CommandSpec CommandBuilder::Build(std::function<int()> run) {
  command_.check = [checks = std::move(checks_)] {
    for (const auto& check : checks) check();
  };
  command_.run = std::move(run);
  return std::move(command_);
}

}  // namespace cli
