// Buffered standard output that remembers its first error. If the reader goes
// away (`dynamodown scan ... | head`), Write returns false, so that the command
// can stop. This is no failure of the command.

#ifndef DYNAMODOWN_CLI_IO_OUTPUT_H_
#define DYNAMODOWN_CLI_IO_OUTPUT_H_

#include <string_view>

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

  /// `bytes` must not begin or end inside a UTF-8 character. Returns false if
  /// nothing more can be written.
  bool Write(std::string_view bytes);
  /// Flushes the buffer. Returns the errno of the first failure, or 0 if there
  /// was none. Also returns 0 if the reader has gone away.
  int Finish();

 private:
  const bool is_escaped_;
  int error_ = 0;
};

/// Ends a command's output. Returns the exit status, and prints a message
/// if standard output could not be written.
int Finish(Output* output);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_OUTPUT_H_
