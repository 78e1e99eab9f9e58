#include "support/reference_program.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "support/temp_dir.h"

namespace dynamodown_test {

std::vector<nlohmann::json> AnswersOf(
    const std::string& program, const std::vector<nlohmann::json>& questions) {
  const TempDir folder;
  const std::string in = folder.Child("in");
  const std::string out = folder.Child("out");
  {
    std::ofstream file(in);
    for (const nlohmann::json& question : questions) {
      file << question.dump() << "\n";
    }
  }
  const std::string command = std::string("'") + NODE_PROGRAM + "' '" +
                              program + "' <'" + in + "' >'" + out + "'";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  std::vector<nlohmann::json> answers;
  std::ifstream file(out);
  for (std::string line; std::getline(file, line);) {
    answers.push_back(nlohmann::json::parse(line));
  }
  return answers;
}

}  // namespace dynamodown_test
