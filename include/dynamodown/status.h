// The kinds of failure in this library's leveldb::Status.
//
// LevelDB has five error codes. A store across a network can fail in more ways.
// NotFound, InvalidArgument, NotSupported and Corruption mean what they mean in
// LevelDB. Every other failure is an IOError. The message of such an IOError
// starts with a fixed word and a colon ("throttled: ..."), except for an
// embedded LevelDB's own failures. The word names the kind of the failure, and
// KindOf returns this kind. The text after the colon says what happened, and
// gives DynamoDB's own code and message and the request id. This text is for
// people and may change.
//
// Thread-safety: free functions on values; safe from any thread.

#ifndef DYNAMODOWN_STATUS_H_
#define DYNAMODOWN_STATUS_H_

#include "leveldb/status.h"

namespace dynamodown {

/// The kind of a failure. The kind determines what a program can do about the
/// failure.
enum class StatusKind {
  kOk,
  kNotFound,         ///< The key is not in the store.
  kInvalidArgument,  ///< Nothing was written; change the call or options.
  kNotSupported,     ///< The store lacks this feature; see the message.
  kCorruption,       ///< An item or an answer cannot be understood.
  kThrottled,    ///< "throttled:" retries ran out; slow down or add capacity.
  kDenied,       ///< "denied:" AWS refused the credentials or the action.
  kCredentials,  ///< "credentials:" none were found, or they cannot be used.
  kUnavailable,  ///< "unavailable:" no connection, or the service is failing.
  kTimeout,      ///< "timeout:" no answer in time; a write may have happened.
  kConflict,     ///< "conflict:" a condition failed, or another write won.
  kRejected,     ///< "rejected:" the service refused the request itself.
  kDestroying,   ///< "destroying:" this store is being destroyed.
  kForked,       ///< "forked:" the store was opened before fork().
  kIOError,      ///< Any other IOError, such as an embedded LevelDB's own.
};

/// Returns the kind of `status`. Costs at most a few string comparisons.
StatusKind KindOf(const leveldb::Status& status);

/// Returns whether Open failed because the store does not exist and
/// create_if_missing was false. (As in LevelDB this is an InvalidArgument,
/// which has other causes, too.)
bool IsMissingStore(const leveldb::Status& status);

/// Returns whether Open failed because the store exists and error_if_exists was
/// true. (As in LevelDB this is an InvalidArgument.)
bool IsExistingStore(const leveldb::Status& status);

/// Returns whether Open failed because an embedded store is already open, in
/// this process or in another one. (As in LevelDB this is an IOError.)
bool IsLockedStore(const leveldb::Status& status);

/// Returns the fixed word that starts a message of this kind, without the
/// colon. The word is empty for kIOError and for all other kinds that are
/// LevelDB's own codes.
const char* WordOf(StatusKind kind);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STATUS_H_
