#include "dynamodown/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "db/open_environment.h"
#include "leveldb/db.h"
#include "leveldb/filter_policy.h"
#include "leveldb_util/crc32c.h"
#include "leveldb_util/inspection.h"
#include "support/embedded_files.h"
#include "support/fake_environment.h"
#include "support/temp_dir.h"

namespace dynamodown_test {
namespace {

using dynamodown::Crc32c;
using dynamodown::FileKind;
using dynamodown::MaskedCrc32c;
using dynamodown::Options;
using dynamodown::Problem;
using dynamodown::VerifyResult;
using leveldb::Status;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Records = std::map<std::string, std::string>;

/// "damage FILE: WHAT".
std::string TextOf(const Problem& problem) {
  return (problem.kind == Problem::Kind::kDamage ? "damage " : "leftover ") +
         problem.where + ": " + problem.what;
}

class EmbeddedVerifyTest : public testing::Test {
 protected:
  EmbeddedVerifyTest() { records_ = MakeKilledStore(path_); }

  VerifyResult Verified() {
    const auto before = StateOf(path_);
    problems_.clear();
    VerifyResult result;
    const Status status = dynamodown::Verify(
        Options(), "leveldb:" + path_,
        [this](const Problem& p) { problems_.push_back(TextOf(p)); }, &result);
    EXPECT_TRUE(status.ok()) << status.ToString();
    EXPECT_EQ(StateOf(path_), before);
    return result;
  }
  /// Repairs into "copy", and returns the copy's records.
  Records Repaired() {
    const auto before = StateOf(path_);
    problems_.clear();
    const std::string copy = folder_.Child("copy");
    std::filesystem::remove_all(copy);
    VerifyResult result;
    Status status = dynamodown::Repair(
        Options(), "leveldb:" + path_, copy,
        [this](const Problem& p) { problems_.push_back(TextOf(p)); }, &result);
    EXPECT_TRUE(status.ok()) << status.ToString();
    EXPECT_EQ(StateOf(path_), before);
    dynamodown::Database* opened = nullptr;
    status = dynamodown::Open(Options(), "leveldb:" + copy, &opened);
    EXPECT_TRUE(status.ok()) << status.ToString();
    const std::unique_ptr<dynamodown::Database> db(opened);
    Records records;
    if (db == nullptr) return records;
    const std::unique_ptr<leveldb::Iterator> it(
        db->NewIterator(leveldb::ReadOptions()));
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      records[it->key().ToString()] = it->value().ToString();
    }
    EXPECT_TRUE(it->status().ok());
    EXPECT_EQ(records.size(), result.records);
    return records;
  }
  std::string FileOf(FileKind kind, bool last = false) const {
    std::string found;
    for (const auto& [name, state] : StateOf(path_)) {
      if (dynamodown::ParseFileName(name).kind != kind) continue;
      if (found.empty() || last) found = name;
    }
    return found;
  }
  void Flip(const std::string& name, size_t at) {
    std::string bytes = StateOf(path_).at(name).bytes;
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    WriteFile(path_ + "/" + name, bytes);
  }

