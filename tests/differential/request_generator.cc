#include "differential/request_generator.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

namespace dynamodown_test {
namespace {

const std::vector<std::string> kTextKeys = {"a",  "ab", "abc",    "b",
                                            "b!", "c",  "\u00e9", "\U0001f600"};
const std::vector<std::string> kBytesKeys = {  // In base64.
    "AA==", "AAA=", "YQ==", "YWI=", "YWJj", "gA==", "/w==", "//8="};
const std::vector<std::string> kNumberKeys = {  // In order.
    "-7", "-1", "0", "0.001", "1", "1.0", "2.5", "1e20"};
const std::vector<std::string> kTexts = {"",  "a",      "ab", "abc",
                                         "b", "\u00e9", "5"};
const std::vector<std::string> kBytes = {"", "YQ==", "YWI=", "/w=="};
const std::vector<std::string> kNumbers = {
    "0",         "1",
    "-1",        "2",
    "10",        "1.5",
    "0.001",     "1E+20",
    "-12345.67", "12345678901234567890123456789012345678"};
// Their letter says what they mostly hold.
const std::vector<std::string> kAttributes = {"s",  "n",  "b",  "t", "u",
                                              "ss", "ns", "bs", "l", "m"};
const std::vector<std::string> kWriteReturns = {"NONE", "ALL_OLD"};
const std::vector<std::string> kExpressions = {
    "ConditionExpression", "FilterExpression", "KeyConditionExpression",
    "ProjectionExpression", "UpdateExpression"};

const char* const kTypes[] = {"S",  "N",  "B",  "BOOL", "NULL",
                              "SS", "NS", "BS", "L",    "M"};

bool IsAttributeValue(const Json& json) {
  return json.is_object() && json.size() == 1 &&
         std::find(std::begin(kTypes), std::end(kTypes), json.begin().key()) !=
             std::end(kTypes);
}

Json S(const std::string& text) { return {{"S", text}}; }
Json N(const std::string& text) { return {{"N", text}}; }

Json NestedLists(int levels) {
  Json value = S("x");
  for (int i = 1; i < levels; ++i) {
    value = Json{{"L", Json::array({std::move(value)})}};
  }
  return value;
}

/// A member somewhere in a request.
struct Place {
  Json* parent;
  std::string name;
  std::string above;  ///< The name of the parent's own place.

  Json& get() const { return (*parent)[name]; }
};

void CollectPlaces(Json* json, const std::string& above,
                   std::vector<Place>* places) {
  if (json->is_array()) {
    for (Json& element : *json) CollectPlaces(&element, above, places);
  }
  if (!json->is_object()) return;
  for (auto at = json->begin(); at != json->end(); ++at) {
    places->push_back({json, at.key(), above});
    CollectPlaces(&*at, at.key(), places);
  }
}

std::vector<Place> PlacesOf(Request* request) {
  std::vector<Place> places;
  CollectPlaces(&request->body, "", &places);
  return places;
}

template <class Fits>
std::vector<Place> PlacesThat(Request* request, Fits fits) {
  std::vector<Place> places = PlacesOf(request);
  std::erase_if(places, [&](const Place& place) { return !fits(place); });
  return places;
}

bool IsExpression(const std::string& name) {
  return std::find(kExpressions.begin(), kExpressions.end(), name) !=
         kExpressions.end();
}

/// The same for the same key: 1 and 1.0 are one.
std::string IdentityOf(const Json& key) {
  std::string text = key.dump();
  const size_t at = text.find("\"1.0\"");
  if (at != std::string::npos) text.replace(at, 5, "\"1\"");
  return text;
}

std::vector<std::string> TokensOf(const std::string& text) {
  const auto in_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
           c == '#' || c == ':';
  };
  std::vector<std::string> tokens;
  for (size_t i = 0; i < text.size();) {
    const size_t begin = i++;
    while (in_word(text[begin]) && i < text.size() && in_word(text[i])) ++i;
    while (i < text.size() && (text[i] & 0xc0) == 0x80) ++i;
    tokens.push_back(text.substr(begin, i - begin));
  }
  return tokens;
}

}  // namespace

/// Writes expressions, and collects the names and values that they use.
class RequestGenerator::Expressions {
 public:
  Expressions(RequestGenerator* generator, bool keys_too)
      : generator_(generator), random_(generator->random_) {
    attributes_ = kAttributes;
    attributes_.push_back("x");
    if (keys_too) attributes_.push_back("h");
  }

  std::string Name(const std::string& name, bool alias) {
    if (!alias) return name;
    const std::string text = "#" + std::string(1, char('a' + names_.size()));
    names_[text] = name;
    return text;
  }
  std::string Value(const Json& value) {
    const std::string text = ":" + std::string(1, char('a' + values_.size()));
    values_[text] = value;
    return text;
  }

