// A socket connects the two processes. A request is a number of bytes (4 bytes)
// and then these bytes: the words, each of which ends in a byte 00. An answer
// is an exit status (4 bytes).

#include "io/command_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace cli {
namespace {

/// Returns false if the other process has closed the socket, or on an error.
bool ReadAll(int fd, void* bytes, size_t n) {
  auto* at = static_cast<char*>(bytes);
  while (n > 0) {
    const ssize_t got = read(fd, at, n);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    n -= static_cast<size_t>(got);
  }
  return true;
}

bool WriteAll(int fd, const void* bytes, size_t n) {
  const auto* at = static_cast<const char*>(bytes);
  while (n > 0) {
    const ssize_t done = send(fd, at, n, MSG_NOSIGNAL);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    at += done;
    n -= static_cast<size_t>(done);
  }
  return true;
}

bool ReadWords(int fd, Words* words) {
  uint32_t size = 0;
  if (!ReadAll(fd, &size, sizeof size)) return false;
  std::string bytes(size, '\0');
  if (!ReadAll(fd, bytes.data(), size)) return false;
  words->clear();
  for (size_t begin = 0; begin < bytes.size();) {
    words->emplace_back(bytes.c_str() + begin);
    begin += words->back().size() + 1;
  }
  return true;
}

/// Runs commands until the other process is gone. Between commands, the line
/// editor of the other process handles Ctrl-C.
void Serve(int fd, const CommandRunner& run) {
  for (Words words; ReadWords(fd, &words);) {
    std::signal(SIGINT, SIG_DFL);
    const int32_t status = run(words);
    std::signal(SIGINT, SIG_IGN);
    std::fflush(nullptr);
    if (!WriteAll(fd, &status, sizeof status)) break;
  }
  run({});
}

}  // namespace

bool CommandProcess::Start() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return false;
  }
  std::fflush(nullptr);  // Otherwise both processes write the buffers.
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) {
    std::signal(SIGINT, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGTERM);  // A killed shell ends its command.
    close(ends[0]);
    if (getppid() == parent) Serve(ends[1], run_);
    std::_Exit(0);
  }
  close(ends[1]);
  socket_ = ends[0];
  if (pid_ < 0) {
    const int error = errno;
    close(std::exchange(socket_, -1));
    errno = error;
  }
  return pid_ > 0;
}

int CommandProcess::End() {
  if (pid_ <= 0) return 0;
  close(std::exchange(socket_, -1));
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int CommandProcess::Run(const Words& words) {
  if (pid_ <= 0 && !Start()) return -1;
  std::string bytes;
  for (const std::string& word : words) bytes.append(word).push_back('\0');
  const auto size = static_cast<uint32_t>(bytes.size());
  int32_t status = 0;
  if (WriteAll(socket_, &size, sizeof size) &&
      WriteAll(socket_, bytes.data(), size) &&
      ReadAll(socket_, &status, sizeof status)) {
    return status;
  }
  return End();
}

int TakeStandardInput() {
  const int input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (input < 0) return -1;
  // Open for writing only, so that reading fails.
  const int closed = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (closed < 0 || dup2(closed, STDIN_FILENO) < 0) return -1;
  close(closed);
  return input;
}

}  // namespace cli
