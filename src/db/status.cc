// Turns an Error into a leveldb::Status, and finds the kind of failure in a
// status.

#include "dynamodown/status.h"

#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "db/spelling.h"
#include "db/to_status.h"
#include "store/missing_store.h"

namespace dynamodown {
namespace {

constexpr StatusKind kWithWord[] = {
    StatusKind::kThrottled,   StatusKind::kDenied,     StatusKind::kCredentials,
    StatusKind::kUnavailable, StatusKind::kTimeout,    StatusKind::kConflict,
    StatusKind::kRejected,    StatusKind::kDestroying, StatusKind::kForked,
};

StatusKind KindOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalidArgument:
      return StatusKind::kInvalidArgument;
    case ErrorKind::kNotSupported:
      return StatusKind::kNotSupported;
    case ErrorKind::kCorruption:
      return StatusKind::kCorruption;
    case ErrorKind::kThrottled:
      return StatusKind::kThrottled;
    case ErrorKind::kDenied:
      return StatusKind::kDenied;
    case ErrorKind::kCredentials:
      return StatusKind::kCredentials;
    case ErrorKind::kUnavailable:
      return StatusKind::kUnavailable;
    case ErrorKind::kTimeout:
      return StatusKind::kTimeout;
    case ErrorKind::kConflict:
      return StatusKind::kConflict;
    case ErrorKind::kRejected:
      return StatusKind::kRejected;
    case ErrorKind::kDestroying:
      return StatusKind::kDestroying;
    case ErrorKind::kForked:
      return StatusKind::kForked;
  }
  return StatusKind::kIOError;
}

WriteOutcome OutcomeOf(Certainty certainty) {
  switch (certainty) {
    case Certainty::kNothingWritten:
      return WriteOutcome::kNothingWritten;
    case Certainty::kAllWritten:
      return WriteOutcome::kAllWritten;
    case Certainty::kUnknown:
      break;
  }
  return WriteOutcome::kUnknown;
}

/// Whether `status` is an InvalidArgument of Open whose message ends with
/// `fact` and `cause`. In the spelling kCpp, our endings are the same as those
/// of LevelDB's own messages.
bool EndsWith(const leveldb::Status& status, std::string_view fact,
              const Advice& cause) {
  if (!status.IsInvalidArgument()) return false;
  const std::string text = status.ToString();
  // LevelDB's message about another comparator ends with the comparator's name.
  // The name may be any text, even the ending that the loop looks for.
  if (text.find(" does not match existing comparator : ") != text.npos) {
    return false;
  }
  for (const Spelling spelling :
       {Spelling::kCpp, Spelling::kCommandLine, Spelling::kJavaScript}) {
    std::string end = ": ";
    end.append(fact).append(SpelledAdvice(cause, spelling));
    if (text.ends_with(end)) return true;
  }
  return false;
}

}  // namespace

const char* WordOf(StatusKind kind) {
  switch (kind) {
    case StatusKind::kThrottled:
      return "throttled";
    case StatusKind::kDenied:
      return "denied";
    case StatusKind::kCredentials:
      return "credentials";
    case StatusKind::kUnavailable:
      return "unavailable";
    case StatusKind::kTimeout:
      return "timeout";
    case StatusKind::kConflict:
      return "conflict";
    case StatusKind::kRejected:
      return "rejected";
    case StatusKind::kDestroying:
      return "destroying";
    case StatusKind::kForked:
      return "forked";
    case StatusKind::kOk:
    case StatusKind::kNotFound:
    case StatusKind::kInvalidArgument:
    case StatusKind::kNotSupported:
    case StatusKind::kCorruption:
    case StatusKind::kIOError:
      break;
  }
  return "";
}

StatusKind KindOf(const leveldb::Status& status) {
  if (status.ok()) return StatusKind::kOk;
  if (status.IsNotFound()) return StatusKind::kNotFound;
  if (status.IsInvalidArgument()) return StatusKind::kInvalidArgument;
  if (status.IsNotSupportedError()) return StatusKind::kNotSupported;
  if (status.IsCorruption()) return StatusKind::kCorruption;
  // "IO error: throttled: ...", as LevelDB prints an IOError.
  static constexpr char kPrefix[] = "IO error: ";
  const std::string text = status.ToString();
  if (text.compare(0, sizeof kPrefix - 1, kPrefix) == 0) {
    for (const StatusKind kind : kWithWord) {
      const char* word = WordOf(kind);
      const size_t length = std::strlen(word);
      if (text.compare(sizeof kPrefix - 1, length, word) == 0 &&
          text.compare(sizeof kPrefix - 1 + length, 2, ": ") == 0) {
        return kind;
      }
    }
  }
  return StatusKind::kIOError;
}

bool IsMissingStore(const leveldb::Status& status) {
  return EndsWith(status, kNoStore, kNotCreated) ||
         EndsWith(status, kNoTable, kNotCreated);
}

bool IsExistingStore(const leveldb::Status& status) {
  return EndsWith(status, kStoreExists, kMustBeNew);
}

bool IsLockedHere(const leveldb::Status& status) {
  const std::string text = status.ToString();
  return text.ends_with(kLockedHere) || text.ends_with(kNamedTwice);
}

bool IsLockedStore(const leveldb::Status& status) {
  // A service's message may end with the words of a message about a lock.
  if (KindOf(status) != StatusKind::kIOError) return false;
  const std::string text = status.ToString();
  return IsLockedHere(status) || text.ends_with(kLockedBeforeFork) ||
         text.ends_with(kLockedElsewhere);
}

leveldb::Status ToStatus(const Error& error, Spelling spelling) {
  const std::string message = SpelledMessage(error, spelling);
  switch (error.kind) {
    case ErrorKind::kInvalidArgument:
      return leveldb::Status::InvalidArgument(message);
    case ErrorKind::kNotSupported:
      return leveldb::Status::NotSupported(message);
    case ErrorKind::kCorruption:
      return leveldb::Status::Corruption(message);
    default:
      // LevelDB leaves out the colon if nothing follows it.
      return leveldb::Status::IOError(WordOf(KindOf(error.kind)),
                                      message.empty() ? "no details" : message);
  }
}

leveldb::Status Forked(const char* message) {
  return ToStatus(Error{ErrorKind::kForked, message}, Spelling::kCpp);
}

leveldb::Status FinishWrite(const WriteOptions& options,
                            Result<void, WriteError> result,
                            Spelling spelling) {
  if (result.ok()) {
    Report(options, WriteOutcome::kAllWritten);
    return leveldb::Status::OK();
  }
  WriteError error = std::move(result).error();
  Report(options, OutcomeOf(error.certainty));
  error.Append(EffectOf(error));
  return ToStatus(error, spelling);
}

}  // namespace dynamodown
