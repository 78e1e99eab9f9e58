// Keys, items and values of the tables that the fake's tests use.

#ifndef DYNAMODOWN_FAKE_FAKE_TEST_ITEMS_H_
#define DYNAMODOWN_FAKE_FAKE_TEST_ITEMS_H_

#include <nlohmann/json.hpp>
#include <string>

#include "base/crypto.h"

namespace dynamodown {

using Json = nlohmann::json;

inline Json S(const std::string& text) { return {{"S", text}}; }
inline Json B(const std::string& bytes) {
  std::string text;
  AppendBase64(bytes, &text);
  return {{"B", text}};
}
/// A key under the tests' one hash key.
inline Json KeyOf(const std::string& range) {
  return {{"h", S("store")}, {"r", B(range)}};
}
inline Json ItemOf(const std::string& range, const std::string& value) {
  Json item = KeyOf(range);
  item["value"] = S(value);
  return item;
}

/// The description of a table for these keys.
inline Json TableOf(const std::string& name) {
  return {{"TableName", name},
          {"AttributeDefinitions",
           {{{"AttributeName", "h"}, {"AttributeType", "S"}},
            {{"AttributeName", "r"}, {"AttributeType", "B"}}}},
          {"KeySchema",
           {{{"AttributeName", "h"}, {"KeyType", "HASH"}},
            {{"AttributeName", "r"}, {"KeyType", "RANGE"}}}},
          {"BillingMode", "PAY_PER_REQUEST"}};
}

}  // namespace dynamodown

#endif  // DYNAMODOWN_FAKE_FAKE_TEST_ITEMS_H_
