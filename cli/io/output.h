// Buffered standard output that remembers its first error. If the reader goes
// away (`dynamodown scan ... | head`), Write returns false, so that the command
// can stop. This is no failure of the command. If a command prints more than
// once, nothing stays in the buffer for long: the next page may wait for a rate
// cap, and meanwhile the reader needs the records of the previous page.

#ifndef DYNAMODOWN_CLI_IO_OUTPUT_H_
#define DYNAMODOWN_CLI_IO_OUTPUT_H_

#include <atomic>
#include <cstdint>
#include <future>
#include <string_view>
#include <thread>

namespace cli {

/// **Thread-safety**: one thread. **Errors**: after the first error nothing
/// more is written.
class Output {
 public:
  enum Kind {
    kText,  ///< escaped on a terminal (EscapeControls); else as it is
    kRaw,   ///< always as it is
  };
  explicit Output(Kind kind = kText);
  ~Output() { EndFlushing(); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  /// `bytes` must not begin or end inside a UTF-8 character. Returns false if
  /// nothing more can be written.
  bool Write(std::string_view bytes);
  /// Flushes the buffer. Returns the errno of the first failure, or 0 if there
  /// was none. Also returns 0 if the reader has gone away.
  int Finish();

 private:
  void Flush();
  void KeepFlushing();
  void EndFlushing();

  const bool is_escaped_;
  std::atomic<int> error_ = 0;
  uint64_t writes_ = 0;
  std::promise<void> ends_;
  std::thread flusher_;  // runs from the second Write on
};

/// Ends a command's output. Returns the exit status, and prints a message
/// if standard output could not be written.
int Finish(Output* output);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_OUTPUT_H_
