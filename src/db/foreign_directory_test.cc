// A user may point at any directory or file. Each call names what is there,
// and changes nothing.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "db/embedded_open.h"
#include "leveldb/db.h"
#include "leveldb_util/crc32c.h"
#include "leveldb_util/inspection.h"
#include "support/embedded_files.h"
#include "support/temp_dir.h"

namespace dynamodown_test {
namespace {

namespace fs = std::filesystem;

using dynamodown::Database;
using dynamodown::Options;
using leveldb::Status;
using testing::HasSubstr;

constexpr char kUuid[] = "9b78a0f1-9fae-4233-9d01-7cf22fedfb82";

std::string LittleEndian(uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) {
    text.push_back(static_cast<char>(value >> (8 * i)));
  }
  return text;
}

/// A record of a log or a MANIFEST, as LevelDB writes it.
std::string Record(const std::string& data) {
  const std::string typed = '\1' + data;
  return LittleEndian(dynamodown::MaskedCrc32c(dynamodown::Crc32c(typed)), 4) +
         LittleEndian(static_cast<uint32_t>(data.size()), 2) + typed;
}

class ForeignDirectoryTest : public testing::Test {
 protected:
  struct Case {
    std::string name;
    std::function<void()> make;
    std::string words;
    /// Only the MANIFEST shows whose database it is. Destroy does not read it.
    bool is_seen_in_manifest = false;
  };

  void Write(const std::string& name, const std::string& bytes) {
    fs::create_directories(fs::path(path_ + name).parent_path());
    WriteFile(path_ + name, bytes);
  }
  /// Makes a LevelDB store in `path`, with one record.
  static void MakeStore(const std::string& path,
                        const leveldb::Comparator* comparator) {
    leveldb::Options options;
    options.create_if_missing = true;
    options.comparator = comparator;
    fs::create_directories(path);
    leveldb::DB* db = nullptr;
    ASSERT_TRUE(leveldb::DB::Open(options, path, &db).ok());
    EXPECT_TRUE(db->Put({}, "\x0e", "obfuscated").ok());
    delete db;
  }
  void MakeStore() { MakeStore(path_, leveldb::BytewiseComparator()); }
  void AddEdit(const std::string& edit) {
    for (const auto& [name, state] : StateOf(path_)) {
      if (!name.starts_with("MANIFEST")) continue;
      WriteFile(path_ + "/" + name, state.bytes + Record(edit));
    }
  }
  /// The regular files, also those of inner directories.
  std::map<std::string, FileState> Now() const {
    std::map<std::string, FileState> files;
    if (fs::is_regular_file(path_)) return files;
    for (const auto& entry : fs::recursive_directory_iterator(path_)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      std::ostringstream bytes;
      bytes << file.rdbuf();
      files[entry.path()] = {bytes.str(), entry.last_write_time()};
    }
    return files;
  }

  /// Calls Open, Inspect (verify, repair, doctor) and, if `destroys`, Destroy.
  std::map<std::string, Status> CallAll(bool destroys) {
    Database* db = nullptr;
    std::map<std::string, Status> statuses;
    const auto before = Now();
    for (const bool create : {false, true}) {
      Options options;
      options.create_if_missing = create;
      statuses[create ? "create" : "open"] =
          dynamodown::OpenEmbedded(options, path_, &db);
      delete db;
    }
    dynamodown::Inspection inspection;
    statuses["inspect"] =
        dynamodown::InspectEmbedded(Options(), path_, &inspection);
    if (destroys) {
      statuses["destroy"] =
          dynamodown::DestroyEmbedded(Options(), path_, false);
    }
    EXPECT_EQ(Now(), before);
    return statuses;
  }

  std::function<void()> WithStore(std::function<void()> and_then) {
    return [this, and_then = std::move(and_then)] {
      MakeStore();
      and_then();
    };
  }

  void CheckIsNamed(const std::vector<Case>& cases) {
    for (const Case& test : cases) {
      SCOPED_TRACE(test.name);
      fs::remove_all(path_);
      test.make();
      for (const auto& [call, status] : CallAll(!test.is_seen_in_manifest)) {
        // An inspection is not told which comparator to expect.
        if (call == "inspect" && test.name == "Chrome's IndexedDB") continue;
        EXPECT_THAT(status.ToString(), HasSubstr(test.words)) << call;
        EXPECT_THAT(status.ToString(), HasSubstr(path_)) << call;
        EXPECT_FALSE(status.IsCorruption()) << call;
      }
    }
  }

