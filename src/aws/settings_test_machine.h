// A machine made of variables and files, for tests.

#ifndef DYNAMODOWN_AWS_SETTINGS_TEST_MACHINE_H_
#define DYNAMODOWN_AWS_SETTINGS_TEST_MACHINE_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/machine.h"

namespace dynamodown {

/// Outlives the result of machine().
struct TestMachine {
  std::map<std::string, std::string> variables;
  std::map<std::string, Result<std::optional<std::string>>> files;
  std::vector<std::string> read;  ///< The paths that were read.

  void Write(const std::string& path, const std::string& text) {
    files.insert_or_assign(path, std::optional<std::string>(text));
  }
  void Fail(const std::string& path, Error error) {
    files.insert_or_assign(path, std::move(error));
  }

  /// Returns a machine that runs no commands.
  Machine machine() {
    Machine machine;
    machine.variables = [this](const char* name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      if (found == variables.end() || found->second.empty()) {
        return std::nullopt;
      }
      return found->second;
    };
    machine.read_file =
        [this](const std::string& path) -> Result<std::optional<std::string>> {
      read.push_back(path);
      const auto found = files.find(path);
      if (found == files.end()) return std::optional<std::string>();
      return found->second;
    };
    return machine;
  }
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_SETTINGS_TEST_MACHINE_H_
