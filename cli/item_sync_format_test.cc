#include "item_sync_format.h"

#include <gtest/gtest.h>

namespace cli {
namespace {

TEST(ItemSyncFormatTest, ADurationHasItsTwoGreatestUnits) {
  EXPECT_EQ(DurationText(0), "0 ms");
  EXPECT_EQ(DurationText(999), "999 ms");
  EXPECT_EQ(DurationText(1000), "1 s");
  EXPECT_EQ(DurationText(59'999), "59 s");
  EXPECT_EQ(DurationText(200'000), "3 min 20 s");
  EXPECT_EQ(DurationText(7'500'000), "2 h 5 min");
  EXPECT_EQ(DurationText(100 * 3600 * 1000), "4 d 4 h");
}

TEST(ItemSyncFormatTest, ASlotIsWhatATimestampHas) {
  EXPECT_EQ(ParseSlot("0001"), 1);
  EXPECT_EQ(ParseSlot("fffe"), 0xfffe);
  EXPECT_EQ(ParseSlot("7"), 7);
  for (const char* none :
       {"", "0", "0000", "ffff", "00001", "g", "-1", " 1", "1 ", "0x1"}) {
    EXPECT_EQ(ParseSlot(none), std::nullopt) << none;
  }
  EXPECT_EQ(SlotText(7), "0007");
}

dyno::MemberStatus Member(const std::string& replica,
                          const std::string& clock) {
  dyno::MemberStatus member;
  member.replica = replica;
  if (!clock.empty()) member.known = clock + "-0000-ffff-ffffffffffff";
  return member;
}

TEST(ItemSyncFormatTest, HowMuchIsHeldBackIsUpToTheNextMember) {
  dyno::StoreStatus status;
  EXPECT_EQ(HeldBackMs(status), std::nullopt);
  status.members = {Member("a", "013d58c7276e"), Member("b", "013d58c72770"),
                    Member("c", "013d58c72780"), Member("d", "")};
  status.watermark = status.members[0].known;
  status.held_by = {"a"};
  EXPECT_EQ(HeldBackMs(status), 2u);
  status.members[1].forgotten = true;
  EXPECT_EQ(HeldBackMs(status), 0x12u);
  status.held_by = {"a", "c"};
  EXPECT_EQ(HeldBackMs(status), std::nullopt);
  status.held_by = {"d"};
  status.watermark = "";
  EXPECT_EQ(HeldBackMs(status), std::nullopt);
}

TEST(ItemSyncFormatTest, OfManyTwinsTheFirstOnesAreShown) {
  dyno::SyncResult result;
  for (int i = 0; i < 12; ++i) {
    result.twins.push_back("\x1b" + std::to_string(i));
  }
  const std::string text = SyncText({"a"}, {"b"}, result);
  EXPECT_NE(text.find("both had, with other values, \\x1b9;"),
            std::string::npos);
  EXPECT_EQ(text.find("\\x1b10"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\nand 2 more of this kind\n"));
}

}  // namespace
}  // namespace cli
