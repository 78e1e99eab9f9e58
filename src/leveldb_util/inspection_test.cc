#include "leveldb_util/inspection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

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
        EXPECT_NE(Damage(), "") << size;
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

}  // namespace
}  // namespace dynamodown