  std::string Path() {
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

  /// One that goes with the path before.
  std::string FittingValue() {
    return Value(random_.OneIn(6) ? generator_->AnyValue(1)
                                  : generator_->ValueOf(last_attribute_));
  }

  std::string Condition(int depth) {
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

  std::string Predicate() {
    static const std::vector<std::string> comparators = {"=",  "<>", "<",
                                                         "<=", ">",  ">="};
    static const std::vector<std::string> types = {"S", "N", "B",    "SS",
                                                   "L", "M", "BOOL", "NULL"};
    switch (random_.Below(12)) {
      case 0:
        return "attribute_exists(" + Path() + ")";
      case 1:
        return "attribute_not_exists(" + Path() + ")";
      case 2: {
        const std::string path = Path();
        return "attribute_type(" + path + ", " + Value(S(random_.Of(types))) +
               ")";
      }
      case 3: {
        const std::string path = Path();
        return "begins_with(" + path + ", " +
               Value(random_.OneIn(3) ? Json{{"B", random_.Of(kBytes)}}
                                      : S(random_.Of(kTexts))) +
               ")";
      }
      case 4: {
        const std::string path = Path();
        return "contains(" + path + ", " + Value(generator_->AnyValue(0)) + ")";
      }
      case 5: {
        const std::string path = Path();
        return "size(" + path + ") " + random_.Of(comparators) + " " +
               Value(N(std::to_string(random_.Below(4))));
      }
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
        // The same on both sides is an error.
        const std::string left = Path();
        std::string right = random_.Of(kAttributes);
        if (right == last_attribute_) right = "y";
        return left + " " + random_.Of(comparators) + " " + right;
      }
      default: {
        const std::string path = Path();
        // Only some types have an order.
        const std::string comparator =
            random_.OneIn(2) &&
                    (last_attribute_ == "s" || last_attribute_ == "n" ||
                     last_attribute_ == "b")
                ? random_.Of(comparators)
            : random_.OneIn(2) ? "="
                               : "<>";
        const std::string value = Value(generator_->ValueOf(last_attribute_));
        return random_.OneIn(8) ? value + " " + comparator + " " + path
                                : path + " " + comparator + " " + value;
      }
    }
  }

  void AddTo(Json* body) const {
    if (!names_.empty()) (*body)["ExpressionAttributeNames"] = names_;
    if (!values_.empty()) (*body)["ExpressionAttributeValues"] = values_;
  }

 private:
  RequestGenerator* const generator_;
  Random& random_;
  std::vector<std::string> attributes_;
  std::string last_attribute_;
  Json names_ = Json::object();
  Json values_ = Json::object();
};

RequestGenerator::RequestGenerator(uint64_t seed, const std::string& prefix)
    : random_(seed), prefix_(prefix) {
  for (const auto& [name, hash, range] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {"ss", "S", "S"},
           {"sb", "S", "B"},
           {"bn", "B", "N"},
           {"s", "S", ""},
           {"n", "N", ""}}) {
    tables_.push_back({prefix + name, hash, range});
  }
  tables_.push_back({prefix + "one", "S", "S", true});
}

Json RequestGenerator::CreateTable(const TestTable& table) {
  Json body = {{"TableName", table.name},
               {"BillingMode", "PAY_PER_REQUEST"},
               {"AttributeDefinitions",
                {{{"AttributeName", "h"}, {"AttributeType", table.hash_type}}}},
               {"KeySchema", {{{"AttributeName", "h"}, {"KeyType", "HASH"}}}}};
  if (!table.range_type.empty()) {
    body["AttributeDefinitions"].push_back(
        {{"AttributeName", "r"}, {"AttributeType", table.range_type}});
    body["KeySchema"].push_back({{"AttributeName", "r"}, {"KeyType", "RANGE"}});
  }
  return body;
}

Json RequestGenerator::KeyValue(const std::string& type, bool hash,
                                const TestTable& table) {
  const std::vector<std::string>& pool = type == "S"   ? kTextKeys
                                         : type == "B" ? kBytesKeys
                                                       : kNumberKeys;
  if (hash && table.one_hash) return S("one");
  // Few hash keys, so that some have several range keys.
  const bool few = hash && !table.range_type.empty();
  return {{type, pool[random_.Below(few ? 2 : pool.size())]}};
}

Json RequestGenerator::Key(const TestTable& table) {
  Json key = {{"h", KeyValue(table.hash_type, true, table)}};
  if (!table.range_type.empty()) {
    key["r"] = KeyValue(table.range_type, false, table);
  }
  return key;
}

Json RequestGenerator::Scalar() {
  switch (random_.Below(5)) {
    case 0:
      return S(random_.Of(kTexts));
    case 1:
      return N(random_.Of(kNumbers));
    case 2:
      return {{"B", random_.Of(kBytes)}};
    case 3:
      return {{"BOOL", random_.OneIn(2)}};
    default:
      return {{"NULL", true}};
  }
}

Json RequestGenerator::AnyValue(int depth) {
  return depth == 0 || random_.OneIn(2) ? Scalar()
                                        : ValueOf(random_.Of(kAttributes));
}

Json RequestGenerator::ValueOf(const std::string& attribute) {
  const auto some = [this](const std::vector<std::string>& of) {
    std::set<std::string> chosen = {random_.Of(of)};
    while (random_.OneIn(2)) chosen.insert(random_.Of(of));
    std::vector<std::string> list(chosen.begin(), chosen.end());
    if (random_.OneIn(2)) std::reverse(list.begin(), list.end());
    return list;
  };
  if (attribute == "s" || attribute == "h") return S(random_.Of(kTexts));
  if (attribute == "n") return N(random_.Of(kNumbers));
  if (attribute == "b") return {{"B", random_.Of(kBytes)}};
  if (attribute == "t") return {{"BOOL", random_.OneIn(2)}};
  if (attribute == "u") return {{"NULL", true}};
  if (attribute == "ss") return {{"SS", some(kTexts)}};
  if (attribute == "ns") return {{"NS", some({"1", "2", "-3.5", "1e3"})}};
  if (attribute == "bs") return {{"BS", some(kBytes)}};
  if (attribute == "l") {
    Json list = Json::array();
    for (size_t i = random_.Below(4); i > 0; --i) {
      list.push_back(random_.OneIn(3) ? Json{{"M", {{"k", Scalar()}}}}
                                      : AnyValue(0));
    }
    return {{"L", list}};
  }
  if (attribute == "m") {
    Json map = Json::object();
    if (!random_.OneIn(4)) map["p"] = Scalar();
    if (random_.OneIn(2)) map["q"] = AnyValue(1);
    return {{"M", map}};
  }
  return AnyValue(1);
}

