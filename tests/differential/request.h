// One request of the differential test.

#ifndef DYNAMODOWN_TESTS_DIFFERENTIAL_REQUEST_H_
#define DYNAMODOWN_TESTS_DIFFERENTIAL_REQUEST_H_

#include <nlohmann/json.hpp>
#include <string>

namespace dynamodown_test {

using Json = nlohmann::json;

/// The flaw of a request that DynamoDB Local is known to overlook.
enum class Oddity {
  kNone,
  kUnknownMember,  ///< A member that the API does not have.
  kJsonType,       ///< A member of another JSON type, or invalid base64.
  kNotModelled,    ///< A parameter that the fake leaves out.
  kConstraint,     ///< Violates a documented value set, length or rule.
  kReservedWord,   ///< One of the two reserved words that Local lacks.
  kKeySize,        ///< A key too large, in a place that Local does not check.
};

struct Request {
  std::string operation;
  Json body;
  Oddity oddity = Oddity::kNone;
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_DIFFERENTIAL_REQUEST_H_
