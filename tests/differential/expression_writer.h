// Random expressions.

#ifndef DYNAMODOWN_TESTS_DIFFERENTIAL_EXPRESSION_WRITER_H_
#define DYNAMODOWN_TESTS_DIFFERENTIAL_EXPRESSION_WRITER_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "differential/test_values.h"
#include "support/random.h"

namespace dynamodown_test {

/// Writes the expressions of one request, and collects the names and values
/// that they use.
class ExpressionWriter {
 public:
  /// With `keys_too`, paths may also lead to the hash key.
  ExpressionWriter(Random* random, bool keys_too);

  /// Returns `name` itself, or a new alias for it.
  std::string Name(const std::string& name, bool alias);
  /// Returns a new alias for the value.
  std::string Value(const Json& value);
  std::string Path();

  std::string Condition(int depth);
  std::string Update();
  std::string Between(const std::string& name, Json low, Json high);

  /// Adds the names and values so far to the request's body.
  void AddTo(Json* body) const;

 private:
  /// One condition without AND, OR and NOT.
  std::string Predicate();
  std::string FunctionPredicate(size_t kind);
  std::string Comparison();
  /// A value, mostly of the last path's type.
  std::string FittingValue();
  struct Sections;
  void AddAction(const std::string& attribute, const std::string& path,
                 Sections* sections);

  Random& random_;
  TestValues values_of_;
  std::vector<std::string> attributes_;
  std::string last_attribute_;
  Json names_ = Json::object();
  Json values_ = Json::object();
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_DIFFERENTIAL_EXPRESSION_WRITER_H_
