#include "store/descriptor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dynamodown_test {
namespace {

using dynamodown::AttributeValue;
using dynamodown::DecodeDescriptor;
using dynamodown::Descriptor;
using dynamodown::ErrorKind;
using dynamodown::Schema;
using testing::HasSubstr;
using testing::Not;

Schema DefaultSchema() {
  Schema schema;
  schema.keys = {"table", "hkey", "rkey"};
  return schema;
}

TEST(Descriptor, IsReadBackAsItWasWritten) {
  Descriptor written;
  written.version = 1;
  written.id = "0123";
  written.created = "2026-11-22T12:00:00Z";
  written.mode = "shared";
  written.features = {"a", "b"};
  written.destroying = true;
  for (const auto& [hash, range] :
       std::vector<std::pair<std::string, std::string>>{
           {"hkey", "rkey"},
           {"id", "version"},
           {"state", "requires"},
           {"mode", "mode_"},
           {"created_", "created"}}) {
    Schema schema;
    schema.keys = {"table", hash, range};
    const auto item = EncodeDescriptor(schema, "store", written);
    std::set<std::string> names;
    for (const auto& attribute : item) names.insert(attribute.name);
    EXPECT_EQ(names.size(), 8u);
    EXPECT_EQ(Find(item, hash)->text, "store/.dynamodown");
    EXPECT_EQ(Find(item, range)->text, "descriptor");
    const auto read = DecodeDescriptor(schema, item);
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->version, written.version);
    EXPECT_EQ(read->id, written.id);
    EXPECT_EQ(read->created, written.created);
    EXPECT_EQ(read->mode, written.mode);
    EXPECT_EQ(read->features, written.features);
    EXPECT_EQ(read->destroying, written.destroying);
  }
}

TEST(Descriptor, WithoutAVersionIsCorrupt) {
  const auto read =
      DecodeDescriptor(DefaultSchema(), {{"id", AttributeValue::S("abc")}});
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().kind, ErrorKind::kCorruption);
  EXPECT_THAT(read.error().message, HasSubstr("has no version"));
}

TEST(Descriptor, WithAVersionThatIsNoWholeNumberIsCorrupt) {
  for (const std::string version : {"", "1junk", "junk", " 1", "1 ", "0x1",
                                    "1.5", "1e0", "99999999999999999999"}) {
    const auto read = DecodeDescriptor(
        DefaultSchema(), {{"version", {AttributeValue::Type::kN, version, {}}},
                          {"id", AttributeValue::S("abc")},
                          {"mode", AttributeValue::S("shared")}});
    ASSERT_FALSE(read.ok()) << version;
    EXPECT_EQ(read.error().kind, ErrorKind::kCorruption);
  }
}

// A broken service may put credentials anywhere.
TEST(Descriptor, OnlyAShortWordIsQuotedAsAModeOrAFeature) {
  for (const std::string& odd :
       {std::string("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        std::string(100, 'a'), std::string("a b")}) {
    dynamodown::Descriptor descriptor;
    descriptor.mode = odd;
    EXPECT_THAT(dynamodown::CheckDescriptor(descriptor).error().message,
                Not(HasSubstr(odd.substr(0, 3))));
    descriptor.mode = "shared";
    descriptor.features = {odd};
    EXPECT_THAT(dynamodown::CheckDescriptor(descriptor).error().message,
                Not(HasSubstr(odd.substr(0, 3))));
  }
}

// The id decides in conditions, and `info` shows the id and the time.
TEST(Descriptor, WithAnAttributeOfAnotherTypeOrFormIsCorrupt) {
  const std::string secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  std::vector<AttributeValue> odd = {AttributeValue::N(5),
                                     AttributeValue::B("abc"),
                                     AttributeValue::Null(),
                                     AttributeValue::SS({"abc"}),
                                     {AttributeValue::Type::kBool, "true", {}},
                                     {AttributeValue::Type::kOther, "L", {}}};
  const dynamodown::Item good = {
      {"version", AttributeValue::N(1)},
      {"id", AttributeValue::S("abc")},
      {"created", AttributeValue::S("2026-11-22T12:00:00Z")},
      {"mode", AttributeValue::S("shared")},
      {"state", AttributeValue::S("destroying")}};
  ASSERT_TRUE(DecodeDescriptor(DefaultSchema(), good).ok());
  for (size_t i = 1; i < good.size(); ++i) {
    std::vector<AttributeValue> values = odd;
    if (good[i].name == "id" || good[i].name == "created") {
      values.push_back(AttributeValue::S(secret));
      values.push_back(AttributeValue::S(std::string(33, 'a')));
    }
    for (const AttributeValue& value : values) {
      dynamodown::Item item = good;
      item[i].value = value;
      const auto read = DecodeDescriptor(DefaultSchema(), item);
      ASSERT_FALSE(read.ok()) << good[i].name << value.text;
      EXPECT_EQ(read.error().kind, ErrorKind::kCorruption);
      EXPECT_THAT(read.error().message, Not(HasSubstr(secret.substr(0, 4))));
    }
  }
}

TEST(Descriptor, WithFeaturesThatAreNotASetIsCorrupt) {
  const auto read = DecodeDescriptor(
      DefaultSchema(), {{"version", AttributeValue::N(1)},
                        {"mode", AttributeValue::S("shared")},
                        {"requires", AttributeValue::S("sharded")}});
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().kind, ErrorKind::kCorruption);
}

}  // namespace
}  // namespace dynamodown_test
