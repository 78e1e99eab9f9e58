// What each operation does to an item. The table of all cases is in
// docs/dyno.md.

#ifndef DYNO_OPERATION_H_
#define DYNO_OPERATION_H_

#include <optional>
#include <string_view>

#include "dyno/json.h"

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

/// As it stands in keys.
std::string_view NameOf(Operation operation);
/// Nothing for an operation that this version does not know.
std::optional<Operation> OperationNamed(std::string_view name);

/// What `change` must be, in words: "an object of numbers".
std::string_view ShapeOf(Operation operation);
/// Whether it is.
bool HasShape(Operation operation, const Json& change);

/// Makes of `*item`, an object or null when there is none, what it is after
/// `change`, which has the operation's shape. There is a result for every item.
void Apply(Operation operation, Json change, Json* item);

}  // namespace dyno

#endif  // DYNO_OPERATION_H_
