#include "dynamo/item.h"

namespace dynamodown {

std::string_view TypeName(const AttributeValue& value) {
  switch (value.type) {
    case AttributeValue::Type::kS:
      return "S";
    case AttributeValue::Type::kB:
      return "B";
    case AttributeValue::Type::kN:
      return "N";
    case AttributeValue::Type::kNull:
      return "NULL";
    case AttributeValue::Type::kBool:
      return "BOOL";
    case AttributeValue::Type::kSS:
      return "SS";
    case AttributeValue::Type::kOther:
      return value.text;
  }
  return "?";
}

const AttributeValue* Find(const Item& item, std::string_view name) {
  for (const Attribute& attribute : item) {
    if (attribute.name == name) return &attribute.value;
  }
  return nullptr;
}

}  // namespace dynamodown
