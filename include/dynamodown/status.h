// What a leveldb::Status of this library means.
//
// LevelDB has five codes; a store across a network fails in more ways than
// that. NotFound, InvalidArgument, NotSupported and Corruption are used as
// LevelDB uses them. Everything else is an IOError whose message starts with
// one stable word and a colon ("throttled: ..."), followed by what happened,
// DynamoDB's own code and message, and its request id. This header reads the
// kind back. The rest of a message is for people and may change.
//
// Thread-safety: free functions on values; safe from any thread.

#ifndef DYNAMODOWN_STATUS_H_
#define DYNAMODOWN_STATUS_H_

#include "leveldb/status.h"

namespace dynamodown {

/// What went wrong, and so what to do about it.
enum class StatusKind {
  kOk,
  kNotFound,         ///< The key is not in the store.
  kInvalidArgument,  ///< Nothing was written; change the call or settings.
  kNotSupported,     ///< This store cannot do that; the message says what can.
  kCorruption,       ///< An item or an answer that cannot be understood.
  kThrottled,    ///< "throttled:" retries ran out; slow down or add capacity.
  kDenied,       ///< "denied:" AWS refused the credentials or the action.
  kCredentials,  ///< "credentials:" none were found, or they do not work here.
  kUnavailable,  ///< "unavailable:" no connection, or the service is failing.
  kTimeout,      ///< "timeout:" no answer in time; a write may have happened.
  kConflict,     ///< "conflict:" a condition did not hold, or others won.
  kRejected,     ///< "rejected:" the service refused the request itself.
  kDestroying,   ///< "destroying:" this store is being destroyed.
  kForked,       ///< "forked:" opened before fork(); open it again.
  kIOError,      ///< Any other IOError, such as an embedded LevelDB's own.
};

/// The kind of `status`. Costs a few string comparisons at most.
StatusKind KindOf(const leveldb::Status& status);

/// Whether Open refused because there is no such store, and create_if_missing
/// was false. (As in LevelDB that is an InvalidArgument, which may be other
/// things.)
bool IsMissingStore(const leveldb::Status& status);

/// Whether Open refused because an embedded store is open already, in another
/// process or in this one. (As in LevelDB that is an IOError.)
bool IsLockedStore(const leveldb::Status& status);

/// The stable word that starts a message of this kind, without the colon;
/// empty for the kinds that LevelDB has a code for.
const char* WordOf(StatusKind kind);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STATUS_H_
