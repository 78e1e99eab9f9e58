#include "sim/history.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace dynamodown::sim {
namespace {

using std::chrono::seconds;

constexpr Effects kOnce = {1, false};

/// A history of one key, with the rules it breaks.
class HistoryTest : public testing::Test {
 protected:
  HistoryTest() : HistoryTest(false) {}
  explicit HistoryTest(bool one_client)
      : history_(&scheduler_, {seconds(20), seconds(8), one_client},
                 [this](const std::string& rule, const std::string&) {
                   broken_.push_back(rule);
                 }) {}

  ValueId Write(Ending ending, const Effects& effects) {
    ValueId id;
    history_.NewValue("k", 0, &id);
    CallEntry* const entry = history_.Begin("c", "Put");
    history_.End(entry, ending, "");
    history_.Wrote("k", id, entry, effects);
    return id;
  }
  void Read(ValueId value, bool eventual) {
    CallEntry* const entry = history_.Begin("c", "Get");
    history_.End(entry, Ending::kAcknowledged, "");
    if (eventual) {
      history_.SawLately("k", Sight::Is(value), entry->end, entry);
    } else {
      history_.Saw("k", Sight::Is(value), entry->call, entry->end, entry);
    }
  }
  /// The first broken rule, or "".
  std::string Check() {
    history_.Check();
    return broken_.empty() ? "" : broken_.front();
  }

  SimScheduler scheduler_{1};
  std::vector<std::string> broken_;
  History history_;
};

class OneClientHistoryTest : public HistoryTest {
 protected:
  OneClientHistoryTest() : HistoryTest(true) {}
};

constexpr char kStrongRule[] = "each key's history is linearizable";
constexpr char kEventualRule[] = "an eventual read sees what was there lately";
constexpr char kOneClientRule[] = "one client reads what it wrote";

TEST_F(HistoryTest, AnEventualReadMayMissWhatIsNew) {
  Write(Ending::kAcknowledged, kOnce);
  scheduler_.Sleep(seconds(8));
  Read(kNothing, true);
  EXPECT_EQ(Check(), "");
}

TEST_F(HistoryTest, AnEventualReadMissesNothingThatIsOld) {
  Write(Ending::kAcknowledged, kOnce);
  scheduler_.Sleep(seconds(9));
  Read(kNothing, true);
  EXPECT_EQ(Check(), kEventualRule);
}

TEST_F(HistoryTest, AnEventualReadSeesNothingThatWasReplacedLongAgo) {
  const ValueId old = Write(Ending::kAcknowledged, kOnce);
  scheduler_.Sleep(seconds(9));
  Write(Ending::kAcknowledged, kOnce);
  Read(old, true);
  EXPECT_EQ(Check(), "");
  scheduler_.Sleep(seconds(9));
  Read(old, true);
  EXPECT_EQ(Check(), kEventualRule);
}

TEST_F(HistoryTest, AStrongReadMissesNothingThatIsNew) {
  Write(Ending::kAcknowledged, kOnce);
  Read(kNothing, false);
  EXPECT_EQ(Check(), kStrongRule);
}

TEST_F(HistoryTest, WhatNoRequestCanHaveDoneExplainsNoRead) {
  Read(Write(Ending::kUnknown, {0, false}), false);
  EXPECT_EQ(Check(), kStrongRule);
}

TEST_F(HistoryTest, NorAnEventualOne) {
  Read(Write(Ending::kUnknown, {0, false}), true);
  EXPECT_EQ(Check(), kEventualRule);
}

TEST_F(HistoryTest, WhatIsAcknowledgedWasDone) {
  Write(Ending::kAcknowledged, {0, false});
  EXPECT_EQ(Check(), kStrongRule);
}

TEST_F(OneClientHistoryTest, WhatIsLateMayComeUntilItsTimeIsUp) {
  const ValueId late = Write(Ending::kUnknown, {1, true});
  const ValueId value = Write(Ending::kAcknowledged, kOnce);
  Read(value, false);
  scheduler_.Sleep(seconds(19));
  Read(late, false);
  EXPECT_EQ(Check(), "");
}

TEST_F(OneClientHistoryTest, WhatIsLateDoesNotComeAfterItsTime) {
  const ValueId late = Write(Ending::kUnknown, {1, true});
  scheduler_.Sleep(seconds(21));
  const ValueId value = Write(Ending::kAcknowledged, kOnce);
  Read(value, false);
  EXPECT_TRUE(broken_.empty());
  Read(late, false);
  EXPECT_EQ(Check(), kOneClientRule);
}

}  // namespace
}  // namespace dynamodown::sim