Json RequestGenerator::Item(const TestTable& table) {
  Json item = Key(table);
  for (const std::string& attribute : kAttributes) {
    if (random_.OneIn(3)) item[attribute] = ValueOf(attribute);
  }
  if (random_.OneIn(8)) item["x"] = AnyValue(2);
  if (random_.OneIn(8)) item["name"] = S(random_.Of(kTexts));
  // More than a unit of writing, or of reading.
  if (random_.OneIn(20)) {
    item["y"] = S(std::string(random_.Between(900, 9000), 'y'));
  }
  return item;
}

void RequestGenerator::AddCondition(const char* name, Json* body,
                                    bool keys_too) {
  Expressions expressions(this, keys_too);
  (*body)[name] =
      random_.OneIn(3) && keys_too
          ? std::string(random_.OneIn(2) ? "attribute_exists(h)"
                                         : "attribute_not_exists(h)")
          : expressions.Condition(2);
  expressions.AddTo(body);
}

void RequestGenerator::AddReturns(Json* body) {
  if (random_.OneIn(3)) (*body)["ReturnValues"] = random_.Of(kWriteReturns);
  if (random_.OneIn(4)) {
    (*body)["ReturnConsumedCapacity"] = random_.OneIn(3) ? "INDEXES" : "TOTAL";
  }
  if (random_.OneIn(4)) {
    (*body)["ReturnValuesOnConditionCheckFailure"] =
        random_.OneIn(4) ? "NONE" : "ALL_OLD";
  }
  if (random_.OneIn(20)) (*body)["ReturnItemCollectionMetrics"] = "SIZE";
}

Request RequestGenerator::GetItem() {
  const TestTable& table = AnyTable();
  Json body = {{"TableName", table.name}, {"Key", Key(table)}};
  if (random_.OneIn(3)) body["ConsistentRead"] = random_.OneIn(2);
  if (random_.OneIn(3)) body["ReturnConsumedCapacity"] = "TOTAL";
  if (random_.OneIn(2)) {
    Expressions expressions(this, true);
    std::string text = expressions.Path();
    for (size_t i = random_.Below(3); i > 0; --i) {
      text += ", " + expressions.Path();
    }
    body["ProjectionExpression"] = text;
    expressions.AddTo(&body);
  }
  return {"GetItem", body};
}

Request RequestGenerator::PutItem() {
  const TestTable& table = AnyTable();
  Json body = {{"TableName", table.name}, {"Item", Item(table)}};
  AddReturns(&body);
  if (random_.OneIn(3)) AddCondition("ConditionExpression", &body, true);
  return {"PutItem", body};
}

Request RequestGenerator::DeleteItem() {
  const TestTable& table = AnyTable();
  Json body = {{"TableName", table.name}, {"Key", Key(table)}};
  AddReturns(&body);
  if (random_.OneIn(2)) AddCondition("ConditionExpression", &body, true);
  return {"DeleteItem", body};
}

std::string RequestGenerator::UpdateText(Expressions* expressions) {
  // Each action has an attribute of its own, so that no paths overlap.
  std::vector<std::string> free = kAttributes;
  free.push_back("x");
  std::string sets;
  std::string removes;
  std::string adds;
  std::string deletes;
  const auto append = [](std::string* section, const char* word,
                         const std::string& action) {
    *section += (section->empty() ? word : ", ") + action;
  };
  for (size_t i = random_.Between(1, 3); i > 0; --i) {
    const size_t at = random_.Below(free.size());
    const std::string attribute = free[at];
    free.erase(free.begin() + static_cast<std::ptrdiff_t>(at));
    std::string path = expressions->Name(attribute, random_.OneIn(6));
    if (attribute == "l" && random_.OneIn(2)) {
      path += "[" + std::to_string(random_.Below(4)) + "]";
    }
    if (attribute == "m" && random_.OneIn(2)) {
      path += random_.OneIn(2) ? ".p" : ".q";
    }
    const std::string value = attribute == "x" ? "n" : attribute;
    switch (random_.Below(9)) {
      case 0:
        append(&removes, " REMOVE ", path);
        break;
      case 1:
        append(&adds, " ADD ",
               path + " " +
                   expressions->Value(
                       random_.OneIn(2)
                           ? N(random_.Of(kNumbers))
                           : ValueOf(random_.OneIn(2) ? "ss" : "ns")));
        break;
      case 2:
        append(&deletes, " DELETE ",
               path + " " +
                   expressions->Value(ValueOf(random_.OneIn(2) ? "ss" : "ns")));
        break;
      case 3:
        append(&sets, " SET ",
               path + " = if_not_exists(" + expressions->Path() + ", " +
                   expressions->Value(ValueOf(attribute)) + ")");
        break;
      case 4:
        append(&sets, " SET ",
               path + " = list_append(if_not_exists(l, " +
                   expressions->Value({{"L", Json::array()}}) + "), " +
                   expressions->Value(ValueOf("l")) + ")");
        break;
      case 5: {
        const std::string one = expressions->Value(N("1"));
        append(&sets, " SET ",
               path + " = if_not_exists(n, " + one + ") " +
                   (random_.OneIn(2) ? "+ " : "- ") +
                   expressions->Value(N(random_.Of(kNumbers))));
        break;
      }
      case 6:
        append(&sets, " SET ", path + " = " + expressions->Path());
        break;
      default:
        append(&sets, " SET ",
               path + " = " + expressions->Value(ValueOf(value)));
    }
  }
  std::vector<std::string> sections = {sets, removes, adds, deletes};
  if (random_.OneIn(2)) std::reverse(sections.begin(), sections.end());
  std::string text;
  for (const std::string& section : sections) text += section;
  return text.substr(1);
}

