// DynamoDB's operations on the fake's tables: JSON in, JSON out, independent of
// HTTP.

#ifndef DYNAMODOWN_FAKE_OPERATIONS_SERVICE_H_
#define DYNAMODOWN_FAKE_OPERATIONS_SERVICE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/scheduler.h"
#include "fake/operations/call_context.h"
#include "fake/storage/partitions.h"
#include "fake/storage/table.h"
#include "fake/values/refusal.h"

namespace dynamodown::fake {

struct BatchRead;
struct BatchWrite;
struct TransactionWrite;

struct ServiceSettings {
  /// Length of a transaction's step; zero: transactions take no time. See
  /// transactions.cc.
  Scheduler::Duration transaction_step{0};
  /// How long old versions of items are kept, for CallFaults::staleness.
  Scheduler::Duration past_kept{0};
  /// Without a value there are no partitions, and the service throttles no
  /// load.
  std::optional<PartitionLimits> partitions;
};

/// **Thread-safety**: none; the caller serializes all calls.
class Service {
 public:
  explicit Service(ServiceSettings settings) : settings_(settings) {}

  /// Carries out an operation and returns its answer. `call->moment.now` must
  /// not be before an earlier call's.
  /// **Errors**: throws a Refusal.
  Json Call(const std::string& operation, CallContext* call);
  /// Applies every change that is due by `now`.
  void AdvanceTo(Scheduler::TimePoint now);

  /// Tables created from now on become ACTIVE after `describes` DescribeTable
  /// calls.
  void set_table_ready_after(int describes) { ready_after_ = describes; }
  /// The table that the request names, or the first of its tables; null if
  /// there is none.
  const Table* TableOf(const Json& request) const;
  /// 0 if the table does not exist.
  size_t ItemCount(const std::string& table) const;
  /// 0 if the table is not divided or does not exist.
  size_t PartitionCount(const std::string& table) const;

 private:
  struct TableEntry {
    std::unique_ptr<Table> table;
    Json description;
    int describes_until_active = 0;
  };
  struct DoneTransaction {
    Json request;
    int64_t unix_seconds;
    Scheduler::TimePoint until;  ///< In progress until then.
    bool cancelled = false;
  };
  using Handler = Json (Service::*)(CallContext* call);

  Json CreateTable(CallContext* call);
  Json DescribeTable(CallContext* call);
  Json DeleteTable(CallContext* call);
  Json ListTables(CallContext* call);
  Json GetItem(CallContext* call);
  Json PutItem(CallContext* call);
  Json UpdateItem(CallContext* call);
  Json DeleteItem(CallContext* call);
  Json Query(CallContext* call);
  Json Scan(CallContext* call);
  Json BatchGetItem(CallContext* call);
  Json BatchWriteItem(CallContext* call);
  Json TransactWriteItems(CallContext* call);

  // tables.cc
  TableEntry& FindEntry(const Json& request);
  Table& FindActive(const std::string& name);
  Table& FindActive(const Json& request);

  // batches.cc
  std::vector<BatchRead> ParseBatchReads(const Json& tables);
  std::vector<BatchWrite> ParseBatchWrites(const Json& tables);

  // transactions.cc and transaction_write.cc
  bool IsRepeated(const std::string& token, const Json& members,
                  const Moment& moment);
  std::vector<TransactionWrite> ParseTransaction(const Json& members);
  /// `position` counts from 1.
  TransactionWrite ParseTransactionWrite(const Json& member, size_t position);

  const ServiceSettings settings_;
  std::map<std::string, TableEntry> tables_;
  std::map<std::string, DoneTransaction> transactions_;  // By client token.
  int ready_after_ = 0;
};

/// The number of items in a batch's request, for CallFaults::unprocessed; 0 for
/// other operations.
size_t BatchSize(const std::string& operation, const Json& request);

/// Throws the Refusal for a table whose partition has no units left.
[[noreturn]] void Throttle(const Table& table, Access access);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_OPERATIONS_SERVICE_H_
