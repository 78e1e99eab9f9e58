// Members that several operations' requests and answers share.

#ifndef DYNAMODOWN_DYNAMO_CODEC_MESSAGE_H_
#define DYNAMODOWN_DYNAMO_CODEC_MESSAGE_H_

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "dynamo/operations.h"

namespace dynamodown {

inline constexpr std::string_view kReturnCapacity =
    ",\"ReturnConsumedCapacity\":\"TOTAL\"";

/// Begins a request's object with the table's name.
void AppendTable(const std::string& table, std::string* out);
/// Begins a request's object with the table's name and an item's key.
void AppendTableAndKey(const TableKeys& table, const Key& key,
                       std::string* out);

/// Makes the error of an answer that does not have the operation's form.
Error BadAnswer(std::string_view operation, std::string_view what);
/// Returns BadAnswer for a `fault` that is not empty.
Result<void> CheckedAnswer(std::string_view operation, std::string_view fault);

/// Reads ConsumedCapacity: one object, or an array of objects in the answer to
/// a batch or a transaction. If an object does not say whether its units are
/// read units or write units, `operation.writes()` decides. Returns false if
/// the units are not a number that the operation can consume.
bool ReadCapacity(const JsonValue& answer, const Operation& operation,
                  Capacity* capacity);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_CODEC_MESSAGE_H_