Request RequestGenerator::UpdateItem() {
  static const std::vector<std::string> returns = {
      "NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"};
  const TestTable& table = AnyTable();
  Json body = {{"TableName", table.name}, {"Key", Key(table)}};
  AddReturns(&body);
  if (!random_.OneIn(4)) body["ReturnValues"] = random_.Of(returns);
  Expressions expressions(this, true);
  body["UpdateExpression"] = UpdateText(&expressions);
  if (random_.OneIn(3)) {
    body["ConditionExpression"] = expressions.Condition(1);
  }
  expressions.AddTo(&body);
  return {"UpdateItem", body};
}

/// Only texts come in the wrong order: how Local's message shows other bounds
/// is its own affair.
std::string RequestGenerator::Between(Expressions* expressions,
                                      const std::string& name, Json low,
                                      Json high) {
  const std::vector<std::string>& order =
      low.contains("B") ? kBytesKeys : kNumberKeys;
  const auto rank = [&](const Json& value) {
    return std::find(order.begin(), order.end(),
                     value.begin()->get<std::string>());
  };
  if (!low.contains("S") && rank(low) > rank(high)) std::swap(low, high);
  const std::string first = expressions->Value(low);
  return name + " BETWEEN " + first + " AND " + expressions->Value(high);
}

Request RequestGenerator::Query() {
  const TestTable& table = AnyTable();
  Expressions expressions(this, false);
  Json body = {{"TableName", table.name}};
  const Json hash = KeyValue(table.hash_type, true, table);
  std::string keys =
      expressions.Name("h", random_.OneIn(4)) + " = " + expressions.Value(hash);
  if (!table.range_type.empty() && random_.OneIn(2)) {
    static const std::vector<std::string> comparators = {"=", "<", "<=", ">",
                                                         ">="};
    const Json low = KeyValue(table.range_type, false, table);
    const std::string name = expressions.Name("r", random_.OneIn(4));
    std::string range;
    switch (random_.Below(4)) {
      case 0:
        range = Between(&expressions, name, low,
                        KeyValue(table.range_type, false, table));
        break;
      case 1:
        if (table.range_type != "N") {
          range = "begins_with(" + name + ", " + expressions.Value(low) + ")";
          break;
        }
        [[fallthrough]];
      default:
        range =
            name + " " + random_.Of(comparators) + " " + expressions.Value(low);
    }
    keys = random_.OneIn(5) ? range + " AND " + keys : keys + " AND " + range;
  }
  body["KeyConditionExpression"] = keys;
  if (random_.OneIn(3)) {
    body["FilterExpression"] = expressions.Condition(1);
  }
  if (random_.OneIn(4)) body["ProjectionExpression"] = expressions.Path();
  if (random_.OneIn(3)) body["Limit"] = random_.Between(1, 5);
  if (random_.OneIn(3)) body["ScanIndexForward"] = random_.OneIn(2);
  if (random_.OneIn(3)) body["ConsistentRead"] = true;
  if (random_.OneIn(3)) body["ReturnConsumedCapacity"] = "TOTAL";
  if (random_.OneIn(4)) {
    Json start = Key(table);
    start["h"] = hash;
    body["ExclusiveStartKey"] = start;
  }
  if (random_.OneIn(6) && !body.contains("ProjectionExpression")) {
    body["Select"] = random_.OneIn(2) ? "COUNT" : "ALL_ATTRIBUTES";
  }
  expressions.AddTo(&body);
  return {"Query", body};
}

Request RequestGenerator::Scan() {
  const TestTable& table = AnyTable();
  Json body = {{"TableName", table.name}};
  Expressions expressions(this, true);
  if (random_.OneIn(2)) body["FilterExpression"] = expressions.Condition(2);
  if (random_.OneIn(4)) body["ProjectionExpression"] = expressions.Path();
  // The order of hash keys is nobody's business, so parts of a table are only
  // compared where there is one.
  if (table.one_hash) {
    if (random_.OneIn(2)) body["Limit"] = random_.Between(1, 5);
    if (random_.OneIn(3)) body["ExclusiveStartKey"] = Key(table);
  }
  if (random_.OneIn(3)) body["ConsistentRead"] = true;
  if (random_.OneIn(3)) body["ReturnConsumedCapacity"] = "TOTAL";
  if (random_.OneIn(6) && !body.contains("ProjectionExpression")) {
    body["Select"] = random_.OneIn(2) ? "COUNT" : "ALL_ATTRIBUTES";
  }
  expressions.AddTo(&body);
  return {"Scan", body};
}

