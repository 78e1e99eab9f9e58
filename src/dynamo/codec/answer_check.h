// Checks an answer against its question: a damaged answer, or an answer to
// another request, must not pass for the truth. Pure.
//
// DynamoDB's API reference defines what an answer may have. A Query's range
// keys rise strictly, or fall, within the bounds, after ExclusiveStartKey.
// LastEvaluatedKey is the key at which the reading stopped, so it lies behind
// ExclusiveStartKey, and not before the page's last item. A Scan reads one hash
// key after another, and the range keys of each rise; the order of the hash
// keys is unknown.

#ifndef DYNAMODOWN_DYNAMO_CODEC_ANSWER_CHECK_H_
#define DYNAMODOWN_DYNAMO_CODEC_ANSWER_CHECK_H_

#include <cstddef>
#include <string>

#include "base/json.h"
#include "dynamo/operations.h"

namespace dynamodown {

// Each function below that returns a text says what is wrong with the answer.
// An empty text means that the answer fits the question.

std::string FaultOfPage(const Query& query);
std::string FaultOfPage(const Scan& scan);

/// Checks the key attributes that `item` shows. A projection may have left them
/// out.
std::string FaultOfItem(const TableKeys& table, const AttributeValue& hash,
                        const AttributeValue& range, const Item& item);

/// Checks the members Count and ScannedCount of a page with `items` items.
std::string FaultOfCounts(const JsonValue& answer, size_t items);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_CODEC_ANSWER_CHECK_H_
