// On random records Merge is commutative, associative and idempotent, and drops
// only records that a base covers. Stored records are read back as they were.

#include "dyno/item/records.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "dyno/item/base_codec.h"
#include "dyno/item/key.h"

namespace dyno {
namespace {

constexpr int kSeeds = 20000;

Flake At(uint64_t milliseconds, uint64_t replica) {
  Flake flake;
  flake.milliseconds = milliseconds;
  flake.slot = 1;
  flake.replica = replica;
  return flake;
}

OperationRecord Operation(const Flake& timestamp, const std::string& value,
                          const std::string& name = "putAttrs") {
  return {MakeRecordKey("x", timestamp, name), value, timestamp};
}

BaseRecord Base(const Flake& timestamp, char hash) {
  BaseRecord base;
  base.timestamp = timestamp;
  base.hash = std::string(64, hash);
  base.item = "{}";
  base.changes = 1;
  return base;
}

/// Draws from few values, so that records collide.
class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  size_t UpTo(size_t limit) { return random_() % (limit + 1); }
  Flake Timestamp() { return At(1 + UpTo(5), 1 + UpTo(2)); }

  Records Any() {
    Records records;
    for (size_t i = UpTo(6); i > 0; --i) {
      records.operations.push_back(
          Operation(Timestamp(), UpTo(9) == 0 ? R"({"b":1})" : R"({"a":1})",
                    UpTo(3) == 0 ? "putItem" : "putAttrs"));
    }
    std::sort(records.operations.begin(), records.operations.end(),
              [](const auto& a, const auto& b) { return a.key < b.key; });
    for (size_t i = UpTo(3); i > 0; --i) records.bases.push_back(AnyBase());
    return records;
  }

  BaseRecord AnyBase() {
    BaseRecord base = Base(Timestamp(), UpTo(1) == 0 ? 'a' : 'b');
    if (UpTo(9) == 0) base.item.clear();
    for (uint64_t replica = 1; replica <= 3; ++replica) {
      if (UpTo(1) == 0) base.seen[replica] = At(1 + UpTo(5), replica);
    }
    for (size_t done = UpTo(2); done > 0; --done) {
      base.done.insert(LateKey(Operation(Timestamp(), "")));
    }
    return base;
  }

 private:
  std::mt19937_64 random_;
};

Records JustNormal(const Records& records) { return Merge(records, Records()); }

TEST(Algebra, MergeIsCommutativeAssociativeAndIdempotent) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    Generator generator(seed);
    const Records a = generator.Any();
    const Records b = generator.Any();
    const Records c = generator.Any();
    ASSERT_TRUE(Merge(a, b) == Merge(b, a)) << seed;
    ASSERT_TRUE(Merge(Merge(a, b), c) == Merge(a, Merge(b, c))) << seed;
    const Records both = Merge(a, b);
    ASSERT_TRUE(Merge(both, both) == both) << seed;
    ASSERT_TRUE(Merge(both, a) == both) << seed;
    ASSERT_TRUE(Merge(both, Records()) == both) << seed;
    ASSERT_TRUE(Norm(both) == both) << seed;
  }
}

TEST(Algebra, BelowIsAPartialOrderOfBases) {
  int below = 0;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    Generator generator(seed);
    // Most of the time each base knows a little more than the one before.
    std::vector<BaseRecord> bases = {generator.AnyBase()};
    while (bases.size() < 3) {
      BaseRecord next = generator.AnyBase();
      if (generator.UpTo(3) > 0) {
        for (const auto& [replica, seen] : bases.back().seen) {
          next.seen[replica] = std::max(next.seen[replica], seen);
        }
        next.done.insert(bases.back().done.begin(), bases.back().done.end());
      }
      bases.push_back(std::move(next));
    }
    ASSERT_TRUE(IsBelow(bases[0], bases[0])) << seed;
    if (IsBelow(bases[0], bases[1]) && IsBelow(bases[1], bases[2])) {
      ++below;
      ASSERT_TRUE(IsBelow(bases[0], bases[2])) << seed;
      const OperationRecord x = Operation(generator.Timestamp(), "{}");
      ASSERT_TRUE(!IsBelow(x, bases[0]) || IsBelow(x, bases[2])) << seed;
    }
  }
  EXPECT_GT(below, 50);  // The seeds yield enough cases.
}

TEST(Algebra, MergeDropsOnlyOperationsBelowABaseThatStays) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    Generator generator(seed);
    const Records a = generator.Any();
    const Records b = generator.Any();
    const Records both = Merge(a, b);
    for (const Records* records : {&a, &b}) {
      for (const OperationRecord& x : records->operations) {
        const bool is_there = std::any_of(
            both.operations.begin(), both.operations.end(),
            [&x](const OperationRecord& kept) { return kept.key == x.key; });
        const bool is_claimed = std::any_of(
            both.bases.begin(), both.bases.end(),
            [&x](const BaseRecord& base) { return IsBelow(x, base); });
        ASSERT_NE(is_there, is_claimed) << seed << " " << x.key;
      }
    }
  }
}