Request RequestGenerator::BatchGetItem() {
  Json tables = Json::object();
  for (size_t i = random_.Between(1, 2); i > 0; --i) {
    const TestTable& table = AnyTable();
    std::set<std::string> seen;
    Json keys = Json::array();
    for (size_t j = random_.Between(1, 4); j > 0; --j) {
      Json key = Key(table);
      if (seen.insert(IdentityOf(key)).second) keys.push_back(key);
    }
    Json part = {{"Keys", keys}};
    if (random_.OneIn(3)) part["ConsistentRead"] = true;
    if (random_.OneIn(3)) {
      Expressions expressions(this, true);
      part["ProjectionExpression"] = expressions.Path();
      expressions.AddTo(&part);
    }
    tables[table.name] = part;
  }
  Json body = {{"RequestItems", tables}};
  if (random_.OneIn(3)) body["ReturnConsumedCapacity"] = "TOTAL";
  return {"BatchGetItem", body};
}

Request RequestGenerator::BatchWriteItem() {
  Json tables = Json::object();
  for (size_t i = random_.Between(1, 2); i > 0; --i) {
    const TestTable& table = AnyTable();
    std::set<std::string> seen;
    Json writes = Json::array();
    for (size_t j = random_.Between(1, 5); j > 0; --j) {
      Json item = Item(table);
      Json key = {{"h", item["h"]}};
      if (item.contains("r")) key["r"] = item["r"];
      if (!seen.insert(IdentityOf(key)).second) continue;
      writes.push_back(random_.OneIn(3)
                           ? Json{{"DeleteRequest", {{"Key", key}}}}
                           : Json{{"PutRequest", {{"Item", item}}}});
    }
    tables[table.name] = writes;
  }
  Json body = {{"RequestItems", tables}};
  if (random_.OneIn(3)) body["ReturnConsumedCapacity"] = "TOTAL";
  return {"BatchWriteItem", body};
}

