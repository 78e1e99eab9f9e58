// A signal handler may only call async-signal-safe functions. So our handler
// notes the signal, and writes a byte into a pipe, which wakes AwaitReadable.

#include "io/interrupt.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string_view>

namespace cli {
namespace {

static_assert(std::atomic<int>::is_always_lock_free);
std::atomic<int> noted = 0;  // the signal
int pipe_ends[2] = {-1, -1};

void Tell(std::string_view text) {
  if (isatty(STDERR_FILENO) == 0) return;
  [[maybe_unused]] const ssize_t n =
      write(STDERR_FILENO, text.data(), text.size());
}

void OnSignal(int signal) {
  const int error = errno;
  noted = signal;
  if (signal == SIGINT) {
    Tell("\r\x1b[Kstopping; Ctrl-C again ends at once\r\n");
  }
  [[maybe_unused]] const ssize_t n = write(pipe_ends[1], "", 1);
  errno = error;
}

}  // namespace

void WatchForInterrupt() {
  if (pipe_ends[0] < 0 && pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) != 0) return;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action = {};
    sigaction(signal, nullptr, &action);
    if (action.sa_handler == SIG_IGN) continue;
    action = {};
    action.sa_handler = OnSignal;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    sigaction(signal, &action, nullptr);
  }
}

bool IsInterrupted() { return noted != 0; }

bool AwaitReadable(int fd) {
  if (pipe_ends[0] < 0) return true;
  pollfd waits[2] = {{fd, POLLIN, 0}, {pipe_ends[0], POLLIN, 0}};
  while (poll(waits, 2, -1) < 0 && errno == EINTR) {
  }
  return !IsInterrupted();
}

void EndIfInterrupted() {
  const int signal = noted;
  if (signal == 0) return;
  std::fflush(nullptr);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace cli
