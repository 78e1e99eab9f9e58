// Runs the same random operations on LevelDB and on a store in DynamoDB, and
// compares every answer. A difference prints the seed and the operation;
// --seed=N runs it again.
//
// The keys are few and alike, so that operations meet: they use an alphabet
// with 00 and ff; some are empty, some have the maximum length, and some are
// too long to be stored. The store must refuse those, and LevelDB never gets
// them.

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "contract/engine.h"
#include "dynamodown/status.h"
#include "leveldb/write_batch.h"
#include "support/model.h"
#include "support/random.h"
#include "support/servers.h"

namespace dynamodown_test {
namespace {

uint64_t seed = 0;
int operation_count = 0;

constexpr size_t kKeyBytesMax = 1024;

bool Fits(const std::string& key) {
  const bool zeros = key.find_first_not_of('\0') == std::string::npos;
  return key.size() + (zeros ? 1 : 0) <= kKeyBytesMax;
}

/// Returns a few hundred keys.
std::vector<std::string> MakeKeys(Random* random) {
  const std::vector<char> alphabet = {'\0',   '\x01', 'a',    'b',   '\x7f',
                                      '\x80', '\xc3', '\xa9', '\xff'};
  std::vector<std::string> keys = {
      "", std::string(1, '\0'), std::string(1022, '\0'),
      std::string(1023, '\0'), std::string(1024, '\xff')};
  while (keys.size() < 330) {
    std::string key;
    const size_t length = random->Between(1, 4);
    while (key.size() < length) key += random->Of(alphabet);
    keys.push_back(key);
  }
  for (int i = 0; i < 20; ++i) {  // Long keys; some differ only late.
    std::string key = keys[random->Between(5, 60)];
    key.resize(kKeyBytesMax - random->Below(2), random->Of(alphabet));
    key.back() = random->Of(alphabet);
    if (Fits(key)) keys.push_back(key);
  }
  return keys;
}

class Differential : public testing::Test {
 protected:
  void SetUp() override {
    keys_ = MakeKeys(&random_);
    long_keys_ = {std::string(1024, '\0'), std::string(1025, 'a'),
                  std::string(1500, '\xff'), std::string(2000, '\0')};
    for (int i = 0; i < 10; ++i) {
      long_keys_.push_back(keys_[keys_.size() - 1 - random_.Below(10)] +
                           random_.Bytes(random_.Between(2, 900)));
    }
    probes_ = keys_;
    probes_.insert(probes_.end(), long_keys_.begin(), long_keys_.end());
    there_location_ = there_engine_.NewLocation();
    here_location_ = here_engine_.NewLocation();
    Reopen();
  }

  void Reopen() {
    Open(&here_engine_, here_location_, &here_);
    Open(&there_engine_, there_location_, &there_);
  }

  static void Open(Engine* engine, const std::string& location,
                   OpenStore* store) {
    *store = OpenStore();
    const leveldb::Status status =
        engine->Open(engine->options(), location, store);
    ASSERT_TRUE(status.ok()) << status.ToString();
  }

  const std::string& Key() { return random_.Of(keys_); }
  const std::string& AnyKey() {
    return random_.OneIn(40) ? random_.Of(long_keys_) : Key();
  }
  std::string Value() {
    switch (random_.Below(16)) {
      case 0:
        return "";
      case 1:
        return random_.Bytes(random_.Between(1000, 8000));
      case 2:
        return random_.Utf8(random_.Between(1000, 8000));
      case 3:
        return random_.Bytes(random_.Below(60));
      default:
        return random_.Text(random_.Below(60));
    }
  }

  void Put();
  void Delete();
  void Get();
  void Batch();
  void ConditionalBatch();
  void MultiGet();
  void WalkAll();
  void WalkBounds();
  void CompareAll();

  Map AllHere() {
    Map all;
    const std::unique_ptr<leveldb::Iterator> iterator(
        here_.db->NewIterator(leveldb::ReadOptions()));
    for (Entry& entry : Forward(iterator.get())) {
      all[entry.key] = entry.value;
    }
    return all;
  }

