#include "fake/service.h"

#include "fake/request.h"

namespace dynamodown::fake {

Json Service::Call(const std::string& operation, const Json& request,
                   const Moment& moment, const Bend& bend) {
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
  takes_ = Scheduler::Duration(0);
  AdvanceTo(moment.now);
  const auto found = handlers.find(operation);
  if (found == handlers.end()) {
    throw Refusal{"UnknownOperationException", "Not modelled: " + operation};
  }
  if (!request.is_object()) RefuseMalformed("A request is a map");
  now_ = moment.unix_seconds;
  moment_ = moment.now;
  bend_ = &bend;
  written_ = nullptr;
  return (this->*found->second)(request);
}

void Service::AdvanceTo(Scheduler::TimePoint now) {
  for (auto& [name, entry] : tables_) entry.table->AdvanceTo(now);
}

size_t Service::PartitionCount(const std::string& table) const {
  const auto found = tables_.find(table);
  const Partitions* const partitions =
      found == tables_.end() ? nullptr : found->second.table->partitions();
  return partitions == nullptr ? 0 : partitions->size();
}

void Service::Throttle(const Table& table, Access access) {
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

/// Before a single write looks at its item: the item is free, and its partition
/// has units left.
void Service::BeginWrite(Table* table, const ItemKey& key) {
  if (!table->Admits(key, Access::kWrite)) Throttle(*table, Access::kWrite);
  if (table->IsLocked(key)) {
    throw Refusal{"TransactionConflictException",
                  "Transaction is ongoing for the item"};
  }
  written_ = table;
  written_key_ = key;
}

void Service::TakeWriteUnits(double units) {
  units_.write += units;
  written_->Take(written_key_, Access::kWrite, units);
}

size_t Service::ItemCount(const std::string& table) const {
  const auto found = tables_.find(table);
  return found == tables_.end() ? 0 : found->second.table->size();
}

}  // namespace dynamodown::fake
