// Tests of parts of a store: with Seek, as LevelDB's users read them, and with
// Bounds.

#include <algorithm>
#include <optional>

#include "contract/contract.h"

namespace dynamodown_test {
namespace {

/// Returns keys to read around: short and long, neighbours, prefixes of each
/// other.
Map RangeEntries(bool binary_keys) {
  Random random(20);
  Map entries;
  const auto add = [&entries](const std::string& key) {
    entries[key] = "value of " + std::to_string(key.size()) + " bytes";
  };
  for (const char* key :
       {"a", "aa", "ab", "ab\x01", "abc", "b", "ba", "c", "d", "e", "\xc3\xa9",
        "\xc3\xa9t\xc3\xa9", "\xe4\xb8\xad", "\xf0\x9f\x98\x80", "\x7f"}) {
    add(key);
  }
  for (size_t n : {0, 1, 2, 3, 1022, 1023}) add(std::string(n, '\0'));
  add(std::string("a\0", 2));
  add(std::string("\0b", 2));
  add(std::string(1023, 'k'));
  add(std::string(1024, 'k'));
  add(std::string(1022, 'm') + "\xc3\xa9");
  for (int i = 0; i < 20; ++i) {
    add(binary_keys ? random.BinaryKey(30) : random.Utf8Key(30));
  }
  if (!binary_keys) return entries;
  for (const char* key : {"\xff", "\xff\xff", "\xfe\xff", "b\xff", "\x80"}) {
    add(key);
  }
  add(std::string(1024, '\xff'));
  return entries;
}

/// Returns bounds to read from: existing keys, keys beside them, and keys that
/// no store could hold.
std::vector<std::string> ProbesOf(const Map& entries) {
  Random random(21);
  std::vector<std::string> probes = {"",
                                     "\xff",
                                     "\xff\xff\xff",
                                     "a\xff",
                                     "\xc3",
                                     "\xc3\xff",
                                     "\xe4\xb8",
                                     "\xed\xa0\x80",
                                     "\xf0\x9f",
                                     "\xf4\x90",
                                     "zz",
                                     std::string(1024, '\0'),
                                     std::string(1025, '\0'),
                                     std::string(1500, '\0'),
                                     std::string(1025, '\xff'),
                                     std::string(2000, '\xff')};
  for (const auto& [key, value] : entries) {
    probes.push_back(key);
    probes.push_back(key + '\0');
    if (!key.empty()) probes.push_back(key.substr(0, key.size() - 1));
    // Bounds over the limit that begin with an existing key, which may itself
    // have 1,024 bytes.
    const size_t more = random.Between(1025, 2000) - key.size();
    probes.push_back(key + std::string(more, '\0'));
    probes.push_back(key + random.Bytes(more));
  }
  return probes;
}

class SeekTest : public ContractTest {
 protected:
  void SetUp() override {
    ContractTest::SetUp();
    entries_ = RangeEntries(can().binary_keys);
    probes_ = ProbesOf(entries_);
    Fill(entries_);
  }

