#include "fake/expressions/document_path.h"

#include <algorithm>

namespace dynamodown::fake {

std::string TextOf(const DocumentPath& path) {
  std::string text;
  for (const PathStep& step : path) {
    text += text.empty() ? "[" : ", ";
    text += step.index.has_value() ? "[" + step.name + "]" : step.name;
  }
  return text + "]";
}

const Value* Find(const Value& value, const PathStep& step) {
  if (step.index.has_value()) {
    const bool there = value.type == "L" && *step.index < value.elements.size();
    return there ? &value.elements[*step.index] : nullptr;
  }
  const auto found = value.members.find(step.name);
  return found == value.members.end() ? nullptr : &found->second;
}

const Value* Find(const Item& item, const DocumentPath& path) {
  const auto found = item.find(path[0].name);
  const Value* value = found == item.end() ? nullptr : &found->second;
  for (size_t i = 1; i < path.size() && value != nullptr; ++i) {
    value = Find(*value, path[i]);
  }
  return value;
}

const char* Clash(const DocumentPath& a, const DocumentPath& b) {
  const size_t size = std::min(a.size(), b.size());
  for (size_t i = 0; i < size; ++i) {
    if (a[i].index.has_value() != b[i].index.has_value()) return "conflict";
    if (a[i] != b[i]) return nullptr;
  }
  return "overlap";
}

}  // namespace dynamodown::fake
