#include "sim/checker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

namespace dynamodown::sim {
namespace {

constexpr int64_t kNever = 1'000'000;

Sight Is(ValueId value) { return {Sight::Kind::kIs, value}; }
Sight IsNot(ValueId value) { return {Sight::Kind::kIsNot, value}; }

RegisterWrite Acknowledged(ValueId value, int64_t call, int64_t end) {
  return {value, call, end, true, 1, end, std::nullopt};
}
RegisterWrite Repeated(ValueId value, int64_t call, int64_t end, int effects,
                       int64_t effects_end) {
  return {value, call, end, true, effects, effects_end, std::nullopt};
}
RegisterWrite Unknown(ValueId value, int64_t call, int64_t end,
                      int64_t effects_end, int effects = 1) {
  return {value, call, end, false, effects, effects_end, std::nullopt};
}
RegisterWrite If(Sight condition, RegisterWrite write) {
  write.condition = condition;
  return write;
}
RegisterRead Read(Sight sight, int64_t call, int64_t end) {
  return {sight, call, end, std::nullopt};
}

bool CanBe(const std::vector<RegisterWrite>& writes,
           const std::vector<RegisterRead>& reads) {
  return !CheckRegister(writes, reads).has_value();
}

TEST(Checker, NothingIsThereAtFirst) {
  EXPECT_TRUE(CanBe({}, {Read(Is(kNothing), 1, 2)}));
  EXPECT_FALSE(CanBe({}, {Read(Is(1), 1, 2)}));
  EXPECT_FALSE(CanBe({}, {Read(IsNot(kNothing), 1, 2)}));
}

TEST(Checker, WhatIsAcknowledgedIsThere) {
  EXPECT_TRUE(CanBe({Acknowledged(1, 1, 2)}, {Read(Is(1), 3, 4)}));
  EXPECT_FALSE(CanBe({Acknowledged(1, 1, 2)}, {Read(Is(kNothing), 3, 4)}));
}

TEST(Checker, AReadSaysWhichOneCannotBe) {
  const auto impossible =
      CheckRegister({Acknowledged(1, 1, 2), Acknowledged(2, 5, 6)},
                    {Read(Is(1), 3, 4), Read(Is(1), 7, 8)});
  ASSERT_TRUE(impossible.has_value());
  EXPECT_TRUE(impossible->is_read);
  EXPECT_EQ(impossible->index, 1u);
  EXPECT_FALSE(impossible->gave_up);
}

TEST(Checker, AReadDuringAWriteSeesEither) {
  for (const ValueId seen : {1, 2}) {
    EXPECT_TRUE(CanBe({Acknowledged(1, 1, 2), Acknowledged(2, 3, 6)},
                      {Read(Is(seen), 4, 5)}));
  }
  EXPECT_FALSE(CanBe({Acknowledged(1, 1, 2), Acknowledged(2, 3, 6)},
                     {Read(Is(kNothing), 4, 5)}));
}

TEST(Checker, TwoReadsDuringAWriteDoNotGoBack) {
  const std::vector<RegisterWrite> writes = {Acknowledged(1, 1, 2),
                                             Acknowledged(2, 3, 8)};
  EXPECT_TRUE(CanBe(writes, {Read(Is(1), 4, 5), Read(Is(2), 6, 7)}));
  EXPECT_FALSE(CanBe(writes, {Read(Is(2), 4, 5), Read(Is(1), 6, 7)}));
}

TEST(Checker, WhatIsReadBeforeItIsWrittenCannotBe) {
  EXPECT_FALSE(CanBe({Acknowledged(1, 3, 4)}, {Read(Is(1), 1, 2)}));
}

TEST(Checker, TheOrderOfTwoWritesAtATimeIsOneForAll) {
  const std::vector<RegisterWrite> writes = {Acknowledged(1, 1, 4),
                                             Acknowledged(2, 2, 3)};
  EXPECT_TRUE(CanBe(writes, {Read(Is(1), 5, 6), Read(Is(1), 7, 8)}));
  EXPECT_TRUE(CanBe(writes, {Read(Is(2), 5, 6), Read(Is(2), 7, 8)}));
  EXPECT_FALSE(CanBe(writes, {Read(Is(1), 5, 6), Read(Is(2), 7, 8)}));
}

TEST(Checker, AWriteMayHideBehindAnother) {
  // The reads order 1 < 2 < 3, but none sees 2.
  EXPECT_TRUE(CanBe(
      {Acknowledged(1, 1, 2), Acknowledged(2, 3, 10), Acknowledged(3, 4, 5)},
      {Read(Is(3), 6, 7), Read(Is(3), 11, 12)}));
}

TEST(Checker, ALongReadMayHaveSeenWhatWasThereForAMoment) {
  const std::vector<RegisterWrite> writes = {
      Acknowledged(1, 1, 2), Acknowledged(2, 4, 5), Acknowledged(3, 6, 7)};
  for (const ValueId seen : {1, 2, 3}) {
    EXPECT_TRUE(CanBe(writes, {Read(Is(seen), 3, 8)}));
  }
  EXPECT_FALSE(CanBe(writes, {Read(Is(kNothing), 3, 8)}));
}

TEST(Checker, AnUnknownWriteMayTakeEffectOrNot) {
  const std::vector<RegisterWrite> writes = {Acknowledged(1, 1, 2),
                                             Unknown(2, 3, 4, 4)};
  EXPECT_TRUE(CanBe(writes, {Read(Is(1), 5, 6)}));
  EXPECT_TRUE(CanBe(writes, {Read(Is(2), 5, 6)}));
  EXPECT_FALSE(CanBe(writes, {Read(Is(1), 5, 6), Read(Is(2), 7, 8)}));
}

TEST(Checker, LateItMayDoSoUntilItsTimeIsUp) {
  const std::vector<RegisterWrite> writes = {Acknowledged(1, 1, 2),
                                             Unknown(2, 3, 4, 9)};
  EXPECT_TRUE(CanBe(writes, {Read(Is(1), 5, 6), Read(Is(2), 7, 8)}));
  EXPECT_FALSE(CanBe(
      writes, {Read(Is(1), 5, 6), Read(Is(2), 10, 11), Read(Is(1), 12, 13)}));
  EXPECT_FALSE(CanBe(writes, {Read(Is(1), 10, 11), Read(Is(2), 12, 13)}));
}

TEST(Checker, AReadThatIsUnderWayWhenTheTimeIsUpMayHaveSeenIt) {
  EXPECT_TRUE(CanBe({Acknowledged(1, 1, 2), Unknown(2, 3, 4, 9)},
                    {Read(Is(1), 5, 6), Read(Is(2), 8, 11)}));
}

TEST(Checker, ARepeatedWriteMayUndoANewerOne) {
  const std::vector<RegisterRead> undone = {Read(Is(2), 7, 8),
                                            Read(Is(1), 9, 10)};
  EXPECT_TRUE(CanBe({Repeated(1, 1, 2, 2, 20), Acknowledged(2, 5, 6)}, undone));
  EXPECT_FALSE(CanBe({Acknowledged(1, 1, 2), Acknowledged(2, 5, 6)}, undone));
  EXPECT_FALSE(CanBe({Repeated(1, 1, 2, 2, 4), Acknowledged(2, 5, 6)}, undone));
}

TEST(Checker, ARepeatedWriteHasOnlySoManyEffects) {
  const std::vector<RegisterRead> reads = {
      Read(Is(1), 3, 4), Read(Is(2), 7, 8), Read(Is(1), 9, 10),
      Read(Is(3), 13, 14), Read(Is(1), 15, 16)};
  const std::vector<RegisterWrite> others = {Acknowledged(2, 5, 6),
                                             Acknowledged(3, 11, 12)};
  for (const int effects : {2, 3}) {
    std::vector<RegisterWrite> writes = others;
    writes.push_back(Repeated(1, 1, 2, effects, 20));
    EXPECT_EQ(CanBe(writes, reads), effects == 3);
  }
}

TEST(Checker, ARemovalThatIsRepeatedComesBack) {
  const std::vector<RegisterWrite> writes = {Acknowledged(1, 1, 2),
                                             Repeated(kNothing, 3, 4, 2, 20),
                                             Acknowledged(2, 5, 6)};
  EXPECT_TRUE(CanBe(writes, {Read(Is(2), 7, 8), Read(Is(kNothing), 9, 10)}));
  EXPECT_FALSE(CanBe(writes, {Read(Is(2), 7, 8), Read(Is(1), 9, 10)}));
}

TEST(Checker, OfTwoRemovalsTheOneWhoseTimeIsUpFirstGoesFirst) {
  // Both are needed: the first for the read at 7, the second for the one at 15.
  EXPECT_TRUE(CanBe({Acknowledged(1, 1, 2), Unknown(kNothing, 3, 4, 30),
                     Unknown(kNothing, 5, 6, 10), Acknowledged(2, 11, 12)},
                    {Read(Is(1), 7, 8), Read(Is(kNothing), 9, 10),
                     Read(Is(2), 13, 14), Read(Is(kNothing), 15, 16)}));
}

TEST(Checker, AConditionMustHoldWhenTheWriteTakesEffect) {
  EXPECT_TRUE(CanBe({Acknowledged(1, 1, 2), If(Is(1), Acknowledged(2, 3, 4))},
                    {Read(Is(2), 5, 6)}));
  EXPECT_FALSE(
      CanBe({Acknowledged(1, 1, 2), If(Is(7), Acknowledged(2, 3, 4))}, {}));
  EXPECT_FALSE(CanBe(
      {Acknowledged(1, 1, 2), If(Is(kNothing), Acknowledged(2, 3, 4))}, {}));
  // Another write makes it hold, in time or too late.
  EXPECT_TRUE(
      CanBe({If(Is(1), Acknowledged(2, 1, 4)), Acknowledged(1, 2, 3)}, {}));
  EXPECT_FALSE(
      CanBe({If(Is(1), Acknowledged(2, 1, 2)), Acknowledged(1, 3, 4)}, {}));
}

TEST(Checker, OfTwoWritesOnOneConditionOneFails) {
  EXPECT_FALSE(CanBe({Acknowledged(1, 1, 2), If(Is(1), Acknowledged(2, 3, 6)),
                      If(Is(1), Acknowledged(3, 4, 5))},
                     {}));
}

TEST(Checker, AConflictMeansThatTheConditionDidNotHoldOnce) {
  // A conflict is a read of the condition's opposite.
  EXPECT_TRUE(CanBe({Acknowledged(1, 1, 2)}, {Read(IsNot(7), 3, 4)}));
  EXPECT_FALSE(CanBe({Acknowledged(1, 1, 2)}, {Read(IsNot(1), 3, 4)}));
}

TEST(Checker, AConflictIsNoneOfItsOwnEffect) {
  const std::vector<RegisterWrite> writes = {Acknowledged(1, 1, 2),
                                             If(Is(1), Unknown(2, 3, 4, 9))};
  RegisterRead conflict = Read(IsNot(1), 3, 4);
  EXPECT_TRUE(CanBe(writes, {conflict}));
  conflict.before_write = 1;
  EXPECT_FALSE(CanBe(writes, {conflict}));
}

TEST(Checker, ManyLateWritesAreNoBurden) {
  std::vector<RegisterWrite> writes;
  std::vector<RegisterRead> reads;
  int64_t at = 0;
  for (ValueId value = 1; value <= 300; ++value) {
    const ValueId written = value % 3 == 0 ? kNothing : value;
    writes.push_back(Repeated(written, at + 1, at + 2, 3, kNever));
    reads.push_back(Read(Is(written), at + 3, at + 4));
    at += 4;
  }
  EXPECT_TRUE(CanBe(writes, reads));
  reads.push_back(Read(Is(1000), at + 1, at + 2));
  EXPECT_FALSE(CanBe(writes, reads));
}

// ---- Against the definition ------------------------------------------------

/// Tries all orders of effects and reads.
class ByDefinition {
 public:
  ByDefinition(const std::vector<RegisterWrite>& writes,
               const std::vector<RegisterRead>& reads)
      : writes_(writes),
        reads_(reads),
        effects_(writes.size()),
        seen_(reads.size()) {}

