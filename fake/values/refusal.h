// How the fake refuses a request.
//
// Code inside the fake throws a Refusal. One place, in FakeDynamo, catches it
// and turns it into an error answer.

#ifndef DYNAMODOWN_FAKE_VALUES_REFUSAL_H_
#define DYNAMODOWN_FAKE_VALUES_REFUSAL_H_

#include <nlohmann/json.hpp>
#include <string>

namespace dynamodown::fake {

using Json = nlohmann::json;

/// The error of a request that the fake does not carry out.
struct Refusal {
  std::string code;  ///< "ValidationException" ...
  std::string message;
  Json more = Json::object();  ///< Further members of the answer.
  /// The error concerns one item. In a transaction it becomes that item's
  /// cancellation reason.
  bool of_item = false;
};

/// Throws a ValidationException.
[[noreturn]] void RefuseInvalid(std::string message);
/// Throws a ValidationException with Refusal::of_item.
[[noreturn]] void RefuseItem(std::string message);
/// Throws a SerializationException.
[[noreturn]] void RefuseMalformed(std::string message);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_VALUES_REFUSAL_H_
