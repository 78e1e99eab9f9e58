#include "fake/service.h"

#include "fake/request.h"

namespace dynamodown::fake {

Json Service::Call(const std::string& operation, const Json& request,
                   int64_t unix_seconds, const Bend& bend) {
  static const std::map<std::string, Handler> handlers = {
      {"CreateTable", &Service::CreateTable},
      {"DescribeTable", &Service::DescribeTable},
      {"DeleteTable", &Service::DeleteTable},
      {"ListTables", &Service::ListTables},
      {"GetItem", &Service::GetItem},
      {"PutItem", &Service::PutItem},
      {"UpdateItem", &Service::UpdateItem},
      {"DeleteItem", &Service::DeleteItem},
      {"Query", &Service::Query},
      {"Scan", &Service::Scan},
      {"BatchGetItem", &Service::BatchGetItem},
      {"BatchWriteItem", &Service::BatchWriteItem},
      {"TransactWriteItems", &Service::TransactWriteItems},
  };
  const auto found = handlers.find(operation);
  if (found == handlers.end()) {
    throw Refusal{"UnknownOperationException", "Not modelled: " + operation};
  }
  if (!request.is_object()) RefuseMalformed("A request is a map");
  now_ = unix_seconds;
  bend_ = &bend;
  return (this->*found->second)(request);
}

size_t Service::ItemCount(const std::string& table) const {
  const auto found = tables_.find(table);
  return found == tables_.end() ? 0 : found->second.table->size();
}

}  // namespace dynamodown::fake