  Random random_{seed};
  std::vector<std::string> keys_;
  std::vector<std::string> long_keys_;
  std::vector<std::string> probes_;
  Engine& here_engine_ = EngineNamed("leveldb");
  Engine& there_engine_ = EngineNamed("local-b");
  std::string here_location_;
  std::string there_location_;
  OpenStore here_;
  OpenStore there_;
  std::string last_;  // The operation, for a failure's message.
};

void Differential::Put() {
  const std::string& key = AnyKey();
  const std::string value = Value();
  last_ = "Put " + Shown(key) + " " + Shown(value);
  const leveldb::Status there =
      there_.db->Put(leveldb::WriteOptions(), key, value);
  if (!Fits(key)) {
    ASSERT_TRUE(there.IsInvalidArgument()) << there.ToString();
    return;
  }
  ASSERT_TRUE(there.ok()) << there.ToString();
  ASSERT_TRUE(here_.db->Put(leveldb::WriteOptions(), key, value).ok());
}

void Differential::Delete() {
  const std::string& key = AnyKey();
  last_ = "Delete " + Shown(key);
  const leveldb::Status there = there_.db->Delete(leveldb::WriteOptions(), key);
  ASSERT_TRUE(there.ok()) << there.ToString();
  ASSERT_TRUE(here_.db->Delete(leveldb::WriteOptions(), key).ok());
}

void Differential::Get() {
  const std::string& key = AnyKey();
  last_ = "Get " + Shown(key);
  std::string here_value = "unchanged";
  std::string there_value = "unchanged";
  const leveldb::Status here =
      here_.db->Get(leveldb::ReadOptions(), key, &here_value);
  const leveldb::Status there =
      there_.db->Get(leveldb::ReadOptions(), key, &there_value);
  ASSERT_EQ(dynamodown::KindOf(there), dynamodown::KindOf(here))
      << there.ToString();
  ASSERT_TRUE(there_value == here_value)
      << Shown(there_value) << " is not " << Shown(here_value);
}

void Differential::Batch() {
  const bool atomic = random_.OneIn(2);
  const size_t operations =
      random_.OneIn(10) ? random_.Between(90, 160) : random_.Below(30);
  last_ = std::string(atomic ? "atomic" : "unordered") + " batch of " +
          std::to_string(operations);
  leveldb::WriteBatch batch;
  Map distinct;
  for (size_t i = 0; i < operations; ++i) {
    const std::string& key = Key();
    distinct[key];
    if (random_.OneIn(3)) {
      batch.Delete(key);
    } else {
      batch.Put(key, Value());
    }
  }
  dynamodown::WriteOptions options;
  options.batch = atomic ? dynamodown::BatchMode::kAtomic
                         : dynamodown::BatchMode::kUnordered;
  const leveldb::Status there = there_.database->Write(options, &batch);
  if (atomic && distinct.size() > 100) {
    ASSERT_TRUE(there.IsNotSupportedError()) << there.ToString();
    return;
  }
  ASSERT_TRUE(there.ok()) << there.ToString();
  ASSERT_TRUE(here_.db->Write(leveldb::WriteOptions(), &batch).ok());
}

void Differential::ConditionalBatch() {
  last_ = "WriteIf";
  std::vector<dynamodown::Condition> conditions;
  std::string expected;  // The first key in conflict.
  bool conflict = false;
  Map used;
  for (size_t i = random_.Between(1, 3); i > 0; --i) {
    const std::string& key = Key();
    if (!used.emplace(key, "").second) continue;
    std::string value;
    const bool present =
        here_.db->Get(leveldb::ReadOptions(), key, &value).ok();
    bool holds = false;
    switch (random_.Below(3)) {
      case 0:
        conditions.push_back(dynamodown::Condition::Absent(key));
        holds = !present;
        break;
      case 1:
        conditions.push_back(dynamodown::Condition::Present(key));
        holds = present;
        break;
      default:
        holds = present && !random_.OneIn(3);
        if (!holds) value += "x";
        conditions.push_back(dynamodown::Condition::Equals(key, value));
    }
    last_ += std::string(holds ? " holds " : " fails ") + Shown(key);
    if (!holds && !conflict) expected = key;
    conflict = conflict || !holds;
  }
  leveldb::WriteBatch batch;
  for (size_t i = random_.Below(4); i > 0; --i) batch.Put(Key(), Value());
  std::string there_conflict;
  const leveldb::Status there =
      there_.database->WriteIf({}, &batch, conditions, &there_conflict);
  if (conflict) {
    ASSERT_EQ(dynamodown::KindOf(there), dynamodown::StatusKind::kConflict)
        << there.ToString();
    ASSERT_EQ(Shown(there_conflict), Shown(expected));
    return;
  }
  ASSERT_TRUE(there.ok()) << there.ToString();
  ASSERT_TRUE(here_.db->Write(leveldb::WriteOptions(), &batch).ok());
}

void Differential::MultiGet() {
  std::vector<std::string> keys;
  const size_t count =
      random_.OneIn(8) ? random_.Between(95, 130) : random_.Below(12);
  for (size_t i = 0; i < count; ++i) keys.push_back(AnyKey());
  last_ = "MultiGet of " + std::to_string(count);
  const std::vector<leveldb::Slice> slices(keys.begin(), keys.end());
  std::vector<std::string> values;
  std::vector<leveldb::Status> statuses;
  const leveldb::Status there =
      there_.database->MultiGet({}, slices, &values, &statuses);
  ASSERT_TRUE(there.ok()) << there.ToString();
  ASSERT_EQ(values.size(), count);
  ASSERT_EQ(statuses.size(), count);
  for (size_t i = 0; i < count; ++i) {
    std::string value;
    const leveldb::Status here =
        here_.db->Get(leveldb::ReadOptions(), keys[i], &value);
    ASSERT_EQ(dynamodown::KindOf(statuses[i]), dynamodown::KindOf(here))
        << Shown(keys[i]) << ": " << statuses[i].ToString();
    if (!here.ok()) continue;
    ASSERT_TRUE(values[i] == value) << Shown(keys[i]);
  }
}

void Differential::WalkAll() {
  last_ = "walk over all";
  const std::unique_ptr<leveldb::Iterator> here(
      here_.db->NewIterator(leveldb::ReadOptions()));
  const std::unique_ptr<leveldb::Iterator> there(
      there_.db->NewIterator(leveldb::ReadOptions()));
  ASSERT_NO_FATAL_FAILURE(Walk(there.get(), here.get(), probes_,
                               static_cast<int>(random_.Between(1, 12)),
                               &random_));
}

void Differential::WalkBounds() {
  dynamodown::Bounds bounds;
  if (random_.OneIn(3)) bounds.gt = random_.Of(probes_);
  if (random_.OneIn(3)) bounds.gte = random_.Of(probes_);
  if (random_.OneIn(3)) bounds.lt = random_.Of(probes_);
  if (random_.OneIn(3)) bounds.lte = random_.Of(probes_);
  if (random_.OneIn(4)) {
    bounds.prefix = random_.Of(probes_).substr(0, random_.Below(3));
  }
  if (random_.OneIn(3)) bounds.expected = random_.Below(20);
  last_ = "walk within " + Shown(bounds);
  Model here(EntriesOf(AllHere(), bounds));
  const std::unique_ptr<leveldb::Iterator> there(
      there_.database->NewIterator(dynamodown::ReadOptions(), bounds));
  ASSERT_NO_FATAL_FAILURE(Walk(there.get(), &here, probes_,
                               static_cast<int>(random_.Between(1, 12)),
                               &random_));
}

void Differential::CompareAll() {
  last_ = "scan of all";
  const std::unique_ptr<leveldb::Iterator> there(
      there_.db->NewIterator(leveldb::ReadOptions()));
  const Entries expected = EntriesOf(AllHere());
  ASSERT_EQ(Forward(there.get()), expected);
  ASSERT_EQ(Backward(there.get()), Reversed(expected));
}

TEST_F(Differential, EveryAnswerIsLevelDbs) {
  std::printf("seed %llu, %d operations\n",
              static_cast<unsigned long long>(seed), operation_count);
  for (int i = 0; i < operation_count && !HasFatalFailure(); ++i) {
    const size_t kind = random_.Below(1000);
    if (kind < 270) {
      Put();
    } else if (kind < 400) {
      Delete();
    } else if (kind < 680) {
      Get();
    } else if (kind < 740) {
      Batch();
    } else if (kind < 790) {
      ConditionalBatch();
    } else if (kind < 840) {
      MultiGet();
    } else if (kind < 918) {
      WalkAll();
    } else if (kind < 996) {
      WalkBounds();
    } else if (kind < 998) {
      last_ = "reopen";
      Reopen();
    } else {
      CompareAll();
    }
    if (HasFatalFailure()) {
      std::printf("seed %llu, operation %d: %s\n",
                  static_cast<unsigned long long>(seed), i, last_.c_str());
    }
  }
  if (!HasFatalFailure()) CompareAll();
}

}  // namespace

void Configure(uint64_t wanted_seed, int operations) {
  seed = wanted_seed;
  operation_count = operations;
}

}  // namespace dynamodown_test

int main(int argc, char** argv) {
  dynamodown_test::UseLocalCredentials();
  using dynamodown_test::FlagOr;
  dynamodown_test::Configure(
      std::stoull(FlagOr(argc, argv, "seed", "DYNAMODOWN_TEST_SEED", "1")),
      std::stoi(FlagOr(argc, argv, "operations", "DYNAMODOWN_TEST_OPERATIONS",
                       "20000")));
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
