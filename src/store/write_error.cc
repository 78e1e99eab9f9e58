#include "store/write_error.h"

#include <utility>

namespace dynamodown {

using Subject = WriteError::Subject;

WriteError Refused(Error error, Subject subject) {
  error.certainty = Certainty::kNothingWritten;
  return WriteError{std::move(error), subject, std::nullopt, std::nullopt};
}

std::string EffectOf(const WriteError& error) {
  if (error.counts) {
    const WriteError::Counts& counts = *error.counts;
    return "; of the batch's " + std::to_string(counts.keys) + " keys, " +
           std::to_string(counts.written) + " were written, " +
           std::to_string(counts.keys - counts.written - counts.unknown) +
           " were not, and the outcome of " + std::to_string(counts.unknown) +
           " is unknown";
  }
  switch (error.certainty) {
    case Certainty::kNothingWritten:
      if (error.subject == Subject::kTransaction) {
        return "; nothing of the batch was written";
      }
      // The message says that the key or value cannot be stored, which implies
      // that nothing was written.
      if (error.subject == Subject::kKey &&
          error.kind == ErrorKind::kInvalidArgument) {
        return "";
      }
      return "; nothing was written";
    case Certainty::kAllWritten:
      return "; everything was written";
    case Certainty::kUnknown:
      break;
  }
  if (error.condition) {
    return "; the answer to an earlier attempt was lost, and that attempt's "
           "batch may have been written, or may still be written";
  }
  return error.subject == Subject::kTransaction
             ? "; the whole batch may have been written, or nothing of it"
             : "; it may have been written";
}

}  // namespace dynamodown
