// A progress line on standard error.

#ifndef DYNAMODOWN_CLI_IO_PROGRESS_H_
#define DYNAMODOWN_CLI_IO_PROGRESS_H_

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "io/summary.h"

namespace cli {

/// How far a command is.
struct ProgressState {
  uint64_t records = 0;  ///< The total, including earlier runs.
  uint64_t bytes = 0;    ///< Of this run's keys and values.
  std::string more;      ///< "3 operations exchanged"; may be empty.
  /// How much of the work is done, in any unit, and how much work there is. A
  /// `total` of 0 means that the amount of work is unknown.
  uint64_t done = 0;
  uint64_t total = 0;
};

/// "loading: 1234567 records, 117.4 MB, 8122 records/s, 43%, 2 min 5 s left".
/// If the total is unknown, the elapsed time ends the line. `begin` is the
/// state when this run began: the rate counts only records since `begin`.
std::string ProgressText(const std::string& doing, const std::string& noun,
                         const ProgressState& begin, const ProgressState& now,
                         Seconds elapsed);

/// The line appears after half a second, and from then on changes twice a
/// second, even if nothing happens: a thread of its own writes it. Shows
/// nothing if standard error is no terminal.
/// **Thread-safety**: any number of threads may call Show. One thread calls
/// Clear and the destructor, after the last Show.
class Progress {
 public:
  /// `doing` is "loading", and `noun` is "record". Pass `wanted` = false if
  /// other code writes to standard error while the line is shown.
  Progress(bool wanted, std::string doing, std::string noun,
           ProgressState begin = ProgressState());
  ~Progress() { Clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Show(ProgressState now);

  /// Ends the line and erases it.
  void Clear();

  /// Erases the line, and shows it no more. Any thread may call this.
  void Hide();

 private:
  void Run();

  const std::string doing_, noun_;
  const ProgressState begin_;
  const Clock::time_point start_ = Clock::now();
  std::mutex mutex_;
  std::condition_variable ends_;
  bool ended_ = false, is_shown_ = false, is_hidden_ = false;
  ProgressState now_;
  std::thread thread_;  // runs only if the line is shown
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_PROGRESS_H_
