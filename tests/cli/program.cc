// Output goes to files, so that no pipe can fill up while nobody reads.

#include "program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
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

/// The sources and targets of a program's standard streams.
class Program::Streams {
 public:
  explicit Streams(const Invocation& invocation);
  ~Streams();

  const std::filesystem::path& home() const { return work_.path(); }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  /// Call it once the program has its ends.
  void CloseItsEnds();
  int* input() { return &input_; }
  /// Reads the terminal until nobody has its other end.
  void Collect();
  std::string Out() const { return ReadFile(work_.path() / "out"); }
  std::string Err() const {
    return master_ < 0 ? ReadFile(work_.path() / "err") : terminal_;
  }

 private:
  void Add(int fd, int to) {
    posix_spawn_file_actions_adddup2(&actions_, fd, to);
    its_ends_.push_back(fd);
  }
  void AddFile(const char* name, int fd, int flags) {
    posix_spawn_file_actions_addopen(
        &actions_, fd, (work_.path() / name).c_str(), flags, 0600);
  }

  const TemporaryDirectory work_;
  posix_spawn_file_actions_t actions_;
  std::vector<int> its_ends_;
  int input_ = -1;   // our end, a socket: writing to it raises no signal
  int master_ = -1;  // of the terminal
  std::string terminal_;
};

Program::Streams::Streams(const Invocation& invocation) {
  constexpr int kCreate = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_init(&actions_);
  int ends[2] = {-1, -1};
  if (invocation.input_is_piped) {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    Add(ends[0], 0);
    input_ = ends[1];
  } else {
    std::ofstream(work_.path() / "in", std::ios::binary) << invocation.input;
    AddFile("in", 0, O_RDONLY);
  }
  if (invocation.output_is_closed) {
    EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    Add(ends[1], 1);
  } else {
    AddFile("out", 1, kCreate);
  }
  if (invocation.error_is_a_terminal) {
    master_ = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    EXPECT_TRUE(grantpt(master_) == 0 && unlockpt(master_) == 0);
    Add(open(ptsname(master_), O_RDWR | O_NOCTTY | O_CLOEXEC), 2);
  } else {
    AddFile("err", 2, kCreate);
  }
}

Program::Streams::~Streams() {
  CloseItsEnds();
  posix_spawn_file_actions_destroy(&actions_);
  if (input_ >= 0) close(input_);
  if (master_ >= 0) close(master_);
}

void Program::Streams::CloseItsEnds() {
  for (const int fd : its_ends_) close(fd);
  its_ends_.clear();
}

void Program::Streams::Collect() {
  char buffer[4096];
  while (master_ >= 0) {
    const ssize_t n = read(master_, buffer, sizeof(buffer));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;  // EIO: nobody has the other end
    terminal_.append(buffer, static_cast<size_t>(n));
  }
}

Program::Program(const Invocation& invocation)
    : streams_(std::make_unique<Streams>(invocation)), start_(Clock::now()) {
  std::vector<std::string> arguments = {invocation.program};
  arguments.insert(arguments.end(), invocation.arguments.begin(),
                   invocation.arguments.end());
  std::vector<std::string> environment =
      EnvironmentOf(invocation, streams_->home());
  const int error = posix_spawn(
      &pid_, invocation.program.c_str(), streams_->actions(), nullptr,
      Pointers(&arguments).data(), Pointers(&environment).data());
  streams_->CloseItsEnds();
  ended_ = error != 0;
  if (ended_) {
    ADD_FAILURE() << invocation.program << " did not start, errno " << error;
  }
}

Program::~Program() {
  if (ended_) return;
  Kill();
  Reap(true);
}

void Program::Reap(bool blocks) {
  int wait_status = 0;
  rusage usage = {};
  pid_t pid;
  do {
    pid = wait4(pid_, &wait_status, blocks ? 0 : WNOHANG, &usage);
  } while (pid < 0 && errno == EINTR);
  if (pid != pid_) return;
  ended_ = true;
  outcome_.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
      Clock::now() - start_);
  outcome_.status = ExitStatus(wait_status);
  outcome_.peak_bytes = static_cast<size_t>(usage.ru_maxrss) * 1024;
}

bool Program::IsRunning() {
  if (!ended_) Reap(false);
  return !ended_;
}

void Program::Signal(int signal) { EXPECT_EQ(kill(pid_, signal), 0); }

void Program::Kill() {
  if (!ended_) kill(pid_, SIGKILL);
}

bool Program::Feed(const std::string& bytes) {
  for (size_t at = 0; at < bytes.size();) {
    const ssize_t n = send(*streams_->input(), bytes.data() + at,
                           bytes.size() - at, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += static_cast<size_t>(n);
  }
  return true;
}

void Program::EndInput() {
  close(*streams_->input());
  *streams_->input() = -1;
}

Outcome Program::Wait() {
  streams_->Collect();
  if (!ended_) Reap(true);
  outcome_.out = streams_->Out();
  outcome_.err = streams_->Err();
  EXPECT_EQ((outcome_.out + outcome_.err).find(kMarker), std::string::npos)
      << "a secret was printed";
  return outcome_;
}

Outcome RunProgram(const Invocation& invocation) {
  return Program(invocation).Wait();
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
  const char* given = std::getenv("DYNAMODOWN_TEST_ENDPOINT");
  if (given != nullptr) return given;
  const char* folder = std::getenv("DYNAMODOWN_TEST_SERVERS");
  std::string endpoint;
  if (folder != nullptr) {
    endpoint =
        ReadFile(std::filesystem::path(folder) / "dynamodb-local.endpoint");
  }
  while (endpoint.ends_with('\n')) endpoint.pop_back();
  EXPECT_NE(endpoint, "") << "no DynamoDB Local: run this test by ctest, or "
                             "set DYNAMODOWN_TEST_ENDPOINT to its URL";
  return endpoint;
}

}  // namespace dynamodown
