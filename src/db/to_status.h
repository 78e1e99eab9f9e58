// Turns the library's errors into leveldb::Status.

#ifndef DYNAMODOWN_DB_TO_STATUS_H_
#define DYNAMODOWN_DB_TO_STATUS_H_

#include <string_view>

#include "base/result.h"
#include "dynamodown/options.h"
#include "leveldb/status.h"
#include "store/write_error.h"

namespace dynamodown {

/// Returns the status of `error`. The message names options in `spelling`,
/// which is Options::spelling of the store.
leveldb::Status ToStatus(const Error& error, Spelling spelling);

/// Returns the status with which every call in a forked child fails. `message`
/// is one of the texts in base/fork.h.
leveldb::Status Forked(const char* message);

inline leveldb::Status ToStatus(const Result<void>& result, Spelling spelling) {
  return result.ok() ? leveldb::Status::OK()
                     : ToStatus(result.error(), spelling);
}

/// Sets `*options.outcome`, if the pointer is not null.
inline void Report(const WriteOptions& options, WriteOutcome outcome) {
  if (options.outcome != nullptr) *options.outcome = outcome;
}

/// Reports the outcome of a write and returns the write's status. The status's
/// message says what is known of the write's effect.
leveldb::Status FinishWrite(const WriteOptions& options,
                            Result<void, WriteError> result, Spelling spelling);

/// If an embedded store is open already, Open's message ends with one of these
/// texts. IsLockedStore looks for them.
inline constexpr char kLockedHere[] =
    ": this process has the store open and locked already; use the open "
    "database, or close it first";
/// On the command line, the process is one command, and it has the store open
/// because two of its locations name the store.
inline constexpr char kNamedTwice[] =
    ": two locations of this command name this embedded store; name two "
    "different stores";
inline constexpr char kLockedBeforeFork[] =
    ": this process, or one that it was forked from, has the store open and "
    "locked already; use the store in that process, or open the store in a "
    "process that was not forked while the store was open";
inline constexpr char kLockedElsewhere[] =
    ": another process has the store open and locked; only one process at a "
    "time can open an embedded store: wait until the other process ends, or "
    "end it";

/// Whether a status for which IsLockedStore is true says that this process has
/// the store open.
bool IsLockedHere(const leveldb::Status& status);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_TO_STATUS_H_
