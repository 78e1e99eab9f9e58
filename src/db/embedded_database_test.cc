// Tests the calls that Database adds to LevelDB's calls, on an embedded
// LevelDB.

#include "db/embedded_open.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "dynamodown/doctor.h"
#include "leveldb/env.h"
#include "leveldb/write_batch.h"
#include "support/model.h"
#include "support/random.h"
#include "support/temp_dir.h"

namespace dynamodown_test {
namespace {

using dynamodown::Bounds;
using dynamodown::Condition;
using dynamodown::Database;
using dynamodown::KindOf;
using dynamodown::ReadOptions;
using dynamodown::StatusKind;
using dynamodown::WriteOptions;
using leveldb::Status;
using std::string_literals::operator""s;
using testing::ElementsAre;
using testing::HasSubstr;

class EmbeddedDatabaseTest : public testing::Test {
 protected:
  EmbeddedDatabaseTest() {
    dynamodown::Options options;
    options.create_if_missing = true;
    Database* db = nullptr;
    const Status status =
        dynamodown::OpenEmbedded(options, dir_.Child("db"), &db);
    EXPECT_TRUE(status.ok()) << status.ToString();
    db_.reset(db);
  }

  void Put(const std::string& key, const std::string& value) {
    ASSERT_TRUE(db_->Put(WriteOptions(), key, value).ok());
  }
  std::string Get(const std::string& key) {
    std::string value = "untouched";
    const Status status = db_->Get(ReadOptions(), key, &value);
    return status.ok() ? value : status.ToString() + value;
  }
  /// Puts the key "out" if `conditions` hold.
  Status WriteIf(const std::vector<Condition>& conditions,
                 std::string* conflict = nullptr) {
    leveldb::WriteBatch batch;
    batch.Put("out", "written");
    return db_->WriteIf(WriteOptions(), &batch, conditions, conflict);
  }

