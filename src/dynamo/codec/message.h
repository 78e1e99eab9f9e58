// Members that the requests and the answers of several operations have.

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

/// Begins a request's object.
void AppendTable(const std::string& table, std::string* out);
void AppendTableAndKey(const TableKeys& table, const Key& key,
                       std::string* out);

/// For an answer that does not have the operation's form.
Error BadAnswer(std::string_view operation, std::string_view what);

/// The answer of one table has an object, that of a batch an array of them.
Capacity ReadCapacity(const JsonValue& answer, bool writes);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_CODEC_MESSAGE_H_
