// A progress line on standard error.

#ifndef DYNAMODOWN_CLI_IO_PROGRESS_H_
#define DYNAMODOWN_CLI_IO_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <string>

namespace cli {

/// "1234567 records, 117.4 MB, 8123 records/s". `bytes` counts the bytes
/// of keys and values. 1 MB is 10^6 bytes.
std::string ProgressText(uint64_t records, uint64_t bytes,
                         std::chrono::duration<double> elapsed);

/// Shows nothing if standard error is no terminal. **Thread-safety**: one
/// thread at a time. **Cost**: a call reads the clock, and writes at most once
/// every 200 ms.
class Progress {
 public:
  /// Pass false if something else writes to standard error meanwhile.
  explicit Progress(bool wanted);

  /// Shows the number and nothing else.
  void Show(uint64_t count);
  /// Shows ProgressText, with the time since this object was created.
  void Show(uint64_t records, uint64_t bytes);

  /// Shows the progress of a sync.
  void ShowSync(uint64_t items, uint64_t operations);

  /// Erases the line.
  void Clear();
  /// Prints the final line, which stays on the terminal.
  void Finish(uint64_t records, uint64_t bytes);

 private:
  using Clock = std::chrono::steady_clock;

  bool IsTime();
  void Print(const std::string& text);

  const bool shown_;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_PROGRESS_H_
