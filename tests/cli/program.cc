// Output goes to files, so that no pipe can fill up while nobody reads.

#include "program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <utility>

namespace dynamodown {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<char*> Pointers(std::vector<std::string>* strings) {
  std::vector<char*> pointers;
  for (std::string& string : *strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> EnvironmentOf(const Invocation& invocation,
                                       const std::string& home) {
  const char* path = std::getenv("PATH");
  std::map<std::string, std::string> variables = {
      {"PATH", path == nullptr ? "/usr/bin:/bin" : path},
      {"HOME", home},
      {"AWS_EC2_METADATA_DISABLED", "true"},
      {"AWS_ACCESS_KEY_ID", "clitest"},  // Local takes no "-"
      {"AWS_SECRET_ACCESS_KEY", kMarkerSecret},
      {"AWS_REGION", "us-east-1"},
  };
  for (const auto& [name, value] : invocation.environment) {
    variables[name] = value;
  }
  std::vector<std::string> environment;
  for (const auto& [name, value] : variables) {
    if (!value.empty()) environment.push_back(name + "=" + value);
  }
  return environment;
}

int ExitStatus(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status)
                                : 128 + WTERMSIG(wait_status);
}

}  // namespace

Outcome RunProgram(const Invocation& invocation) {
  const TemporaryDirectory work;
  const std::string in = work.path() / "in", out = work.path() / "out",
                    err = work.path() / "err";
  std::ofstream(in, std::ios::binary) << invocation.input;

  std::vector<std::string> arguments = {invocation.program};
  arguments.insert(arguments.end(), invocation.arguments.begin(),
                   invocation.arguments.end());
  std::vector<std::string> environment = EnvironmentOf(invocation, work.path());

  constexpr int kCreate = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, in.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), kCreate, 0600);
  int ends[2] = {-1, -1};
  if (invocation.output_is_closed) {
    EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  } else {
    posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), kCreate, 0600);
  }

  Outcome outcome;
  pid_t pid = 0;
  const Clock::time_point start = Clock::now();
  const int error =
      posix_spawn(&pid, invocation.program.c_str(), &actions, nullptr,
                  Pointers(&arguments).data(), Pointers(&environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (ends[1] >= 0) close(ends[1]);
  if (error != 0) {
    ADD_FAILURE() << invocation.program << " did not start, errno " << error;
    return outcome;
  }
  int wait_status = 0;
  while (waitpid(pid, &wait_status, 0) < 0 && errno == EINTR) {
  }
  outcome.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
      Clock::now() - start);
  outcome.status = ExitStatus(wait_status);
  outcome.out = ReadFile(out);
  outcome.err = ReadFile(err);
  EXPECT_EQ((outcome.out + outcome.err).find(kMarker), std::string::npos)
      << "a secret was printed";
  return outcome;
}

TemporaryDirectory::TemporaryDirectory() {
  std::string name =
      std::filesystem::temp_directory_path() / "dynamodown-cli-XXXXXX";
  EXPECT_NE(mkdtemp(name.data()), nullptr) << name;
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

std::string DynamoDbLocal() {
  const char* folder = std::getenv("DYNAMODOWN_TEST_SERVERS");
  std::string endpoint;
  if (folder != nullptr) {
    endpoint =
        ReadFile(std::filesystem::path(folder) / "dynamodb-local.endpoint");
  }
  while (endpoint.ends_with('\n')) endpoint.pop_back();
  EXPECT_NE(endpoint, "") << "no DynamoDB Local: run this test by ctest, or "
                             "set DYNAMODOWN_TEST_SERVERS to the folder of "
                             "dynamodb-local.endpoint";
  return endpoint;
}

}  // namespace dynamodown