  const TempDir folder_;
  const std::string path_ = folder_.Child("db");
  Records records_;
  std::vector<std::string> problems_;
};

TEST_F(EmbeddedVerifyTest, AWholeStoreHasNoProblemsAndItsCopyIsEqual) {
  EXPECT_EQ(Verified().records, records_.size());
  EXPECT_THAT(problems_, IsEmpty());
  EXPECT_EQ(Repaired(), records_);
  EXPECT_THAT(problems_, IsEmpty());
}

TEST_F(EmbeddedVerifyTest, ADamagedBlockIsNamedAndTheRestIsCopied) {
  const std::string table = FileOf(FileKind::kTable);
  Flip(table, 10);
  const VerifyResult result = Verified();
  EXPECT_EQ(result.damages, 1u);
  EXPECT_THAT(problems_, ElementsAre("damage " + table +
                                     ": checksum mismatch at offset 0"));
  EXPECT_LT(result.records, records_.size());
  const Records kept = Repaired();
  EXPECT_EQ(kept.size(), result.records);
  for (const auto& [key, value] : kept) {
    // The damaged block may have the delete of this key.
    if (key == "a1") continue;
    EXPECT_EQ(records_[key], value) << key;
  }
}

// A table with a filter: records, the filter, its index, the table's index, and
// a footer of 48 bytes.
TEST_F(EmbeddedVerifyTest, AFlippedBitInAnyBlockOfATableIsFound) {
  const std::unique_ptr<const leveldb::FilterPolicy> filter(
      leveldb::NewBloomFilterPolicy(10));
  leveldb::Options options;
  options.create_if_missing = true;
  options.filter_policy = filter.get();
  std::filesystem::remove_all(path_);
  leveldb::DB* opened = nullptr;
  ASSERT_TRUE(leveldb::DB::Open(options, path_, &opened).ok());
  std::unique_ptr<leveldb::DB> db(opened);
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(db->Put({}, "key " + std::to_string(i), "value").ok());
  }
  db->CompactRange(nullptr, nullptr);
  db.reset();
  const std::string table = FileOf(FileKind::kTable);
  EXPECT_EQ(Verified().records, 300u);
  EXPECT_THAT(problems_, IsEmpty());
  const size_t end = StateOf(path_).at(table).bytes.size() - 48;
  ASSERT_GT(end, 300u);
  size_t without_loss = 0;
  for (size_t at = 0; at < end; at += 3) {
    Flip(table, at);
    const VerifyResult result = Verified();
    EXPECT_GE(result.damages, 1u) << at << " of " << end;
    without_loss += result.records == 300 ? 1 : 0;
    Flip(table, at);
  }
  // Damage in the filter loses no record.
  EXPECT_GT(without_loss, 100u);
}

/// Returns the length of the table's first block with its compression byte,
/// which its checksum follows.
size_t FirstBlockOf(const std::string& table) {
  for (size_t n = 1; n + 4 <= table.size(); ++n) {
    uint32_t stored = 0;
    memcpy(&stored, table.data() + n, sizeof stored);
    if (MaskedCrc32c(Crc32c(std::string_view(table).substr(0, n))) == stored) {
      return n;
    }
  }
  ADD_FAILURE() << "no block";
  return 0;
}

TEST_F(EmbeddedVerifyTest, AMalformedBlockIsNamedBesideADamagedOne) {
  std::filesystem::remove_all(path_);
  leveldb::Options options;
  options.create_if_missing = true;
  options.compression = leveldb::kNoCompression;
  options.block_size = 100;
  for (const bool writes : {true, false}) {  // The second open makes a table.
    leveldb::DB* opened = nullptr;
    ASSERT_TRUE(leveldb::DB::Open(options, path_, &opened).ok());
    const std::unique_ptr<leveldb::DB> db(opened);
    for (int i = 0; writes && i < 100; ++i) {
      const std::string key = "key" + std::to_string(i);
      ASSERT_TRUE(db->Put(leveldb::WriteOptions(), key, "value").ok());
    }
  }
  const std::string table = FileOf(FileKind::kTable);
  std::string bytes = StateOf(path_).at(table).bytes;
  const size_t n = FirstBlockOf(bytes);
  // The block's last 4 bytes before the compression are the number of its
  // restart points.
  bytes.replace(n - 5, 4, "\xff\xff\xff\xff");
  const uint32_t checksum =
      MaskedCrc32c(Crc32c(std::string_view(bytes).substr(0, n)));
  memcpy(bytes.data() + n, &checksum, sizeof checksum);
  bytes[n + 14] = static_cast<char>(bytes[n + 14] ^ 1);
  WriteFile(path_ + "/" + table, bytes);
  EXPECT_EQ(Verified().damages, 2u);
  EXPECT_THAT(problems_, Contains(HasSubstr("checksum mismatch at offset " +
                                            std::to_string(n + 4))));
  EXPECT_THAT(problems_, Contains(HasSubstr("bad block contents")));
}

