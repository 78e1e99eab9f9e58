#include "dynamo/operations.h"

#include <set>

namespace dynamodown {
namespace {

/// Returns the write units of an item, or of attributes that become a part of
/// an item (docs.aws.amazon.com, "DynamoDB Item sizes and formats"). A number
/// has about half of its digits as bytes.
double WriteUnitsOf(const Item& item) {
  size_t bytes = 0;
  for (const Attribute& attribute : item) {
    const AttributeValue& value = attribute.value;
    const bool is_number = value.type == AttributeValue::Type::kN;
    bytes += attribute.name.size();
    bytes += is_number ? value.text.size() / 2 : value.text.size();
    for (const std::string& text : value.set) bytes += text.size();
  }
  const size_t units = (bytes + kWriteUnitBytes - 1) / kWriteUnitBytes;
  return static_cast<double>(std::max<size_t>(1, units));
}

}  // namespace

double Operation::units_min() const {
  const auto items = static_cast<double>(std::max<size_t>(1, unprocessed()));
  return writes() ? items : items * kReadUnitsMin;
}

double PutItem::units_min() const { return WriteUnitsOf(item); }

double UpdateItem::units_min() const { return WriteUnitsOf(set); }

double BatchWriteItem::units_min() const {
  double units = 0;
  for (size_t i = 0; i < requests.size(); ++i) {
    if (written(i)) continue;
    units += requests[i].put ? WriteUnitsOf(*requests[i].put) : 1;
  }
  return std::max(1.0, units);
}

double TransactWriteItems::units_min() const {
  double units = 0;
  for (const Write& write : writes_in_order) {
    units += write.kind == Write::Kind::kPut ? WriteUnitsOf(write.item) : 1;
  }
  return std::max(1.0, 2 * units);
}

std::string TransactWriteItems::actions() const {
  std::set<std::string> actions;
  for (const Write& write : writes_in_order) {
    actions.insert(write.kind == Write::Kind::kPut ? "dynamodb:PutItem"
                   : write.kind == Write::Kind::kDelete
                       ? "dynamodb:DeleteItem"
                       : "dynamodb:ConditionCheckItem");
  }
  std::string list;
  for (const std::string& action : actions) {
    list += (list.empty() ? "" : ", ") + action;
  }
  return list;
}

}  // namespace dynamodown
