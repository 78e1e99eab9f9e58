#include "differential/test_values.h"

#include <algorithm>
#include <set>

namespace dynamodown_test {
namespace {

const std::vector<std::string> kTextKeys = {"a",  "ab", "abc",    "b",
                                            "b!", "c",  "\u00e9", "\U0001f600"};

}  // namespace

const std::vector<std::string> kBytesKeys = {
    "AA==", "AAA=", "YQ==", "YWI=", "YWJj", "gA==", "/w==", "//8="};
const std::vector<std::string> kNumberKeys = {"-7", "-1",  "0",   "0.001",
                                              "1",  "1.0", "2.5", "1e20"};
const std::vector<std::string> kTexts = {"",  "a",      "ab", "abc",
                                         "b", "\u00e9", "5"};
const std::vector<std::string> kBytes = {"", "YQ==", "YWI=", "/w=="};
const std::vector<std::string> kNumbers = {
    "0",         "1",
    "-1",        "2",
    "10",        "1.5",
    "0.001",     "1E+20",
    "-12345.67", "12345678901234567890123456789012345678"};
const std::vector<std::string> kAttributes = {"s",  "n",  "b",  "t", "u",
                                              "ss", "ns", "bs", "l", "m"};

Json S(const std::string& text) { return {{"S", text}}; }
Json N(const std::string& text) { return {{"N", text}}; }

Json TestValues::KeyValue(const std::string& type, bool hash,
                          const TestTable& table) {
  const std::vector<std::string>& pool = type == "S"   ? kTextKeys
                                         : type == "B" ? kBytesKeys
                                                       : kNumberKeys;
  if (hash && table.one_hash) return S("one");
  // Few hash keys, so that some have several range keys.
  const bool few = hash && !table.range_type.empty();
  return {{type, pool[random_.Below(few ? 2 : pool.size())]}};
}

Json TestValues::Key(const TestTable& table) {
  Json key = {{"h", KeyValue(table.hash_type, true, table)}};
  if (!table.range_type.empty()) {
    key["r"] = KeyValue(table.range_type, false, table);
  }
  return key;
}

Json TestValues::Scalar() {
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

Json TestValues::AnyValue(int depth) {
  return depth == 0 || random_.OneIn(2) ? Scalar()
                                        : ValueOf(random_.Of(kAttributes));
}

Json TestValues::ValueOf(const std::string& attribute) {
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

Json TestValues::Item(const TestTable& table) {
  Json item = Key(table);
  for (const std::string& attribute : kAttributes) {
    if (random_.OneIn(3)) item[attribute] = ValueOf(attribute);
  }
  if (random_.OneIn(8)) item["x"] = AnyValue(2);
  if (random_.OneIn(8)) item["name"] = S(random_.Of(kTexts));
  // Larger than a write unit, or even a read unit.
  if (random_.OneIn(20)) {
    item["y"] = S(std::string(random_.Between(900, 9000), 'y'));
  }
  return item;
}

std::string IdentityOf(const Json& key) {
  std::string text = key.dump();
  const size_t at = text.find("\"1.0\"");
  if (at != std::string::npos) text.replace(at, 5, "\"1\"");
  return text;
}

}  // namespace dynamodown_test
