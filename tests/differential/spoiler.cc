#include "differential/spoiler.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <utility>

namespace dynamodown_test {
namespace {

const std::vector<std::string> kExpressions = {
    "ConditionExpression", "FilterExpression", "KeyConditionExpression",
    "ProjectionExpression", "UpdateExpression"};

const std::vector<std::string> kTokens = {"AND",
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

/// Values that are invalid, or whose type seldom fits.
const std::vector<Json> kOddValues = {
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

const char* const kTypes[] = {"S",  "N",  "B",  "BOOL", "NULL",
                              "SS", "NS", "BS", "L",    "M"};

bool IsAttributeValue(const Json& json) {
  return json.is_object() && json.size() == 1 &&
         std::find(std::begin(kTypes), std::end(kTypes), json.begin().key()) !=
             std::end(kTypes);
}

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
  std::string above;  ///< The name of the member that contains the parent.

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

bool Spoiler::Spoil(Request* request) {
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

bool Spoiler::SpoilMember(Request* request) {
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
  // DynamoDB would treat it as missing.
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

bool Spoiler::SpoilValue(Request* request) {
  const std::vector<Place> places = PlacesThat(
      request, [](const Place& p) { return IsAttributeValue(p.get()); });
  if (places.empty()) return false;
  const Place& place = random_.Of(places);
  // The order of hash keys is unspecified.
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
  place.get() = random_.Of(kOddValues);
  return true;
}

bool Spoiler::SpoilExpression(Request* request) {
  const std::vector<Place> places = PlacesThat(request, [](const Place& p) {
    return IsExpression(p.name) && p.get().is_string();
  });
  if (places.empty()) return false;
  const Place& place = random_.Of(places);
  const std::string text = place.get().get<std::string>();
  std::vector<std::string> parts = TokensOf(text);
  if (parts.empty()) return false;
  const std::string& token = random_.Of(kTokens);
  const size_t at = random_.Below(parts.size());
  bool inserted = false;
  const size_t kind = random_.Below(15);
  switch (kind) {
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
    case 12:
    case 13:
      parts[at] = token;
      inserted = true;
      break;
    default: {
      const std::optional<std::string> spoiled =
          SpoiledText(place.name, text, kind);
      if (spoiled.has_value()) place.get() = *spoiled;
      return spoiled.has_value();
    }
  }
  if (inserted && (token == "size" || token == "convert")) {
    request->oddity = Oddity::kReservedWord;
  }
  std::string spoiled;
  for (const std::string& part : parts) spoiled += part;
  place.get() = spoiled;
  return true;
}

/// Spoils an expression as a whole. Returns nothing if the chosen flaw does not
/// fit the expression.
std::optional<std::string> Spoiler::SpoiledText(const std::string& name,
                                                const std::string& text,
                                                size_t kind) {
  static const std::vector<std::string> same_operands = {
      " OR s = s", " OR NOT begins_with(b, b)", " AND n IN (n)",
      " OR s BETWEEN s AND t", " AND contains(l, l)"};
  const bool is_condition =
      name == "ConditionExpression" || name == "FilterExpression";
  switch (kind) {
    case 0:
      return random_.OneIn(2) ? "" : "  ";
    case 1:  // At the limit of 4,096 bytes, or one byte above.
      return text +
             std::string(random_.OneIn(2)
                             ? 4096 - std::min<size_t>(text.size(), 4000)
                             : 4097 - std::min<size_t>(text.size(), 4000),
                         ' ');
    case 2:
      return "(" + text + ")";
    case 3:
      return "((" + text + "))";
    case 4: {
      if (!is_condition) return std::nullopt;
      std::string chain = text;
      for (size_t i = random_.Between(140, 160); i > 0; --i) {
        chain += " OR x=s";
      }
      return chain;
    }
    case 5: {
      std::string path = " attribute_exists(x";
      for (size_t i = random_.Between(30, 33); i > 0; --i) path += ".x";
      if (name != "ConditionExpression") return std::nullopt;
      return text + " OR" + path + ")";
    }
    default:
      if (!is_condition) return std::nullopt;
      return text + random_.Of(same_operands);
  }
}

bool Spoiler::SpoilName(Request* request) {
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
  // Otherwise a new table of this name would stay behind.
  if (request->operation == "CreateTable" && name.starts_with(prefix_)) {
    return false;
  }
  place.get() = name;
  return true;
}

bool Spoiler::SpoilSubstitutions(Request* request) {
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

}  // namespace dynamodown_test
