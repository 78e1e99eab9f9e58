#include "dyno/item/key.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dyno/store.h"

namespace dyno {
namespace {

constexpr char kTimestamp[] = "013d58c7276e-0000-188c-786ae2e1f629";

std::string AllBytes() {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  return all;
}

TEST(Key, PlainTextNamesAreNotEscaped) {
  for (const std::string name :
       {"chilts", "a b", "~base", "naïve", "日本", "\x01", "putItem"}) {
    EXPECT_EQ(EncodeName(name), name);
    EXPECT_EQ(DecodeName(name), name);
  }
}

TEST(Key, SlashPercentAndNonUtf8BytesAreEscaped) {
  EXPECT_EQ(EncodeName("a/b"), "a%2Fb");
  EXPECT_EQ(EncodeName("100%"), "100%25");
  EXPECT_EQ(EncodeName("\xff"), "%FF");
  EXPECT_EQ(EncodeName("\xc3"), "%C3");
  EXPECT_EQ(EncodeName("\xc3\xa9\xc3"), "\xc3\xa9%C3");
  EXPECT_EQ(EncodeName("\xed\xa0\x80"), "%ED%A0%80");  // A surrogate.
  EXPECT_EQ(EncodeName("%dyno/id"), "%25dyno%2Fid");
}

TEST(Key, DecodingReturnsTheBytesThatWereEncoded) {
  const std::string all = AllBytes();
  EXPECT_EQ(DecodeName(EncodeName(all)), all);
  for (const char byte : all) {
    const std::string name(1, byte);
    EXPECT_EQ(DecodeName(EncodeName(name)), name);
  }
}

TEST(Key, ANameHasOneEncoding) {
  for (const std::string encoded :
       {"", "%", "%2", "%2f", "%41", "a/b", "%C3%A9", "\xff", "%dyno", "%GG"}) {
    EXPECT_FALSE(DecodeName(encoded).has_value()) << encoded;
  }
}

TEST(Key, NoNameLiesAmongDynosOwnRecords) {
  for (int first = 1; first < 256; ++first) {
    const std::string encoded =
        EncodeName(std::string(1, char(first)) + "dyno");
    const std::string key = ItemBegin(encoded);
    EXPECT_FALSE(key >= kOwnBegin && key < kOwnEnd) << key;
  }
}

TEST(Key, EmptyAndTooLongNamesAreRefused) {
  EXPECT_TRUE(CheckedName("").error().IsInvalidArgument());
  EXPECT_TRUE(CheckedName(std::string(kNameBytesMax, 'a')).ok());
  EXPECT_TRUE(CheckedName(std::string(kNameBytesMax + 1, 'a'))
                  .error()
                  .IsInvalidArgument());
  EXPECT_TRUE(CheckedName(std::string(kNameBytesMax / 3, '/')).ok());
  EXPECT_TRUE(CheckedName(std::string(kNameBytesMax / 3 + 1, '/'))
                  .error()
                  .IsInvalidArgument());
}

TEST(Key, TheLongestKeyFitsInDynamoDb) {
  Flake flake;
  ASSERT_TRUE(Flake::Parse(kTimestamp, &flake));
  const std::string name(kNameBytesMax, 'a');
  for (const std::string operation : {"appendAttrs", "delFromSet"}) {
    EXPECT_LE(MakeRecordKey(name, flake, operation).size(), 1024u);
  }
}

TEST(Key, ARecordsKeyIsParsedIntoItsParts) {
  Flake flake;
  ASSERT_TRUE(Flake::Parse(kTimestamp, &flake));
  const std::string key = MakeRecordKey("a%2Fb", flake, "putItem");
  EXPECT_EQ(key, "a%2Fb/013d58c7276e-0000-188c-786ae2e1f629/putItem");
  const std::optional<RecordKey> parts = ParseRecordKey(key);
  ASSERT_TRUE(parts.has_value());
  EXPECT_EQ(parts->name, "a%2Fb");
  EXPECT_EQ(parts->timestamp, flake);
  EXPECT_EQ(parts->operation, "putItem");
}

TEST(Key, OtherKeysAreNotParsedAsRecordKeys) {
  const std::string t = kTimestamp;
  const std::vector<std::string> keys = {
      "",
      "/",
      "chilts",
      "chilts/",
      "chilts/putItem",
      "chilts/" + t,
      "chilts/" + t + "/",
      "chilts/" + t + "putItem/",
      "/" + t + "/putItem",
      "chilts/" + t + "/put Item",
      "chilts/" + t + "/put/Item",
      "chilts/" + t + "0/putItem",
      "chilts/" + t + "/" + std::string(65, 'a'),
      "chi%lts/" + t + "/putItem",
      "\xff/" + t + "/putItem",
  };
  for (const std::string& key : keys) {
    EXPECT_FALSE(ParseRecordKey(key).has_value()) << key;
  }
}

TEST(Key, AnItemsRangeHasItsKeysAndNoOthers) {
  Flake flake;
  ASSERT_TRUE(Flake::Parse(kTimestamp, &flake));
  const std::string names[] = {"a", "a!", "a0", "a/", "aa", "a%", "b", "\xff"};
  for (const std::string& name : names) {
    const std::string encoded = EncodeName(name);
    for (const std::string& other : names) {
      const std::string key =
          MakeRecordKey(EncodeName(other), flake, "putItem");
      const bool within = key >= ItemBegin(encoded) && key < ItemEnd(encoded);
      EXPECT_EQ(within, name == other) << name << " " << other;
    }
  }
}

TEST(Key, ASlotsKeyIsParsedIntoTheSlot) {
  EXPECT_EQ(SlotKey(1), "%dyno/w/0001");
  EXPECT_EQ(SlotKey(0x188c), "%dyno/w/188c");
  EXPECT_EQ(ParseSlotKey("%dyno/w/188c"), 0x188c);
  for (const char* key : {"%dyno/w/", "%dyno/w/1", "%dyno/w/00001",
                          "%dyno/w/000G", "%dyno/c/0001", "w/0001"}) {
    EXPECT_FALSE(ParseSlotKey(key).has_value()) << key;
  }
}

TEST(Key, LogEntriesAreOrderedBySlotAndTimestamp) {
  Flake flake;
  ASSERT_TRUE(Flake::Parse(kTimestamp, &flake));
  EXPECT_EQ(ChangeKey(flake),
            "%dyno/c/188c/013d58c7276e-0000-188c-786ae2e1f629");
}

}  // namespace
}  // namespace dyno
