// Tests of the calls that dynamodown::Database adds to leveldb::DB.

#include "contract/contract.h"
#include "dynamodown/status.h"

namespace dynamodown_test {
namespace {

using dynamodown::Condition;
using dynamodown::KindOf;
using dynamodown::StatusKind;

class MultiGetTest : public DatabaseTest {
 protected:
  /// Reads `keys` and fails unless the answers are those of `entries`.
  void ExpectAnswers(const std::vector<std::string>& keys, const Map& entries) {
    const std::vector<leveldb::Slice> slices(keys.begin(), keys.end());
    std::vector<std::string> values = {"left over"};
    std::vector<leveldb::Status> statuses(3);
    const leveldb::Status status =
        database()->MultiGet({}, slices, &values, &statuses);
    ASSERT_TRUE(status.ok()) << status.ToString();
    ASSERT_EQ(values.size(), keys.size());
    ASSERT_EQ(statuses.size(), keys.size());
    for (size_t i = 0; i < keys.size(); ++i) {
      const auto found = entries.find(keys[i]);
      if (found == entries.end()) {
        EXPECT_TRUE(statuses[i].IsNotFound())
            << i << ": " << statuses[i].ToString();
      } else {
        EXPECT_TRUE(statuses[i].ok()) << i << ": " << statuses[i].ToString();
        EXPECT_TRUE(values[i] == found->second) << i << " " << Shown(keys[i]);
      }
    }
  }
};
CONTRACT_SUITE(MultiGetTest, can.database);

TEST_P(MultiGetTest, EachAnswerBelongsToItsKey) {
  const Map entries = {
      {"", "empty"}, {"a", ""}, {"b", "\xff"}, {std::string(1, '\0'), "zero"}};
  Fill(entries);
  ExpectAnswers({"b", "missing", "", "a", std::string(1, '\0'), "b",
                 std::string(2, '\0'), "missing", "b"},
                entries);
}

TEST_P(MultiGetTest, NoKeysNeedNoAnswer) { ExpectAnswers({}, {}); }

TEST_P(MultiGetTest, AKeyThatCannotBeStoredIsNotFound) {
  Fill({{"a", "1"}});
  ExpectAnswers({std::string(1500, 'k'), "a", std::string(1024, '\0')},
                {{"a", "1"}});
  if (!can().binary_keys) ExpectAnswers({"\xff", "a"}, {{"a", "1"}});
}

TEST_P(MultiGetTest, AnyNumberOfKeysIsRead) {
  Map entries;
  std::vector<std::string> keys;
  for (int i = 0; i < 250; ++i) {
    keys.push_back("key" + std::to_string(i));
    if (i % 3 != 0) entries[keys.back()] = std::to_string(i);
  }
  Fill(entries);
  for (size_t n : {1, 99, 100, 101, 250}) {
    ExpectAnswers({keys.begin(), keys.begin() + static_cast<long>(n)}, entries);
  }
  keys.insert(keys.end(), keys.begin(), keys.begin() + 120);
  ExpectAnswers(keys, entries);
}

TEST_P(MultiGetTest, ValuesOver16MbTogetherAreRead) {
  Map entries;
  std::vector<std::string> keys;
  for (int i = 0; i < 45; ++i) {
    keys.push_back("key" + std::to_string(i));
    entries[keys.back()] = std::string(400000, static_cast<char>('A' + i));
  }
  Fill(entries);
  ExpectAnswers(keys, entries);
}

class WriteIfTest : public DatabaseTest {
 protected:
  leveldb::Status WriteIf(leveldb::WriteBatch* batch,
                          const std::vector<Condition>& conditions) {
    conflict_ = "unset";
    return database()->WriteIf({}, batch, conditions, &conflict_);
  }
  void ExpectConflict(const leveldb::Status& status, const std::string& key) {
    EXPECT_EQ(KindOf(status), StatusKind::kConflict) << status.ToString();
    EXPECT_EQ(Shown(conflict_), Shown(key));
  }
  void ExpectOk(const leveldb::Status& status) {
    EXPECT_TRUE(status.ok()) << status.ToString();
  }

