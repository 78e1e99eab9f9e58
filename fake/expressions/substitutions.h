// A request's ExpressionAttributeNames and ExpressionAttributeValues.

#ifndef DYNAMODOWN_FAKE_EXPRESSIONS_SUBSTITUTIONS_H_
#define DYNAMODOWN_FAKE_EXPRESSIONS_SUBSTITUTIONS_H_

#include <initializer_list>
#include <map>
#include <memory>
#include <string>

#include "fake/values/value.h"

namespace dynamodown::fake {

/// Parse all expressions of the request before calling CheckAllUsed.
class Substitutions {
 public:
  /// `users` are the expressions that may use values.
  /// **Errors**: throws a Refusal if a name or value is malformed, or if no
  /// expression of the request could use it.
  Substitutions(const Json& request, std::initializer_list<const char*> users);

  /// `where` is the name of the expression: "ConditionExpression".
  const std::string& Name(const std::string& alias, const std::string& where);
  std::shared_ptr<const Value> ValueOf(const std::string& alias,
                                       const std::string& where);
  /// Refuses a name or value that no expression used, as DynamoDB does.
  void CheckAllUsed() const;

 private:
  template <class T>
  struct Defined {
    T content;
    bool used = false;
  };

  void ReadNames(const Json& names);
  void ReadValues(const Json& values);

  std::map<std::string, Defined<std::string>> names_;
  std::map<std::string, Defined<std::shared_ptr<const Value>>> values_;
};

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_EXPRESSIONS_SUBSTITUTIONS_H_
