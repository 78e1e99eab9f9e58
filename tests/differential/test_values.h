// Random keys, items and attribute values, drawn from small pools so that they
// often meet.

#ifndef DYNAMODOWN_TESTS_DIFFERENTIAL_TEST_VALUES_H_
#define DYNAMODOWN_TESTS_DIFFERENTIAL_TEST_VALUES_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/random.h"

namespace dynamodown_test {

using Json = nlohmann::json;

/// A table that requests use. Its key attributes are "h" and "r".
struct TestTable {
  std::string name;
  std::string hash_type;
  std::string range_type;  ///< Empty: no range key.
  bool one_hash = false;   ///< All items share one hash key.
};

// The pools. Keys of type B are in base64; numbers are in ascending order.

extern const std::vector<std::string> kBytesKeys;
extern const std::vector<std::string> kNumberKeys;
extern const std::vector<std::string> kTexts;
extern const std::vector<std::string> kBytes;
extern const std::vector<std::string> kNumbers;
/// Attribute names. Their letters name the type of most of their values.
extern const std::vector<std::string> kAttributes;

Json S(const std::string& text);
Json N(const std::string& text);

class TestValues {
 public:
  explicit TestValues(Random* random) : random_(*random) {}

  Json KeyValue(const std::string& type, bool hash, const TestTable& table);
  Json Key(const TestTable& table);
  Json Item(const TestTable& table);
  Json Scalar();
  Json AnyValue(int depth);
  /// A value of the attribute's usual type.
  Json ValueOf(const std::string& attribute);

 private:
  Random& random_;
};

/// A text that is equal for equal keys: 1 and 1.0 are one number.
std::string IdentityOf(const Json& key);

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_DIFFERENTIAL_TEST_VALUES_H_