  bool CanBe() { return From(0, kNothing); }

 private:
  /// Every effect and every sight happens at one moment; the moments are
  /// ordered.
  bool From(int64_t now, ValueId value) {
    if (std::all_of(seen_.begin(), seen_.end(), [](bool s) { return s; }) &&
        NothingOwed()) {
      return true;
    }
    if (!visited_.insert({now, value, effects_, seen_}).second) return false;
    for (size_t i = 0; i < reads_.size(); ++i) {
      const RegisterRead& read = reads_[i];
      if (seen_[i] || read.end < now || !read.sight.Holds(value)) continue;
      if (read.before_write && effects_[*read.before_write] > 0) continue;
      seen_[i] = true;
      if (From(std::max(now, read.call), value)) return true;
      seen_[i] = false;
    }
    for (size_t i = 0; i < writes_.size(); ++i) {
      const RegisterWrite& write = writes_[i];
      const bool first = write.acknowledged && effects_[i] == 0;
      const int64_t end = first ? write.end : write.effects_end;
      if (effects_[i] == write.effects_max || end < now) continue;
      if (write.condition && !write.condition->Holds(value)) continue;
      ++effects_[i];
      if (From(std::max(now, write.call), write.value)) return true;
      --effects_[i];
    }
    return false;
  }
  bool NothingOwed() const {
    for (size_t i = 0; i < writes_.size(); ++i) {
      if (writes_[i].acknowledged && effects_[i] == 0) return false;
    }
    return true;
  }

