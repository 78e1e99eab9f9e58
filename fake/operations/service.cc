#include "fake/operations/service.h"

#include "fake/operations/request.h"

namespace dynamodown::fake {

Json Service::Call(const std::string& operation, CallContext* call) {
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
  AdvanceTo(call->moment.now);
  const auto found = handlers.find(operation);
  if (found == handlers.end()) {
    throw Refusal{"UnknownOperationException", "Not modelled: " + operation};
  }
  if (!call->request.is_object()) RefuseMalformed("A request is a map");
  return (this->*found->second)(call);
}

const Table* Service::TableOf(const Json& request) const {
  const Json* const tables = Member(request, "RequestItems");
  const std::string name = tables != nullptr ? tables->begin().key()
                                             : String(request, "TableName", "");
  const auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : found->second.table.get();
}

void Service::AdvanceTo(Scheduler::TimePoint now) {
  for (auto& [name, entry] : tables_) entry.table->AdvanceTo(now);
}

size_t Service::ItemCount(const std::string& table) const {
  const auto found = tables_.find(table);
  return found == tables_.end() ? 0 : found->second.table->size();
}

size_t Service::PartitionCount(const std::string& table) const {
  const auto found = tables_.find(table);
  const Partitions* const partitions =
      found == tables_.end() ? nullptr : found->second.table->partitions();
  return partitions == nullptr ? 0 : partitions->size();
}

void Throttle(const Table& table, Access access) {
  const bool provisioned = table.partitions()->is_provisioned();
  const std::string reason = std::string("Table") +
                             (access == Access::kRead ? "Read" : "Write") +
                             (provisioned ? "ProvisionedThroughputExceeded"
                                          : "KeyRangeThroughputExceeded");
  throw Refusal{"ProvisionedThroughputExceededException",
                "The level of configured provisioned throughput for the table "
                "was exceeded. Consider increasing your provisioning level "
                "with the UpdateTable API.",
                {{"ThrottlingReasons", {{{"reason", reason}}}}}};
}

}  // namespace dynamodown::fake
