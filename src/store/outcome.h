// How the message of a write that failed ends when it is certain that nothing
// of it took effect, nor will. A leveldb::Status has no room for that but its
// message, so these words are what is read back (MayHaveWritten in src/db).
//
// They are written and read by these names alone, and count at the end alone:
// a message that somebody adds to, or a new one that forgets them, tells of a
// write that may have happened, which is the safe mistake. What a service says
// stands before our own end, which an uncertain write has too; it cannot pass
// for it.

#ifndef DYNAMODOWN_STORE_OUTCOME_H_
#define DYNAMODOWN_STORE_OUTCOME_H_

#include <string_view>

namespace dynamodown {

inline constexpr std::string_view kNothingWritten = "; nothing was written";
inline constexpr std::string_view kNothingOfBatchWritten =
    "; nothing of the batch was written";
/// The end of the others: of one write, and of an atomic batch.
inline constexpr std::string_view kMaybeWritten = "; it may have been written";
inline constexpr std::string_view kMaybeAllWritten =
    "; all of the batch may be written, or nothing";

/// Whether a message ends so.
inline bool SaysNothingWritten(std::string_view message) {
  return message.ends_with(kNothingWritten) ||
         message.ends_with(kNothingOfBatchWritten);
}

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_OUTCOME_H_
