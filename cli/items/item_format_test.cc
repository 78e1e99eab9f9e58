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

TEST(ItemFormatTest, TimeBoundTakesTimestampsAndTheirBeginnings) {
  for (const std::string whole :
       {"013d58c7276e-0000-188c-786ae2e1f629", "013d58c7276e-0000-188c",
        "013d58c7276e-0000", "013d58c7276e"}) {
    EXPECT_EQ(TimeBound(whole), whole);
  }
}

TEST(ItemFormatTest, TimeBoundOfATimeWithoutAFractionIsTheEndOfItsSecond) {
  EXPECT_EQ(TimeBound("2013-03-11T09:27:59.598Z"), "013d58c7276e");
  EXPECT_EQ(TimeBound("2013-03-11T09:27:59Z"), "013d58c728ff");
  EXPECT_EQ(TimeBound("1970-01-01T00:00:00.000Z"), "000000000000");
  EXPECT_EQ(TimeBound("2024-02-29T23:59:59.999Z"), "018df74f83ff");
}

TEST(ItemFormatTest, TimeBoundTakesNothingElse) {
  for (const std::string bad :
       {"", "now", "013d58c7276", "013D58C7276E", "013d58c7276e-", "2013-03-11",
        "2013-03-11T09:27:59", "2013-03-11T09:27:59.5Z", "2013-03-11 09:27:59Z",
        "2013-02-29T00:00:00Z", "2013-13-01T00:00:00Z", "2013-00-01T00:00:00Z",
        "2013-01-00T00:00:00Z", "2013-01-01T24:00:00Z", "2013-01-01T00:60:00Z",
        "2013-01-01T00:00:60Z", "1969-12-31T23:59:59Z", "2013-03-11T09:27:59Zx",
        "+013-03-11T09:27:59Z"}) {
    EXPECT_EQ(TimeBound(bad), std::nullopt) << bad;
  }
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
