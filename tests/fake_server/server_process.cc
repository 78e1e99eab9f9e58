#include "fake_server/server_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <utility>

namespace dynamodown_test {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<char*> Pointers(std::vector<std::string>* strings) {
  std::vector<char*> pointers;
  for (std::string& string : *strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Reads up to the end of the line, or of the stream.
std::string ReadLine(int fd) {
  std::string line;
  for (char c; read(fd, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

}  // namespace

ServerProcess::ServerProcess(
    std::vector<std::string> arguments,
    const std::map<std::string, std::string>& environment) {
  std::vector<std::string> words = {DYNAMODOWN_CLI, "fake-server", "--port",
                                    "0"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment) {
    variables.push_back(name + "=" + value);
  }
  const std::vector<char*> argv = Pointers(&words);
  const std::vector<char*> envp = Pointers(&variables);
  int out[2] = {-1, -1};
  EXPECT_EQ(pipe2(out, O_CLOEXEC), 0);
  const Clock::time_point start = Clock::now();
  pid_ = fork();
  if (pid_ == 0) {  // The child shares the test's standard error.
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(out[1], STDOUT_FILENO);
    execve(DYNAMODOWN_CLI, argv.data(), envp.data());
    _exit(127);
  }
  EXPECT_GT(pid_, 0);
  close(out[1]);
  line_ = ReadLine(out[0]);
  start_time_ = std::chrono::duration_cast<std::chrono::microseconds>(
      Clock::now() - start);
  close(out[0]);
  const size_t colon = line_.rfind(':');
  if (colon != std::string::npos) port_ = std::atoi(&line_[colon + 1]);
  EXPECT_NE(port_, 0) << "fake-server does not start: " << line_;
}

ServerProcess::~ServerProcess() {
  if (pid_ <= 0) return;
  EXPECT_EQ(End(), 0);
}

std::string ServerProcess::url() const {
  const bool is_tls = line_.find("https") != std::string::npos;
  return (is_tls ? "https://localhost:" : "http://127.0.0.1:") +
         std::to_string(port_);
}

size_t ServerProcess::ResidentBytes() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6)) * 1024;
  }
  ADD_FAILURE() << "no VmRSS";
  return 0;
}

int ServerProcess::End(int signal) {
  kill(pid_, signal);
  int status = 0;
  waitpid(std::exchange(pid_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace dynamodown_test
