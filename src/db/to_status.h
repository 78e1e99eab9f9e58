// Errors of the inside as statuses of the outside.

#ifndef DYNAMODOWN_DB_TO_STATUS_H_
#define DYNAMODOWN_DB_TO_STATUS_H_

#include "base/result.h"
#include "leveldb/status.h"

namespace dynamodown {

leveldb::Status ToStatus(const Error& error);

inline leveldb::Status ToStatus(const Result<void>& result) {
  return result.ok() ? leveldb::Status::OK() : ToStatus(result.error());
}

/// Whether a write that ended with `status`, which is not OK, may have taken
/// effect, or may yet: the end of its message says so (store/outcome.h), and
/// without such an end it may.
bool MayHaveWritten(const leveldb::Status& status);

/// In the message of an embedded store that somebody has open; IsLockedStore
/// reads it back.
inline constexpr char kOpenAndLocked[] = "has the store open and locked";

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_TO_STATUS_H_
