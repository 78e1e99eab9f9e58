#include "items/item_format.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace cli {
namespace {

using dyno::HistoryEntry;

TEST(ItemFormatTest, JsonForLineKeepsTheJsonAndReplacesControls) {
  EXPECT_EQ(JsonForLine("{\"a\": \"\xc3\xa9 \\\" \\n\"}"),
            "{\"a\": \"\xc3\xa9 \\\" \\n\"}");
  EXPECT_EQ(JsonForLine("{\n\t\"a\" :\r1 }"), "{  \"a\" : 1 }");
  EXPECT_EQ(JsonForLine("\"\x7f\xc2\x80\xc2\x9f\xc2\xa0\""),
            "\"\\u007f\\u0080\\u009f\xc2\xa0\"");
  EXPECT_EQ(JsonForLine("\xc2"), "\xc2");
  EXPECT_EQ(JsonForLine(""), "");
}

TEST(ItemFormatTest, ARecordIsANameATimestampAndAnOperation) {
  const std::string timestamp = "013d58c7276e-0000-188c-786ae2e1f629";
  for (const std::string& key :
       {"kim/" + timestamp + "/putItem", "a b!/" + timestamp + "/~base",
        "%2F%FF/" + timestamp + "/foo_1", "%25dyno/" + timestamp + "/x",
        "k/" + timestamp + "/" + std::string(64, 'x')}) {
    EXPECT_TRUE(IsItemRecord(key)) << key;
  }
  for (const std::string& key :
       {std::string(), std::string("/"), std::string("name"),
        std::string("name/value/x"), "kim/" + timestamp,
        "kim/" + timestamp + "/", "/" + timestamp + "/putItem",
        timestamp + "/putItem", "a/b/" + timestamp + "/putItem",
        "kim/" + timestamp + "/put-item", "kim/" + timestamp + "0/putItem",
        std::string("kim/013D58C7276E-0000-188c-786ae2e1f629/putItem"),
        "kim " + timestamp + "/putItem", "%2f/" + timestamp + "/putItem",
        "%dyno/" + timestamp + "/putItem", "%2/" + timestamp + "/putItem",
        "\xff/" + timestamp + "/putItem",
        "k/" + timestamp + "/" + std::string(65, 'x')}) {
    EXPECT_FALSE(IsItemRecord(key)) << key;
  }
}

TEST(ItemFormatTest, OnlyAnAppliedRecordHasTheItemBelowIt) {
  HistoryEntry entry;
  entry.timestamp = "013d58c7276e-0000-188c-786ae2e1f629";
  entry.operation = "incAttrs";
  entry.change = "{\"n\":1}";
  const std::string line =
      entry.timestamp + "  2013-03-11T09:27:59.598Z  incAttrs {\"n\":1}";
  EXPECT_EQ(EntryText(entry), line + "\n    no item\n");
  entry.kind = HistoryEntry::Kind::kLate;
  EXPECT_EQ(EntryText(entry), line + "  (late: not applied)\n");
  entry.kind = HistoryEntry::Kind::kSettled;
  EXPECT_EQ(EntryText(entry), line + "  (late, settled)\n");
  entry.kind = HistoryEntry::Kind::kUnknown;
  EXPECT_EQ(EntryText(entry), line + "  (unknown: skipped)\n");
}

}  // namespace
}  // namespace cli
