// Runs a program as a user would: its own arguments, environment and standard
// input; what it printed and its exit status come back.

#ifndef DYNAMODOWN_TESTS_CLI_PROGRAM_H_
#define DYNAMODOWN_TESTS_CLI_PROGRAM_H_

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace dynamodown {

/// Stands in AWS_SECRET_ACCESS_KEY, and has the characters that such keys have.
inline constexpr char kMarkerSecret[] = "MARKED0/MARKED1+MARKED2/MARKED3";
/// No program may ever print this.
inline constexpr char kMarker[] = "MARKED";

struct Outcome {
  int status = -1;  ///< Exit status; 128 + the signal that ended it.
  std::string out;
  std::string err;
  std::chrono::milliseconds elapsed{};
};

/// Each variable of `environment` is set, or with an empty value unset. The
/// rest is fixed: PATH, a home without AWS's files, and credentials whose
/// secret is kMarkerSecret.
struct Invocation {
  std::string program;
  std::vector<std::string> arguments;
  std::string input;
  std::map<std::string, std::string> environment;
  bool output_is_closed = false;  ///< Nobody reads its standard output.
};

/// Fails the test when the program prints any of the secret.
Outcome RunProgram(const Invocation& invocation);

/// A directory for one test, removed with it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The whole file; empty when there is none.
std::string ReadFile(const std::filesystem::path& path);

/// URL of the DynamoDB Local that the test's fixture started. Without one the
/// test fails, and this is empty.
std::string DynamoDbLocal();

}  // namespace dynamodown

#endif  // DYNAMODOWN_TESTS_CLI_PROGRAM_H_
