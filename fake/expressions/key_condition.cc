#include "fake/expressions/key_condition.h"

#include <algorithm>
#include <utility>

#include "fake/expressions/parser.h"

namespace dynamodown::fake {
namespace {

using Kind = Term::Kind;

constexpr size_t kConditionsMax = 2;

[[noreturn]] void RefuseOperator(const std::string& name) {
  RefuseInvalid("Invalid operator used in KeyConditionExpression: " + name);
}

[[noreturn]] void RefuseCondition(const std::string& why) {
  RefuseInvalid("Invalid condition in KeyConditionExpression: " + why);
}

/// Turns ":a < r" into "r > :a".
std::string Mirrored(const std::string& comparator) {
  std::string mirrored = comparator;
  for (char& c : mirrored) c = c == '<' ? '>' : c == '>' ? '<' : c;
  return mirrored;
}

class Reader {
 public:
  explicit Reader(const std::vector<std::string>& keys) : keys_(keys) {}

  void Read(const Term& term) {
    if (term.kind == Kind::kAnd) {
      for (const Term& part : term.parts) Read(part);
      return;
    }
    const bool begins =
        term.kind == Kind::kFunction && term.name == "begins_with";
    if ((term.kind != Kind::kComparison || term.name == "<>") &&
        term.kind != Kind::kBetween && !begins) {
      RefuseOperator(term.name);
    }
    Add(term, begins);
  }

  std::vector<KeyComparison> Finish() {
    if (comparisons_.size() > kConditionsMax) {
      RefuseInvalid("Conditions can be of length 1 or 2 only");
    }
    return std::move(comparisons_);
  }

 private:
  void Add(const Term& term, bool begins) {
    const Term* path = nullptr;
    for (const Term& part : term.parts) {
      if (part.kind == Kind::kFunction) {
        RefuseInvalid(
            "KeyConditionExpressions cannot contain nested operations");
      }
      if (part.kind != Kind::kPath) continue;
      if (path != nullptr) {
        RefuseCondition("Multiple attribute names used in one condition");
      }
      path = &part;
    }
    if (path == nullptr) RefuseCondition("No key attribute specified");
    const bool mirrored = path != &term.parts[0];
    if (begins && mirrored) {
      RefuseCondition(
          "begins_with operator must have the key attribute as its first "
          "operand");
    }
    if (mirrored && term.kind == Kind::kBetween) {
      RefuseCondition(
          "BETWEEN operator must have the key attribute as its first operand");
    }
    CheckScalar(path->path);
    KeyComparison comparison;
    comparison.attribute = path->path[0].name;
    comparison.comparator = mirrored ? Mirrored(term.name) : term.name;
    comparison.value = *term.parts[mirrored ? 0 : 1].value;
    if (term.kind == Kind::kBetween) comparison.upper = *term.parts[2].value;
    for (const KeyComparison& other : comparisons_) {
      if (other.attribute != comparison.attribute) continue;
      RefuseInvalid(
          "KeyConditionExpressions must only contain one condition per key");
    }
    comparisons_.push_back(std::move(comparison));
  }

  void CheckScalar(const DocumentPath& path) const {
    if (path.size() == 1) return;
    if (std::count(keys_.begin(), keys_.end(), path[0].name) == 0) {
      RefuseInvalid(
          "KeyConditionExpressions cannot have conditions on nested "
          "attributes");
    }
    RefuseNestedKey(path[0].name);
  }

  const std::vector<std::string>& keys_;
  std::vector<KeyComparison> comparisons_;
};

}  // namespace

std::vector<KeyComparison> ReadKeyCondition(
    const Condition& condition, const std::vector<std::string>& keys) {
  if (!condition.term.has_value()) {
    RefuseInvalid(
        "Either the KeyConditions or KeyConditionExpression parameter must be "
        "specified in the request.");
  }
  Reader reader(keys);
  reader.Read(*condition.term);
  return reader.Finish();
}

}  // namespace dynamodown::fake
