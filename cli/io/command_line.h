// The command line that started the program, for messages that say how to
// continue.

#ifndef DYNAMODOWN_CLI_IO_COMMAND_LINE_H_
#define DYNAMODOWN_CLI_IO_COMMAND_LINE_H_

#include <string>

#include "parse/encoding.h"

namespace cli {

/// Copies the words. **Thread-safety**: one thread, as for the functions below.
void SetCommandLine(int argc, char** argv);

/// The command line as words for a shell, with the option `added` at the end of
/// its options.
std::string CommandLine(const std::string& added = "");

/// The end of a message about a range that was read up to the key `next`: "; to
/// VERB the rest, run: COMMAND --from=NEXT". Empty if `encoding` escapes the
/// key, since an escaped key cannot be an argument.
std::string AdviceOnTheRest(const std::string& verb, Encoding encoding,
                            const std::string& next);

/// The name of a file as a word for a shell. No program takes the word for an
/// option: it is "./-x" for "-x".
std::string FileWord(const std::string& name);

/// The command line without one word: the last argument that equals `left_out`.
std::string CommandLineWithout(const std::string& left_out);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_COMMAND_LINE_H_
