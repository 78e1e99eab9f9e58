// Opens embedded stores that have links, FIFOs and other files that LevelDB
// must not open, write or remove.

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "db/embedded_open.h"
#include "dynamodown/verify.h"
#include "leveldb_util/inspection.h"
#include "support/embedded_files.h"
#include "support/temp_dir.h"

namespace dynamodown_test {
namespace {

using dynamodown::Database;
using dynamodown::FileKind;
using dynamodown::Options;
using leveldb::Status;

/// Calls each function that takes a store, in a child that is killed after 10
/// seconds. Returns "" if each call failed with InvalidArgument, and else a
/// line about the first other call.
std::string CallsNotRefused(const std::string& path) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    alarm(10);
    const auto require = [&](const char* call, const Status& status) {
      if (status.IsInvalidArgument()) return;
      const std::string text = call + (": " + status.ToString());
      _exit(write(ends[1], text.data(), text.size()) < 0 ? 1 : 2);
    };
    for (const bool create : {false, true}) {
      for (const bool check : {false, true}) {
        Options options;
        options.create_if_missing = create;
        options.check_files = check;
        Database* db = nullptr;
        require("open", dynamodown::OpenEmbedded(options, path, &db));
      }
    }
    dynamodown::Inspection inspection;
    require("inspect",
            dynamodown::InspectEmbedded(Options(), path, &inspection));
    require("destroy", dynamodown::DestroyEmbedded(Options(), path, false));
    const std::string location = "leveldb:" + path;
    const auto ignore = [](const dynamodown::Problem&) {};
    dynamodown::VerifyResult result;
    require("verify", dynamodown::Verify(Options(), location, ignore, &result));
    require("repair", dynamodown::Repair(Options(), location, path + ".copy",
                                         ignore, &result));
    _exit(0);
  }
  close(ends[1]);
  std::string text(1000, '\0');
  const ssize_t size = read(ends[0], text.data(), text.size());
  close(ends[0]);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  text.resize(size < 0 ? 0 : static_cast<size_t>(size));
  return WIFSIGNALED(status) ? "did not end" : text;
}

class UnsafeFileTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempDir;
    MakeKilledStore(folder_->Child("store"));
    whole_ = StateOf(folder_->Child("store"));
  }
  UnsafeFileTest() { std::filesystem::create_directory(aside_); }
  static void TearDownTestSuite() { delete folder_; }
  void SetUp() override { Restore(); }

  void Restore() { CopyDirectory(folder_->Child("store"), path_); }
  void Write(const std::string& name, const std::string& bytes) {
    WriteFile(path_ + "/" + name, bytes);
  }
  Status Open(std::unique_ptr<Database>* db) {
    Database* opened = nullptr;
    const Status status = dynamodown::OpenEmbedded(Options(), path_, &opened);
    db->reset(opened);
    return status;
  }
  static std::string FileOf(FileKind kind) {
    for (const auto& [name, state] : whole_) {
      if (dynamodown::ParseFileName(name).kind == kind) return name;
    }
    return "";
  }
  /// The names that LevelDB opens or makes at its next start.
  static std::vector<std::string> Names() {
    std::vector<std::string> names = {"MANIFEST-000001", "000001.dbtmp", "LOCK",
                                      "CURRENT"};
    for (int i = 1; i < 20; ++i) {
      const std::string digits = std::to_string(1'000'000 + i).substr(1);
      for (const char* extension : {".log", ".dbtmp"}) {
        names.push_back(digits + extension);
      }
      names.push_back("MANIFEST-" + digits);
    }
    return names;
  }

  inline static TempDir* folder_ = nullptr;
  inline static std::map<std::string, FileState> whole_;
  const std::string path_ = folder_->Child("copy");
  const std::string aside_ = folder_->Child("aside");
};