  TempDir dir_;
  std::unique_ptr<Database> db_;
};

TEST_F(EmbeddedDatabaseTest, AMissingKeyLeavesTheValueAlone) {
  EXPECT_EQ(Get("none"), "NotFound: untouched");
}

TEST_F(EmbeddedDatabaseTest, WriteIfChecksAbsentPresentAndEquals) {
  Put("there", "v");
  Put("empty", "");
  EXPECT_TRUE(WriteIf({}).ok());
  EXPECT_TRUE(WriteIf({Condition::Absent("none"), Condition::Present("there"),
                       Condition::Equals("empty", "")})
                  .ok());
  EXPECT_TRUE(WriteIf({Condition::Equals("there", "v")}).ok());
  EXPECT_EQ(Get("out"), "written");
}

TEST_F(EmbeddedDatabaseTest, AConditionThatDoesNotHoldIsNamed) {
  Put("there", "v");
  for (const Condition& failing :
       {Condition::Absent("there"), Condition::Present("none"),
        Condition::Equals("there", "w"), Condition::Equals("none", "")}) {
    std::string conflict = "untouched";
    const Status status = WriteIf(
        {Condition::Absent("x"), failing, Condition::Present("y")}, &conflict);
    EXPECT_EQ(KindOf(status), StatusKind::kConflict);
    EXPECT_EQ(conflict, failing.key);
    EXPECT_EQ(status.ToString(), "IO error: conflict: the condition on key \"" +
                                     failing.key +
                                     "\" does not hold; nothing was written");
  }
  EXPECT_EQ(Get("out"), "NotFound: untouched");
}

TEST_F(EmbeddedDatabaseTest, TwoConditionsOnAKeyAreRefused) {
  const Status status =
      WriteIf({Condition::Absent("k"), Condition::Present("k")});
  EXPECT_EQ(KindOf(status), StatusKind::kInvalidArgument);
}

TEST_F(EmbeddedDatabaseTest, ANullBatchIsRefused) {
  EXPECT_EQ(KindOf(db_->Write(WriteOptions(), nullptr)),
            StatusKind::kInvalidArgument);
  EXPECT_EQ(KindOf(db_->WriteIf(WriteOptions(), nullptr, {})),
            StatusKind::kInvalidArgument);
}

TEST_F(EmbeddedDatabaseTest, ParallelConditionalWritersLoseNoIncrement) {
  Put("n", "0");
  const auto increment = [this] {
    for (int i = 0; i < 50;) {
      std::string value;
      ASSERT_TRUE(db_->Get(ReadOptions(), "n", &value).ok());
      leveldb::WriteBatch batch;
      batch.Put("n", std::to_string(std::stoi(value) + 1));
      i += db_->WriteIf(WriteOptions(), &batch, {Condition::Equals("n", value)})
               .ok();
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(increment);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Get("n"), "200");
}

TEST_F(EmbeddedDatabaseTest, BoundedIteratorsMoveAsOverAMap) {
  Random random(1);
  Map map;
  std::vector<std::string> probes = {"", "\xff\xff\xff\xff"};
  for (int n = 0; n < 80; ++n) {
    const std::string key = random.BinaryKey(3);
    map[key] = random.Bytes(5);
    Put(key, map[key]);
    probes.push_back(key);
    probes.push_back(key + "\0"s);
  }
  for (int round = 0; round < 100; ++round) {
    Bounds bounds;
    if (random.OneIn(2)) bounds.gte = random.Of(probes);
    if (random.OneIn(3)) bounds.gt = random.Of(probes);
    if (random.OneIn(2)) bounds.lt = random.Of(probes);
    if (random.OneIn(3)) bounds.lte = random.Of(probes);
    if (random.OneIn(5)) bounds.prefix = random.Of(probes).substr(0, 1);
    SCOPED_TRACE(Shown(bounds));
    const std::unique_ptr<leveldb::Iterator> iterator(
        db_->NewIterator(ReadOptions(), bounds));
    Model model(EntriesOf(map, bounds));
    Walk(iterator.get(), &model, probes, 60, &random);
    if (HasFatalFailure()) return;
  }
}

TEST_F(EmbeddedDatabaseTest, KeysOnlyHasNoValues) {
  Put("a", "1");
  Bounds bounds;
  bounds.keys_only = true;
  const std::unique_ptr<leveldb::Iterator> i(
      db_->NewIterator(ReadOptions(), bounds));
  i->SeekToFirst();
  ASSERT_TRUE(i->Valid());
  EXPECT_EQ(i->key().ToString(), "a");
  EXPECT_EQ(i->value().ToString(), "");
}

TEST_F(EmbeddedDatabaseTest, MultiGetAnswersInTheOrderOfItsKeys) {
  Put("a", "1");
  Put("b", "");
  std::vector<std::string> values;
  std::vector<Status> statuses;
  ASSERT_TRUE(
      db_->MultiGet(ReadOptions(), {"b", "none", "a", "a"}, &values, &statuses)
          .ok());
  EXPECT_THAT(values, ElementsAre("", "", "1", "1"));
  EXPECT_TRUE(statuses[0].ok());
  EXPECT_TRUE(statuses[1].IsNotFound());
  EXPECT_TRUE(statuses[2].ok());
}

TEST_F(EmbeddedDatabaseTest, ASnapshotStaysAsItWas) {
  Put("a", "old");
  ReadOptions then;
  then.snapshot = db_->GetSnapshot();
  Put("a", "new");
  Put("b", "new");
  std::string value;
  ASSERT_TRUE(db_->Get(then, "a", &value).ok());
  EXPECT_EQ(value, "old");
  EXPECT_TRUE(db_->Get(then, "b", &value).IsNotFound());
  std::vector<std::string> values;
  std::vector<Status> statuses;
  ASSERT_TRUE(db_->MultiGet(then, {"a", "b"}, &values, &statuses).ok());
  EXPECT_THAT(values, ElementsAre("old", ""));
  {
    Bounds bounds;
    bounds.gte = "a";
    const std::unique_ptr<leveldb::Iterator> i(db_->NewIterator(then, bounds));
    EXPECT_THAT(Forward(i.get()), ElementsAre(Entry{"a", "old"}));
  }
  db_->ReleaseSnapshot(then.snapshot);
  EXPECT_EQ(Get("a"), "new");
}

TEST_F(EmbeddedDatabaseTest, PropertiesShowTheCapabilities) {
  std::string value;
  ASSERT_TRUE(db_->GetProperty("dynamodown.supports", &value));
  EXPECT_THAT(value, HasSubstr("snapshots"));
  ASSERT_TRUE(db_->GetProperty("dynamodown.requests", &value));
  EXPECT_EQ(value, "0");
  EXPECT_TRUE(db_->GetProperty("leveldb.stats", &value));
  EXPECT_FALSE(db_->GetProperty("dynamodown.nothing", &value));
  EXPECT_EQ(db_->GetInfo().engine, "leveldb");
  EXPECT_EQ(db_->GetInfo().mode, "exclusive");
  EXPECT_EQ(db_->GetInfo().location, "leveldb:" + dir_.Child("db"));
}

// ---- Closing ----------------------------------------------------------------

/// Lets no write of a log end before Release is called.
class SlowEnv final : public leveldb::EnvWrapper {
 public:
  SlowEnv() : EnvWrapper(leveldb::Env::Default()) {}
  Status NewWritableFile(const std::string& path,
                         leveldb::WritableFile** file) override {
    const Status status = EnvWrapper::NewWritableFile(path, file);
    if (status.ok() && path.ends_with(".log"))
      *file = new SlowFile(this, *file);
    return status;
  }
  void WaitForAWrite() { began_.get_future().wait(); }
  void Release() { released_.set_value(); }

 private:
  class SlowFile final : public leveldb::WritableFile {
   public:
    SlowFile(SlowEnv* env, leveldb::WritableFile* file)
        : env_(env), file_(file) {}
    Status Append(const leveldb::Slice& data) override {
      return file_->Append(data);
    }
    Status Close() override { return file_->Close(); }
    Status Flush() override { return file_->Flush(); }
    Status Sync() override {
      env_->began_.set_value();
      env_->released_.get_future().wait();
      return file_->Sync();
    }

   private:
    SlowEnv* const env_;
    const std::unique_ptr<leveldb::WritableFile> file_;
  };

  std::promise<void> began_, released_;
};

TEST_F(EmbeddedDatabaseTest, TheDestructorWaitsForACallUnderWay) {
  SlowEnv env;
  dynamodown::Options options;
  options.create_if_missing = true;
  options.env = &env;
  Database* db = nullptr;
  ASSERT_TRUE(dynamodown::OpenEmbedded(options, dir_.Child("slow"), &db).ok());
  Status written;
  std::thread writer([&] {
    WriteOptions sync;
    sync.sync = true;
    written = db->Put(sync, "k", "v");
  });
  env.WaitForAWrite();
  std::future<void> closed = std::async(std::launch::async, [&] { delete db; });
  EXPECT_EQ(closed.wait_for(std::chrono::milliseconds(100)),
            std::future_status::timeout);
  env.Release();
  writer.join();
  closed.wait();
  EXPECT_TRUE(written.ok()) << written.ToString();
  ASSERT_TRUE(
      dynamodown::OpenEmbedded(dynamodown::Options(), dir_.Child("slow"), &db)
          .ok());
  std::string value;
  EXPECT_TRUE(db->Get(ReadOptions(), "k", &value).ok());
  delete db;
}

// ---- Locked stores --------------------------------------------------------

class EmbeddedLockTest : public EmbeddedDatabaseTest {
 protected:
  Status OpenAgain() {
    Database* db = nullptr;
    const Status status =
        dynamodown::OpenEmbedded(dynamodown::Options(), dir_.Child("db"), &db);
    EXPECT_EQ(db, nullptr);
    delete db;
    return status;
  }
};

TEST_F(EmbeddedLockTest, ASecondOpenInOneProcessIsReported) {
  for (const Status& status :
       {OpenAgain(), dynamodown::DestroyEmbedded(dynamodown::Options(),
                                                 dir_.Child("db"), false)}) {
    EXPECT_EQ(status.ToString(),
              "IO error: " + dir_.Child("db") +
                  ": this process has the store open and locked already; use "
                  "the open database, or close it first");
    EXPECT_EQ(KindOf(status), StatusKind::kIOError);
    EXPECT_TRUE(dynamodown::IsLockedStore(status));
  }
  EXPECT_FALSE(dynamodown::IsLockedStore(Status::IOError("lost")));
  Put("a", "1");
}

TEST_F(EmbeddedLockTest, OnTheCommandLineTwoLocationsNameTheStore) {
  dynamodown::Options options;
  options.spelling = dynamodown::Spelling::kCommandLine;
  Database* db = nullptr;
  const Status status =
      dynamodown::OpenEmbedded(options, dir_.Child("db"), &db);
  EXPECT_EQ(status.ToString(),
            "IO error: " + dir_.Child("db") +
                ": two locations of this command name this embedded store; "
                "name two different stores");
  EXPECT_TRUE(dynamodown::IsLockedStore(status));
}

TEST_F(EmbeddedLockTest, TheDoctorTellsWhetherThisProcessHasTheStoreOpen) {
  std::vector<dynamodown::Finding> findings;
  ASSERT_TRUE(dynamodown::Diagnose(dynamodown::Options(),
                                   "leveldb:" + dir_.Child("db"), {}, &findings)
                  .ok());
  ASSERT_FALSE(findings.empty());
  EXPECT_THAT(findings.back().advice, HasSubstr("close the store in this "
                                                "process first"));
}

TEST_F(EmbeddedLockTest, ADamagedStoreIsDestroyedByForce) {
  Put("a", "1");
  db_.reset();
  ASSERT_TRUE(std::filesystem::remove(dir_.Child("db") + "/CURRENT"));
  const Status refused = dynamodown::DestroyEmbedded(dynamodown::Options(),
                                                     dir_.Child("db"), false);
  EXPECT_TRUE(refused.IsCorruption());
  EXPECT_THAT(refused.ToString(),
              HasSubstr("nothing was destroyed; to delete the store all the "
                        "same, use DestroyOptions::force"));
  EXPECT_TRUE(std::filesystem::exists(dir_.Child("db")));
  EXPECT_TRUE(
      dynamodown::DestroyEmbedded(dynamodown::Options(), dir_.Child("db"), true)
          .ok());
  EXPECT_FALSE(std::filesystem::exists(dir_.Child("db")));
}

TEST_F(EmbeddedLockTest, AnOpenStoreOfAnotherProcessIsReported) {
  db_.reset();
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    Database* db = nullptr;
    const Status status =
        dynamodown::OpenEmbedded(dynamodown::Options(), dir_.Child("db"), &db);
    const char is_open = status.ok() ? 'y' : 'n';
    if (write(ends[1], &is_open, 1) != 1) _exit(1);
    pause();  // until it is killed
  }
  char is_open = 'n';
  ASSERT_EQ(read(ends[0], &is_open, 1), 1);
  ASSERT_EQ(is_open, 'y');
  for (const Status& status :
       {OpenAgain(), dynamodown::DestroyEmbedded(dynamodown::Options(),
                                                 dir_.Child("db"), false)}) {
    EXPECT_EQ(status.ToString(),
              "IO error: " + dir_.Child("db") +
                  ": another process has the store open and locked; only one "
                  "process at a time can open an embedded store: wait until "
                  "the other process ends, or end it");
    EXPECT_EQ(KindOf(status), StatusKind::kIOError);
  }
  EXPECT_EQ(kill(child, SIGKILL), 0);
  EXPECT_EQ(waitpid(child, nullptr, 0), child);
  close(ends[0]);
  close(ends[1]);
  dynamodown::Database* db = nullptr;
  const Status status =
      dynamodown::OpenEmbedded(dynamodown::Options(), dir_.Child("db"), &db);
  db_.reset(db);
  EXPECT_TRUE(status.ok()) << status.ToString();
}

TEST_F(EmbeddedLockTest, APathThatMentionsALockIsNotALockedStore) {
  Database* db = nullptr;
  dynamodown::Options options;
  options.create_if_missing = true;
  const Status status = dynamodown::OpenEmbedded(
      options, dir_.Child("has the store open and locked/db"), &db);
  EXPECT_TRUE(status.IsIOError()) << status.ToString();
  EXPECT_FALSE(dynamodown::IsLockedStore(status)) << status.ToString();
  EXPECT_EQ(db, nullptr);
}

TEST_F(EmbeddedLockTest, APathThatBeginsWithTheWordOfAKindDoesNotSetTheKind) {
  dynamodown::Options options;
  options.create_if_missing = true;
  for (const std::string kind : {"throttled", "denied", "timeout"}) {
    const std::string path = kind + ": no such directory/db";
    Database* db = nullptr;
    const Status status = dynamodown::OpenEmbedded(options, path, &db);
    EXPECT_EQ(KindOf(status), StatusKind::kIOError) << status.ToString();
    EXPECT_THAT(status.ToString(), HasSubstr(path));
    EXPECT_EQ(db, nullptr);
  }
}

TEST_F(EmbeddedLockTest, ALockedStoreMayHaveTheNameOfAKind) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(dir_.Child(""));
  dynamodown::Options options;
  options.create_if_missing = true;
  Database* first = nullptr;
  ASSERT_TRUE(dynamodown::OpenEmbedded(options, "denied", &first).ok());
  Database* second = nullptr;
  for (const Status& status :
       {dynamodown::OpenEmbedded(options, "denied", &second),
        dynamodown::DestroyEmbedded(options, "denied", false)}) {
    EXPECT_EQ(KindOf(status), StatusKind::kIOError) << status.ToString();
    EXPECT_TRUE(dynamodown::IsLockedStore(status)) << status.ToString();
  }
  EXPECT_EQ(first->GetInfo().location, "leveldb:denied");
  delete first;
  std::filesystem::current_path(before);
}

TEST_F(EmbeddedLockTest, OtherFailuresKeepTheirMessages) {
  db_.reset();
  std::filesystem::remove(dir_.Child("db/LOCK"));
  std::filesystem::create_directory(dir_.Child("db/LOCK"));
  const Status status = OpenAgain();
  EXPECT_TRUE(status.IsInvalidArgument()) << status.ToString();
  EXPECT_THAT(status.ToString(), HasSubstr("is a directory"));
}

// ---- A disk that is full for a while ----------------------------------------

/// A log has room for some bytes only. The first write beyond them fails, after
/// which there is room again.
class FullDiskEnv final : public leveldb::EnvWrapper {
 public:
  FullDiskEnv() : EnvWrapper(leveldb::Env::Default()) {}
  Status NewWritableFile(const std::string& path,
                         leveldb::WritableFile** file) override {
    const Status status = target()->NewWritableFile(path, file);
    if (status.ok() && path.ends_with(".log")) *file = new Log(*file, this);
    return status;
  }
  size_t room = SIZE_MAX;

