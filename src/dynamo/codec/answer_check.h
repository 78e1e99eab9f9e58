// Checks an answer against its question: a damaged answer, or an answer to
// another request, must not pass for the truth. Pure.
//
// DynamoDB's API reference defines what an answer may have. The range keys of a
// Query rise strictly (or fall strictly, if it reads backward), lie within the
// bounds, and come after ExclusiveStartKey. LastEvaluatedKey is the key at
// which the reading stopped. So it comes after ExclusiveStartKey, and not
// before the page's last item. A Scan reads one hash key after another, in an
// unknown order. The range keys of each hash key rise.

#ifndef DYNAMODOWN_DYNAMO_CODEC_ANSWER_CHECK_H_
#define DYNAMODOWN_DYNAMO_CODEC_ANSWER_CHECK_H_

#include <cstddef>
#include <string>
#include <vector>

#include "base/json.h"
#include "dynamo/operations.h"

namespace dynamodown {

// Each function below that returns a text says what is wrong with the answer.
// An empty text means that the answer fits the question.

std::string FaultOfPage(const Query& query);
std::string FaultOfPage(const Scan& scan);

/// Checks an item that was asked for by its key. `item` must have each key
/// attribute that `projection` names, and may have the other one. `item` has no
/// other attribute that `projection` does not name.
std::string FaultOfItem(const TableKeys& table, const AttributeValue& hash,
                        const AttributeValue& range,
                        const std::vector<std::string>& projection,
                        const Item& item);

/// Checks Count and ScannedCount of a page with `items` items. Both must be the
/// number of the page's items, since no request has a filter.
std::string FaultOfCounts(const JsonValue& answer, size_t items);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_CODEC_ANSWER_CHECK_H_
