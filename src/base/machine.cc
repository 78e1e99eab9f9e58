#include "base/machine.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/child_process.h"
#include "base/descriptor.h"

namespace dynamodown {
namespace {

constexpr size_t kBytesMax = 1 << 20;
constexpr std::chrono::milliseconds kLookEvery{10};

std::optional<std::string> ReadVariable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

/// Returns the words for an errno. Unlike strerror, uses no buffer that threads
/// share.
std::string Reason(int error) {
  char buffer[128];
  return strerror_r(error, buffer, sizeof buffer);
}

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
  // Without O_NONBLOCK, opening a pipe waits for its writer.
  const Descriptor file(
      open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return std::optional<std::string>();
    }
    return failure(Reason(errno));
  }
  struct stat status = {};
  if (fstat(file.get(), &status) != 0) return failure(Reason(errno));
  if (S_ISFIFO(status.st_mode)) return failure("it is a pipe");
  std::string bytes;
  int error = 0;
  while (ReadSome(file.get(), &bytes, &error)) {
    if (bytes.size() > kBytesMax) return failure("it is longer than 1 MB");
  }
  if (error != 0) return failure(Reason(error));
  return std::optional<std::string>(std::move(bytes));
}

Error CannotRun(const std::string& reason) {
  return Error{ErrorKind::kUnavailable, "cannot run a command: " + reason};
}

/// The reader of the command's standard output.
class Output {
 public:
  explicit Output(int fd) : fd_(fd) {}

  /// Waits up to `wait` for output and reads some of it.
  Result<void> Read(std::chrono::milliseconds wait, std::string* output) {
    pollfd readable = {open_ ? fd_ : -1, POLLIN, 0};
    if (poll(&readable, 1, static_cast<int>(wait.count())) <= 0) return {};
    int error = 0;
    open_ = ReadSome(fd_, output, &error);
    if (error != 0) return CannotRun(Reason(error));
    if (output->size() > kBytesMax) {
      return Error{ErrorKind::kUnavailable,
                   "the command printed more than 1 MB"};
    }
    return {};
  }

  /// Reads what the command had printed when it ended. A process that it left
  /// behind may go on to print, so the end of the output may never come.
  Result<void> ReadRest(std::string* output) {
    int bytes = 0;
    if (ioctl(fd_, FIONREAD, &bytes) != 0) bytes = 0;
    const size_t end = output->size() + static_cast<size_t>(bytes);
    while (open_ && output->size() < end) {
      Result<void> read = Read(std::chrono::milliseconds(0), output);
      if (!read.ok()) return read;
    }
    return {};
  }

 private:
  const int fd_;
  bool open_ = true;
};

Result<CommandOutcome> RunCommand(const std::string& command,
                                  std::chrono::milliseconds timeout) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return CannotRun(Reason(errno));
  const Descriptor from_child(ends[0]);
  Descriptor to_us(ends[1]);
  ChildProcess child;
  const int error = child.Start(command, to_us.get());
  if (error != 0) return CannotRun(Reason(error));
  to_us.Close();

  CommandOutcome outcome;
  Output output(from_child.get());
  const auto end = std::chrono::steady_clock::now() + timeout;
  while (!child.HasEnded(&outcome.status)) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      return Error{ErrorKind::kTimeout,
                   "the command did not end in " +
                       std::to_string(timeout.count() / 1000) + " s"};
    }
    Result<void> read =
        output.Read(std::min(left, kLookEvery), &outcome.output);
    if (!read.ok()) return std::move(read).error();
  }
  Result<void> read = output.ReadRest(&outcome.output);
  if (!read.ok()) return std::move(read).error();
  return outcome;
}

}  // namespace

Machine ThisMachine() { return {ReadVariable, ReadWholeFile, RunCommand}; }

}  // namespace dynamodown
