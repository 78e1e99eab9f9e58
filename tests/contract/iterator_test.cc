// Tests of iterators over a whole store.

#include <set>

#include "contract/contract.h"
#include "dynamodown/status.h"

namespace dynamodown_test {
namespace {

std::string Numbered(const std::string& start, int i) {
  std::string digits = std::to_string(i);
  return start + std::string(6 - digits.size(), '0') + digits;
}

/// Returns about 3 MB in values of 1 to 60 KB, some of them text: a store of
/// several pages of the maximum size.
Map ManyPages() {
  Random random(10);
  Map entries;
  size_t bytes = 0;
  for (int i = 0; bytes < 3 * 1024 * 1024; ++i) {
    const size_t size = random.Between(1024, 60 * 1024);
    entries[Numbered("key", i)] =
        random.OneIn(2) ? random.Text(size) : random.Bytes(size);
    bytes += size;
  }
  return entries;
}

Map ManySmall(int count) {
  Map entries;
  for (int i = 0; i < count; ++i) {
    entries[Numbered("small", i)] = std::to_string(i);
  }
  return entries;
}

class IteratorTest : public ContractTest {};
CONTRACT_SUITE(IteratorTest, true);

TEST_P(IteratorTest, ANewIteratorIsNotValid) {
  ASSERT_TRUE(Put("k", "v").ok());
  const auto iterator = Iterate();
  EXPECT_FALSE(iterator->Valid());
  EXPECT_TRUE(iterator->status().ok());
}

TEST_P(IteratorTest, AnEmptyStoreHasNothingToSeek) {
  const auto iterator = Iterate();
  iterator->SeekToFirst();
  EXPECT_FALSE(iterator->Valid());
  iterator->SeekToLast();
  EXPECT_FALSE(iterator->Valid());
  for (const char* key : {"", "k", "\xff\xff"}) {
    iterator->Seek(key);
    EXPECT_FALSE(iterator->Valid());
  }
  EXPECT_TRUE(iterator->status().ok()) << iterator->status().ToString();
}

TEST_P(IteratorTest, PastEitherEndAnIteratorIsNotValidAndCanSeekAgain) {
  Fill({{"a", "1"}, {"b", "2"}});
  const auto iterator = Iterate();
  for (int round = 0; round < 2; ++round) {
    iterator->SeekToLast();
    ASSERT_TRUE(iterator->Valid());
    iterator->Next();
    EXPECT_FALSE(iterator->Valid());
    iterator->SeekToFirst();
    ASSERT_TRUE(iterator->Valid());
    EXPECT_EQ(iterator->key(), "a");
    iterator->Prev();
    EXPECT_FALSE(iterator->Valid());
    iterator->Seek("aa");
    ASSERT_TRUE(iterator->Valid());
    EXPECT_EQ(iterator->value(), "2");
  }
  EXPECT_TRUE(iterator->status().ok());
}

TEST_P(IteratorTest, AStoreOfManySmallItemsIsReadWholeBothWays) {
  const Map expected = ManySmall(2500);
  Fill(expected);
  ExpectContents(expected);
  EXPECT_EQ(Backward(Iterate().get()), Reversed(EntriesOf(expected)));
}

TEST_P(IteratorTest, AStoreOfManyPagesIsReadWholeBothWays) {
  const Map expected = ManyPages();
  Fill(expected);
  const auto iterator = Iterate();
  EXPECT_TRUE(Forward(iterator.get()) == EntriesOf(expected));
  EXPECT_TRUE(Backward(iterator.get()) == Reversed(EntriesOf(expected)));
}

TEST_P(IteratorTest, DeletingBehindAScanForwardSkipsNothing) {
  const Map expected = ManyPages();
  Fill(expected);
  const auto iterator = Iterate();
  Entries seen;
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    seen.push_back({iterator->key().ToString(), iterator->value().ToString()});
    ASSERT_TRUE(Delete(seen.back().key).ok());
  }
  EXPECT_TRUE(iterator->status().ok()) << iterator->status().ToString();
  EXPECT_TRUE(seen == EntriesOf(expected)) << seen.size() << " entries";
  ExpectContents({});
}

TEST_P(IteratorTest, DeletingBehindAScanBackwardSkipsNothing) {
  Map expected = ManyPages();
  Fill(expected);
  const auto iterator = Iterate();
  Entries seen;
  for (iterator->SeekToLast(); iterator->Valid(); iterator->Prev()) {
    seen.push_back({iterator->key().ToString(), iterator->value().ToString()});
    if (seen.size() % 2 != 0) continue;
    ASSERT_TRUE(Delete(seen.back().key).ok());
  }
  EXPECT_TRUE(iterator->status().ok()) << iterator->status().ToString();
  EXPECT_TRUE(seen == Reversed(EntriesOf(expected)))
      << seen.size() << " entries";
  for (size_t i = 1; i < seen.size(); i += 2) expected.erase(seen[i].key);
  EXPECT_TRUE(Forward(Iterate().get()) == EntriesOf(expected));
}

TEST_P(IteratorTest, NoKeyComesTwiceWhileOthersWriteBehind) {
  const Map before = ManySmall(400);
  Fill(before);
  const auto iterator = Iterate();
  std::set<std::string> seen;
  int count = 0;
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    const std::string key = iterator->key().ToString();
    EXPECT_TRUE(seen.insert(key).second) << Shown(key);
    if (++count % 20 != 0) continue;
    ASSERT_TRUE(Put(key, "overwritten").ok());
    ASSERT_TRUE(Put(Numbered("behind", count), "new").ok());
  }
  EXPECT_TRUE(iterator->status().ok()) << iterator->status().ToString();
  for (const auto& [key, value] : before) EXPECT_EQ(seen.count(key), 1u);
}

