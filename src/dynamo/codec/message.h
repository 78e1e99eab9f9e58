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

/// Returns true if the name `named` in an answer is that of the table `asked`
/// of the request. Each of them may be the table's name or its ARN, which ends
/// in "/" and the table's name: the API Reference does not say which of the two
/// an answer has.
bool IsTable(std::string_view named, std::string_view asked);

/// Makes the error of an answer that does not have the operation's form.
Error BadAnswer(std::string_view operation, std::string_view what);
/// Returns BadAnswer for a `fault` that is not empty.
Result<void> CheckedAnswer(std::string_view operation, std::string_view fault);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_CODEC_MESSAGE_H_
