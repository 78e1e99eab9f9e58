#include "leveldb_util/inspection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "leveldb/db.h"
#include "leveldb_util/crc32c.h"
#include "leveldb_util/decoder.h"
#include "support/embedded_files.h"
#include "support/temp_dir.h"

namespace dynamodown {
namespace {

using dynamodown_test::CopyDirectory;
using dynamodown_test::FileState;
using dynamodown_test::MakeKilledStore;
using dynamodown_test::StateOf;
using dynamodown_test::WriteFile;
using testing::HasSubstr;

class InspectionTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new dynamodown_test::TempDir;
    MakeKilledStore(folder_->Child("store"));
    whole_ = StateOf(folder_->Child("store"));
  }
  static void TearDownTestSuite() { delete folder_; }

  void SetUp() override { CopyDirectory(folder_->Child("store"), path_); }

  Inspection Inspected() {
    Inspection inspection;
    const leveldb::Status status =
        Inspect(leveldb::Env::Default(), path_, &inspection);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return inspection;
  }
  /// "FILE WHAT" of the first damage.
  std::string Damage() {
    const Inspection found = Inspected();
    if (found.damage.empty()) return "";
    return found.damage[0].file + " " + found.damage[0].what;
  }
  /// The names of the files of one kind, in their order.
  static std::vector<std::string> Names(FileKind kind) {
    std::vector<std::string> names;
    for (const auto& [name, state] : whole_) {
      if (ParseFileName(name).kind == kind) names.push_back(name);
    }
    return names;
  }
  void Write(const std::string& name, const std::string& bytes) {
    WriteFile(path_ + "/" + name, bytes);
  }
  void Remove(const std::string& name) {
    std::filesystem::remove(path_ + "/" + name);
  }
  /// The sequence number after those of the older log of `whole_`.
  static uint64_t SequenceAtEnd() {
    // A record is a fragment. Its sequence number follows the header.
    return SequenceOf(whole_.at(Names(FileKind::kLog).at(1)).bytes.substr(7));
  }
  static uint64_t SequenceOf(std::string_view record) {
    uint64_t sequence = 0;
    Decoder(record).Fixed(8, &sequence);
    return sequence;
  }
  /// A log with one record, the deletion of "k".
  static std::string LogFrom(uint64_t sequence) {
    std::string data(1, '\x01');  // The type of a whole record.
    for (int i = 0; i < 8; ++i) data += static_cast<char>(sequence >> 8 * i);
    data += std::string("\x01\0\0\0\0\x01k", 7);
    const uint32_t checksum = MaskedCrc32c(Crc32c(data));
    std::string log;
    for (int i = 0; i < 4; ++i) log += static_cast<char>(checksum >> 8 * i);
    log += static_cast<char>(data.size() - 1);
    return log + '\0' + data;
  }

  inline static dynamodown_test::TempDir* folder_ = nullptr;
  inline static std::map<std::string, FileState> whole_;
  const std::string path_ = folder_->Child("copy");
};

TEST_F(InspectionTest, AKilledStoreIsWholeAndIsNotChanged) {
  const auto before = StateOf(path_);
  const Inspection found = Inspected();
  EXPECT_TRUE(found.damage.empty()) << found.damage[0].what;
  EXPECT_EQ(found.logs.size(), 2u);
  EXPECT_GE(found.tables.size(), 2u);
  EXPECT_EQ(found.manifest.tables.size(), found.tables.size());
  EXPECT_EQ(found.manifest.comparator, "leveldb.BytewiseComparator");
  EXPECT_TRUE(found.leftovers.empty());
  EXPECT_EQ(StateOf(path_), before);
}

TEST_F(InspectionTest, EveryFlippedBitOfCurrentAndTheManifestIsFound) {
  for (const std::string& name :
       {std::string("CURRENT"), Names(FileKind::kManifest).at(0)}) {
    const std::string& bytes = whole_.at(name).bytes;
    for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      std::string flipped = bytes;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      Write(name, flipped);
      EXPECT_THAT(Damage(), HasSubstr(name)) << name << ", bit " << bit;
    }
    Write(name, bytes);
  }
}

TEST_F(InspectionTest, EveryCutOfCurrentAndTheManifestIsFound) {
  for (const std::string& name :
       {std::string("CURRENT"), Names(FileKind::kManifest).at(0)}) {
    const std::string& bytes = whole_.at(name).bytes;
    for (size_t size = 0; size < bytes.size(); ++size) {
      Write(name, bytes.substr(0, size));
      EXPECT_NE(Damage(), "") << name << " of " << size << " bytes";
    }
    Write(name, bytes);
  }
}

TEST_F(InspectionTest, OnlyTheNewestLogMayBeCut) {
  const std::vector<std::string> logs = Names(FileKind::kLog);
  ASSERT_EQ(logs.size(), 2u);
  for (const std::string& name : logs) {
    const std::string& bytes = whole_.at(name).bytes;
    for (size_t size = 0; size < bytes.size(); size += 61) {
      Write(name, bytes.substr(0, size));
      if (name == logs[1]) {
        EXPECT_EQ(Damage(), "") << size;
      } else {
        // A cut between two records leaves no trace.
        EXPECT_EQ(Damage() != "", Inspected().has_torn_end) << size;
      }
    }
    Write(name, bytes);
  }
}

