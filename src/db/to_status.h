// Turns the library's errors into leveldb::Status.

#ifndef DYNAMODOWN_DB_TO_STATUS_H_
#define DYNAMODOWN_DB_TO_STATUS_H_

#include "base/result.h"
#include "dynamodown/options.h"
#include "leveldb/status.h"
#include "store/write_error.h"

namespace dynamodown {

/// `spelling` is the one in the store's Options.
leveldb::Status ToStatus(const Error& error, Spelling spelling);

/// The status of every call in a forked child.
leveldb::Status Forked();

inline leveldb::Status ToStatus(const Result<void>& result, Spelling spelling) {
  return result.ok() ? leveldb::Status::OK()
                     : ToStatus(result.error(), spelling);
}

/// Sets `*options.outcome`, if it is not null.
inline void Report(const WriteOptions& options, WriteOutcome outcome) {
  if (options.outcome != nullptr) *options.outcome = outcome;
}

/// Reports the outcome of a write and returns its status, whose message says
/// what is known of the effect.
leveldb::Status FinishWrite(const WriteOptions& options,
                            Result<void, WriteError> result, Spelling spelling);

/// Part of the message when an embedded store is open already; IsLockedStore
/// looks for it.
inline constexpr char kOpenAndLocked[] = "has the store open and locked";

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_TO_STATUS_H_
