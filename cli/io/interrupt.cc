// A signal handler may only call async-signal-safe functions. So our handler
// notes the signal, and writes a byte into a pipe, which wakes AwaitReadable.

#include "io/interrupt.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <iterator>
#include <string_view>
#include <utility>

namespace cli {
namespace {

static_assert(std::atomic<int>::is_always_lock_free);
std::atomic<int> noted = 0;  // the signal
int pipe_ends[2] = {-1, -1};
constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
// How often EndLate looks for a signal, and how long the command may then take
// to stop by itself.
constexpr std::chrono::milliseconds kEvery{50}, kPatience{600};

void End() {
  std::signal(noted, SIG_DFL);
  std::raise(noted);
}

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

InterruptWatch::InterruptWatch(std::function<void()> print_totals)
    : print_totals_(std::move(print_totals)) {
  if (pipe_ends[0] < 0 && pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) != 0) return;
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    sigaction(kSignals[i], nullptr, &before_[i]);
    if (before_[i].sa_handler == SIG_IGN) continue;
    struct sigaction action = {};
    action.sa_handler = OnSignal;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    sigaction(kSignals[i], &action, nullptr);
  }
  if (print_totals_) late_ = std::thread([this] { EndLate(); });
}

InterruptWatch::~InterruptWatch() {
  if (late_.joinable()) {
    ends_.set_value();
    late_.join();
  }
  if (pipe_ends[0] < 0) return;
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    sigaction(kSignals[i], &before_[i], nullptr);
  }
}

void InterruptWatch::EndLate() {
  const std::future<void> end = ends_.get_future();
  while (!IsInterrupted()) {
    if (end.wait_for(kEvery) == std::future_status::ready) return;
  }
  if (end.wait_for(kPatience) == std::future_status::ready) return;
  PrintOnce();
  print_totals_();
  // Another thread may be writing to standard output, and never end.
  if (ftrylockfile(stdout) == 0) {
    std::fflush(stdout);
    funlockfile(stdout);
  }
  End();
}

void InterruptWatch::PrintOnce() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (print_) std::exchange(print_, nullptr)();
}

StopReport::StopReport(InterruptWatch* watch, std::function<void()> print)
    : watch_(watch) {
  const std::lock_guard<std::mutex> lock(watch_->mutex_);
  watch_->print_ = std::move(print);
}

StopReport::~StopReport() {
  const std::lock_guard<std::mutex> lock(watch_->mutex_);
  watch_->print_ = nullptr;
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
  if (!IsInterrupted()) return;
  std::fflush(nullptr);
  End();
}

}  // namespace cli