// A log of another store, or an older log of this one, under the same name.
TEST_F(EmbeddedVerifyTest, ALogThatIsOlderThanATableIsNamed) {
  // The first and the last key of the table are older than the others.
  std::filesystem::remove_all(path_);
  leveldb::Options options;
  options.create_if_missing = true;
  leveldb::DB* opened = nullptr;
  ASSERT_TRUE(leveldb::DB::Open(options, path_, &opened).ok());
  std::unique_ptr<leveldb::DB> db(opened);
  for (const char* key : {"a", "z", "b", "c", "d"}) {
    ASSERT_TRUE(db->Put({}, key, "v").ok());
  }
  db->CompactRange(nullptr, nullptr);
  ASSERT_TRUE(db->Put({}, "a", "w").ok());
  db.reset();
  Verified();
  EXPECT_THAT(problems_, IsEmpty());
  const std::string log = FileOf(FileKind::kLog, true);
  for (const uint64_t sequence : {1, 3, 5}) {
    std::string record(1, '\1');
    for (int i = 0; i < 8; ++i) {
      record += static_cast<char>(sequence >> 8 * i);
    }
    record += std::string("\1\0\0\0\0\1a", 7);
    const uint32_t checksum = MaskedCrc32c(Crc32c(record));
    std::string bytes(4, '\0');
    memcpy(bytes.data(), &checksum, sizeof checksum);
    bytes += static_cast<char>(record.size() - 1);
    WriteFile(path_ + "/" + log, bytes + '\0' + record);
    Verified();
    EXPECT_THAT(problems_, Contains(HasSubstr(log + ": has a record older")));
  }
}

// ---- Tables and blocks that are whole, but in the wrong place ---------------

/// The blocks of an uncompressed table, with their checksums.
std::vector<std::string> BlocksOf(const std::string& table) {
  std::vector<std::string> blocks;
  size_t begin = 0;
  uint32_t crc = 0;
  for (size_t i = 0; i + 4 <= table.size(); ++i) {
    uint32_t stored = 0;
    memcpy(&stored, table.data() + i, sizeof stored);
    if (i > begin && MaskedCrc32c(crc) == stored) {
      blocks.push_back(table.substr(begin, i + 4 - begin));
      begin = i + 4;
      crc = 0;
      i += 3;
      continue;
    }
    crc = dynamodown::ExtendCrc32c(crc, std::string_view(table).substr(i, 1));
  }
  return blocks;
}

class MisplacedTest : public EmbeddedVerifyTest {
 protected:
  /// Makes three tables of equal size. Their blocks have equal sizes, too.
  MisplacedTest() {
    std::filesystem::remove_all(path_);
    records_ = Fill(path_, 'x');
    for (const auto& [name, state] : StateOf(path_)) {
      if (dynamodown::ParseFileName(name).kind != FileKind::kTable) continue;
      tables_.emplace_back(name, state.bytes);
    }
  }
  static Records Fill(const std::string& path, char letter) {
    Records records;
    leveldb::Options options;
    options.create_if_missing = true;
    options.compression = leveldb::kNoCompression;
    options.block_size = 500;
    leveldb::DB* opened = nullptr;
    EXPECT_TRUE(leveldb::DB::Open(options, path, &opened).ok());
    const std::unique_ptr<leveldb::DB> db(opened);
    for (const char* first : {"a", "k", "t"}) {
      for (int i = 100; i < 160; ++i) {
        const std::string key = first + std::to_string(i);
        records[key] = key + std::string(70, letter);
        EXPECT_TRUE(db->Put({}, key, records[key]).ok());
      }
      db->CompactRange(nullptr, nullptr);
    }
    return records;
  }
  /// Reads each key. Returns how many reads failed with a Corruption.
  size_t FailedReads() {
    const std::string copy = folder_.Child("read");
    CopyDirectory(path_, copy);
    dynamodown::Database* opened = nullptr;
    const Status status =
        dynamodown::Open(Options(), "leveldb:" + copy, &opened);
    const std::unique_ptr<dynamodown::Database> db(opened);
    EXPECT_TRUE(status.ok()) << status.ToString();
    size_t failed = 0;
    for (const auto& [key, value] : records_) {
      std::string found;
      const Status read = db->Get(leveldb::ReadOptions(), key, &found);
      if (read.IsCorruption()) {
        ++failed;
        EXPECT_THAT(read.ToString(), HasSubstr(".ldb"));
      } else {
        EXPECT_EQ(found, value) << key << read.ToString();
      }
    }
    return failed;
  }