  std::string conflict_;
};
CONTRACT_SUITE(WriteIfTest, can.database&& can.atomic_batch);

TEST_P(WriteIfTest, AbsentHoldsOnce) {
  leveldb::WriteBatch batch;
  batch.Put("k", "first");
  ExpectOk(WriteIf(&batch, {Condition::Absent("k")}));
  ExpectContents({{"k", "first"}});
  batch.Clear();
  batch.Put("k", "second");
  ExpectConflict(WriteIf(&batch, {Condition::Absent("k")}), "k");
  ExpectContents({{"k", "first"}});
}

TEST_P(WriteIfTest, PresentHoldsWhenTheKeyIsThere) {
  leveldb::WriteBatch batch;
  batch.Put("k", "new");
  ExpectConflict(WriteIf(&batch, {Condition::Present("k")}), "k");
  ExpectContents({});
  ASSERT_TRUE(Put("k", "old").ok());
  ExpectOk(WriteIf(&batch, {Condition::Present("k")}));
  ExpectContents({{"k", "new"}});
}

TEST_P(WriteIfTest, EqualsComparesTheBytes) {
  Random random(50);
  for (const std::string& value :
       {std::string("text"), std::string(), std::string("\xff\x00", 2),
        std::string("42"), random.Utf8(5000), random.Bytes(5000)}) {
    ASSERT_TRUE(Put("k", value).ok());
    leveldb::WriteBatch batch;
    batch.Put("k", "new");
    ExpectConflict(WriteIf(&batch, {Condition::Equals("k", value + "x")}), "k");
    EXPECT_EQ(Get("k"), value);
    ExpectOk(WriteIf(&batch, {Condition::Equals("k", value)}));
    EXPECT_EQ(Get("k"), "new");
  }
  leveldb::WriteBatch batch;
  batch.Delete("k");
  ExpectConflict(WriteIf(&batch, {Condition::Equals("missing", "")}),
                 "missing");
  ExpectOk(WriteIf(&batch, {Condition::Equals("k", "new")}));
  ExpectContents({});
}

TEST_P(WriteIfTest, ConditionsMayBeOnKeysThatAreNotWritten) {
  Fill({{"here", "1"}, {"old", "2"}});
  leveldb::WriteBatch batch;
  batch.Put("new", "3");
  batch.Delete("old");
  ExpectConflict(
      WriteIf(&batch, {Condition::Present("here"), Condition::Absent("old")}),
      "old");
  ExpectConflict(WriteIf(&batch, {Condition::Equals("here", "2")}), "here");
  ExpectContents({{"here", "1"}, {"old", "2"}});
  ExpectOk(
      WriteIf(&batch, {Condition::Equals("here", "1"), Condition::Absent("new"),
                       Condition::Equals("old", "2")}));
  ExpectContents({{"here", "1"}, {"new", "3"}});
}

TEST_P(WriteIfTest, ConditionsAloneWriteNothing) {
  ASSERT_TRUE(Put("k", "v").ok());
  leveldb::WriteBatch empty;
  ExpectOk(WriteIf(&empty, {Condition::Present("k")}));
  ExpectConflict(WriteIf(&empty, {Condition::Absent("k")}), "k");
  ExpectOk(WriteIf(&empty, {}));
  ExpectContents({{"k", "v"}});
}

TEST_P(WriteIfTest, TheConflictIsTheFirstConditionThatDoesNotHold) {
  Fill({{"", "empty"}, {"b", "1"}});
  leveldb::WriteBatch batch;
  for (int i = 0; i < 40; ++i) batch.Put("key" + std::to_string(i), "v");
  ExpectConflict(WriteIf(&batch, {Condition::Absent("a"), Condition::Absent(""),
                                  Condition::Absent("b")}),
                 "");
  ExpectConflict(
      WriteIf(&batch, {Condition::Absent("a"), Condition::Absent("b"),
                       Condition::Absent("")}),
      "b");
  ExpectContents({{"", "empty"}, {"b", "1"}});
}

TEST_P(WriteIfTest, TheFirstConflictCountsWhetherItsKeyIsWrittenOrNot) {
  Fill({{"written", "1"}, {"x", "2"}});
  leveldb::WriteBatch batch;
  batch.Put("written", "new");
  ExpectConflict(
      WriteIf(&batch, {Condition::Absent("x"), Condition::Absent("written")}),
      "x");
  ExpectConflict(
      WriteIf(&batch, {Condition::Absent("written"), Condition::Absent("x")}),
      "written");
}

TEST_P(WriteIfTest, AKeyThatCannotBeStoredIsAbsent) {
  const std::string key(1500, 'k');
  leveldb::WriteBatch batch;
  batch.Put("a", "1");
  ExpectConflict(WriteIf(&batch, {Condition::Present(key)}), key);
  ExpectConflict(WriteIf(&batch, {Condition::Equals(key, "")}), key);
  ExpectContents({});
  ExpectOk(WriteIf(&batch, {Condition::Absent(key)}));
  ExpectContents({{"a", "1"}});
}

TEST_P(WriteIfTest, ANullConflictIsAllowed) {
  leveldb::WriteBatch batch;
  batch.Put("k", "v");
  EXPECT_EQ(KindOf(database()->WriteIf({}, &batch, {Condition::Present("k")})),
            StatusKind::kConflict);
}

TEST_P(WriteIfTest, TheLastOperationOnAKeyCounts) {
  leveldb::WriteBatch batch;
  for (int i = 0; i < 130; ++i) batch.Put("k", std::to_string(i));
  ExpectOk(WriteIf(&batch, {Condition::Absent("k")}));
  ExpectContents({{"k", "129"}});
}

TEST_P(WriteIfTest, OneHundredKeysTogetherAreWritten) {
  leveldb::WriteBatch batch;
  std::vector<Condition> conditions;
  Map expected;
  for (int i = 0; i < 60; ++i) {
    const std::string key = "key" + std::to_string(i);
    batch.Put(key, "v");
    expected[key] = "v";
    if (i < 30) conditions.push_back(Condition::Absent(key));
  }
  for (int i = 60; i < 100; ++i) {
    conditions.push_back(Condition::Absent("key" + std::to_string(i)));
  }
  ExpectOk(WriteIf(&batch, conditions));
  ExpectContents(expected);
}

TEST_P(WriteIfTest, TwoConditionsOnOneKeyAreInvalidArgument) {
  leveldb::WriteBatch batch;
  batch.Put("k", "v");
  const leveldb::Status status =
      WriteIf(&batch, {Condition::Absent("k"), Condition::Absent("k")});
  EXPECT_TRUE(status.IsInvalidArgument()) << status.ToString();
  ExpectContents({});
}

class WriteIfLimitTest : public WriteIfTest {};
CONTRACT_SUITE(WriteIfLimitTest,
               can.database&& can.atomic_batch && !can.atomic_batch_unlimited);

TEST_P(WriteIfLimitTest, Above100KeysIsNotSupportedInWordsAndWritesNothing) {
  leveldb::WriteBatch batch;
  std::vector<Condition> conditions;
  for (int i = 0; i < 60; ++i) batch.Put("key" + std::to_string(i), "v");
  for (int i = 60; i < 101; ++i) {
    conditions.push_back(Condition::Absent("key" + std::to_string(i)));
  }
  const leveldb::Status status = WriteIf(&batch, conditions);
  EXPECT_TRUE(status.IsNotSupportedError()) << status.ToString();
  EXPECT_THAT(status.ToString(), HasSubstr("100"));
  ExpectContents({});
}

class SizeTest : public DatabaseTest {};
CONTRACT_SUITE(SizeTest, can.remote);

TEST_P(SizeTest, WhatOnePageHoldsIsExact) {
  Fill({{"a", "12345"}, {"bb", std::string(5000, 'x')}, {"c", ""}});
  uint64_t bytes = 7;
  bool exact = false;
  ASSERT_TRUE(database()->ApproximateSize({"", "\xff"}, &bytes, &exact).ok());
  EXPECT_EQ(bytes, 1u + 5 + 2 + 5000 + 1);
  EXPECT_TRUE(exact);
  ASSERT_TRUE(database()->ApproximateSize({"b", "c"}, &bytes, &exact).ok());
  EXPECT_EQ(bytes, 2u + 5000);
  EXPECT_TRUE(exact);
  ASSERT_TRUE(database()->ApproximateSize({"c", "b"}, &bytes, nullptr).ok());
  EXPECT_EQ(bytes, 0u);
}

TEST_P(SizeTest, PastOnePageItIsAnEstimate) {
  Random random(60);
  Map entries;
  uint64_t total = 0;
  for (int i = 0; i < 100; ++i) {  // Evenly over printable keys.
    const std::string key = random.Text(8);
    entries[key] = random.Text(30000);
    total += key.size() + 30000;
  }
  Fill(entries);
  uint64_t bytes = 0;
  bool exact = true;
  const dynamodown::Stats before = database()->GetStats();
  ASSERT_TRUE(database()->ApproximateSize({" ", "\x7f"}, &bytes, &exact).ok());
  const dynamodown::Stats after = database()->GetStats();
  EXPECT_FALSE(exact);
  EXPECT_GT(bytes, total / 3);
  EXPECT_LT(bytes, total * 3);
  EXPECT_EQ(after.requests - before.requests, 1u);
  EXPECT_LE(after.read_units - before.read_units, 140);
}

class TruthTest : public DatabaseTest {};
CONTRACT_SUITE(TruthTest, can.database);

TEST_P(TruthTest, ReleasingANullSnapshotDoesNothing) {
  db()->ReleaseSnapshot(nullptr);
  EXPECT_TRUE(Put("a", "1").ok());
}

TEST_P(TruthTest, SupportsTellsWhetherThereAreSnapshots) {
  std::string supports;
  ASSERT_TRUE(db()->GetProperty("dynamodown.supports", &supports));
  EXPECT_EQ(supports.find("snapshots") != std::string::npos, can().snapshots)
      << supports;
  if (can().atomic_batch) {
    EXPECT_THAT(supports, HasSubstr("atomic-batch"));
  }
}

TEST_P(TruthTest, StatsAreTheProperties) {
  ASSERT_TRUE(Put("k", "v").ok());
  EXPECT_EQ(Get("k"), "v");
  const dynamodown::Stats stats = database()->GetStats();
  std::string value;
  for (const auto& [name, count] : std::map<std::string, uint64_t>{
           {"requests", stats.requests},
           {"retries", stats.retries},
           {"ambiguous-retries", stats.ambiguous_retries},
           {"throttles", stats.throttles},
           {"unprocessed", stats.unprocessed},
           {"bytes-sent", stats.bytes_sent},
           {"bytes-received", stats.bytes_received}}) {
    ASSERT_TRUE(db()->GetProperty("dynamodown." + name, &value)) << name;
    EXPECT_EQ(value, std::to_string(count)) << name;
  }
  EXPECT_TRUE(db()->GetProperty("dynamodown.read-units", &value));
  EXPECT_TRUE(db()->GetProperty("dynamodown.write-units", &value));
  EXPECT_EQ(stats.requests > 0, can().remote);
  EXPECT_EQ(stats.read_units > 0, can().remote);
  EXPECT_EQ(stats.write_units > 0, can().remote);
}

TEST_P(TruthTest, InfoNamesTheStore) {
  const dynamodown::StoreInfo info = database()->GetInfo();
  EXPECT_EQ(info.location, location());
  EXPECT_EQ(info.engine, can().remote ? "dynamodb" : "leveldb");
  EXPECT_EQ(info.mode, can().exclusive_lock ? "exclusive" : "shared");
  EXPECT_FALSE(info.foreign);
  if (!can().remote) return;
  EXPECT_EQ(info.hash_key, "hkey");
  EXPECT_EQ(info.hash_key_type, "S");
  EXPECT_EQ(info.range_key, "rkey");
  EXPECT_EQ(info.range_key_type, can().binary_keys ? "B" : "S");
  EXPECT_EQ(info.value_attribute, "value");
  EXPECT_EQ(info.region, "us-east-1");
  EXPECT_FALSE(info.id.empty());
  Reopen();
  EXPECT_EQ(database()->GetInfo().id, info.id);
}

class RemoteExtrasTest : public DatabaseTest {};
CONTRACT_SUITE(RemoteExtrasTest, can.remote);

TEST_P(RemoteExtrasTest, ListStoresNamesEachStoreOnce) {
  ASSERT_TRUE(Put("k", "v").ok());
  std::vector<dynamodown::StoreSummary> stores;
  const leveldb::Status status =
      dynamodown::ListStores(engine().options(), location(), &stores);
  ASSERT_TRUE(status.ok()) << status.ToString();
  int found = 0;
  for (const dynamodown::StoreSummary& store : stores) {
    EXPECT_EQ(store.location.find("/.dynamodown"), std::string::npos);
    if (store.location == location()) ++found;
  }
  EXPECT_EQ(found, 1);
}

TEST_P(RemoteExtrasTest, CreateMakesAStoreOnce) {
  const std::string fresh = engine().NewLocation();
  leveldb::Status status = dynamodown::Create(engine().options(), fresh);
  EXPECT_TRUE(status.ok()) << status.ToString();
  status = dynamodown::Create(engine().options(), fresh);
  EXPECT_TRUE(status.IsInvalidArgument()) << status.ToString();
  EXPECT_THAT(status.ToString(), HasSubstr("exists"));
}

}  // namespace
}  // namespace dynamodown_test
