// Reads lines from a terminal, with editing, history and completion.

#ifndef DYNAMODOWN_CLI_IO_LINE_EDITOR_H_
#define DYNAMODOWN_CLI_IO_LINE_EDITOR_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// Takes the part of a line before the cursor, and returns the words that can
/// replace its last word.
using Completer = std::function<std::vector<std::string>(std::string_view)>;

/// Once a LineEditor has been created, Ctrl-C does not end the process, but
/// makes Read return kInterrupted. The keys are those of Emacs, or those of
/// ~/.editrc. The constructor sets the locale of the process (LC_CTYPE).
/// **Thread-safety**: one thread; at most one LineEditor at a time.
/// **Errors**: if the history cannot be read or written, it is not kept, and
/// there is no message. A file that is not regular, has several names, or has
/// anything but a history in it stays as it is, and is not read.
class LineEditor {
 public:
  /// Reads the history from a file. The destructor adds the new lines to the
  /// file, behind the lines that other shells have added meanwhile. Only the
  /// file's owner can read the file. If the path is empty, there is no file.
  LineEditor(std::string history_path, Completer completer);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  enum class Outcome { kLine, kInterrupted, kEnd };
  /// Reads a line from standard input, without its "\n".
  Outcome Read(const std::string& prompt, std::string* line);
  /// Adds `line` to the history, unless it begins with a blank or equals the
  /// last line of the history.
  void Remember(const std::string& line);

  /// The functions that libedit calls, and their data.
  class Parts;

 private:
  const std::unique_ptr<Parts> parts_;
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_LINE_EDITOR_H_