Request RequestGenerator::TransactWriteItems() {
  if (!last_transaction_.is_null() && random_.OneIn(4)) {
    Json again = last_transaction_;
    if (random_.OneIn(3)) again["ReturnConsumedCapacity"] = "TOTAL";
    // With the same token, another request.
    if (random_.OneIn(3))
      again["TransactItems"].push_back(
          {{"Delete",
            {{"TableName", tables_[3].name}, {"Key", {{"h", S("another")}}}}}});
    return {"TransactWriteItems", again};
  }
  Json members = Json::array();
  std::set<std::string> seen;
  for (size_t i = random_.Between(1, 4); i > 0; --i) {
    const TestTable& table = AnyTable();
    const Json key = Key(table);
    if (!seen.insert(table.name + IdentityOf(key)).second) continue;
    Json member = {{"TableName", table.name}};
    const size_t kind = random_.Below(5);
    Expressions expressions(this, true);
    if (kind < 2) {
      member["Item"] = Item(table);
      member["Item"].update(key);
    } else {
      member["Key"] = key;
    }
    if (kind == 3) member["UpdateExpression"] = UpdateText(&expressions);
    if (kind == 4 || random_.OneIn(4)) {
      member["ConditionExpression"] =
          random_.OneIn(2) ? "attribute_exists(h) OR attribute_not_exists(h)"
                           : expressions.Condition(1);
    }
    expressions.AddTo(&member);
    if (random_.OneIn(4)) {
      member["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD";
    }
    const char* name = kind < 2    ? "Put"
                       : kind == 2 ? "Delete"
                       : kind == 3 ? "Update"
                                   : "ConditionCheck";
    members.push_back({{name, member}});
  }
  Json body = {{"TransactItems", members}};
  if (random_.OneIn(3)) {
    body["ReturnConsumedCapacity"] = random_.OneIn(3) ? "INDEXES" : "TOTAL";
  }
  if (random_.OneIn(3)) {
    body["ClientRequestToken"] = prefix_ + std::to_string(++tokens_);
    // What an update does wrong may count as done with one of the two.
    const bool updates =
        body.dump().find("UpdateExpression") != std::string::npos;
    last_transaction_ = updates ? Json() : body;
  }
  return {"TransactWriteItems", body};
}

Request RequestGenerator::TableOperation() {
  const TestTable scratch = {prefix_ + "new", random_.OneIn(2) ? "S" : "B",
                             random_.OneIn(2) ? "N" : ""};
  const std::string name = random_.OneIn(2) ? AnyTable().name : scratch.name;
  switch (random_.Below(4)) {
    case 0: {
      Json body = CreateTable(random_.OneIn(3) ? tables_[0] : scratch);
      if (random_.OneIn(2)) {
        body.erase("BillingMode");
        body["ProvisionedThroughput"] = {{"ReadCapacityUnits", 3},
                                         {"WriteCapacityUnits", 4}};
      }
      return {"CreateTable", body};
    }
    case 1:
      return {"DescribeTable", {{"TableName", name}}};
    case 2:
      return {"DeleteTable", {{"TableName", scratch.name}}};
    default: {
      // Others may have tables before ours.
      Json body = {{"ExclusiveStartTableName", prefix_}};
      if (random_.OneIn(2)) body["Limit"] = random_.Between(1, 8);
      if (random_.OneIn(2)) body["ExclusiveStartTableName"] = name;
      return {"ListTables", body};
    }
  }
}

Request RequestGenerator::ValidRequest() {
  const size_t kind = random_.Below(100);
  if (kind < 12) return GetItem();
  if (kind < 30) return PutItem();
  if (kind < 45) return UpdateItem();
  if (kind < 53) return DeleteItem();
  if (kind < 68) return Query();
  if (kind < 76) return Scan();
  if (kind < 82) return BatchGetItem();
  if (kind < 88) return BatchWriteItem();
  if (kind < 96) return TransactWriteItems();
  return TableOperation();
}

Request RequestGenerator::Next() {
  Request request = ValidRequest();
  if (random_.Below(100) < 62) return request;
  while (!Spoil(&request)) {
  }
  if (request.operation == "TransactWriteItems") last_transaction_ = nullptr;
  return request;
}

bool RequestGenerator::Spoil(Request* request) {
  switch (random_.Below(12)) {
    case 0:
    case 1:
      return SpoilMember(request);
    case 2:
    case 3:
      return SpoilValue(request);
    case 4:
    case 5:
    case 6:
    case 7:
      return SpoilExpression(request);
    case 8:
      return SpoilName(request);
    case 9:
      return SpoilSubstitutions(request);
    default:
      return SpoilLimit(request);
  }
}

bool RequestGenerator::SpoilMember(Request* request) {
  static const std::vector<const char*> not_modelled = {
      "AttributesToGet", "Expected", "IndexName", "ScanFilter"};
  if (random_.OneIn(6)) {
    request->oddity = Oddity::kUnknownMember;
    request->body["Unknown"] = "x";
    return true;
  }
  if (random_.OneIn(20)) {
    if (request->operation.find("Table") != std::string::npos) return false;
    request->oddity = Oddity::kNotModelled;
    request->body[random_.Of(not_modelled)] = Json::array();
    return true;
  }
  const std::vector<Place> places = PlacesOf(request);
  if (places.empty()) return false;
  const Place& place = random_.Of(places);
  const bool names = place.above == "ExpressionAttributeNames";
  // The service would take it for a value that is not there.
  if (place.name == "ExclusiveStartTableName") return false;
  switch (random_.Below(3)) {
    case 0:
      place.parent->erase(place.name);
      return true;
    case 1:
      if (names) request->oddity = Oddity::kJsonType;
      place.get() = nullptr;
      return true;
    default: {
      const std::vector<Json> others = {5, "x", true, Json::array({1}),
                                        Json{{"q", Json::array()}}};
      const Json& other = random_.Of(others);
      if (other.type() == place.get().type() ||
          (other.is_number() && place.get().is_number())) {
        return false;
      }
      request->oddity = Oddity::kJsonType;
      place.get() = other;
      return true;
    }
  }
}

bool RequestGenerator::SpoilValue(Request* request) {
  const std::vector<Place> places = PlacesThat(
      request, [](const Place& p) { return IsAttributeValue(p.get()); });
  if (places.empty()) return false;
  const Place& place = random_.Of(places);
  // The order of hash keys is nobody's business.
  if (place.name == "h" &&
      request->body.dump().find(tables_.back().name) != std::string::npos) {
    return false;
  }
  const bool start = request->body.contains("ExclusiveStartKey");
  const bool query = request->operation == "Query";
  if (random_.OneIn(12)) {
    request->oddity = Oddity::kJsonType;
    place.get() = {{"B", random_.OneIn(2) ? "!" : "YWI"}};
    return true;
  }
  static const std::vector<Json> values = {
      {{"S", ""}},
      {{"B", ""}},
      {{"N", ""}},
      {{"N", "abc"}},
      {{"N", "1x"}},
      {{"N", " 1"}},
      {{"N", "1e"}},
      {{"N", "NaN"}},
      {{"N", "+1.50e1"}},
      {{"N", ".5"}},
      {{"N", "1e126"}},
      {{"N", "-1e126"}},
      {{"N", "1e-131"}},
      {{"N", "9.9999999999999999999999999999999999999e125"}},
      {{"N", "123456789012345678901234567890123456789"}},
      {{"SS", Json::array()}},
      {{"NS", Json::array()}},
      {{"BS", Json::array()}},
      {{"SS", {"a", "b", "a"}}},
      {{"NS", {"1", "1.0"}}},
      {{"NS", {"1", "x"}}},
      {{"BS", {"YQ==", "YQ=="}}},
      {{"NULL", false}},
      {{"L", Json::array({Json::object()})}},
      {{"M", {{"", {{"S", "x"}}}}}},
      {{"M", {{"a", nullptr}}}},
      {{"L", Json::array({nullptr})}},
      {{"S", "x"}, {"N", "1"}},
      {{"X", "x"}},
      Json::object(),
      {{"BOOL", true}},
      {{"S", "of another type"}},
      {{"N", "7"}},
      {{"B", "YWJj"}},
  };
  if (random_.OneIn(6)) {
    const bool key = place.name == "h" || place.name == "r" || query;
    const size_t limit = place.name == "r" ? 1024 : 2048;
    if (key) {
      if (query || start) request->oddity = Oddity::kKeySize;
      place.get() = S(std::string(limit + random_.Below(2), 'k'));
    } else {
      place.get() = NestedLists(static_cast<int>(random_.Between(31, 34)));
    }
    return true;
  }
  place.get() = random_.Of(values);
  return true;
}

bool RequestGenerator::SpoilExpression(Request* request) {
  static const std::vector<std::string> tokens = {"AND",
                                                  "OR",
                                                  "NOT",
                                                  "(",
                                                  ")",
                                                  "=",
                                                  "<",
                                                  "<>",
                                                  ",",
                                                  ".",
                                                  "[",
                                                  "]",
                                                  "0",
                                                  "5",
                                                  "+",
                                                  "-",
                                                  "BETWEEN",
                                                  "IN",
                                                  "SET",
                                                  "REMOVE",
                                                  "ADD",
                                                  "DELETE",
                                                  "@",
                                                  "!",
                                                  "name",
                                                  "foo",
                                                  "value",
                                                  ":zz",
                                                  "#zz",
                                                  "\u00e9",
                                                  "\"",
                                                  "begins_with",
                                                  "attribute_exists",
                                                  "contains",
                                                  "if_not_exists",
                                                  "list_append",
                                                  "size",
                                                  "convert",
                                                  "99999999999"};
  const std::vector<Place> places = PlacesThat(request, [](const Place& p) {
    return IsExpression(p.name) && p.get().is_string();
  });
  if (places.empty()) return false;
  const Place& place = random_.Of(places);
  const std::string text = place.get().get<std::string>();
  std::vector<std::string> parts = TokensOf(text);
  if (parts.empty()) return false;
  const std::string& token = random_.Of(tokens);
  const size_t at = random_.Below(parts.size());
  bool inserted = false;
  switch (random_.Below(15)) {
    case 14: {
      static const std::vector<std::string> twice = {
          " OR s = s", " OR NOT begins_with(b, b)", " AND n IN (n)",
          " OR s BETWEEN s AND t", " AND contains(l, l)"};
      if (place.name != "ConditionExpression" &&
          place.name != "FilterExpression") {
        return false;
      }
      place.get() = text + random_.Of(twice);
      return true;
    }
    case 0:
      place.get() = random_.OneIn(2) ? "" : "  ";
      return true;
    case 1:
      place.get() =
          text + std::string(random_.OneIn(2)
                                 ? 4096 - std::min<size_t>(text.size(), 4000)
                                 : 4097 - std::min<size_t>(text.size(), 4000),
                             ' ');
      return true;
    case 2:
      place.get() = "(" + text + ")";
      return true;
    case 3:
      place.get() = "((" + text + "))";
      return true;
    case 4: {
      if (place.name != "ConditionExpression" &&
          place.name != "FilterExpression") {
        return false;
      }
      std::string chain = text;
      for (size_t i = random_.Between(140, 160); i > 0; --i) {
        chain += " OR x=s";
      }
      place.get() = chain;
      return true;
    }
    case 5: {
      std::string path = " attribute_exists(x";
      for (size_t i = random_.Between(30, 33); i > 0; --i) path += ".x";
      if (place.name != "ConditionExpression") return false;
      place.get() = text + " OR" + path + ")";
      return true;
    }
    case 6:
    case 7:
    case 8:
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case 9:
    case 10:
    case 11:
      parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(at),
                   " " + token + " ");
      inserted = true;
      break;
    default:
      parts[at] = token;
      inserted = true;
  }
  if (inserted && (token == "size" || token == "convert")) {
    request->oddity = Oddity::kReservedWord;
  }
  std::string spoiled;
  for (const std::string& part : parts) spoiled += part;
  place.get() = spoiled;
  return true;
}

