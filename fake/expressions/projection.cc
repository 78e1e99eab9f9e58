#include "fake/expressions/projection.h"

#include <map>
#include <string>

#include "fake/expressions/parser.h"

namespace dynamodown::fake {
namespace {

constexpr const char* kWhere = "ProjectionExpression";

/// The wanted parts of a value, as a tree of the paths' steps.
struct Wanted {
  bool whole = false;
  std::map<std::string, Wanted> members;
  std::map<size_t, Wanted> elements;
};

/// Null if nothing of the value is wanted.
Json Pick(const Value& value, const Wanted& wanted) {
  if (wanted.whole) return JsonOfValue(value);
  Json content;
  if (value.type == "M") {
    for (const auto& [name, part] : wanted.members) {
      const auto found = value.members.find(name);
      if (found == value.members.end()) continue;
      Json picked = Pick(found->second, part);
      if (!picked.is_null()) content[name] = std::move(picked);
    }
  } else if (value.type == "L") {
    for (const auto& [index, part] : wanted.elements) {
      if (index >= value.elements.size()) continue;
      Json picked = Pick(value.elements[index], part);
      if (!picked.is_null()) content.push_back(std::move(picked));
    }
  }
  if (content.is_null()) return content;
  return Json{{value.type, std::move(content)}};
}

}  // namespace

Projection ParseProjection(const Json& request, Substitutions* substitutions) {
  const std::string* text = ExpressionOf(request, kWhere);
  if (text == nullptr) return {};
  Parser parser(kWhere, *text);
  Projection paths;
  do {
    paths.push_back(parser.TakePath());
  } while (parser.Take(","));
  parser.ExpectEnd();
  for (const DocumentPath& path : paths) CheckPathWords(kWhere, path);
  for (DocumentPath& path : paths) ResolvePath(kWhere, substitutions, &path);
  CheckPathsApart(kWhere, paths);
  return paths;
}

Json Project(const Item& item, const Projection& projection) {
  if (projection.empty()) return JsonOfItem(item);
  std::map<std::string, Wanted> attributes;
  for (const DocumentPath& path : projection) {
    Wanted* wanted = &attributes[path[0].name];
    for (size_t i = 1; i < path.size(); ++i) {
      wanted = path[i].index.has_value() ? &wanted->elements[*path[i].index]
                                         : &wanted->members[path[i].name];
    }
    wanted->whole = true;
  }
  Json json = Json::object();
  for (const auto& [name, wanted] : attributes) {
    const auto found = item.find(name);
    if (found == item.end()) continue;
    Json picked = Pick(found->second, wanted);
    if (!picked.is_null()) json[name] = std::move(picked);
  }
  return json;
}

}  // namespace dynamodown::fake
