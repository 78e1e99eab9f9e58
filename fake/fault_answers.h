// What the service answers in place of carrying a request out, by the choice of
// a fault. Codes and messages are those of "Error handling with DynamoDB",
// "Troubleshooting throttling" and the operations' own pages in the API
// reference. Pure: the same choice gives the same answer.

#ifndef DYNAMODOWN_FAKE_FAULT_ANSWERS_H_
#define DYNAMODOWN_FAKE_FAULT_ANSWERS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fake/value.h"

namespace dynamodown::fake {

/// An answer that is no success.
struct FaultAnswer {
  int status = 400;
  std::string code;  ///< Empty: `message` is the body, no JSON.
  std::string message;
  Json more = Json::object();  ///< Further members of the answer.
};

/// For `request`, the body of such a request, which may be no JSON. Every code
/// of throttling that the operation can meet.
FaultAnswer ThrottleAnswer(const std::string& operation, const Json& request,
                           uint64_t choice);
/// 500 or 503, from the service or from what stands before it.
FaultAnswer ServerErrorAnswer(uint64_t choice);
/// Somebody else writes the same items.
FaultAnswer ConflictAnswer(const std::string& operation, const Json& request,
                           uint64_t choice);
/// A TransactionCanceledException with these reasons' codes; "None" is for an
/// item that is not to blame.
FaultAnswer CancelledAnswer(const std::vector<std::string>& codes,
                            const std::string& message);

/// Which of `size` items are left undone: at least one, if there is any.
std::vector<bool> ChooseUnprocessed(size_t size, uint64_t choice);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_FAULT_ANSWERS_H_
