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
      DecodeDescriptor(DefaultSchema(), {{"id", AttributeValue::S("x")}});
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().kind, ErrorKind::kCorruption);
  EXPECT_THAT(read.error().message, HasSubstr("has no version"));
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
