#include "dynamo/codec/expression.h"

#include <algorithm>
#include <string_view>

#include "base/json.h"
#include "dynamo/codec/value.h"

namespace dynamodown {

void Placeholders::Name(const std::string& name, std::string* expression) {
  size_t i = static_cast<size_t>(
      std::find(names_.begin(), names_.end(), &name) - names_.begin());
  if (i == names_.size()) names_.push_back(&name);
  expression->push_back('#');
  AppendNumber(i, expression);
}

void Placeholders::Value(const AttributeValue& value, std::string* expression) {
  expression->push_back(':');
  AppendNumber(values_.size(), expression);
  values_.push_back(&value);
}

void Placeholders::Append(std::string* out) const {
  if (!names_.empty()) {
    out->append(",\"ExpressionAttributeNames\":");
    for (size_t i = 0; i < names_.size(); ++i) {
      out->append(i == 0 ? "{\"#" : ",\"#");
      AppendNumber(i, out);
      out->append("\":");
      AppendJsonString(*names_[i], out);
    }
    out->push_back('}');
  }
  if (!values_.empty()) {
    out->append(",\"ExpressionAttributeValues\":");
    for (size_t i = 0; i < values_.size(); ++i) {
      out->append(i == 0 ? "{\":" : ",\":");
      AppendNumber(i, out);
      out->append("\":");
      AppendValue(*values_[i], out);
    }
    out->push_back('}');
  }
}

void AppendCondition(const ConditionExpression& condition,
                     Placeholders* placeholders, std::string* out) {
  if (condition.empty()) return;
  out->append(",\"ConditionExpression\":\"");
  std::string_view separator;
  for (const ConditionExpression::Term& term : condition.terms) {
    out->append(separator);
    switch (term.kind) {
      case ConditionExpression::Kind::kExists:
        out->append("attribute_exists(");
        placeholders->Name(term.attribute, out);
        out->push_back(')');
        break;
      case ConditionExpression::Kind::kNotExists:
        out->append("attribute_not_exists(");
        placeholders->Name(term.attribute, out);
        out->push_back(')');
        break;
      case ConditionExpression::Kind::kEquals:
        placeholders->Name(term.attribute, out);
        out->append(" = ");
        placeholders->Value(term.value, out);
        break;
    }
    separator = " OR ";
  }
  out->push_back('"');
}

void AppendProjection(const std::vector<std::string>& projection,
                      Placeholders* placeholders, std::string* out) {
  if (projection.empty()) return;
  out->append(",\"ProjectionExpression\":\"");
  std::string_view separator;
  for (const std::string& name : projection) {
    out->append(separator);
    placeholders->Name(name, out);
    separator = ",";
  }
  out->push_back('"');
}

}  // namespace dynamodown
