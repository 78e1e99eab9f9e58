#include "items/sync_format.h"

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

TEST(ItemSyncFormatTest, ASlotIsOneToFourHexadecimalDigits) {
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

TEST(ItemSyncFormatTest, HeldBackMsIsTheDistanceToTheNextMember) {
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

TEST(ItemSyncFormatTest, OnlyTheFirstTenConflictsAreShown) {
  dyno::SyncResult result;
  for (int i = 0; i < 12; ++i) {
    result.conflicts.push_back("\x1b" + std::to_string(i));
  }
  const std::string text = SyncText({"a"}, {"b"}, result);
  EXPECT_NE(text.find("both had \\x1b9 with different values;"),
            std::string::npos);
  EXPECT_EQ(text.find("\\x1b10"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\nand 2 more of this kind\n"));
}

TEST(ItemSyncFormatTest, OneFoldedRecordIsInTheSingular) {
  dyno::SyncResult result;
  result.a.deletes = 1;
  result.b.deletes = 2;
  const std::string text = SyncText({"a"}, {"b"}, result);
  EXPECT_NE(text.find(", and 1 record was folded away;"), std::string::npos);
  EXPECT_NE(text.find(", and 2 records were folded away;"), std::string::npos);
}

ItemStatusReport ReportOfWriter(const std::string& promise,
                                const std::string& reserved) {
  ItemStatusReport report;
  report.location = "table/store";
  report.now_ms = 0x013d58c7276e;
  report.status.replica = "786ae2e1f629";
  report.status.shared = true;
  dyno::WriterStatus writer;
  writer.slot = 3;
  writer.open = true;
  writer.promise = promise;
  writer.reserved = reserved;
  report.status.writers = {writer};
  return report;
}

TEST(ItemSyncFormatTest, AMissingMinimumTimestampOfAWriterIsShown) {
  const std::string text =
      StatusText(ReportOfWriter("", "013d58c7276e-0000-ffff-ffffffffffff"));
  EXPECT_TRUE(
      text.ends_with("\nwriters    0003  open, no minimum timestamp yet\n"))
      << text;
}

TEST(ItemSyncFormatTest, AWriterPastItsReservedTimeMayHaveEnded) {
  // The writer's reserved time ended 125 s ago.
  const std::string text =
      StatusText(ReportOfWriter("", "013d58c53f26-0000-ffff-ffffffffffff"));
  EXPECT_TRUE(
      text.ends_with("yet; wrote nothing for 2 min 5 s: has "
                     "its program ended?\n"))
      << text;
}

TEST(ItemSyncFormatTest, AStoreWithoutAStableTimeHoldsItselfBack) {
  ItemStatusReport report;
  report.status.replica = "786ae2e1f629";
  report.status.replicated = true;
  report.status.members = {Member("786ae2e1f629", "")};
  report.status.members[0].is_self = true;
  report.status.held_by = {"786ae2e1f629"};
  EXPECT_NE(
      StatusText(report).find("held back  by 786ae2e1f629 (this store): "
                              "no sync has computed its stable time yet\n"),
      std::string::npos);
}

}  // namespace
}  // namespace cli
