// Where in an item: "a.b[3]".

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
  std::string name;  ///< Of an index: its text.
  std::optional<size_t> index;

  bool operator==(const PathStep&) const = default;
};

/// The first step is a name.
using DocumentPath = std::vector<PathStep>;

/// "[a, b, [3]]", as the service's messages have it.
std::string TextOf(const DocumentPath& path);

/// What is there, or null.
const Value* Find(const Item& item, const DocumentPath& path);
/// The member or element of one value, or null.
const Value* Find(const Value& value, const PathStep& step);

/// Why two paths cannot be used side by side: "overlap" when one is the other
/// or within it, "conflict" when they take the same value for a list and for a
/// map. Null: they can.
const char* Clash(const DocumentPath& a, const DocumentPath& b);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_EXPRESSIONS_DOCUMENT_PATH_H_
