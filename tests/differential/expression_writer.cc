#include "differential/expression_writer.h"

#include <algorithm>
#include <utility>

namespace dynamodown_test {
namespace {

const std::vector<std::string>& Comparators() {
  static const std::vector<std::string> comparators = {"=",  "<>", "<",
                                                       "<=", ">",  ">="};
  return comparators;
}

}  // namespace

ExpressionWriter::ExpressionWriter(Random* random, bool keys_too)
    : random_(*random), values_of_(random), attributes_(kAttributes) {
  attributes_.push_back("x");
  if (keys_too) attributes_.push_back("h");
}

std::string ExpressionWriter::Name(const std::string& name, bool alias) {
  if (!alias) return name;
  const std::string text = "#" + std::string(1, char('a' + names_.size()));
  names_[text] = name;
  return text;
}

std::string ExpressionWriter::Value(const Json& value) {
  const std::string text = ":" + std::string(1, char('a' + values_.size()));
  values_[text] = value;
  return text;
}

std::string ExpressionWriter::Path() {
  if (random_.OneIn(25)) return Name("name", true);
  std::string attribute = random_.Of(attributes_);
  std::string path = Name(attribute, random_.OneIn(5));
  if (attribute == "l" && random_.OneIn(2)) {
    path += "[" + std::to_string(random_.Below(4)) + "]";
    if (random_.OneIn(3)) path += ".k";
  } else if (attribute == "m" && random_.OneIn(2)) {
    path += "." + Name(random_.OneIn(2) ? "p" : "q", random_.OneIn(5));
    if (random_.OneIn(4)) path += random_.OneIn(2) ? ".p" : "[0]";
  } else if (attribute != "h" && random_.OneIn(30)) {
    path += random_.OneIn(2) ? ".p" : "[1]";
  }
  last_attribute_ = attribute;
  return path;
}

std::string ExpressionWriter::FittingValue() {
  return Value(random_.OneIn(6) ? values_of_.AnyValue(1)
                                : values_of_.ValueOf(last_attribute_));
}

std::string ExpressionWriter::Condition(int depth) {
  switch (depth > 0 ? random_.Below(9) : 8) {
    case 0:
      return Condition(depth - 1) + " AND " + Condition(depth - 1);
    case 1:
      return Condition(depth - 1) + " OR " + Condition(depth - 1);
    case 2:
      return "NOT " + Condition(depth - 1);
    case 3:
      return "(" + Condition(0) + " OR " + Condition(depth - 1) + ") and " +
             Condition(0);
    case 4:
      return "NOT (" + Condition(0) + ")";
    default:
      return Predicate();
  }
}

std::string ExpressionWriter::Predicate() {
  const size_t kind = random_.Below(12);
  if (kind <= 5) return FunctionPredicate(kind);
  switch (kind) {
    case 6: {
      const std::string path = Path();
      std::vector<std::string> bounds = kTexts;
      std::sort(bounds.begin(), bounds.end());
      const size_t low = random_.Below(bounds.size());
      const size_t high = random_.Between(low, bounds.size() - 1);
      return path + " BETWEEN " + Value(S(bounds[low])) + " AND " +
             Value(S(bounds[high]));
    }
    case 7: {
      std::string text = Path() + " IN (";
      text += FittingValue();
      for (size_t i = random_.Below(3); i > 0; --i) {
        text += ", " + FittingValue();
      }
      return text + ")";
    }
    case 8: {
      // The same path on both sides would be an error.
      const std::string left = Path();
      std::string right = random_.Of(kAttributes);
      if (right == last_attribute_) right = "y";
      return left + " " + random_.Of(Comparators()) + " " + right;
    }
    default:
      return Comparison();
  }
}

std::string ExpressionWriter::FunctionPredicate(size_t kind) {
  static const std::vector<std::string> types = {"S", "N", "B",    "SS",
                                                 "L", "M", "BOOL", "NULL"};
  const std::string path = Path();
  switch (kind) {
    case 0:
      return "attribute_exists(" + path + ")";
    case 1:
      return "attribute_not_exists(" + path + ")";
    case 2:
      return "attribute_type(" + path + ", " + Value(S(random_.Of(types))) +
             ")";
    case 3:
      return "begins_with(" + path + ", " +
             Value(random_.OneIn(3) ? Json{{"B", random_.Of(kBytes)}}
                                    : S(random_.Of(kTexts))) +
             ")";
    case 4:
      return "contains(" + path + ", " + Value(values_of_.AnyValue(0)) + ")";
    default: {
      const std::string value = Value(N(std::to_string(random_.Below(4))));
      return "size(" + path + ") " + random_.Of(Comparators()) + " " + value;
    }
  }
}

std::string ExpressionWriter::Comparison() {
  const std::string path = Path();
  // Only some types have an order.
  const std::string comparator =
      random_.OneIn(2) && (last_attribute_ == "s" || last_attribute_ == "n" ||
                           last_attribute_ == "b")
          ? random_.Of(Comparators())
      : random_.OneIn(2) ? "="
                         : "<>";
  const std::string value = Value(values_of_.ValueOf(last_attribute_));
  return random_.OneIn(8) ? value + " " + comparator + " " + path
                          : path + " " + comparator + " " + value;
}

/// The sections of an update expression.
struct ExpressionWriter::Sections {
  static void Append(const char* word, const std::string& action,
                     std::string* section) {
    *section += (section->empty() ? word : ", ") + action;
  }
  void Set(const std::string& action) { Append(" SET ", action, &sets); }
  void Remove(const std::string& path) { Append(" REMOVE ", path, &removes); }
  void Add(const std::string& action) { Append(" ADD ", action, &adds); }
  void Delete(const std::string& action) {
    Append(" DELETE ", action, &deletes);
  }

