// Reads lines from a terminal, with editing, history and completion.

#ifndef DYNAMODOWN_CLI_IO_LINE_EDITOR_H_
#define DYNAMODOWN_CLI_IO_LINE_EDITOR_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// Returns what may stand in place of the last word of the line, of which the
/// part before the cursor is given.
using Completer = std::function<std::vector<std::string>(std::string_view)>;

/// From its creation on, Ctrl-C does not end the process, but makes Read return
/// kInterrupted. The keys are Emacs's, or those that ~/.editrc gives.
/// **Thread-safety**: one thread; at most one LineEditor at a time.
class LineEditor {
 public:
  /// Reads the history from a file; no file if the path is empty. The
  /// destructor writes it back, readable only by its owner.
  LineEditor(std::string history_path, Completer completer);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  enum class Outcome { kLine, kInterrupted, kEnd };
  /// Reads a line from standard input, without its "\n".
  Outcome Read(const std::string& prompt, std::string* line);
  /// Adds to the history, unless `line` begins with a blank or is the line
  /// before again.
  void Remember(const std::string& line);

  /// The pieces that libedit calls.
  class Parts;

 private:
  const std::unique_ptr<Parts> parts_;
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_LINE_EDITOR_H_