  const std::vector<RegisterWrite>& writes_;
  const std::vector<RegisterRead>& reads_;
  std::vector<int> effects_;
  std::vector<bool> seen_;
  std::set<std::tuple<int64_t, ValueId, std::vector<int>, std::vector<bool>>>
      visited_;
};

TEST(Checker, AgreesWithTheDefinitionOnSmallHistories) {
  int possible = 0;
  int impossible = 0;
  for (uint64_t seed = 0; seed < 20'000; ++seed) {
    std::mt19937_64 random(seed);
    const auto below = [&](uint64_t n) {
      return static_cast<int64_t>(random() % n);
    };
    std::vector<int64_t> moments(40);
    for (size_t i = 0; i < moments.size(); ++i) {
      moments[i] = static_cast<int64_t>(i) + 1;
    }
    std::shuffle(moments.begin(), moments.end(), random);
    const auto take = [&] {
      const int64_t moment = moments.back();
      moments.pop_back();
      return moment;
    };
    const auto sight = [&](int64_t values) {
      return below(4) == 0 ? IsNot(below(2) == 0 ? 0 : below(values + 1))
                           : Is(below(values + 1));
    };
    const int64_t n = 1 + below(4);
    std::vector<RegisterWrite> writes;
    for (int64_t i = 1; i <= n; ++i) {
      RegisterWrite write;
      write.value = below(4) == 0 ? kNothing : i;
      write.call = take();
      write.end = take();
      if (write.end < write.call) std::swap(write.call, write.end);
      write.effects_end = below(2) == 0 ? write.end : take();
      if (write.effects_end < write.end) {
        std::swap(write.end, write.effects_end);
      }
      if (write.end < write.call) std::swap(write.call, write.end);
      write.acknowledged = below(3) > 0;
      write.effects_max = 1 + static_cast<int>(below(2));
      if (below(5) == 0) write.condition = sight(n);
      writes.push_back(write);
    }
    std::vector<RegisterRead> reads;
    for (int64_t i = 1 + below(4); i > 0; --i) {
      RegisterRead read = Read(sight(n), take(), take());
      if (read.end < read.call) std::swap(read.call, read.end);
      if (below(4) == 0) {
        const auto own = static_cast<size_t>(below(static_cast<uint64_t>(n)));
        read.call = writes[own].call;
        read.end = writes[own].end;
        read.before_write = own;
      }
      reads.push_back(read);
    }
    const bool expected = ByDefinition(writes, reads).CanBe();
    ASSERT_EQ(CanBe(writes, reads), expected) << "seed " << seed;
    ++(expected ? possible : impossible);
  }
  EXPECT_GT(possible, 2000);
  EXPECT_GT(impossible, 2000);
}

}  // namespace
}  // namespace dynamodown::sim