TEST_F(InspectionTest, AMissingFileIsNamed) {
  const std::string log = Names(FileKind::kLog).at(0);
  const std::string table = Names(FileKind::kTable).at(0);
  for (const std::string& name : {std::string("CURRENT"), log, table}) {
    Remove(name);
    EXPECT_THAT(Damage(), testing::StartsWith(name + " is missing"));
    Write(name, whole_.at(name).bytes);
  }
  const std::string manifest = Names(FileKind::kManifest).at(0);
  Remove(manifest);
  EXPECT_EQ(Damage(), "CURRENT names " + manifest + ", which does not exist");
}

TEST_F(InspectionTest, ACutTableIsNamed) {
  const std::string table = Names(FileKind::kTable).at(1);
  const std::string& bytes = whole_.at(table).bytes;
  for (const size_t size : {size_t{0}, size_t{1}, bytes.size() - 1}) {
    Write(table, bytes.substr(0, size));
    EXPECT_THAT(Damage(), HasSubstr(table + " has " + std::to_string(size)));
  }
}

TEST_F(InspectionTest, FilesThatTheStoreNoLongerUsesAreLeftovers) {
  Write("000001.log", "old");
  Write("000002.ldb", "old");
  Write("MANIFEST-000001", "old");
  Write("000099.dbtmp", "old");
  Write("notes.txt", "not LevelDB's");
  EXPECT_THAT(Inspected().leftovers,
              testing::UnorderedElementsAre("000001.log", "000002.ldb",
                                            "MANIFEST-000001", "000099.dbtmp"));
  EXPECT_EQ(Damage(), "");
}

TEST_F(InspectionTest, ATornLogMayPrecedeEmptyLogs) {
  const std::string newest = Names(FileKind::kLog).at(1);
  Write(newest, whole_.at(newest).bytes.substr(0, 1000));
  Write("000098.log", "");
  Write("000099.log", "");
  EXPECT_EQ(Damage(), "");
  EXPECT_TRUE(Inspected().has_torn_end);
  Write("000099.log", whole_.at(newest).bytes);
  EXPECT_THAT(Damage(), testing::StartsWith(newest + " ends in the middle"));
}

TEST_F(InspectionTest, NumbersMayBeSkippedSinceFailedWritesUseThem) {
  const std::vector<std::string> logs = Names(FileKind::kLog);
  for (const uint64_t step : {1, 1000}) {
    Write(logs[1], LogFrom(SequenceAtEnd() + step));
    EXPECT_EQ(Damage(), "") << step;
  }
  Write(logs[1], LogFrom(SequenceAtEnd() - 1));
  EXPECT_THAT(Damage(), HasSubstr(logs[1] + " has a record older than those "
                                            "before it"));
  Write(logs[1], LogFrom(1));
  EXPECT_THAT(Damage(), HasSubstr(logs[1] + " has a record older than those of "
                                            "the tables"));
}

TEST_F(InspectionTest, OnlyLevelDbsOwnSpellingOfANameCounts) {
  const std::string log = Names(FileKind::kLog).at(1);
  const std::string table = Names(FileKind::kTable).at(0);
  const std::string other = table.substr(0, 6) + ".sst";
  Write(std::to_string(std::stoul(log)) + ".log", "");
  Write(std::to_string(std::stoul(table)) + ".ldb", "junk");
  Write(other, "junk");
  EXPECT_EQ(Damage(), "");
  EXPECT_EQ(Inspected().logs.rbegin()->second, log);
  EXPECT_EQ(Inspected().tables.begin()->second, table);
  Remove(table);
  EXPECT_THAT(Damage(), testing::StartsWith(other + " has 4 of its"));
  Write(other, whole_.at(table).bytes);
  EXPECT_EQ(Damage(), "");
  Remove(log);
  Remove(other);
  EXPECT_THAT(Damage(), testing::StartsWith(table + " is missing"));
}

// ---- Stores that reuse their MANIFEST --------------------------------------

/// A store with one session, which reused the MANIFEST of its creation.
class ReusingStoreTest : public InspectionTest {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(path_);
    leveldb::Options options;
    options.create_if_missing = true;
    options.reuse_logs = true;
    leveldb::DB* opened = nullptr;
    ASSERT_TRUE(leveldb::DB::Open(options, path_, &opened).ok());
    const std::unique_ptr<leveldb::DB> db(opened);
    ASSERT_TRUE(db->Put({}, "a", "1").ok());
    before_ = StateOf(path_);
    db->CompactRange(nullptr, nullptr);
    flushed_ = StateOf(path_);
  }

  std::map<std::string, FileState> before_;   // With a record in a log.
  std::map<std::string, FileState> flushed_;  // With this record in a table.
};

TEST_F(ReusingStoreTest, AManifestWithoutItsLastEditsIsFound) {
  const std::string name = "MANIFEST-000001";
  ASSERT_TRUE(before_.contains("000003.log"));
  const std::string whole = flushed_.at(name).bytes;
  const std::string cut = before_.at(name).bytes;
  ASSERT_TRUE(whole.starts_with(cut));
  EXPECT_EQ(Damage(), "");
  // A later edit only moves a table, so look for the end of the first.
  std::string first = whole.substr(0, cut.size() + 7);
  first.resize(first.size() +
               static_cast<unsigned char>(whole[cut.size() + 4]));
  for (size_t size = cut.size(); size < first.size(); ++size) {
    Write(name, whole.substr(0, size));
    EXPECT_THAT(Damage(), testing::StartsWith("000003.log is missing")) << size;
  }
  // A crash before the edit was written leaves the log.
  Write("000003.log", before_.at("000003.log").bytes);
  for (size_t size = cut.size(); size < first.size(); ++size) {
    Write(name, whole.substr(0, size));
    EXPECT_EQ(Damage(), "") << size;
  }
}

}  // namespace
}  // namespace dynamodown
