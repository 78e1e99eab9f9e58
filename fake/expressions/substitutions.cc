#include "fake/expressions/substitutions.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "fake/values/members.h"

namespace dynamodown::fake {
namespace {

constexpr size_t kAliasBytesMax = 255;
constexpr size_t kNameBytesMax = 65'535;
constexpr size_t kValuesBytesMax = 2 << 20;

constexpr const char* kNames = "ExpressionAttributeNames";
constexpr const char* kValues = "ExpressionAttributeValues";

/// The member `name`, which must be a map; null if it is missing.
const Json* Map(const Json& request, const char* name) {
  const Json* map = Member(request, name);
  if (map != nullptr && !map->is_object()) {
    RefuseMalformed(std::string(name) + " must be a map");
  }
  return map;
}

void CheckAlias(const std::string& map, const std::string& alias, char mark) {
  const bool valid =
      alias.size() >= 2 && alias[0] == mark &&
      std::all_of(alias.begin() + 1, alias.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_';
      });
  if (!valid) {
    RefuseInvalid(map + " contains invalid key: Syntax error; key: \"" + alias +
                  "\"");
  }
  if (alias.size() > kAliasBytesMax) {
    RefuseInvalid(
        map +
        " contains invalid key: The expression attribute map "
        "contains a key that is too long;" +
        (mark == '#' ? " size of key: " + std::to_string(alias.size()) : ""));
  }
}

std::string InvalidValue(const std::string& map, const std::string& why,
                         const std::string& alias) {
  return map + " contains invalid value: " + why + " for key " + alias;
}

Value ValueFor(const std::string& alias, const Json& json) {
  if (json.is_null()) {
    RefuseInvalid(InvalidValue(
        kValues, "The supplied Item contains a null AttributeValue", alias));
  }
  try {
    return ValueOfJson(json);
  } catch (Refusal& refusal) {
    if (refusal.code != "ValidationException") throw;
    RefuseInvalid(InvalidValue(kValues, refusal.message, alias));
  }
}

template <class Map>
void CheckUsed(const Map& defined, const std::string& what) {
  std::string unused;
  for (const auto& [alias, entry] : defined) {
    if (!entry.used) unused += (unused.empty() ? "" : ", ") + alias;
  }
  if (unused.empty()) return;
  RefuseInvalid("Value provided in " + what +
                " unused in expressions: keys: {" + unused + "}");
}

}  // namespace

Substitutions::Substitutions(const Json& request,
                             std::initializer_list<const char*> users) {
  const auto is_there = [&](const char* name) {
    return Member(request, name) != nullptr;
  };
  const bool used = std::any_of(users.begin(), users.end(), is_there);
  if (const Json* names = Map(request, kNames)) {
    if (!used && !is_there("ProjectionExpression")) {
      RefuseInvalid(std::string(kNames) +
                    " can only be specified when using expressions");
    }
    ReadNames(*names);
  }
  if (const Json* values = Map(request, kValues)) {
    if (!used) {
      std::string absent;
      for (const char* user : users) {
        absent += (absent.empty() ? "" : " and ") + std::string(user);
      }
      RefuseInvalid(std::string(kValues) +
                    " can only be specified when using expressions: " + absent +
                    (users.size() == 1 ? " is null" : " are null"));
    }
    ReadValues(*values);
  }
}

void Substitutions::ReadNames(const Json& names) {
  if (names.empty()) {
    RefuseInvalid(std::string(kNames) + " must not be empty");
  }
  for (auto at = names.begin(); at != names.end(); ++at) {
    CheckAlias(kNames, at.key(), '#');
    if (!at->is_string()) RefuseMalformed("A name must be a string");
    std::string name = at->get<std::string>();
    if (name.empty()) {
      RefuseInvalid(InvalidValue(kNames, "Empty attribute name", at.key()));
    }
    if (name.size() > kNameBytesMax) {
      RefuseInvalid(InvalidValue(
          kNames, "Attribute name is too large, must be less than 65536 bytes",
          at.key()));
    }
    names_[at.key()].content = std::move(name);
  }
}

void Substitutions::ReadValues(const Json& values) {
  if (values.empty()) {
    RefuseInvalid(std::string(kValues) + " must not be empty");
  }
  size_t bytes = 0;
  for (auto at = values.begin(); at != values.end(); ++at) {
    CheckAlias(kValues, at.key(), ':');
    auto value = std::make_shared<const Value>(ValueFor(at.key(), *at));
    bytes += at.key().size() + SizeOf(*value);
    values_[at.key()].content = std::move(value);
  }
  if (bytes > kValuesBytesMax) {
    RefuseInvalid(std::string(kValues) + " exceeds max size");
  }
}

const std::string& Substitutions::Name(const std::string& alias,
                                       const std::string& where) {
  const auto found = names_.find(alias);
  if (found == names_.end()) {
    RefuseInvalid("Invalid " + where +
                  ": An expression attribute name used in the document path "
                  "is not defined; attribute name: " +
                  alias);
  }
  found->second.used = true;
  return found->second.content;
}

std::shared_ptr<const Value> Substitutions::ValueOf(const std::string& alias,
                                                    const std::string& where) {
  const auto found = values_.find(alias);
  if (found == values_.end()) {
    RefuseInvalid("Invalid " + where +
                  ": An expression attribute value used in expression is not "
                  "defined; attribute value: " +
                  alias);
  }
  found->second.used = true;
  return found->second.content;
}

void Substitutions::CheckAllUsed() const {
  CheckUsed(names_, kNames);
  CheckUsed(values_, kValues);
}

}  // namespace dynamodown::fake
