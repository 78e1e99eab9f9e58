// Ctrl-C, SIGTERM and SIGHUP. A command that can stop half-way watches for
// these signals, stops at the next safe point, and says how to continue. The
// second signal ends the program at once.

#ifndef DYNAMODOWN_CLI_IO_INTERRUPT_H_
#define DYNAMODOWN_CLI_IO_INTERRUPT_H_

#include <csignal>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

namespace cli {

/// While a watch exists, the signals are only noted. A signal that the program
/// ignores (nohup) stays ignored. If no pipe can be made, the signals still end
/// the program. **Thread-safety**: one thread; at most one watch at a time.
class InterruptWatch {
 public:
  /// Without `print_totals`, the command itself must stop after a signal. With
  /// `print_totals`, the command may stop late, because it may be waiting for a
  /// rate cap or for the other end of a FIFO. If the watch still exists 0.6 s
  /// after a signal, a second thread prints what was stopped and calls
  /// `print_totals`. Then this thread ends the program as the signal would have
  /// ended it.
  explicit InterruptWatch(std::function<void()> print_totals = nullptr);
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

 private:
  friend class StopReport;
  void EndLate();
  void PrintOnce();

  const std::function<void()> print_totals_;
  struct sigaction before_[3] = {};  // the actions before this watch
  std::mutex mutex_;                 // guards `print_`
  std::function<void()> print_;
  std::promise<void> ends_;
  std::thread late_;  // runs only with print_totals_
};

/// Says what a signal has stopped, at most once for each watch. A command may
/// have several StopReports, one after the other.
class StopReport {
 public:
  /// The watch's thread may call `print` while the command's thread is running.
  StopReport(InterruptWatch* watch, std::function<void()> print);
  ~StopReport();
  StopReport(const StopReport&) = delete;
  StopReport& operator=(const StopReport&) = delete;

  /// Prints the report, unless the watch's thread has printed it.
  void Print() { watch_->PrintOnce(); }

 private:
  InterruptWatch* const watch_;
};

/// **Thread-safety**: any number of threads.
bool IsInterrupted();

/// Waits until `fd` can be read. Returns false if a signal has come. Does not
/// wait if there was no InterruptWatch so far.
bool AwaitReadable(int fd);

/// If a signal came, ends the program as this signal would have ended it, so
/// that a shell sees the signal.
void EndIfInterrupted();

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_INTERRUPT_H_