TEST_F(UnsafeFileTest, NoCallFollowsALinkToAnotherFile) {
  const std::string canary = aside_ + "/canary";
  const std::string none = folder_->Child("none");
  for (const std::string& name : Names()) {
    for (const std::string& target : {canary, none}) {
      WriteFile(canary, "mine");
      Restore();
      std::filesystem::remove(path_ + "/" + name);
      std::filesystem::create_symlink(target, path_ + "/" + name);
      EXPECT_EQ(CallsNotRefused(path_), "") << name;
      EXPECT_EQ(StateOf(aside_).at("canary").bytes, "mine") << name;
      EXPECT_FALSE(std::filesystem::exists(none)) << name;
    }
  }
}

TEST_F(UnsafeFileTest, NoCallWritesIntoAHardLink) {
  const std::string canary = aside_ + "/canary";
  for (const std::string& name : Names()) {
    if (whole_.contains(name)) continue;
    WriteFile(canary, "mine");
    Restore();
    std::filesystem::create_hard_link(canary, path_ + "/" + name);
    std::unique_ptr<Database> db;
    // A log without records is damaged.
    static_cast<void>(Open(&db));
    EXPECT_EQ(StateOf(aside_).at("canary").bytes, "mine") << name;
  }
}

TEST_F(UnsafeFileTest, NoCallOpensAFifoASocketADeviceOrADirectory) {
  for (const std::string& name :
       {std::string("CURRENT"), std::string("LOCK"),
        FileOf(FileKind::kManifest), FileOf(FileKind::kLog),
        FileOf(FileKind::kTable), std::string("000099.log"),
        std::string("MANIFEST-000099")}) {
    const std::string file = path_ + "/" + name;
    Restore();
    std::filesystem::remove(file);
    ASSERT_EQ(mkfifo(file.c_str(), 0600), 0);
    EXPECT_EQ(CallsNotRefused(path_), "") << name;
    std::filesystem::remove(file);
    std::filesystem::create_directory(file);
    EXPECT_EQ(CallsNotRefused(path_), "") << name;
    std::filesystem::remove(file);
    std::filesystem::create_symlink("/dev/zero", file);
    EXPECT_EQ(CallsNotRefused(path_), "") << name;
  }
}

TEST_F(UnsafeFileTest, LinksToTablesAndOfTheInfoLogAreFollowedOrReplaced) {
  const std::string table = FileOf(FileKind::kTable);
  const std::string elsewhere = folder_->Child("elsewhere");
  WriteFile(elsewhere, whole_.at(table).bytes);
  std::filesystem::remove(path_ + "/" + table);
  std::filesystem::create_symlink(elsewhere, path_ + "/" + table);
  std::filesystem::remove(path_ + "/LOG");
  std::filesystem::create_symlink("/dev/null", path_ + "/LOG");
  std::unique_ptr<Database> db;
  const Status status = Open(&db);
  EXPECT_TRUE(status.ok()) << status.ToString();
  std::string value;
  EXPECT_TRUE(db->Get(leveldb::ReadOptions(), "a0", &value).ok());
}

TEST_F(UnsafeFileTest, AFileWhoseNameLevelDbOnlyReadsIsRefused) {
  for (const char* name :
       {"2024.log", "7.ldb", "12.sst", "1.dbtmp", "MANIFEST-1", "0000007.log",
        "MANIFEST-0000009", "00000000000000000000002024.log"}) {
    Restore();
    Write(name, "mine");
    const auto before = StateOf(path_);
    EXPECT_EQ(CallsNotRefused(path_), "") << name;
    EXPECT_EQ(StateOf(path_), before);
  }
  for (const char* name : {"2024.txt", "a.log", "2024.log.gz",
                           "99999999999999999999.log", "MANIFEST-old"}) {
    Restore();
    Write(name, "mine");
    std::unique_ptr<Database> db;
    EXPECT_TRUE(Open(&db).ok()) << name;
    db.reset();
    EXPECT_EQ(StateOf(path_).at(name).bytes, "mine");
  }
}

}  // namespace
}  // namespace dynamodown_test