  std::vector<std::pair<std::string, std::string>> tables_;  // Name and bytes.
};

TEST_F(MisplacedTest, SwappedTablesAreNamedReadsFailAndNothingIsLost) {
  ASSERT_EQ(tables_.size(), 3u);
  EXPECT_EQ(FailedReads(), 0u);
  for (size_t a = 0; a < 3; ++a) {
    for (size_t b = a + 1; b < 3; ++b) {
      ASSERT_EQ(tables_[a].second.size(), tables_[b].second.size());
      WriteFile(path_ + "/" + tables_[a].first, tables_[b].second);
      WriteFile(path_ + "/" + tables_[b].first, tables_[a].second);
      EXPECT_EQ(Verified().damages, 2u);
      EXPECT_THAT(problems_,
                  Contains(HasSubstr(tables_[a].first + ": has other keys")));
      EXPECT_EQ(FailedReads(), records_.size() * 2 / 3);
      EXPECT_EQ(Repaired(), records_);
      WriteFile(path_ + "/" + tables_[a].first, tables_[a].second);
      WriteFile(path_ + "/" + tables_[b].first, tables_[b].second);
    }
  }
}

TEST_F(MisplacedTest, ATableOfAnotherStoreIsNamed) {
  const std::string other = folder_.Child("other");
  Fill(other, 'y');
  Fill(other, 'z');
  const std::string& name = tables_[0].first;
  size_t others = 0;
  for (const auto& [file, state] : StateOf(other)) {
    if (dynamodown::ParseFileName(file).kind != FileKind::kTable) continue;
    if (state.bytes.size() < tables_[0].second.size()) continue;
    ++others;
    WriteFile(path_ + "/" + name, state.bytes);
    Verified();
    EXPECT_THAT(problems_, Contains(HasSubstr("damage " + name))) << file;
  }
  EXPECT_GT(others, 0u);
}

TEST_F(MisplacedTest, SwappedBlocksAreNamedAndNothingIsLost) {
  const std::vector<std::string> blocks = BlocksOf(tables_[0].second);
  size_t swapped = 0;
  for (size_t a = 0; a < blocks.size(); ++a) {
    for (size_t b = a + 1; b < blocks.size(); ++b) {
      if (blocks[a].size() != blocks[b].size()) continue;
      ++swapped;
      std::string bytes;
      for (size_t i = 0; i < blocks.size(); ++i) {
        bytes += blocks[i == a ? b : i == b ? a : i];
      }
      bytes += tables_[0].second.substr(bytes.size());
      WriteFile(path_ + "/" + tables_[0].first, bytes);
      EXPECT_GE(Verified().damages, 1u) << a << ' ' << b;
      EXPECT_EQ(Repaired(), records_) << a << ' ' << b;
    }
  }
  EXPECT_GT(swapped, 5u);
}

TEST_F(MisplacedTest, ABlockOfAnotherTableIsNamedAndItsKeysAreNotTaken) {
  const std::vector<std::string> own = BlocksOf(tables_[1].second);
  const std::vector<std::string> other = BlocksOf(tables_[0].second);
  for (size_t i = 0; i < 5; ++i) {
    ASSERT_EQ(own[i].size(), other[i].size());
    std::string bytes;
    for (size_t j = 0; j < own.size(); ++j) {
      bytes += j == i ? other[j] : own[j];
    }
    bytes += tables_[1].second.substr(bytes.size());
    WriteFile(path_ + "/" + tables_[1].first, bytes);
    EXPECT_GE(Verified().damages, 1u) << i;
    const Records copied = Repaired();
    EXPECT_LT(copied.size(), records_.size());
    for (const auto& [key, value] : copied) EXPECT_EQ(records_[key], value);
  }
}

