// Expressions of requests. An expression always contains placeholders (#0, :0)
// in place of attribute names and values, since any name may be a reserved
// word.

#ifndef DYNAMODOWN_DYNAMO_CODEC_EXPRESSION_H_
#define DYNAMODOWN_DYNAMO_CODEC_EXPRESSION_H_

#include <string>
#include <vector>

#include "dynamo/item.h"
#include "dynamo/operations.h"

namespace dynamodown {

/// The placeholders of one request's expressions. The names and values outlive
/// the Placeholders.
class Placeholders {
 public:
  /// Appends "#0" for the first name, "#1" for the next, and so on.
  void Name(const std::string& name, std::string* expression);
  /// Appends ":0" for the first value, ":1" for the next, and so on.
  void Value(const AttributeValue& value, std::string* expression);
  /// Appends the request's members that define the placeholders.
  void Append(std::string* out) const;

 private:
  // Names are compared by address. So equal names at two addresses get two
  // placeholders, which DynamoDB allows.
  std::vector<const std::string*> names_;
  std::vector<const AttributeValue*> values_;
};

// Each function below appends a member to the request. If its first argument is
// empty, the function appends nothing.

void AppendCondition(const ConditionExpression& condition,
                     Placeholders* placeholders, std::string* out);
void AppendProjection(const std::vector<std::string>& projection,
                      Placeholders* placeholders, std::string* out);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_CODEC_EXPRESSION_H_
