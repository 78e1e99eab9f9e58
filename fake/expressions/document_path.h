// Paths into an item: "a.b[3]".

#ifndef DYNAMODOWN_FAKE_EXPRESSIONS_DOCUMENT_PATH_H_
#define DYNAMODOWN_FAKE_EXPRESSIONS_DOCUMENT_PATH_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "fake/values/value.h"

namespace dynamodown::fake {

/// A member's name, or an element's index.
struct PathStep {
  std::string name;  ///< For an index: its text.
  std::optional<size_t> index;

  bool operator==(const PathStep&) const = default;
};

/// The first step is a name.
using DocumentPath = std::vector<PathStep>;

/// "[a, b, [3]]", as DynamoDB's messages spell it.
std::string TextOf(const DocumentPath& path);

/// The value at the path, or null.
const Value* Find(const Item& item, const DocumentPath& path);
/// The member or element of a value, or null.
const Value* Find(const Value& value, const PathStep& step);

/// Why two paths exclude each other: "overlap" if one contains the other,
/// "conflict" if one treats a value as a list and the other as a map. Null if
/// they do not exclude each other.
const char* Clash(const DocumentPath& a, const DocumentPath& b);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_EXPRESSIONS_DOCUMENT_PATH_H_