TEST_F(EmbeddedVerifyTest, ADamagedLogLosesOneRecordOfIt) {
  const std::string log = FileOf(FileKind::kLog, true);
  Flip(log, 30);
  EXPECT_EQ(Verified().damages, 1u);
  EXPECT_THAT(problems_[0], HasSubstr(log + ": checksum mismatch"));
  EXPECT_EQ(Repaired().size(), records_.size() - 1);
}

TEST_F(EmbeddedVerifyTest, WithoutItsListOfFilesAllFilesAreRead) {
  WriteFile(path_ + "/CURRENT", "");
  Verified();
  EXPECT_THAT(problems_, Contains(HasSubstr("damage CURRENT: is empty")));
  EXPECT_EQ(Repaired(), records_);
  std::filesystem::remove(path_ + "/CURRENT");
  EXPECT_EQ(Repaired(), records_);
  EXPECT_THAT(problems_, Contains(HasSubstr("CURRENT: is missing")));
}

TEST_F(EmbeddedVerifyTest, ATableThatCannotBeReadAtAllIsLostWhole) {
  const std::string table = FileOf(FileKind::kTable);
  const size_t size = StateOf(path_).at(table).bytes.size();
  for (const std::string& bytes :
       {std::string("no table"), std::string(size, 'x')}) {
    WriteFile(path_ + "/" + table, bytes);
    EXPECT_EQ(Verified().damages, 1u);
    EXPECT_THAT(problems_, ElementsAre(testing::AllOf(
                               HasSubstr("damage " + table),
                               HasSubstr("cannot be read at all"))));
    EXPECT_GT(Repaired().size(), records_.size() / 2);
  }
}

TEST_F(EmbeddedVerifyTest, LeftoversAreNoDamage) {
  WriteFile(path_ + "/000001.ldb", "old");
  const VerifyResult result = Verified();
  EXPECT_EQ(result.damages, 0u);
  EXPECT_EQ(result.leftovers, 1u);
  EXPECT_EQ(result.records, records_.size());
  EXPECT_THAT(problems_,
              ElementsAre("leftover 000001.ldb: nothing uses this file"));
}

// Only a user who may not lock the store can see a process change its files.
// Here the visitor changes a file, before the tables are read.
TEST_F(EmbeddedVerifyTest, AFileThatAnotherProcessReplacesIsNoDamage) {
  const std::string table = path_ + "/" + FileOf(FileKind::kTable);
  const std::string manifest = path_ + "/" + FileOf(FileKind::kManifest);
  WriteFile(path_ + "/000001.ldb", "old");
  std::vector<std::string> damages;
  VerifyResult result;
  const auto visit = [&](const Problem& problem) {
    if (problem.kind == Problem::Kind::kDamage) {
      damages.push_back(TextOf(problem));
    } else {
      std::filesystem::remove(table);
      std::ofstream(manifest, std::ios::app) << "an edit";
    }
  };
  const Status status =
      dynamodown::Verify(Options(), "leveldb:" + path_, visit, &result);
  EXPECT_THAT(status.ToString(), HasSubstr("is being written by a process"));
  EXPECT_THAT(damages, IsEmpty());
  EXPECT_EQ(result.damages, 0u);
}

TEST_F(EmbeddedVerifyTest, ALeftoverThatAnotherProcessRemovesIsNotReported) {
  WriteFile(path_ + "/000001.ldb", "old");
  WriteFile(path_ + "/000002.ldb", "old");
  std::vector<std::string> problems;
  VerifyResult result;
  const auto visit = [&](const Problem& problem) {
    problems.push_back(TextOf(problem));
    std::filesystem::remove(path_ + "/000002.ldb");
  };
  const Status status =
      dynamodown::Verify(Options(), "leveldb:" + path_, visit, &result);
  EXPECT_TRUE(status.ok()) << status.ToString();
  EXPECT_THAT(problems,
              ElementsAre("leftover 000001.ldb: nothing uses this file"));
  EXPECT_EQ(result.leftovers, 1u);
}