  std::string sets;
  std::string removes;
  std::string adds;
  std::string deletes;
};

std::string ExpressionWriter::Update() {
  // Each action has an attribute of its own, so that no paths overlap.
  std::vector<std::string> free = kAttributes;
  free.push_back("x");
  Sections sections;
  for (size_t i = random_.Between(1, 3); i > 0; --i) {
    const size_t at = random_.Below(free.size());
    const std::string attribute = free[at];
    free.erase(free.begin() + static_cast<std::ptrdiff_t>(at));
    std::string path = Name(attribute, random_.OneIn(6));
    if (attribute == "l" && random_.OneIn(2)) {
      path += "[" + std::to_string(random_.Below(4)) + "]";
    }
    if (attribute == "m" && random_.OneIn(2)) {
      path += random_.OneIn(2) ? ".p" : ".q";
    }
    AddAction(attribute, path, &sections);
  }
  std::vector<std::string> ordered = {sections.sets, sections.removes,
                                      sections.adds, sections.deletes};
  if (random_.OneIn(2)) std::reverse(ordered.begin(), ordered.end());
  std::string text;
  for (const std::string& section : ordered) text += section;
  return text.substr(1);
}

void ExpressionWriter::AddAction(const std::string& attribute,
                                 const std::string& path, Sections* sections) {
  switch (random_.Below(9)) {
    case 0:
      sections->Remove(path);
      break;
    case 1:
      sections->Add(
          path + " " +
          Value(random_.OneIn(2)
                    ? N(random_.Of(kNumbers))
                    : values_of_.ValueOf(random_.OneIn(2) ? "ss" : "ns")));
      break;
    case 2:
      sections->Delete(
          path + " " +
          Value(values_of_.ValueOf(random_.OneIn(2) ? "ss" : "ns")));
      break;
    case 3:
      sections->Set(path + " = if_not_exists(" + Path() + ", " +
                    Value(values_of_.ValueOf(attribute)) + ")");
      break;
    case 4:
      sections->Set(path + " = list_append(if_not_exists(l, " +
                    Value({{"L", Json::array()}}) + "), " +
                    Value(values_of_.ValueOf("l")) + ")");
      break;
    case 5: {
      const std::string one = Value(N("1"));
      sections->Set(path + " = if_not_exists(n, " + one + ") " +
                    (random_.OneIn(2) ? "+ " : "- ") +
                    Value(N(random_.Of(kNumbers))));
      break;
    }
    case 6:
      sections->Set(path + " = " + Path());
      break;
    default:
      sections->Set(
          path + " = " +
          Value(values_of_.ValueOf(attribute == "x" ? "n" : attribute)));
  }
}

/// Swaps bounds that are in the wrong order, unless they are texts: Local's
/// message formats other bounds in its own way.
std::string ExpressionWriter::Between(const std::string& name, Json low,
                                      Json high) {
  const std::vector<std::string>& order =
      low.contains("B") ? kBytesKeys : kNumberKeys;
  const auto rank = [&](const Json& value) {
    return std::find(order.begin(), order.end(),
                     value.begin()->get<std::string>());
  };
  if (!low.contains("S") && rank(low) > rank(high)) std::swap(low, high);
  const std::string first = Value(low);
  return name + " BETWEEN " + first + " AND " + Value(high);
}

void ExpressionWriter::AddTo(Json* body) const {
  if (!names_.empty()) (*body)["ExpressionAttributeNames"] = names_;
  if (!values_.empty()) (*body)["ExpressionAttributeValues"] = values_;
}

}  // namespace dynamodown_test
