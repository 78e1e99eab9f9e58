// How a write failed, as data: the kind of failure, and what is known of its
// effect. Only EffectOf puts that effect into words.

#ifndef DYNAMODOWN_STORE_WRITE_ERROR_H_
#define DYNAMODOWN_STORE_WRITE_ERROR_H_

#include <cstddef>
#include <optional>
#include <string>

#include "base/result.h"

namespace dynamodown {

struct WriteError : Error {
  /// The write that failed or was refused.
  enum class Subject {
    kKey,    ///< A put or a delete.
    kBatch,  ///< A batch that was not sent, an unordered batch, or a batch
             ///< with a condition that did not hold.
    kTransaction,  ///< Any other batch that was sent as a transaction.
  };
  /// Counts of an unordered batch's keys. Keys that are neither in `written`
  /// nor in `unknown` were not written.
  struct Counts {
    size_t keys = 0;
    size_t written = 0;
    size_t unknown = 0;
  };

  Subject subject = Subject::kKey;
  /// Only for a WriteIf: the index of the first condition that did not hold.
  std::optional<size_t> condition;
  std::optional<Counts> counts;  ///< Only for an unordered batch.
};

/// Turns `error` into the error of a write that was refused before anything was
/// sent.
WriteError Refused(Error error, WriteError::Subject subject);

/// Returns the end of the message, such as "; nothing was written". Returns ""
/// if the message already implies that nothing was written.
std::string EffectOf(const WriteError& error);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_WRITE_ERROR_H_