TEST_F(EmbeddedVerifyTest, AnExistingCopyIsRefused) {
  VerifyResult result;
  const auto ignore = [](const Problem&) {};
  const std::string empty = folder_.Child("empty");
  const std::string linked = folder_.Child("linked");
  const std::string link = folder_.Child("link");
  const std::string file = folder_.Child("file");
  std::filesystem::create_directory(empty);
  std::filesystem::create_directory(linked);
  std::filesystem::create_symlink(path_ + "/" + FileOf(FileKind::kManifest),
                                  linked + "/MANIFEST-000001");
  std::filesystem::create_symlink(folder_.Child("none"), link);
  WriteFile(file, "text");
  for (const std::string& copy : {path_, path_ + "/inside", path_ + "/.",
                                  folder_.path(), empty, linked, link, file}) {
    const auto before = StateOf(path_);
    const Status status = dynamodown::Repair(Options(), "leveldb:" + path_,
                                             copy, ignore, &result);
    EXPECT_TRUE(status.IsInvalidArgument()) << copy << status.ToString();
    EXPECT_EQ(StateOf(path_), before) << copy;
    EXPECT_TRUE(std::filesystem::is_empty(empty));
    EXPECT_FALSE(std::filesystem::exists(folder_.Child("none")));
  }
}

// ---- DynamoDB ---------------------------------------------------------------

class DynamoVerifyTest : public testing::Test {
 protected:
  Status Verify(const std::string& location) {
    problems_.clear();
    return dynamodown::VerifyIn(
        world_.open_environment, world_.options, location,
        [this](const Problem& p) { problems_.push_back(TextOf(p)); }, &result_,
        &stats_);
  }

  FakeEnvironment world_;
  std::vector<std::string> problems_;
  VerifyResult result_;
  dynamodown::Stats stats_;
};

TEST_F(DynamoVerifyTest, EveryItemThatCannotBeReadIsNamed) {
  {
    const auto db = world_.Open("table/kim");
    for (int i = 0; i < 100; ++i) {
      ASSERT_TRUE(
          db->Put(dynamodown::WriteOptions(), "k" + std::to_string(i), "v")
              .ok());
    }
  }
  ASSERT_TRUE(Verify("table/kim").ok());
  EXPECT_EQ(result_.records, 100u);
  EXPECT_THAT(problems_, IsEmpty());
  for (const char* key : {"b", "k5x", "z"}) {
    world_.PutItem("table", {{"hkey", S("kim")}, {"rkey", B(key)}});
  }
  ASSERT_TRUE(Verify("table/kim").ok());
  EXPECT_EQ(result_.records, 100u);
  EXPECT_EQ(result_.damages, 3u);
  ASSERT_EQ(problems_.size(), 3u);
  EXPECT_THAT(problems_[0], HasSubstr("damage \"b\": Corruption"));
  EXPECT_THAT(problems_[2], HasSubstr("damage \"z\": Corruption"));
  EXPECT_GT(stats_.read_units, 0);
}

TEST_F(DynamoVerifyTest, AStoreThatIsBeingDestroyedIsALeftover) {
  world_.Open("table/kim").reset();
  world_.ChangeDescriptor("table", "kim", {{"state", S("destroying")}});
  ASSERT_TRUE(Verify("table/kim").ok());
  EXPECT_EQ(result_.leftovers, 1u);
  EXPECT_THAT(problems_, ElementsAre(HasSubstr("destroying")));
}

TEST_F(DynamoVerifyTest, AMissingStoreIsAnErrorAndIsNotCreated) {
  world_.options.create_if_missing = true;
  EXPECT_TRUE(dynamodown::IsMissingStore(Verify("table/kim")));
  EXPECT_GT(stats_.requests, 0u);
}

}  // namespace
}  // namespace dynamodown_test
