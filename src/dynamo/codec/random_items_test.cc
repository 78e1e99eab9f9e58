// Encodes and decodes random items, and compares the results with those of
// another parser and writer of JSON.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "dynamo/codec/codec_test_helpers.h"

namespace dynamodown {
namespace {

using Json = nlohmann::json;
using Type = AttributeValue::Type;

class RandomItems {
 public:
  explicit RandomItems(uint64_t seed) : random_(seed) {}

  Item Next() {
    Item item;
    std::map<std::string, bool> names;
    for (size_t n = 1 + Below(8); n > 0; --n) {
      std::string name = Text(12);
      if (!names.emplace(name, true).second) continue;
      item.push_back({std::move(name), Value()});
    }
    return item;
  }
  size_t Below(size_t n) { return random_() % n; }

 private:
  std::string Text(size_t characters_max) {
    std::string text;
    for (size_t n = Below(characters_max + 1); n > 0; --n) {
      uint32_t c = 0;
      switch (Below(5)) {
        case 0:
          c = static_cast<uint32_t>(Below(0x20));
          break;
        case 1:
          c = static_cast<uint32_t>("\"\\/\x7f{}[],:"[Below(11)]);
          break;
        case 2:
          c = static_cast<uint32_t>(0x20 + Below(0x60));
          break;
        case 3:
          c = static_cast<uint32_t>(0x80 + Below(0xd800 - 0x80));
          break;
        default:
          c = static_cast<uint32_t>(0xe000 + Below(0x110000 - 0xe000));
      }
      AppendUtf8(c, &text);
    }
    return text;
  }
  std::string Bytes(size_t n_max) {
    std::string bytes;
    for (size_t n = Below(n_max + 1); n > 0; --n) {
      bytes.push_back(static_cast<char>(Below(256)));
    }
    return bytes;
  }
  AttributeValue Value() {
    switch (Below(6)) {
      case 0:
        return S(Text(40));
      case 1:
        return B(Bytes(Below(50) == 0 ? 5'000 : 60));
      case 2:
        return N(std::to_string(static_cast<int64_t>(random_())));
      case 3:
        return AttributeValue::Null();
      case 4:
        return Bool(Below(2) == 0);
      default: {
        std::vector<std::string> set;
        for (size_t n = Below(4); n > 0; --n) set.push_back(Text(8));
        return AttributeValue::SS(std::move(set));
      }
    }
  }
  static void AppendUtf8(uint32_t c, std::string* out) {
    const auto add = [out](uint32_t byte) {
      out->push_back(static_cast<char>(byte));
    };
    if (c < 0x80) {
      add(c);
    } else if (c < 0x800) {
      add(0xc0 | c >> 6);
      add(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
      add(0xe0 | c >> 12);
      add(0x80 | (c >> 6 & 0x3f));
      add(0x80 | (c & 0x3f));
    } else {
      add(0xf0 | c >> 18);
      add(0x80 | (c >> 12 & 0x3f));
      add(0x80 | (c >> 6 & 0x3f));
      add(0x80 | (c & 0x3f));
    }
  }

  std::mt19937_64 random_;
};

/// Encodes base64, independently of the codec's implementation.
std::string PlainBase64(const std::string& bytes) {
  static const char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t bits = 0;
    for (size_t j = i; j < i + 3; ++j) {
      bits = bits << 8 |
             (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0u);
    }
    for (size_t j = 0; j < 4; ++j) {
      text.push_back(i + j <= bytes.size() ? kDigits[bits >> (18 - 6 * j) & 63]
                                           : '=');
    }
  }
  return text;
}

Json ToJson(const Item& item) {
  Json json = Json::object();
  for (const Attribute& attribute : item) {
    const AttributeValue& value = attribute.value;
    switch (value.type) {
      case Type::kB:
        json[attribute.name] = {{"B", PlainBase64(value.text)}};
        break;
      case Type::kNull:
        json[attribute.name] = {{"NULL", true}};
        break;
      case Type::kBool:
        json[attribute.name] = {{"BOOL", value.text == "true"}};
        break;
      case Type::kSS:
        json[attribute.name] = {{"SS", value.set}};
        break;
      default:
        json[attribute.name] = {{std::string(TypeName(value)), value.text}};
    }
  }
  return json;
}

TEST(RandomItems, AreEncodedToWhatAnotherParserReads) {
  RandomItems items(1);
  for (int round = 0; round < 1'000; ++round) {
    PutItem put;
    put.table = kTable;
    put.item = items.Next();
    EXPECT_EQ(Json::parse(Encoded(put))["Item"], ToJson(put.item));
  }
}

TEST(RandomItems, AreDecodedFromWhatAnotherWriterWrites) {
  RandomItems items(2);
  for (int round = 0; round < 1'000; ++round) {
    const Item item = items.Next();
    const Json answer = {{"Item", ToJson(item)}};
    GetItem get;
    // Characters above ASCII are escaped or not, and the text has one line or
    // several lines.
    ASSERT_TRUE(
        Decode(&get, answer.dump(round % 3 == 0 ? 2 : -1, ' ', round % 2 == 0))
            .ok());
    ASSERT_TRUE(get.item.has_value());
    ASSERT_EQ(get.item->size(), item.size());
    for (const Attribute& attribute : item) {
      const AttributeValue* value = Find(*get.item, attribute.name);
      ASSERT_NE(value, nullptr);
      EXPECT_EQ(*value, attribute.value);
    }
  }
}

TEST(RandomItems, TruncatedOrDamagedAnswersNeverCrash) {
  RandomItems items(3);
  JsonParser parser;
  for (int round = 0; round < 1'000; ++round) {
    std::string answer =
        Json{{"Items", {ToJson(items.Next()), ToJson(items.Next())}}}.dump();
    for (size_t n = items.Below(4); n > 0; --n) {
      answer[items.Below(answer.size())] = static_cast<char>(items.Below(256));
    }
    const Result<JsonValue> value = parser.Parse(&answer);
    if (!value.ok()) continue;
    Query query;
    query.table = kTable;
    BatchGetItem get = MakeBatchGet(2);
    BatchWriteItem write = MakeBatchWrite(2);
    DescribeTable describe;
    for (Operation* operation :
         std::initializer_list<Operation*>{&query, &get, &write, &describe}) {
      const Result<void> result = operation->Decode(*value);
      EXPECT_TRUE(result.ok() || result.error().kind == ErrorKind::kCorruption);
    }
  }
}

}  // namespace
}  // namespace dynamodown