  const TempDir folder_;
  const std::string path_ = folder_.Child("db");
  const std::string sqlite_{"SQLite format 3\0\x10", 17};
  const std::string lmdb_ = std::string(16, '\0') + "\xde\xc0\xef\xbe\1";
};

TEST_F(ForeignDirectoryTest, OfRocksDbOrPebbleIsNamed) {
  const std::vector<Case> cases = {
      {"RocksDB", WithStore([this] {
         Write("/IDENTITY", kUuid);
         Write("/OPTIONS-000007", "[Version]");
       }),
       "is a RocksDB database, which LevelDB cannot read; ldb dump --hex"},
      {"RocksDB, only OPTIONS left",
       WithStore([this] { Write("/OPTIONS-000007", "[Version]"); }),
       "is a RocksDB database"},
      {"RocksDB, only IDENTITY left",
       WithStore([this] { Write("/IDENTITY", kUuid); }),
       "is a RocksDB database"},
      {"RocksDB, min_log_number_to_keep",
       WithStore([this] { AddEdit("\x0a\x04"); }), "is a RocksDB database",
       true},
      {"RocksDB, a column family", WithStore([this] {
         AddEdit(
             "\xc8\x01\x01\xc9\x01\x03"
             "cf2");
       }),
       "is a RocksDB database", true},
      {"RocksDB without CURRENT",
       [this] {
         Write("/OPTIONS-000007", "[Version]");
         Write("/000008.sst", "x");
       },
       "is a RocksDB database"},
      {"Pebble",
       [this] {
         Write("/OPTIONS-000003", "[Version]");
         Write("/marker.manifest.000001.MANIFEST-000001", "");
         Write("/MANIFEST-000001", "x");
         Write("/000002.log", "x");
       },
       "is a Pebble database, which LevelDB cannot read; nothing"},
  };
  CheckIsNamed(cases);
}

TEST_F(ForeignDirectoryTest, OfAnotherProgramIsNamed) {
  const ForeignComparator indexed_db;
  const std::vector<Case> cases = {
      {"LMDB",
       [this] {
         Write("/data.mdb", lmdb_);
         Write("/lock.mdb", "");
       },
       "is an LMDB database, which LevelDB cannot read"},
      {"an LMDB file", [this] { Write("", lmdb_); }, "is an LMDB database"},
      {"a SQLite file", [this] { Write("", sqlite_); }, "is a SQLite database"},
      {"a folder with a SQLite file", [this] { Write("/Cookies", sqlite_); },
       "no LevelDB store; its file \"Cookies\" is a SQLite database"},
      {"a file", [this] { Write("", "text"); }, "is a file; a store is a"},
      {"an empty file", [this] { Write("", ""); }, "is a file; a store is a"},
      {"other files", [this] { Write("/notes.txt", "mine"); },
       "no LevelDB store; use another directory"},
      {"a pipe",
       [this] {
         fs::create_directory(path_);
         ASSERT_EQ(mkfifo((path_ + "/pipe").c_str(), 0600), 0);
       },
       "no LevelDB store; use another directory"},
      {"the folder around a store",
       [this] {
         MakeStore(path_ + "/index", leveldb::BytewiseComparator());
         Write("/blk00000.dat", "x");
       },
       "no LevelDB store; its directory \"index\" has a store"},
      {"Chrome's IndexedDB", [&] { MakeStore(path_, &indexed_db); },
       "so Chrome's IndexedDB made this database", true},
      {"a newer LevelDB", WithStore([this] { AddEdit("\x0f\x01"); }),
       "has a field of the unknown kind 15, so another program or a newer "
       "LevelDB wrote it",
       true},
  };
  CheckIsNamed(cases);
}

TEST_F(ForeignDirectoryTest, IsAStoreIfItHasOnlyAStrayFileMore) {
  for (const char* name : {"IDENTITY", "OPTIONS-", "OPTIONS-new", "data.mdb",
                           "marker.txt", "Cookies"}) {
    fs::remove_all(path_);
    MakeStore();
    Write(std::string("/") + name, sqlite_);
    Database* db = nullptr;
    const Status status = dynamodown::OpenEmbedded(Options(), path_, &db);
    EXPECT_TRUE(status.ok()) << name << status.ToString();
    delete db;
  }
}

TEST_F(ForeignDirectoryTest, IsANewStoreIfItIsEmptyOrHasOnlyALock) {
  for (const bool has_lock : {false, true}) {
    fs::remove_all(path_);
    fs::create_directory(path_);
    if (has_lock) Write("/LOCK", "");
    Database* db = nullptr;
    Options options;
    EXPECT_THAT(dynamodown::OpenEmbedded(options, path_, &db).ToString(),
                HasSubstr("does not exist"));
    options.create_if_missing = true;
    EXPECT_TRUE(dynamodown::OpenEmbedded(options, path_, &db).ok());
    delete db;
  }
}

}  // namespace
}  // namespace dynamodown_test
