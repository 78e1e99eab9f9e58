#include "dyno/item/operation.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace dyno {
namespace {

struct Row {
  Operation operation;
  std::string_view name;
  std::string_view shape;
};
constexpr Row kRows[] = {
    {Operation::kPutItem, "putItem", "an object"},
    {Operation::kDelItem, "delItem", "an empty object"},
    {Operation::kPutAttrs, "putAttrs", "an object"},
    {Operation::kDelAttrs, "delAttrs", "an array of strings"},
    {Operation::kIncAttrs, "incAttrs", "an object of numbers"},
    {Operation::kAppendAttrs, "appendAttrs", "an object of strings"},
    {Operation::kAddToSet, "addToSet",
     "an object of arrays of strings, numbers or booleans"},
    {Operation::kDelFromSet, "delFromSet",
     "an object of arrays of strings, numbers or booleans"},
    {Operation::kSettle, "settle", "{\"late\": an array of strings}"},
};

const Row& RowOf(Operation operation) {
  return kRows[static_cast<size_t>(operation)];
}

bool IsString(const Json& value) { return value.is_string(); }
bool IsNumber(const Json& value) { return value.is_number(); }

template <class Holds>
bool IsArrayOf(const Json& value, Holds holds) {
  return value.is_array() && std::all_of(value.begin(), value.end(), holds);
}
template <class Holds>
bool IsObjectOf(const Json& value, Holds holds) {
  return value.is_object() && std::all_of(value.begin(), value.end(), holds);
}

bool IsMember(const Json& value) {
  return value.is_string() || value.is_number() || value.is_boolean();
}
bool IsArrayOfMembers(const Json& value) { return IsArrayOf(value, IsMember); }

/// The text of a string, or the JSON text of any other value.
std::string TextOf(const Json& value) {
  return value.is_string() ? value.get<std::string>() : ToText(value);
}

void Inc(const Json& by, Json* attribute) {
  *attribute = attribute->is_number() ? Sum(*attribute, by) : by;
}

void Append(const Json& text, Json* attribute) {
  *attribute = TextOf(*attribute) + text.get_ref<const std::string&>();
}

/// Turns `*attribute` into a set. An object is a set already. Null becomes the
/// empty set, an array becomes the set of its elements, and any other value
/// becomes a set with that one member.
void MakeSet(Json* attribute) {
  if (attribute->is_object()) return;
  Json set = Json::object();
  if (attribute->is_array()) {
    for (const Json& element : *attribute) set[TextOf(element)] = true;
  } else if (!attribute->is_null()) {
    set[TextOf(*attribute)] = true;
  }
  *attribute = std::move(set);
}

void Add(const Json& values, Json* attribute) {
  MakeSet(attribute);
  for (const Json& value : values) (*attribute)[TextOf(value)] = true;
}

void Remove(const Json& values, Json* attribute) {
  MakeSet(attribute);
  for (const Json& value : values) attribute->erase(TextOf(value));
}

}  // namespace

std::string_view NameOf(Operation operation) { return RowOf(operation).name; }

std::optional<Operation> OperationNamed(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.operation;
  }
  return std::nullopt;
}

std::string_view ShapeOf(Operation operation) { return RowOf(operation).shape; }

bool HasShape(Operation operation, const Json& change) {
  switch (operation) {
    case Operation::kPutItem:
    case Operation::kPutAttrs:
      return change.is_object();
    case Operation::kDelItem:
      return change.is_object() && change.empty();
    case Operation::kDelAttrs:
      return IsArrayOf(change, IsString);
    case Operation::kIncAttrs:
      return IsObjectOf(change, IsNumber);
    case Operation::kAppendAttrs:
      return IsObjectOf(change, IsString);
    case Operation::kAddToSet:
    case Operation::kDelFromSet:
      return IsObjectOf(change, IsArrayOfMembers);
    case Operation::kSettle:
      return change.is_object() && change.size() == 1 &&
             change.contains("late") && IsArrayOf(change["late"], IsString);
  }
  return false;
}

void Apply(Operation operation, Json change, Json* item) {
  if (operation == Operation::kSettle) return;
  if (operation == Operation::kPutItem) {
    *item = std::move(change);
    return;
  }
  if (operation == Operation::kDelItem) {
    *item = nullptr;
    return;
  }
  const bool removes =
      operation == Operation::kDelAttrs || operation == Operation::kDelFromSet;
  if (item->is_null()) {
    // There is nothing to remove from.
    if (removes) return;
    *item = Json::object();
  }
  if (operation == Operation::kDelAttrs) {
    for (const Json& name : change) {
      item->erase(name.get_ref<const std::string&>());
    }
    return;
  }
  for (auto [name, value] : change.items()) {
    const auto found = item->find(name);
    const bool is_there = found != item->end();
    switch (operation) {
      case Operation::kIncAttrs:
        is_there ? Inc(value, &*found) : void((*item)[name] = value);
        break;
      case Operation::kAppendAttrs:
        is_there ? Append(value, &*found) : void((*item)[name] = value);
        break;
      case Operation::kAddToSet:
        Add(value, is_there ? &*found : &(*item)[name]);
        break;
      case Operation::kDelFromSet:
        if (is_there) Remove(value, &*found);
        break;
      default:
        is_there ? void(*found = std::move(value))
                 : void((*item)[name] = std::move(value));
    }
  }
}

}  // namespace dyno
