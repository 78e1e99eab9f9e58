// Runs a program as a user would, with its own arguments, environment and
// standard input. Returns its output and its exit status.

#ifndef DYNAMODOWN_TESTS_CLI_PROGRAM_H_
#define DYNAMODOWN_TESTS_CLI_PROGRAM_H_

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dynamodown {

/// Stands in AWS_SECRET_ACCESS_KEY, and has the characters that such keys have.
inline constexpr char kMarkerSecret[] = "MARKED0/MARKED1+MARKED2/MARKED3";
/// No program may ever print this.
inline constexpr char kMarker[] = "MARKED";

struct Outcome {
  int status = -1;  ///< Exit status; 128 + the signal that ended it.
  /// The peak of resident memory. It is at least this program's own memory at
  /// the start: the kernel also counts the process before it became the other.
  size_t peak_bytes = 0;
  std::string out;
  std::string err;
  std::chrono::milliseconds elapsed{};
};

/// Each variable of `environment` is set, or unset if its value is empty. The
/// rest is fixed: PATH, a home without AWS's files, and credentials whose
/// secret is kMarkerSecret.
struct Invocation {
  std::string program;
  std::vector<std::string> arguments;
  std::string input;
  std::map<std::string, std::string> environment;
  bool output_is_closed = false;  ///< Nobody reads its standard output.
  bool input_is_piped = false;    ///< `input` comes by Program::Feed instead.
  bool error_is_a_terminal = false;
};

/// A program under way. **Thread-safety**: one thread.
class Program {
 public:
  explicit Program(const Invocation& invocation);
  /// Kills it if it was not waited for.
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  bool IsRunning();
  /// With SIGKILL.
  void Kill();
  void Signal(int signal);

  /// Waits until the program has taken `bytes`, except those that a pipe holds.
  /// Returns false if it takes no more.
  bool Feed(const std::string& bytes);
  void EndInput();

  /// Waits for its end. The test fails if it printed any part of the secret.
  Outcome Wait();

 private:
  void Reap(bool blocks);

  class Streams;
  std::unique_ptr<Streams> streams_;
  pid_t pid_ = -1;
  bool ended_ = true;
  std::chrono::steady_clock::time_point start_;
  Outcome outcome_;
};

/// Runs it to its end.
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

/// The whole file; empty if there is none.
std::string ReadFile(const std::filesystem::path& path);

/// URL of the DynamoDB Local that the test's fixture started, or that
/// DYNAMODOWN_TEST_ENDPOINT names. Without one the test fails, and this is
/// empty.
std::string DynamoDbLocal();

}  // namespace dynamodown

#endif  // DYNAMODOWN_TESTS_CLI_PROGRAM_H_
