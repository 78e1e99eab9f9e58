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

/// A parsed member. Only the checks that depend on the stored item are missing.
struct TransactionWrite {
  enum class Kind { kPut, kDelete, kUpdate, kConditionCheck };

  /// `before` is the stored item, or null. Returns the cancellation reason. If
  /// its code is "None", sets `*after` to the item that the write leaves, or
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
  /// The reason if no item can have this key. It cancels the transaction.
  std::optional<Refusal> invalid;
};

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_OPERATIONS_TRANSACTION_WRITE_H_