TEST_P(IteratorTest, ResumeSkipsKeysAlreadyReturned) {
  const Map expected = ManySmall(150);
  Fill(expected);
  Entries seen;
  std::string last;
  for (;;) {
    const auto iterator = Iterate();
    for (iterator->Seek(last + '\0'); iterator->Valid(); iterator->Next()) {
      seen.push_back(
          {iterator->key().ToString(), iterator->value().ToString()});
      last = seen.back().key;
      if (seen.size() % 40 == 0) break;
    }
    ASSERT_TRUE(iterator->status().ok()) << iterator->status().ToString();
    if (!iterator->Valid()) break;
  }
  EXPECT_EQ(seen, EntriesOf(expected));
}

TEST_P(IteratorTest, RandomWalksAgreeWithTheOracle) {
  Random random(11);
  Map entries;
  std::vector<std::string> probes;
  while (entries.size() < 250) {
    const std::string key = RandomKey(&random, 60);
    entries[key] = random.Bytes(random.OneIn(8) ? 5000 : random.Below(200));
    probes.push_back(key);
    probes.push_back(key + std::string(random.Below(1900), 'x'));
    probes.push_back(key.substr(0, key.size() / 2));
  }
  Fill(entries);
  for (int walk = 0; walk < 6; ++walk) {
    const auto iterator = Iterate();
    Model model(EntriesOf(entries));
    ASSERT_NO_FATAL_FAILURE(Walk(iterator.get(), &model, probes, 250, &random));
  }
}

TEST_P(IteratorTest, RandomWalksOverManyPagesAgreeWithTheOracle) {
  Random random(12);
  const Map entries = ManyPages();
  std::vector<std::string> probes;
  for (const auto& [key, value] : entries) probes.push_back(key);
  Fill(entries);
  const auto iterator = Iterate();
  Model model(EntriesOf(entries));
  ASSERT_NO_FATAL_FAILURE(Walk(iterator.get(), &model, probes, 250, &random));
}

TEST_P(IteratorTest, ManyIteratorsOfOneStoreGoTheirOwnWays) {
  Random random(13);
  const Map entries = ManySmall(120);
  std::vector<std::string> probes;
  for (const auto& [key, value] : entries) probes.push_back(key);
  Fill(entries);
  std::vector<std::unique_ptr<leveldb::Iterator>> iterators;
  std::vector<Model> models;
  for (int i = 0; i < 5; ++i) {
    iterators.push_back(Iterate());
    models.emplace_back(EntriesOf(entries));
  }
  for (int round = 0; round < 12; ++round) {
    for (size_t i = 0; i < iterators.size(); ++i) {
      ASSERT_NO_FATAL_FAILURE(
          Walk(iterators[i].get(), &models[i], probes, 6, &random));
    }
  }
}

