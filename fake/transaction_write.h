// One member of a TransactWriteItems.

#ifndef DYNAMODOWN_FAKE_TRANSACTION_WRITE_H_
#define DYNAMODOWN_FAKE_TRANSACTION_WRITE_H_

#include <cstddef>
#include <optional>
#include <string>

#include "fake/condition.h"
#include "fake/service.h"
#include "fake/table.h"
#include "fake/update.h"
#include "fake/value.h"

namespace dynamodown::fake {

/// As the request has it: checked but for what depends on the item.
struct Service::Write {
  enum class Kind { kPut, kDelete, kUpdate, kConditionCheck };

  /// Why the transaction is cancelled when `before` (or null) is the item; the
  /// code "None": it is not, and `*after` is what becomes of the
  /// item, nothing when there is none.
  Json ReasonFor(const Item* before, std::optional<Item>* after) const;

  Kind kind;
  std::string table_name;
  Table* table;
  ItemKey key;
  Item put;       ///< Of kPut.
  Update update;  ///< Of kUpdate.
  Condition condition;
  bool return_old = false;
  size_t bytes = 0;  ///< Of what the request has of it.
  /// Why no item of that key can be.
  std::optional<Refusal> invalid;
};

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_TRANSACTION_WRITE_H_
