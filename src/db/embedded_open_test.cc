// Opens embedded stores with damaged files: no record may be lost without an
// error, and a refusal may change nothing.

#include "db/embedded_open.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "leveldb/comparator.h"
#include "leveldb/db.h"
#include "leveldb_util/inspection.h"
#include "support/embedded_files.h"
#include "support/model.h"
#include "support/random.h"
#include "support/temp_dir.h"

namespace dynamodown_test {
namespace {

using dynamodown::Database;
using dynamodown::FileKind;
using dynamodown::Options;
using leveldb::Status;
using testing::HasSubstr;

class DamagedStoreTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempDir;
    records_ = MakeKilledStore(folder_->Child("store"));
    whole_ = StateOf(folder_->Child("store"));
  }
  static void TearDownTestSuite() { delete folder_; }
  void SetUp() override { Restore(); }

  void Restore() { CopyDirectory(folder_->Child("store"), path_); }

  Status Open(const Options& options, std::unique_ptr<Database>* db) {
    Database* opened = nullptr;
    const Status status = dynamodown::OpenEmbedded(options, path_, &opened);
    EXPECT_EQ(opened != nullptr, status.ok());
    db->reset(opened);
    return status;
  }
  /// Replaces the store by one whose only record is in a log.
  void MakeStoreWithoutTables() {
    std::filesystem::remove_all(path_);
    Options options;
    options.create_if_missing = true;
    options.reuse_logs = true;
    std::unique_ptr<Database> db;
    ASSERT_TRUE(Open(options, &db).ok());
    ASSERT_TRUE(db->Put(leveldb::WriteOptions(), "a", "1").ok());
  }
  /// Opens the store and reads all records. If Open fails, checks that nothing
  /// was changed. Returns the first failure.
  Status OpenAndRead(std::map<std::string, std::string>* records) {
    const auto before = StateOf(path_);
    std::unique_ptr<Database> db;
    const Status status = Open(Options(), &db);
    if (!status.ok()) {
      EXPECT_EQ(StateOf(path_), before) << status.ToString();
      return status;
    }
    records->clear();
    const std::unique_ptr<leveldb::Iterator> it(
        db->NewIterator(leveldb::ReadOptions()));
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      (*records)[it->key().ToString()] = it->value().ToString();
    }
    return it->status();
  }
  static std::string FileOf(FileKind kind, bool last = false) {
    std::string found;
    for (const auto& [name, state] : whole_) {
      if (dynamodown::ParseFileName(name).kind != kind) continue;
      if (found.empty() || last) found = name;
    }
    return found;
  }
  void Write(const std::string& name, const std::string& bytes) {
    WriteFile(path_ + "/" + name, bytes);
  }

  inline static TempDir* folder_ = nullptr;
  inline static std::map<std::string, std::string> records_;
  inline static std::map<std::string, FileState> whole_;
  const std::string path_ = folder_->Child("copy");
};

TEST_F(DamagedStoreTest, AStoreOfAKilledProcessOpensWithAllRecords) {
  std::map<std::string, std::string> read;
  const Status status = OpenAndRead(&read);
  EXPECT_TRUE(status.ok()) << status.ToString();
  EXPECT_EQ(read, records_);
}

TEST_F(DamagedStoreTest, AFlippedBitOfAnyFileLosesNoRecordSilently) {
  Random random(7);
  size_t refused = 0, read_errors = 0;
  for (const auto& [name, state] : whole_) {
    const FileKind kind = dynamodown::ParseFileName(name).kind;
    if (state.bytes.empty()) continue;  // LOCK
    for (int round = 0; round < 40; ++round) {
      Restore();
      std::string flipped = state.bytes;
      const size_t bit = random.Below(8 * flipped.size());
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      Write(name, flipped);
      std::map<std::string, std::string> read;
      const Status status = OpenAndRead(&read);
      SCOPED_TRACE(name + ", bit " + std::to_string(bit) + ": " +
                   status.ToString());
      if (status.ok()) {
        EXPECT_EQ(read, records_);
        // Such a bit is in a log for people, or in padding.
        EXPECT_TRUE(kind == FileKind::kInfoLog || kind == FileKind::kTable);
        continue;
      }
      EXPECT_TRUE(status.IsCorruption());
      EXPECT_THAT(status.ToString(), HasSubstr(name));
      ++(kind == FileKind::kTable ? read_errors : refused);
    }
  }
  EXPECT_GT(refused, 100u);
  EXPECT_GT(read_errors, 20u);
}

