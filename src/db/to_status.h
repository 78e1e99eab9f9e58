// Turns the library's errors into leveldb::Status.

#ifndef DYNAMODOWN_DB_TO_STATUS_H_
#define DYNAMODOWN_DB_TO_STATUS_H_

#include "base/result.h"
#include "dynamodown/options.h"
#include "leveldb/status.h"
#include "store/write_error.h"

namespace dynamodown {

/// Returns the status of `error`. The message names options in `spelling`,
/// which is Options::spelling of the store.
leveldb::Status ToStatus(const Error& error, Spelling spelling);

/// Returns the status with which every call in a forked child fails.
leveldb::Status Forked();

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

/// If an embedded store is open already, Open's message contains this text.
/// IsLockedStore looks for the text.
inline constexpr char kOpenAndLocked[] = "has the store open and locked";

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_TO_STATUS_H_
