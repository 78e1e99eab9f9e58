// The operations of the double on its tables: JSON in, JSON out, nothing of how
// they travel. Not for several threads at once.

#ifndef DYNAMODOWN_FAKE_SERVICE_H_
#define DYNAMODOWN_FAKE_SERVICE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fake/condition.h"
#include "fake/projection.h"
#include "fake/table.h"
#include "fake/value.h"

namespace dynamodown::fake {

/// How a test bends one call, drawn before it begins.
struct Bend {
  size_t page_items_max = SIZE_MAX;  ///< PageRequest::cut_at.
  /// For the i-th item or key of a batch: whether it is left undone.
  std::vector<bool> unprocessed;
};

/// Units of all calls so far, those of refused conditions too.
struct Units {
  double read = 0;
  double write = 0;
};

class Service {
 public:
  /// **Errors**: throws a Refusal.
  Json Call(const std::string& operation, const Json& request,
            int64_t unix_seconds, const Bend& bend);

  /// How many items a batch asks for, to draw Bend::unprocessed; 0 for others.
  static size_t BatchSize(const std::string& operation, const Json& request);

  /// The next tables created become ACTIVE after that many DescribeTable.
  void set_table_ready_after(int describes) { ready_after_ = describes; }
  const Units& units() const { return units_; }
  size_t ItemCount(const std::string& table) const;

 private:
  struct TableEntry {
    std::unique_ptr<Table> table;
    Json description;
    int describes_until_active = 0;
  };
  struct DoneTransaction {
    Json request;
    int64_t unix_seconds;
  };
  struct Write;
  using Handler = Json (Service::*)(const Json& request);

  Json CreateTable(const Json& request);
  Json DescribeTable(const Json& request);
  Json DeleteTable(const Json& request);
  Json ListTables(const Json& request);
  Json GetItem(const Json& request);
  Json PutItem(const Json& request);
  Json UpdateItem(const Json& request);
  Json DeleteItem(const Json& request);
  Json Query(const Json& request);
  Json Scan(const Json& request);
  Json BatchGetItem(const Json& request);
  Json BatchWriteItem(const Json& request);
  Json TransactWriteItems(const Json& request);

  TableEntry& FindEntry(const Json& request);
  Table& FindActive(const std::string& name);
  Table& FindActive(const Json& request);
  Json AnswerPage(const Json& request, const std::string& name,
                  const Table& table, const Projection& projection,
                  const Condition& filter, PageRequest page_request);
  Json FinishWrite(const Json& request, const Item* before, const Item* after,
                   const Update* update);
  void CheckCondition(const Json& request, const Condition& condition,
                      const Item* item);
  /// `position` counts from 1.
  Write PlanWrite(const Json& member, size_t position);
  bool IsLeftUndone(size_t i) const;

  std::map<std::string, TableEntry> tables_;
  std::map<std::string, DoneTransaction> transactions_;  // By client token.
  int ready_after_ = 0;
  Units units_;
  int64_t now_ = 0;             // Of the call.
  const Bend* bend_ = nullptr;  // Of the call.
};

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_SERVICE_H_