TEST_F(DamagedStoreTest, OnlyTheNewestLogMayBeCutSinceACrashDoesThat) {
  Random random(8);
  const std::string newest = FileOf(FileKind::kLog, true);
  for (const auto& [name, state] : whole_) {
    const FileKind kind = dynamodown::ParseFileName(name).kind;
    if (kind == FileKind::kInfoLog || state.bytes.empty()) continue;
    for (int round = 0; round < 10; ++round) {
      Restore();
      Write(name, state.bytes.substr(0, random.Below(state.bytes.size())));
      std::map<std::string, std::string> read;
      const Status status = OpenAndRead(&read);
      SCOPED_TRACE(name + ": " + status.ToString());
      if (name != newest) {
        EXPECT_TRUE(status.IsCorruption());
        EXPECT_THAT(status.ToString(), HasSubstr(name));
        continue;
      }
      EXPECT_TRUE(status.ok());
      EXPECT_GT(read.size(), records_.size() / 2);
    }
  }
}

TEST_F(DamagedStoreTest, ATornLogIsNotReused) {
  const std::string name = FileOf(FileKind::kLog, true);
  const std::string& bytes = whole_.at(name).bytes;
  Options reuse;
  reuse.reuse_logs = true;
  for (const std::string& tail : {std::string(), std::string(4096, '\0')}) {
    Restore();
    Write(name, bytes.substr(0, bytes.size() - 10) + tail);
    for (int round = 0; round < 3; ++round) {
      std::unique_ptr<Database> db;
      const Status status = Open(reuse, &db);
      ASSERT_TRUE(status.ok()) << status.ToString();
      std::string value;
      const Status found = db->Get(leveldb::ReadOptions(), "new", &value);
      EXPECT_EQ(found.ok(), round > 0) << found.ToString();
      EXPECT_TRUE(
          db->Put(leveldb::WriteOptions(), "new", std::string(500, 'v')).ok());
    }
  }
}

TEST_F(DamagedStoreTest, AStoreOpensAfterALeftoverOfACrashDuringOpen) {
  const std::string name = FileOf(FileKind::kLog, true);
  const std::string& bytes = whole_.at(name).bytes;
  Write(name, bytes.substr(0, bytes.size() - 10));
  Write("000099.log", "");
  std::map<std::string, std::string> read;
  const Status status = OpenAndRead(&read);
  EXPECT_TRUE(status.ok()) << status.ToString();
  EXPECT_GE(read.size(), records_.size());
}

TEST_F(DamagedStoreTest, AMissingCurrentOfAStoreWithoutTablesIsNamed) {
  MakeStoreWithoutTables();
  Options options;
  options.create_if_missing = true;
  options.reuse_logs = true;
  std::unique_ptr<Database> db;
  std::filesystem::remove(path_ + "/CURRENT");
  const auto before = StateOf(path_);
  const Status status = Open(options, &db);
  EXPECT_TRUE(status.IsCorruption());
  EXPECT_EQ(status.ToString(),
            "Corruption: " + path_ +
                "/CURRENT: is missing, but the directory has other files of a "
                "store; repair copies what can be read; nothing was changed");
  EXPECT_EQ(StateOf(path_), before);
}

/// Runs plain LevelDB in a child that is killed while it writes.
void KillAWriter(const std::string& path, bool reuse, int microseconds) {
  const pid_t child = fork();
  if (child == 0) {
    leveldb::Options options;
    options.create_if_missing = true;
    options.reuse_logs = reuse;
    options.write_buffer_size = 64 * 1024;
    leveldb::DB* db = nullptr;
    if (!leveldb::DB::Open(options, path, &db).ok()) _exit(1);
    for (uint64_t i = 0;; ++i) {
      if (!db->Put({}, std::to_string(i % 997), std::string(900, 'v')).ok()) {
        _exit(1);
      }
    }
  }
  usleep(static_cast<useconds_t>(microseconds));
  EXPECT_EQ(kill(child, SIGKILL), 0);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "plain LevelDB failed";
}