TEST(Algebra, EveryRecordIsAppliedLateOrSettled) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    Generator generator(seed);
    const Records records = JustNormal(generator.Any());
    const View view = ViewOf(records);
    ASSERT_EQ(view.live.size() + view.late_operations.size() +
                  view.settled_operations.size(),
              records.operations.size())
        << seed;
    ASSERT_EQ(view.same_bases.size() + view.late_bases.size() +
                  view.settled_bases.size(),
              records.bases.size())
        << seed;
    for (const OperationRecord* x : view.live) {
      ASSERT_TRUE(view.base == nullptr || view.base->timestamp < x->timestamp);
    }
    ASSERT_TRUE(std::is_sorted(
        view.live.begin(), view.live.end(),
        [](const auto* a, const auto* b) { return a->key < b->key; }));
  }
}

TEST(Algebra, StoredRecordsAreReadBack) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    Generator generator(seed);
    const Records records = JustNormal(generator.Any());
    std::map<std::string, std::string> stored;
    for (const OperationRecord& x : records.operations) stored[x.key] = x.value;
    std::map<Flake, std::vector<const BaseRecord*>> bases;
    for (const BaseRecord& base : records.bases) {
      bases[base.timestamp].push_back(&base);
    }
    for (const auto& [timestamp, family] : bases) {
      for (const StoredRecord& record : EncodeBases("x", family)) {
        // No operation that stays has the key of a base's item.
        ASSERT_TRUE(stored.emplace(record.key, record.value).second)
            << seed << " " << record.key;
      }
    }
    RecordCollector collector;
    for (const auto& [key, value] : stored) {
      const leveldb::Status added = collector.Add(key, value);
      ASSERT_TRUE(added.ok()) << seed << " " << added.ToString();
    }
    ASSERT_TRUE(collector.Finish().ok());
    ASSERT_EQ(collector.count(), stored.size());
    ASSERT_TRUE(JustNormal(collector.records()) == records) << seed;
  }
}

TEST(Algebra, TheGreaterOfTwoConflictingRecordsStays) {
  Records a;
  Records b;
  a.operations.push_back(Operation(At(1, 1), R"({"a":1})"));
  b.operations.push_back(Operation(At(1, 1), R"({"a":2})"));
  std::vector<std::string> conflicts;
  const Records both = Merge(a, b, &conflicts);
  ASSERT_EQ(both.operations.size(), 1u);
  EXPECT_EQ(both.operations[0].value, R"({"a":2})");
  EXPECT_EQ(conflicts, std::vector<std::string>{a.operations[0].key});
  conflicts.clear();
  Merge(a, a, &conflicts);
  EXPECT_TRUE(conflicts.empty());
}

TEST(Algebra, ABaseBelowNoOtherStaysBesideAGreaterOne) {
  // Two stores flattened independently, so neither base has a `seen`. Neither
  // base may make the other one's content vanish.
  Records a;
  Records b;
  a.bases.push_back(Base(At(1, 1), 'a'));
  b.bases.push_back(Base(At(2, 2), 'b'));
  const Records both = Merge(a, b);
  ASSERT_EQ(both.bases.size(), 2u);
  const View view = ViewOf(both);
  EXPECT_EQ(view.base->timestamp, At(2, 2));
  ASSERT_EQ(view.late_bases.size(), 1u);
  EXPECT_EQ(view.late_bases[0]->timestamp, At(1, 1));
}

TEST(View, ALateOperationIsSettledOnlyByTheBaseOrByALiveSettle) {
  Records records;
  records.operations.push_back(Operation(At(1, 1), "{}"));
  records.operations.push_back(Operation(At(2, 1), "{}"));
  records.operations.push_back(Operation(At(3, 1), "{}"));
  const auto settle = [](const Flake& timestamp, const OperationRecord& late) {
    return Operation(timestamp, "{\"late\":[\"" + LateKey(late) + "\"]}",
                     "settle");
  };
  // This settle is late itself, so it settles nothing.
  records.operations.push_back(settle(At(4, 1), records.operations[2]));
  records.operations.push_back(settle(At(9, 1), records.operations[0]));
  records.bases.push_back(Base(At(5, 2), 'a'));
  records.bases[0].done.insert(LateKey(records.operations[1]));
  const View view = ViewOf(records);
  ASSERT_EQ(view.settled_operations.size(), 2u);
  EXPECT_EQ(view.settled_operations[0]->timestamp, At(1, 1));
  EXPECT_EQ(view.settled_operations[1]->timestamp, At(2, 1));
  ASSERT_EQ(view.late_operations.size(), 2u);
  EXPECT_EQ(view.late_operations[0]->timestamp, At(3, 1));
  EXPECT_EQ(view.live.size(), 1u);
}

TEST(View, ABaseWithTheSameContentIsNotLate) {
  Records records;
  records.bases = {Base(At(5, 1), 'a'), Base(At(5, 1), 'a')};
  records.bases[0].seen[1] = At(5, 1);
  records.bases[1].seen[2] = At(5, 2);
  const View view = ViewOf(Merge(records, Records()));
  EXPECT_FALSE(view.has_late());
}

}  // namespace
}  // namespace dyno