bool RequestGenerator::SpoilName(Request* request) {
  const std::vector<std::string> names = {
      "", "ab", "no such table", prefix_ + "missing", std::string(256, 'n')};
  const std::string& name = random_.Of(names);
  if (request->operation.starts_with("Batch")) {
    Json& tables = request->body["RequestItems"];
    Json content = *tables.begin();
    if (random_.OneIn(2)) tables.clear();
    tables[name] = content;
    return true;
  }
  const std::vector<Place> places =
      PlacesThat(request, [](const Place& p) { return p.name == "TableName"; });
  if (places.empty()) return false;
  const Place& place = random_.Of(places);
  // A new table of another name would stay.
  if (request->operation == "CreateTable" && name.starts_with(prefix_)) {
    return false;
  }
  place.get() = name;
  return true;
}

bool RequestGenerator::SpoilSubstitutions(Request* request) {
  const bool names = random_.OneIn(2);
  const std::string map =
      names ? "ExpressionAttributeNames" : "ExpressionAttributeValues";
  const std::vector<Place> places =
      PlacesThat(request, [&](const Place& p) { return p.name == map; });
  const Json value = names ? Json("x") : S("x");
  const std::string mark = names ? "#" : ":";
  if (places.empty()) {
    if (request->body.contains("UpdateExpression") ||
        request->operation == "PutItem" || request->operation == "DeleteItem" ||
        request->operation == "Scan") {
      request->body[map] = {{mark + "z", value}};
      return true;
    }
    return false;
  }
  Json& content = random_.Of(places).get();
  switch (random_.Below(6)) {
    case 0:
      content[mark + "z"] = value;
      return true;
    case 1:
      content[random_.OneIn(2) ? "z" : mark] = value;
      return true;
    case 2:
      content[mark + "z z"] = value;
      return true;
    case 3:
      content[mark + std::string(random_.Between(254, 256), 'z')] = value;
      return true;
    case 4:
      content = Json::object();
      return true;
    default:
      if (!names) return false;
      content.begin().value() =
          random_.OneIn(2) ? "" : std::string(65'536, 'n');
      return true;
  }
}

bool RequestGenerator::SpoilLimit(Request* request) {
  Json& body = request->body;
  const std::string& operation = request->operation;
  const auto constraint = [&](const char* name, const Json& value) {
    request->oddity = Oddity::kConstraint;
    body[name] = value;
    return true;
  };
  if (operation == "Query" || operation == "Scan" ||
      operation == "ListTables") {
    if (operation != "ListTables" && random_.OneIn(2)) {
      static const std::vector<std::string> selects = {
          "COUNT", "ALL_ATTRIBUTES", "SPECIFIC_ATTRIBUTES",
          "ALL_PROJECTED_ATTRIBUTES", "X"};
      body["Select"] = random_.Of(selects);
      return true;
    }
    if (operation == "Query" && random_.OneIn(3)) {
      body["ExclusiveStartKey"]["h"] = S("elsewhere");
      return true;
    }
    const std::vector<int> limits = {0, -1, 101};
    const int limit = random_.Of(limits);
    // Of more than one hash key, any part may come.
    body["Limit"] = limit;
    return true;
  }
  if (operation.find("Table") != std::string::npos) {
    if (operation != "CreateTable") return false;
    switch (random_.Below(6)) {
      case 0:
        body["KeySchema"][0]["KeyType"] = "RANGE";
        return true;
      case 1:
        body["AttributeDefinitions"].push_back(
            {{"AttributeName", "z"}, {"AttributeType", "S"}});
        return true;
      case 2:
        body["AttributeDefinitions"][0]["AttributeType"] = "BOOL";
        return true;
      case 3:
        body["AttributeDefinitions"][0]["AttributeName"] = "z";
        return true;
      case 4:
        return constraint("BillingMode", "FREE");
      default:
        body["BillingMode"] = "PAY_PER_REQUEST";
        return constraint("ProvisionedThroughput", {{"ReadCapacityUnits", 1},
                                                    {"WriteCapacityUnits", 1}});
    }
  }
  if (random_.OneIn(6)) return constraint("ReturnConsumedCapacity", "SOME");
  if (operation == "TransactWriteItems") {
    Json& members = body["TransactItems"];
    switch (random_.Below(7)) {
      case 0:
        while (members.size() < 101) {
          members.push_back(
              {{"Delete",
                {{"TableName", tables_[3].name},
                 {"Key", {{"h", S(std::to_string(members.size()))}}}}}});
        }
        return true;
      case 1:
        members.push_back(members[0]);
        return true;
      case 2:
        members[0]["Delete"] = {{"TableName", tables_[3].name},
                                {"Key", {{"h", S("a")}}}};
        return true;
      case 3:
        body["ClientRequestToken"] = std::string(37, 't');
        return true;
      case 4:
        return constraint("ClientRequestToken", "");
      case 5:
        members.push_back(Json::object());
        return true;
      default:
        members.clear();
        return true;
    }
  }
  if (operation.starts_with("Batch")) {
    auto first = body["RequestItems"].begin();
    const bool get = operation == "BatchGetItem";
    Json& list = get ? (*first)["Keys"] : *first;
    switch (random_.Below(5)) {
      case 0:
        list.push_back(list[0]);
        return true;
      case 1: {
        // All in one table, each another key, one more than allowed.
        const Json one = {{"h", S("x")}};
        Json many = Json::array();
        for (int i = 0; i < (get ? 101 : 26); ++i) {
          const Json key = {{"h", S(std::to_string(i))}};
          many.push_back(get ? key : Json{{"DeleteRequest", {{"Key", key}}}});
        }
        body["RequestItems"] = Json::object();
        if (get) {
          body["RequestItems"][tables_[3].name]["Keys"] = many;
        } else {
          body["RequestItems"][tables_[3].name] = many;
        }
        return true;
      }
      case 2:
        list.clear();
        return true;
      case 3:
        body["RequestItems"].clear();
        return true;
      default:
        if (get) return false;
        list[0] = Json::object();
        return true;
    }
  }
  if (operation == "GetItem") {
    body["Key"]["z"] = S("x");
    return true;
  }
  if (random_.OneIn(3)) {
    static const std::vector<std::string> returns = {"ALL_NEW", "UPDATED_OLD",
                                                     "UPDATED_NEW", "SOME", ""};
    body["ReturnValues"] = random_.Of(returns);
    return true;
  }
  if (operation == "PutItem" && random_.OneIn(6)) {
    // Around the largest item; always the same one, so that pages stay small.
    body["TableName"] = tables_.back().name;
    body["Item"] = {{"h", S("one")}, {"r", S("large")}};
    const size_t others = std::string("honerlargey").size();
    body["Item"]["y"] =
        S(std::string(409'600 - others - 1 + random_.Below(3), 'y'));
    return true;
  }
  if (random_.OneIn(4)) {
    return constraint("ReturnItemCollectionMetrics", "SOME");
  }
  Json& key = body[operation == "PutItem" ? "Item" : "Key"];
  key.erase(random_.OneIn(2) ? "h" : "r");
  return true;
}

}  // namespace dynamodown_test
