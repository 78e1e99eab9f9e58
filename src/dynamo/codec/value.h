// The JSON of attribute values and of items.
//
// Only this folder and errors.cc know the names in the JSON of DynamoDB's
// low-level API, version 2012-08-10. Requests are written straight into a
// buffer.

#ifndef DYNAMODOWN_DYNAMO_CODEC_VALUE_H_
#define DYNAMODOWN_DYNAMO_CODEC_VALUE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "dynamo/item.h"

namespace dynamodown {

void AppendNumber(uint64_t number, std::string* out);
void AppendValue(const AttributeValue& value, std::string* out);
void AppendItem(const Item& item, std::string* out);
void AppendKey(const TableKeys& table, const AttributeValue& hash,
               const AttributeValue& range, std::string* out);

/// Returns true if `json` is or contains an object that has a member twice.
/// Takes n log n time for n members.
bool HasMemberTwice(const JsonValue& json);

// Each function below returns false if the JSON does not have the form that the
// API defines. The output is then unspecified.

bool ReadValue(const JsonValue& json, AttributeValue* value);
/// Appends to `*items`.
bool ReadItems(const JsonValue& json, std::vector<Item>* items);
/// Appends to `*item`.
bool ReadItem(const JsonValue& json, Item* item);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_CODEC_VALUE_H_