TEST_F(DamagedStoreTest, StoresOfKilledWritersOpen) {
  Random random(9);
  for (const bool reuse : {false, true}) {
    std::filesystem::remove_all(path_);
    for (int round = 0; round < 25; ++round) {
      KillAWriter(path_, reuse, static_cast<int>(random.Below(30'000)));
      dynamodown::Inspection inspection;
      if (!std::filesystem::exists(path_ + "/CURRENT")) continue;
      ASSERT_TRUE(
          dynamodown::Inspect(leveldb::Env::Default(), path_, &inspection)
              .ok());
      const Status status = dynamodown::DamageOf(inspection, path_);
      ASSERT_TRUE(status.ok()) << round << status.ToString();
    }
  }
}

/// Lets plain LevelDB die between two fragments of a value, as after SIGKILL,
/// and then write two more records, which append to the log.
void KillBetweenFragments(const std::string& path, size_t value_bytes,
                          rlim_t bytes_max) {
  for (const bool big : {true, false}) {
    const pid_t child = fork();
    if (child == 0) {
      // A write beyond the limit kills the process, or writes a part.
      if (big) {
        const rlimit limit{bytes_max, bytes_max};
        setrlimit(RLIMIT_FSIZE, &limit);
      }
      leveldb::Options options;
      options.create_if_missing = true;
      options.reuse_logs = true;
      leveldb::DB* db = nullptr;
      if (!leveldb::DB::Open(options, path, &db).ok()) _exit(1);
      const std::string prefix = big ? "early" : "late";
      bool ok = true;
      for (int i = 0; i < 3; ++i) {
        ok = ok && db->Put({}, prefix + std::to_string(i), "v").ok();
      }
      if (!ok) _exit(1);
      if (big)
        static_cast<void>(db->Put({}, "x", std::string(value_bytes, 'x')));
      _exit(0);
    }
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
  }
}

TEST_F(DamagedStoreTest, AStoreWhoseWriterDiedBetweenTwoFragmentsOpens) {
  for (const rlim_t blocks : {1, 2, 5}) {
    std::filesystem::remove_all(path_);
    KillBetweenFragments(path_, 300'000, blocks * 32'768);
    for (const bool reuse : {true, false}) {
      Options options;
      options.reuse_logs = reuse;
      std::unique_ptr<Database> db;
      const Status status = Open(options, &db);
      ASSERT_TRUE(status.ok()) << status.ToString();
      for (const char* key :
           {"early0", "early1", "early2", "late0", "late1", "late2"}) {
        std::string value;
        EXPECT_TRUE(db->Get(leveldb::ReadOptions(), key, &value).ok()) << key;
      }
    }
  }
}

TEST_F(DamagedStoreTest, AMissingFileIsNamed) {
  const std::string manifest = FileOf(FileKind::kManifest);
  for (const std::string& name :
       {std::string("CURRENT"), manifest, FileOf(FileKind::kLog),
        FileOf(FileKind::kTable)}) {
    Restore();
    std::filesystem::remove(path_ + "/" + name);
    for (const bool create : {false, true}) {
      const auto before = StateOf(path_);
      Options options;
      options.create_if_missing = create;
      std::unique_ptr<Database> db;
      const Status status = Open(options, &db);
      EXPECT_TRUE(status.IsCorruption()) << name << status.ToString();
      EXPECT_THAT(status.ToString(), HasSubstr(name));
      EXPECT_EQ(StateOf(path_), before);
    }
  }
}

TEST_F(DamagedStoreTest, WithoutChecksLevelDbsOwnDefaultsApply) {
  const std::string name = FileOf(FileKind::kLog, true);
  std::string flipped = whole_.at(name).bytes;
  flipped[20] = static_cast<char>(flipped[20] ^ 1);
  Write(name, flipped);
  Options options;
  options.check_files = false;
  std::unique_ptr<Database> db;
  EXPECT_TRUE(Open(options, &db).ok());
}

TEST_F(DamagedStoreTest, ReadsOfADamagedTableNameItWhateverTheReadOptionsSay) {
  const std::string name = FileOf(FileKind::kTable);
  std::string flipped = whole_.at(name).bytes;
  flipped[20] = static_cast<char>(flipped[20] ^ 1);
  Write(name, flipped);
  std::unique_ptr<Database> db;
  ASSERT_TRUE(Open(Options(), &db).ok());
  std::string value;
  const Status status = db->Get(leveldb::ReadOptions(), "a0", &value);
  EXPECT_TRUE(status.IsCorruption());
  EXPECT_EQ(status.ToString(), "Corruption: " + path_ + "/" + name +
                                   ": checksum mismatch at offset 0");
}

TEST_F(DamagedStoreTest, AReadOfATableWithADamagedFooterNamesTheTable) {
  const std::string name = FileOf(FileKind::kTable);
  const std::string& bytes = whole_.at(name).bytes;
  size_t failed = 0;
  for (size_t at = bytes.size() - 48; at < bytes.size(); ++at) {
    Restore();
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x41);
    Write(name, flipped);
    std::unique_ptr<Database> db;
    ASSERT_TRUE(Open(Options(), &db).ok());
    std::string value;
    const Status status = db->Get(leveldb::ReadOptions(), "a0", &value);
    if (status.ok()) continue;  // The footer has bytes that nobody reads.
    ++failed;
    EXPECT_THAT(status.ToString(), HasSubstr(path_ + "/" + name)) << at;
  }
  EXPECT_GT(failed, 10u);
}

TEST_F(DamagedStoreTest, AnIteratorWithParanoidChecksEndsAtTheDamage) {
  const std::string name = FileOf(FileKind::kTable);
  std::string flipped = whole_.at(name).bytes;
  flipped[20] = static_cast<char>(flipped[20] ^ 1);
  Write(name, flipped);
  for (const bool paranoid : {false, true}) {
    Options options;
    options.paranoid_checks = paranoid;
    std::unique_ptr<Database> db;
    ASSERT_TRUE(Open(options, &db).ok());
    const std::unique_ptr<leveldb::Iterator> it(
        db->NewIterator(leveldb::ReadOptions()));
    size_t found = 0;
    for (it->SeekToFirst(); it->Valid(); it->Next()) ++found;
    EXPECT_TRUE(it->status().IsCorruption());
    EXPECT_EQ(found == 0, paranoid) << "the first block is damaged";
  }
}

// Perhaps the same program forgot to set its comparator. So if the comparator
// is unknown, the message accuses no other program.
TEST_F(DamagedStoreTest, ADatabaseOfAnotherComparatorIsLeftAlone) {
  const std::pair<const char*, const char*> cases[] = {
      {"idb_cmp1", ", so Chrome's IndexedDB made this database"},
      {"rev", "; open the store with the comparator with which it was created"},
  };
  for (const auto& [name, hint] : cases) {
    const ForeignComparator reverse(name);
    std::filesystem::remove_all(path_);
    Options options;
    options.create_if_missing = true;
    options.comparator = &reverse;
    std::unique_ptr<Database> db;
    ASSERT_TRUE(Open(options, &db).ok());
    db.reset();
    const auto before = StateOf(path_);
    const Status status = Open(Options(), &db);
    EXPECT_TRUE(status.IsInvalidArgument());
    EXPECT_THAT(status.ToString(),
                HasSubstr("comparator \"" + std::string(name) +
                          "\", not by leveldb.BytewiseComparator" + hint +
                          "; nothing was changed"));
    EXPECT_EQ(StateOf(path_), before);
    EXPECT_TRUE(Open(options, &db).ok());
  }
}

TEST_F(DamagedStoreTest, OneDirectoryUnderTwoNamesIsOneStore) {
  std::unique_ptr<Database> db;
  ASSERT_TRUE(Open(Options(), &db).ok());
  std::filesystem::create_directory_symlink(path_, folder_->Child("link"));
  for (const std::string& other :
       {folder_->path() + "/./copy", folder_->Child("link")}) {
    Database* again = nullptr;
    const Status status = dynamodown::OpenEmbedded(Options(), other, &again);
    EXPECT_TRUE(dynamodown::IsLockedStore(status)) << status.ToString();
  }
  std::filesystem::remove(folder_->Child("link"));
}

// ---- A destroy that is cut off ----------------------------------------------

/// Removes some files, and then no more, as if its process had been killed.
class DyingEnv final : public leveldb::EnvWrapper {
 public:
  explicit DyingEnv(int removals)
      : EnvWrapper(leveldb::Env::Default()), removals_(removals) {}
  Status RemoveFile(const std::string& path) override {
    return removals_-- > 0 ? target()->RemoveFile(path) : Dead(path);
  }
  Status RemoveDir(const std::string& path) override {
    return removals_-- > 0 ? target()->RemoveDir(path) : Dead(path);
  }

 private:
  static Status Dead(const std::string& path) {
    return Status::IOError(path, "the process is dead");
  }
  int removals_;
};

TEST_F(DamagedStoreTest, ADestroyThatWasCutOffCanBeFinished) {
  for (const bool without_tables : {false, true}) {
    for (int removals = 0; removals < 20; ++removals) {
      SCOPED_TRACE(removals);
      Restore();
      if (without_tables) MakeStoreWithoutTables();
      DyingEnv env(removals);
      Options dying;
      dying.env = &env;
      static_cast<void>(dynamodown::DestroyEmbedded(dying, path_, false));
      if (!std::filesystem::exists(path_)) break;
      if (removals > 0) {
        std::unique_ptr<Database> db;
        EXPECT_FALSE(Open(Options(), &db).ok());
      }
      const Status status =
          dynamodown::DestroyEmbedded(Options(), path_, false);
      EXPECT_TRUE(status.ok()) << status.ToString();
      EXPECT_FALSE(std::filesystem::exists(path_));
    }
  }
}

// ---- Directories that cannot be written ------------------------------------

/// Opens a store in a child that is not root, since root may write anywhere.
/// The child's directory is `folder`, since it may not even search the folders
/// above. Returns the text of the status.
std::string OpenedByNobody(const std::string& folder, const std::string& path) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    constexpr uid_t kNobody = 65534;
    if (chdir(folder.c_str()) != 0) _exit(1);
    if (geteuid() == 0 && setuid(kNobody) != 0) _exit(1);
    Options options;
    options.create_if_missing = true;
    Database* db = nullptr;
    const std::string text =
        dynamodown::OpenEmbedded(options, path, &db).ToString();
    _exit(write(ends[1], text.data(), text.size()) < 0);
  }
  close(ends[1]);
  std::string text(1000, '\0');
  const ssize_t size = read(ends[0], text.data(), text.size());
  close(ends[0]);
  EXPECT_EQ(waitpid(child, nullptr, 0), child);
  text.resize(size < 0 ? 0 : static_cast<size_t>(size));
  return text;
}

