#include "base/machine.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

extern char** environ;

namespace dynamodown {
namespace {

constexpr size_t kBytesMax = 1 << 20;
constexpr std::chrono::milliseconds kLookEvery{10};

std::optional<std::string> ReadVariable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

/// Owns a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

/// Appends the next bytes of `fd` to `*bytes`. Returns false at the end of the
/// file and after an error. Stores the errno of an error in `*error`.
bool ReadSome(int fd, std::string* bytes, int* error) {
  std::array<char, 4096> buffer;
  const ssize_t n = read(fd, buffer.data(), buffer.size());
  if (n > 0) bytes->append(buffer.data(), static_cast<size_t>(n));
  if (n < 0 && errno != EINTR) *error = errno;
  return n > 0 || (n < 0 && errno == EINTR);
}

Result<std::optional<std::string>> ReadWholeFile(const std::string& path) {
  const auto failure = [&path](const std::string& reason) {
    return Error{ErrorKind::kInvalidArgument,
                 "cannot read " + path + ": " + reason};
  };
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return std::optional<std::string>();
    }
    return failure(std::strerror(errno));
  }
  std::string bytes;
  int error = 0;
  while (ReadSome(file.get(), &bytes, &error)) {
    if (bytes.size() > kBytesMax) return failure("it is longer than 1 MB");
  }
  if (error != 0) return failure(std::strerror(error));
  return std::optional<std::string>(std::move(bytes));
}

/// The child process that runs the command. It leads its own process group.
class Child {
 public:
  ~Child() {
    if (pid_ > 0) {
      kill(-pid_, SIGKILL);
      int status = 0;
      Collect(0, &status);
    }
  }

  /// Starts the child with `output` as its standard output. Returns 0 or an
  /// errno.
  int Start(const std::string& command, int output) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null",
                                     O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    // The child starts with default signal handling, even if the host program
    // ignores or blocks signals.
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP |
                                              POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSIGDEF);
    const char* const arguments[] = {"sh", "-c", command.c_str(), nullptr};
    const int error = posix_spawn(&pid_, "/bin/sh", &files, &attributes,
                                  const_cast<char* const*>(arguments), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    if (error != 0) pid_ = -1;
    return error;
  }

  /// Returns true if the child has ended. `*status` is then the child's exit
  /// status, or -1 if other code of this process has already waited for the
  /// child.
  bool HasEnded(int* status) { return Collect(WNOHANG, status); }

 private:
  bool Collect(int flags, int* status) {
    int how = 0;
    pid_t ended = -1;
    do {
      ended = waitpid(pid_, &how, flags);
    } while (ended < 0 && errno == EINTR);
    if (ended == 0) return false;
    pid_ = -1;
    *status = ended < 0        ? -1
              : WIFEXITED(how) ? WEXITSTATUS(how)
                               : 128 + WTERMSIG(how);
    return true;
  }

  pid_t pid_ = -1;
};

Result<CommandOutcome> RunCommand(const std::string& command,
                                  std::chrono::milliseconds timeout) {
  const auto failure = [](const std::string& reason) {
    return Error{ErrorKind::kUnavailable, "cannot run a command: " + reason};
  };
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return failure(std::strerror(errno));
  const Descriptor from_child(ends[0]);
  Descriptor to_us(ends[1]);
  Child child;
  const int error = child.Start(command, to_us.get());
  if (error != 0) return failure(std::strerror(error));
  to_us.Close();

  CommandOutcome outcome;
  const auto end = std::chrono::steady_clock::now() + timeout;
  bool printing = true;
  while (printing || !child.HasEnded(&outcome.status)) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      return Error{ErrorKind::kTimeout,
                   "the command did not end in " +
                       std::to_string(timeout.count() / 1000) + " s"};
    }
    if (!printing) {  // The command has closed its output but still runs.
      poll(nullptr, 0, static_cast<int>(std::min(left, kLookEvery).count()));
      continue;
    }
    pollfd readable = {from_child.get(), POLLIN, 0};
    if (poll(&readable, 1, static_cast<int>(left.count())) <= 0) continue;
    int read_error = 0;
    printing = ReadSome(from_child.get(), &outcome.output, &read_error);
    if (read_error != 0) return failure(std::strerror(read_error));
    if (outcome.output.size() > kBytesMax) {
      return failure("it printed more than 1 MB");
    }
  }
  return outcome;
}

}  // namespace

Machine ThisMachine() { return {ReadVariable, ReadWholeFile, RunCommand}; }

}  // namespace dynamodown