 private:
  class Log final : public leveldb::WritableFile {
   public:
    Log(leveldb::WritableFile* file, FullDiskEnv* env)
        : file_(file), env_(*env) {}
    Status Append(const leveldb::Slice& data) override {
      const size_t written = std::min(data.size(), env_.room);
      const Status status = file_->Append({data.data(), written});
      if (written == data.size()) {
        if (env_.room != SIZE_MAX) env_.room -= written;
        return status;
      }
      static_cast<void>(file_->Flush());
      env_.room = SIZE_MAX;
      return Status::IOError("a log", "No space left on device");
    }
    Status Close() override { return file_->Close(); }
    Status Flush() override { return file_->Flush(); }
    Status Sync() override { return file_->Sync(); }

   private:
    const std::unique_ptr<leveldb::WritableFile> file_;
    FullDiskEnv& env_;
  };
};

TEST(FullDiskTest, NoWriteIsLostThatSucceededAfterOneThatFailed) {
  for (const size_t room : {size_t{0}, size_t{3}, size_t{7}, size_t{100},
                            size_t{32'744}, size_t{40'000}, size_t{99'000}}) {
    SCOPED_TRACE(room);
    const TempDir dir;
    FullDiskEnv env;
    dynamodown::Options options;
    options.create_if_missing = true;
    options.env = &env;
    Database* opened = nullptr;
    ASSERT_TRUE(
        dynamodown::OpenEmbedded(options, dir.Child("db"), &opened).ok());
    std::unique_ptr<Database> db(opened);
    std::vector<std::string> acknowledged;
    const auto put = [&](const std::string& key, size_t bytes) {
      const Status status =
          db->Put(WriteOptions(), key, std::string(bytes, 'v'));
      if (status.ok()) acknowledged.push_back(key);
      return status;
    };
    EXPECT_TRUE(put("before", 1).ok());
    env.room = room;
    EXPECT_FALSE(put("big", 100'000).ok());
    for (const char* key : {"after0", "after1", "after2"}) {
      const Status status = put(key, 10);
      EXPECT_THAT(status.ToString(), HasSubstr("open the store again"));
    }
    db.reset();
    const Status status =
        dynamodown::OpenEmbedded(options, dir.Child("db"), &opened);
    ASSERT_TRUE(status.ok()) << status.ToString();
    db.reset(opened);
    for (const std::string& key : acknowledged) {
      std::string value;
      EXPECT_TRUE(db->Get(ReadOptions(), key, &value).ok()) << key;
    }
    EXPECT_TRUE(put("later", 10).ok());
  }
}

}  // namespace
}  // namespace dynamodown_test
