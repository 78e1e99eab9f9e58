// The failure of a write as data: the kind of failure, and what is known of the
// write's effect on the store. EffectOf describes the effect in words.

#ifndef DYNAMODOWN_STORE_WRITE_ERROR_H_
#define DYNAMODOWN_STORE_WRITE_ERROR_H_

#include <cstddef>
#include <optional>
#include <string>

#include "base/result.h"

namespace dynamodown {

struct WriteError : Error {
  /// The kind of write that failed or was refused.
  enum class Subject {
    kKey,    ///< A put or a delete.
    kBatch,  ///< A batch that was not sent, an unordered batch, or a batch
             ///< with a condition that did not hold.
    kTransaction,  ///< A batch whose transaction failed, but not because
                   ///< of a condition.
  };
  /// How many keys an unordered batch has, how many of them were written, and
  /// how many have an unknown outcome. All other keys were not written.
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

/// Returns the text that ends the error's message, such as "; nothing was
/// written". Returns "" if the message already implies that nothing was
/// written.
std::string EffectOf(const WriteError& error);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_WRITE_ERROR_H_
