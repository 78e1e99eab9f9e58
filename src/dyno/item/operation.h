// The operations and their effect on an item. The table of all cases is in
// docs/dyno.md.

#ifndef DYNO_ITEM_OPERATION_H_
#define DYNO_ITEM_OPERATION_H_

#include <optional>
#include <string_view>

#include "dyno/item/json.h"

namespace dyno {

enum class Operation {
  kPutItem,
  kDelItem,
  kPutAttrs,
  kDelAttrs,
  kIncAttrs,
  kAppendAttrs,
  kAddToSet,
  kDelFromSet,
  kSettle,
};

/// The operation's name in keys.
std::string_view NameOf(Operation operation);
/// The operation with this name; nothing if this version does not know it.
std::optional<Operation> OperationNamed(std::string_view name);

/// The shape that a change must have, in words, such as "an object of numbers".
std::string_view ShapeOf(Operation operation);
/// Whether `change` has the shape that the operation requires.
bool HasShape(Operation operation, const Json& change);

/// Applies `change`, which has the operation's shape, to `*item`. `*item` is an
/// object, or null if there is no item. Never fails, because every operation
/// has a defined effect on every item.
void Apply(Operation operation, Json change, Json* item);

}  // namespace dyno

#endif  // DYNO_ITEM_OPERATION_H_
