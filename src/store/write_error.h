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
    kKey,          ///< A put or a delete.
    kBatch,        ///< A batch, before it was sent.
    kTransaction,  ///< A batch that was sent, to be written whole or not at
                   ///< all.
  };
  /// The keys of an unordered batch. The rest was not written.
  struct Counts {
    size_t keys = 0;
    size_t written = 0;
    size_t unknown = 0;
  };

  Subject subject = Subject::kKey;
  /// The first condition of a WriteIf that did not hold.
  std::optional<size_t> condition;
  std::optional<Counts> counts;  ///< Only for an unordered batch.
};

/// Marks an error that came before anything was sent.
WriteError Refused(Error error, WriteError::Subject subject);

/// Returns the end of the message: "; nothing was written". It is empty if the
/// message says as much already.
std::string EffectOf(const WriteError& error);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_WRITE_ERROR_H_
