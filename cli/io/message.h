// Exit statuses, and the one line on standard error that reports a failure.

#ifndef DYNAMODOWN_CLI_IO_MESSAGE_H_
#define DYNAMODOWN_CLI_IO_MESSAGE_H_

#include <string>
#include <string_view>

#include "leveldb/status.h"

namespace cli {

inline constexpr int kExitOk = 0;
inline constexpr int kExitNotFound = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitFailure = 3;

/// NotFound, Misuse and Fail print "dynamodown: ..." as one line, and return
/// the exit status that the function's name says.
int NotFound(std::string_view message);
/// `command` is empty if no command was recognized.
int Misuse(std::string_view command, std::string_view message);
int Fail(std::string_view message);
/// "...; try", or "...? Try" after a question.
std::string WithTry(std::string_view message);
/// Prints "dynamodown: ..." as one line: a note, which reports no failure.
void Note(std::string_view message);

/// A location as a word for a shell, with "-- " before it if the location
/// begins with "-". So no option may follow it in a command.
std::string Operand(const std::string& location);

/// "run: dynamodown doctor LOCATION".
std::string DoctorAdvice(const std::string& location);

/// The message of a failure on `location`, with advice.
std::string Describe(const leveldb::Status& status,
                     const std::string& location);
int Fail(const leveldb::Status& status, const std::string& location);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_MESSAGE_H_
