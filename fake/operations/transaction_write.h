// One member of a TransactWriteItems.

#ifndef DYNAMODOWN_FAKE_OPERATIONS_TRANSACTION_WRITE_H_
#define DYNAMODOWN_FAKE_OPERATIONS_TRANSACTION_WRITE_H_

#include <cstddef>
#include <optional>
#include <string>

#include "fake/expressions/condition.h"
#include "fake/expressions/update.h"
#include "fake/storage/table.h"
#include "fake/values/value.h"

namespace dynamodown::fake {

/// A member as the request states it. Everything has been checked except what
/// depends on the stored item.
struct TransactionWrite {
  enum class Kind { kPut, kDelete, kUpdate, kConditionCheck };

  /// Returns the cancellation reason if `before` (or null) is the stored item.
  /// If its code is "None", `*after` is what the write leaves: an item, or
  /// nothing.
  Json ReasonFor(const Item* before, std::optional<Item>* after) const;

  Kind kind;
  std::string table_name;
  Table* table;
  ItemKey key;
  Item put;       ///< kPut.
  Update update;  ///< kUpdate.
  Condition condition;
  bool return_old = false;
  size_t bytes = 0;  ///< Size of the item or key in the request.
  /// If no item can have this key: the reason. It cancels the transaction.
  std::optional<Refusal> invalid;
};

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_OPERATIONS_TRANSACTION_WRITE_H_
