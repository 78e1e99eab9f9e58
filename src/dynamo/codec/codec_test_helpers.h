// Values, requests and answers for tests of the codec.

#ifndef DYNAMODOWN_DYNAMO_CODEC_CODEC_TEST_HELPERS_H_
#define DYNAMODOWN_DYNAMO_CODEC_CODEC_TEST_HELPERS_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "dynamo/operations.h"

namespace dynamodown {

inline const TableKeys kTable = {"table", "hkey", "rkey"};
inline const TableKeys kReserved = {"Table", "Key", "Order"};

inline AttributeValue S(std::string text) {
  return AttributeValue::S(std::move(text));
}
inline AttributeValue B(std::string bytes) {
  return AttributeValue::B(std::move(bytes));
}
inline AttributeValue Bool(bool value) {
  return {AttributeValue::Type::kBool, value ? "true" : "false", {}};
}
inline AttributeValue N(std::string number) {
  return {AttributeValue::Type::kN, std::move(number), {}};
}

/// Returns the request's text, which must be JSON.
inline std::string Encoded(const Operation& operation) {
  std::string body;
  operation.Encode(&body);
  EXPECT_TRUE(nlohmann::json::accept(body)) << body;
  return body;
}

inline Result<void> Decode(Operation* operation, std::string answer) {
  static JsonParser parser;
  static std::string text;
  text = std::move(answer);
  const Result<JsonValue> value = parser.Parse(&text);
  if (!value.ok()) {
    ADD_FAILURE() << "no JSON: " << text;
    return value.error();
  }
  return operation->Decode(*value);
}

/// Returns the message of the Corruption that decoding gives; empty: none.
inline std::string ErrorOf(Operation* operation, const std::string& answer) {
  const Result<void> decoded = Decode(operation, answer);
  if (decoded.ok()) return "";
  EXPECT_EQ(decoded.error().kind, ErrorKind::kCorruption);
  return decoded.error().message;
}

inline Query QueryOfStore() {
  Query query;
  query.table = kTable;
  query.hash = S("store");
  return query;
}

template <class T>
T OnTable() {
  T operation;
  operation.table = kTable;
  return operation;
}

/// Fails unless each answer is refused as kCorruption, with a message that
/// names the operation.
template <class MakeOperation>
void ExpectCorruption(const MakeOperation& make,
                      const std::vector<std::string>& answers) {
  for (const std::string& answer : answers) {
    auto operation = make();
    const Result<void> result = Decode(&operation, answer);
    ASSERT_FALSE(result.ok()) << answer;
    EXPECT_EQ(result.error().kind, ErrorKind::kCorruption) << answer;
    EXPECT_THAT(result.error().message,
                testing::HasSubstr(std::string(operation.name())))
        << answer;
  }
}

inline BatchGetItem MakeBatchGet(int n) {
  BatchGetItem get;
  get.table = kTable;
  get.hash = S("store");
  for (int i = 0; i < n; ++i) {
    get.ranges.push_back(S(std::string(1, static_cast<char>('a' + i))));
  }
  return get;
}

inline BatchWriteItem MakeBatchWrite(int n) {
  BatchWriteItem write;
  write.table = kTable;
  write.hash = S("store");
  for (int i = 0; i < n; ++i) {
    const AttributeValue range = S(std::string(1, static_cast<char>('a' + i)));
    WriteRequest& request = write.requests.emplace_back();
    request.range = range;
    if (i % 2 == 0) {
      request.put = Item{{"hkey", S("store")}, {"rkey", range}};
    }
  }
  return write;
}

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_CODEC_CODEC_TEST_HELPERS_H_
