// The error answers of faults. Codes and messages come from "Error handling
// with DynamoDB", "Troubleshooting throttling" and the operations' own pages in
// the API reference. Pure: the same choice gives the same answer.

#ifndef DYNAMODOWN_FAKE_FAULTS_FAULT_ANSWERS_H_
#define DYNAMODOWN_FAKE_FAULTS_FAULT_ANSWERS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fake/http/http_answer.h"
#include "fake/values/refusal.h"

namespace dynamodown::fake {

/// One of the throttling errors that the operation can get. `request` is the
/// body of the call, discarded if it was not JSON.
ErrorAnswer ThrottleAnswer(const std::string& operation, const Json& request,
                           uint64_t choice);
/// 500 or 503, from DynamoDB or from a proxy in front of it.
ErrorAnswer ServerErrorAnswer(uint64_t choice);
/// The error that DynamoDB returns if another transaction writes the same
/// items.
ErrorAnswer ConflictAnswer(const std::string& operation, const Json& request,
                           uint64_t choice);
/// A TransactionCanceledException with these codes as reasons. "None" means
/// that the item did not cancel the transaction.
ErrorAnswer CancelledAnswer(const std::vector<std::string>& codes,
                            const std::string& message);

/// Chooses which of `size` items to leave unprocessed: at least one, unless
/// `size` is 0.
std::vector<bool> ChooseUnprocessed(size_t size, uint64_t choice);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_FAULTS_FAULT_ANSWERS_H_