TEST_P(IteratorTest, AnIteratorMayBeDroppedInTheMiddle) {
  Fill(ManyPages());
  for (int steps : {0, 1, 2, 5, 40}) {
    const auto iterator = Iterate();
    iterator->SeekToFirst();
    for (int i = 0; i < steps; ++i) iterator->Next();
    EXPECT_TRUE(iterator->Valid());
  }
}

TEST_P(IteratorTest, CleanupsRunWhenAnIteratorIsDeleted) {
  int cleaned = 0;
  auto iterator = Iterate();
  iterator->RegisterCleanup(
      [](void* count, void*) { ++*static_cast<int*>(count); }, &cleaned,
      nullptr);
  EXPECT_EQ(cleaned, 0);
  iterator.reset();
  EXPECT_EQ(cleaned, 1);
}

class SnapshotTest : public ContractTest {};
CONTRACT_SUITE(SnapshotTest, can.snapshots);

TEST_P(SnapshotTest, AReadWithASnapshotSeesTheStoreAsItWas) {
  ASSERT_TRUE(Put("k", "before").ok());
  leveldb::ReadOptions options;
  options.snapshot = db()->GetSnapshot();
  ASSERT_NE(options.snapshot, nullptr);
  ASSERT_TRUE(Put("k", "after").ok());
  ASSERT_TRUE(Put("l", "after").ok());
  std::string value;
  ASSERT_TRUE(db()->Get(options, "k", &value).ok());
  EXPECT_EQ(value, "before");
  const std::unique_ptr<leveldb::Iterator> iterator(db()->NewIterator(options));
  EXPECT_EQ(Forward(iterator.get()), (Entries{{"k", "before"}}));
  db()->ReleaseSnapshot(options.snapshot);
}

TEST_P(SnapshotTest, AnIteratorDoesNotSeeLaterWrites) {
  const Map before = ManySmall(300);
  Fill(before);
  const auto iterator = Iterate();
  ASSERT_TRUE(Put(Numbered("small", 299), "overwritten").ok());
  ASSERT_TRUE(Put("zzz", "new").ok());
  ASSERT_TRUE(Delete(Numbered("small", 150)).ok());
  EXPECT_EQ(Forward(iterator.get()), EntriesOf(before));
}

class NoSnapshotTest : public ContractTest {};
CONTRACT_SUITE(NoSnapshotTest, !can.snapshots);

TEST_P(NoSnapshotTest, ASnapshotIsNotNullAndMayBeReleased) {
  const leveldb::Snapshot* first = db()->GetSnapshot();
  const leveldb::Snapshot* second = db()->GetSnapshot();
  EXPECT_NE(first, nullptr);
  EXPECT_NE(second, nullptr);
  db()->ReleaseSnapshot(first);
  db()->ReleaseSnapshot(second);
}

TEST_P(NoSnapshotTest, AReadWithASnapshotIsNotSupportedInWords) {
  ASSERT_TRUE(Put("k", "v").ok());
  leveldb::ReadOptions options;
  options.snapshot = db()->GetSnapshot();
  std::string value = "before";
  const leveldb::Status status = db()->Get(options, "k", &value);
  EXPECT_TRUE(status.IsNotSupportedError()) << status.ToString();
  EXPECT_THAT(status.ToString(), HasSubstr("snapshot"));
  EXPECT_EQ(value, "before");
  const std::unique_ptr<leveldb::Iterator> iterator(db()->NewIterator(options));
  iterator->SeekToFirst();
  EXPECT_FALSE(iterator->Valid());
  EXPECT_TRUE(iterator->status().IsNotSupportedError())
      << iterator->status().ToString();
  EXPECT_THAT(iterator->status().ToString(), HasSubstr("snapshot"));
  db()->ReleaseSnapshot(options.snapshot);
}

TEST_P(NoSnapshotTest, AnIteratorSeesWhatIsWrittenAhead) {
  Fill(ManyPages());
  const auto iterator = Iterate();
  iterator->SeekToFirst();
  ASSERT_TRUE(iterator->Valid());
  ASSERT_TRUE(Put("zzz", "ahead").ok());
  std::string last;
  for (; iterator->Valid(); iterator->Next()) last = iterator->key().ToString();
  EXPECT_TRUE(iterator->status().ok()) << iterator->status().ToString();
  EXPECT_EQ(last, "zzz");
}

}  // namespace
}  // namespace dynamodown_test