  Map entries_;
  std::vector<std::string> probes_;
};
CONTRACT_SUITE(SeekTest, true);

TEST_P(SeekTest, SeekFindsTheFirstKeyNotBelow) {
  for (const std::string& probe : probes_) {
    const auto iterator = Iterate();
    iterator->Seek(probe);
    ASSERT_TRUE(iterator->status().ok()) << iterator->status().ToString();
    auto expected = entries_.lower_bound(probe);
    ASSERT_EQ(iterator->Valid(), expected != entries_.end()) << Shown(probe);
    for (int i = 0; i < 4 && expected != entries_.end(); ++i, ++expected) {
      ASSERT_TRUE(iterator->Valid()) << Shown(probe);
      ASSERT_EQ(Shown(iterator->key()), Shown(expected->first)) << Shown(probe);
      ASSERT_EQ(iterator->value(), expected->second);
      iterator->Next();
    }
  }
}

TEST_P(SeekTest, PrevAfterSeekFindsTheLastKeyBelow) {
  for (const std::string& probe : probes_) {
    const auto iterator = Iterate();
    // The idiom for "the last key below".
    iterator->Seek(probe);
    if (iterator->Valid()) {
      iterator->Prev();
    } else {
      iterator->SeekToLast();
    }
    ASSERT_TRUE(iterator->status().ok()) << iterator->status().ToString();
    auto expected = entries_.lower_bound(probe);
    for (int i = 0; i < 4 && expected != entries_.begin(); ++i) {
      --expected;
      ASSERT_TRUE(iterator->Valid()) << Shown(probe);
      ASSERT_EQ(Shown(iterator->key()), Shown(expected->first)) << Shown(probe);
      iterator->Prev();
    }
    if (expected == entries_.begin()) {
      ASSERT_FALSE(iterator->Valid()) << Shown(probe);
    }
  }
}

TEST_P(SeekTest, AHalfOpenRangeIsSeekAndCompare) {
  Random random(22);
  for (int i = 0; i < 60; ++i) {
    dynamodown::Bounds bounds;
    bounds.gte = random.Of(probes_);
    bounds.lt = random.Of(probes_);
    Entries seen;
    const auto iterator = Iterate();
    for (iterator->Seek(*bounds.gte);
         iterator->Valid() && iterator->key().ToString() < *bounds.lt;
         iterator->Next()) {
      seen.push_back(
          {iterator->key().ToString(), iterator->value().ToString()});
    }
    ASSERT_EQ(seen, EntriesOf(entries_, bounds)) << Shown(bounds);
  }
}

TEST_P(SeekTest, ChangesOfDirectionAgreeWithTheOracle) {
  Random random(23);
  for (int walk = 0; walk < 4; ++walk) {
    const auto iterator = Iterate();
    Model model(EntriesOf(entries_));
    ASSERT_NO_FATAL_FAILURE(
        Walk(iterator.get(), &model, probes_, 250, &random));
  }
}

class BoundsTest : public SeekTest {
 protected:
  /// Returns `each` ranges of every form, from keys of all kinds.
  std::vector<dynamodown::Bounds> ManyBounds(int each) {
    Random random(24);
    std::vector<dynamodown::Bounds> all;
    for (int form = 0; form < 32; ++form) {
      for (int i = 0; i < each; ++i) {
        // Mostly in the right order, so that the range is not empty.
        std::vector<std::string> ends;
        for (int end = 0; end < 4; ++end) ends.push_back(random.Of(probes_));
        if (!random.OneIn(4)) std::sort(ends.begin(), ends.end());
        if (random.OneIn(6)) ends[2] = ends[1];
        dynamodown::Bounds bounds;
        if (form & 1) bounds.gt = ends[0];
        if (form & 2) bounds.gte = ends[1];
        if (form & 4) bounds.lt = ends[2];
        if (form & 8) bounds.lte = ends[3];
        if (form & 16) {
          bounds.prefix = random.Of(probes_).substr(0, random.Between(0, 2));
          if (random.OneIn(8)) bounds.prefix = random.Of(probes_);
        }
        all.push_back(bounds);
      }
    }
    return all;
  }
};
CONTRACT_SUITE(BoundsTest, can.database);

TEST_P(BoundsTest, EveryFormOfRangeIsReadForwardAndBackward) {
  for (const dynamodown::Bounds& bounds : ManyBounds(8)) {
    const Entries expected = EntriesOf(entries_, bounds);
    const auto iterator = Iterate(bounds);
    EXPECT_EQ(Forward(iterator.get()), expected) << Shown(bounds);
    EXPECT_EQ(Backward(iterator.get()), Reversed(expected)) << Shown(bounds);
    if (HasFailure()) return;
  }
}

TEST_P(BoundsTest, EveryKindOfKeyIsALowerAndAnUpperBound) {
  for (const std::string& probe : probes_) {
    dynamodown::Bounds above, not_below, below, not_above, starting;
    above.gt = probe;
    not_below.gte = probe;
    below.lt = probe;
    not_above.lte = probe;
    starting.prefix = probe;
    for (const auto& bounds : {above, not_below, below, not_above, starting}) {
      const Entries expected = EntriesOf(entries_, bounds);
      const auto iterator = Iterate(bounds);
      iterator->SeekToFirst();
      ASSERT_EQ(iterator->Valid(), !expected.empty()) << Shown(bounds);
      if (expected.empty()) continue;
      EXPECT_EQ(Shown(iterator->key()), Shown(expected.front().key))
          << Shown(bounds);
      iterator->SeekToLast();
      ASSERT_TRUE(iterator->Valid()) << Shown(bounds);
      EXPECT_EQ(Shown(iterator->key()), Shown(expected.back().key))
          << Shown(bounds);
      if (HasFailure()) return;
    }
  }
}

TEST_P(BoundsTest, SeekAndChangesOfDirectionStayWithinTheBounds) {
  Random random(25);
  for (const dynamodown::Bounds& bounds : ManyBounds(1)) {
    const auto iterator = Iterate(bounds);
    Model model(EntriesOf(entries_, bounds));
    ASSERT_NO_FATAL_FAILURE(Walk(iterator.get(), &model, probes_, 40, &random))
        << Shown(bounds);
  }
}

TEST_P(BoundsTest, KeysOnlyGivesTheSameKeysWithoutValues) {
  dynamodown::Bounds bounds;
  bounds.keys_only = true;
  Entries expected = EntriesOf(entries_);
  for (Entry& entry : expected) entry.value.clear();
  const auto iterator = Iterate(bounds);
  EXPECT_EQ(Forward(iterator.get()), expected);
  EXPECT_EQ(Backward(iterator.get()), Reversed(expected));
}

TEST_P(BoundsTest, ExpectedIsAHintAndNoLimit) {
  for (uint64_t hint : {1, 2, 7, 10000}) {
    dynamodown::Bounds bounds;
    bounds.expected = hint;
    const auto iterator = Iterate(bounds);
    EXPECT_EQ(Forward(iterator.get()), EntriesOf(entries_));
    EXPECT_EQ(Backward(iterator.get()), Reversed(EntriesOf(entries_)));
  }
}

}  // namespace
}  // namespace dynamodown_test