TEST(UnwritableTest, TheDirectoryThatCannotBeWrittenIsNamed) {
  const TempDir folder;
  std::filesystem::create_directory(folder.Child("sub"));
  for (const std::string& path : {folder.Child("sub"), folder.path()}) {
    std::filesystem::permissions(path, std::filesystem::perms{0555});
  }
  EXPECT_EQ(OpenedByNobody(folder.path(), "db"),
            "IO error: db: cannot be created: the directory . cannot be "
            "written (Permission denied)");
  EXPECT_EQ(OpenedByNobody(folder.path(), "sub/db/"),
            "IO error: sub/db/: cannot be created: the directory sub cannot be "
            "written (Permission denied)");
  EXPECT_EQ(OpenedByNobody(folder.path(), "none/db"),
            "IO error: none/db: cannot be created: there is no directory none");
  EXPECT_EQ(OpenedByNobody(folder.path(), "/proc/db"),
            "IO error: /proc/db: cannot be created: the directory /proc takes "
            "no new directories");
  EXPECT_EQ(OpenedByNobody(folder.path(), "sub"),
            "IO error: sub: cannot be opened: the directory or its file LOCK "
            "cannot be written (Permission denied)");
  std::filesystem::permissions(folder.path(),
                               std::filesystem::perms::owner_all);
}

}  // namespace
}  // namespace dynamodown_test
