// Standard output, buffered, that remembers what became of it.
//
// A reader that goes away (`dynamodown scan ... | head`) is no error: it has
// what it wanted. Writing then returns false, so that the command can stop.

#ifndef DYNAMODOWN_CLI_IO_OUTPUT_H_
#define DYNAMODOWN_CLI_IO_OUTPUT_H_

#include <string_view>

namespace cli {

/// **Thread-safety**: one thread. **Errors**: the first one stays.
class Output {
 public:
  /// False when nothing more can be written.
  bool Write(std::string_view bytes);
  /// Writes what is buffered. Returns 0, also when the reader has gone, or the
  /// errno of what went wrong.
  int Finish();

 private:
  int error_ = 0;
};

/// Ends a command that has printed all it had to say: the exit status, and a
/// message when standard output could not be written.
int Finish(Output* output);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_OUTPUT_H_
