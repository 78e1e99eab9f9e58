#include "dynamo/operations.h"

#include <set>

namespace dynamodown {

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
