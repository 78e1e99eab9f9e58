#include "store/table/item_codec.h"

#include <gtest/gtest.h>

#include <string>

namespace dynamodown {
namespace {

using std::string_literals::operator""s;
using Type = AttributeValue::Type;

Schema DefaultSchema() {
  Schema schema;
  schema.keys = {"table", "hkey", "rkey"};
  return schema;
}

/// The bytes of an item as the service counts them: the names and values of all
/// attributes.
size_t CountedBytes(const Item& item) {
  size_t bytes = 0;
  for (const Attribute& attribute : item) {
    bytes += attribute.name.size() + attribute.value.text.size();
  }
  return bytes;
}

TEST(ItemCodec, AnItemIsItsKeysAndItsValue) {
  const ItemCodec codec(DefaultSchema(), "store", Limits());
  const Result<Item> item = codec.Encode("key", "value");
  ASSERT_TRUE(item.ok());
  ASSERT_EQ(item->size(), 3u);
  EXPECT_EQ(*Find(*item, "hkey"), AttributeValue::S("store"));
  EXPECT_EQ(*Find(*item, "rkey"), AttributeValue::B("key"));
  EXPECT_EQ(*Find(*item, "value"), AttributeValue::S("value"));
}

TEST(ItemCodec, NamesAndTypesComeFromTheTable) {
  Schema schema;
  schema.keys = {"table", "id", "sort"};
  schema.hash_binary = true;
  schema.range_utf8 = true;
  schema.value_name = "data";
  const ItemCodec codec(schema, "\xff", Limits());
  const Result<Item> item = codec.Encode("key", "\xff");
  ASSERT_TRUE(item.ok());
  EXPECT_EQ(*Find(*item, "id"), AttributeValue::B("\xff"));
  EXPECT_EQ(*Find(*item, "sort"), AttributeValue::S("key"));
  EXPECT_EQ(*Find(*item, "data"), AttributeValue::B("\xff"));
}

TEST(ItemCodec, TheLastByteFitsAndOneMoreDoesNot) {
  const ItemCodec codec(DefaultSchema(), "store", Limits());
  for (const char filler : {'v', '\xff'}) {
    const size_t fits = 409'600 - "hkeystorerkeykeyvalue"s.size();
    const Result<Item> full = codec.Encode("key", std::string(fits, filler));
    ASSERT_TRUE(full.ok());
    EXPECT_EQ(CountedBytes(*full), 409'600u);

    const Result<Item> over =
        codec.Encode("key", std::string(fits + 1, filler));
    ASSERT_FALSE(over.ok());
    EXPECT_EQ(over.error().kind, ErrorKind::kInvalidArgument);
    EXPECT_EQ(over.error().message,
              "a value of 409580 bytes under key \"key\" makes an item of "
              "409601 bytes, keys and attribute names included: the limit is "
              "409600; store at most 409579 bytes under this key");
  }
}

TEST(ItemCodec, SizesAreAsTheServiceCountsThem) {
  Schema schema = DefaultSchema();
  schema.value_name = "a-longer-name";
  const ItemCodec codec(schema, "another store", Limits());
  for (const std::string& key : {"\0"s, "k"s, std::string(1024, 'k')}) {
    for (const size_t value_bytes : {0u, 1u, 5000u}) {
      const Result<Item> item =
          codec.Encode(key, std::string(value_bytes, 'v'));
      ASSERT_TRUE(item.ok());
      EXPECT_EQ(codec.ItemBytes(key.size(), value_bytes), CountedBytes(*item));
    }
    EXPECT_EQ(codec.KeyBytes(key.size()),
              "hkeyanother storerkey"s.size() + key.size());
  }
}

TEST(ItemCodec, IfTheNamesAloneExceedTheLimitNoValueFits) {
  Limits limits;
  limits.item_bytes = 10;
  const ItemCodec codec(DefaultSchema(), "store", limits);
  const Result<Item> over = codec.Encode("key", "");
  ASSERT_FALSE(over.ok());
  EXPECT_NE(over.error().message.find("store at most 0 bytes"),
            std::string::npos)
      << over.error().message;
}

TEST(ItemCodec, AValueIsTextWhenItIsUtf8AndBytesOtherwise) {
  EXPECT_EQ(EncodeValue(""), AttributeValue::S(""));
  EXPECT_EQ(EncodeValue("gr\xc3\xbc\xc3\x9f\0"s),
            AttributeValue::S("gr\xc3\xbc\xc3\x9f\0"s));
  EXPECT_EQ(EncodeValue("\xc3"), AttributeValue::B("\xc3"));
  EXPECT_EQ(EncodeValue("\xed\xa0\x80"), AttributeValue::B("\xed\xa0\x80"));
}

TEST(ItemCodec, ValuesOfOtherWritersAreRead) {
  const AttributeValue s = AttributeValue::S("text");
  const AttributeValue b = AttributeValue::B("\xff");
  const AttributeValue n = AttributeValue::N(42);
  const AttributeValue null = AttributeValue::Null();
  EXPECT_EQ(*DecodeValue(&s, "k"), "text");
  EXPECT_EQ(*DecodeValue(&b, "k"), "\xff");
  EXPECT_EQ(*DecodeValue(&n, "k"), "42");
  EXPECT_EQ(*DecodeValue(&null, "k"), "");
}

TEST(ItemCodec, AnUnreadableValueIsNamedByKeyAndType) {
  const AttributeValue list{Type::kOther, "L", {}};
  const AttributeValue boolean{Type::kBool, "true", {}};
  const AttributeValue set = AttributeValue::SS({"a"});
  const auto message = [](const AttributeValue* value) {
    const Result<std::string> decoded = DecodeValue(value, "k\xff");
    EXPECT_FALSE(decoded.ok());
    EXPECT_EQ(decoded.error().kind, ErrorKind::kCorruption);
    return decoded.error().message;
  };
  const std::string end = ", which is neither S, B, N nor NULL";
  EXPECT_EQ(message(&list),
            "the item of key \"k\\xff\" has a value of type L" + end);
  EXPECT_EQ(message(&boolean),
            "the item of key \"k\\xff\" has a value of type BOOL" + end);
  EXPECT_EQ(message(&set),
            "the item of key \"k\\xff\" has a value of type SS" + end);
  EXPECT_EQ(message(nullptr),
            "the item of key \"k\\xff\" has no value attribute");
}

}  // namespace
}  // namespace dynamodown
