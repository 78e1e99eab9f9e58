// Reads logs that LevelDB wrote, undamaged and damaged.

#include "leveldb_util/log_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "leveldb/db.h"
#include "leveldb_util/log_batch.h"
#include "support/embedded_files.h"
#include "support/temp_dir.h"

namespace dynamodown {
namespace {

using dynamodown_test::StateOf;

/// A file in memory.
class TextFile final : public leveldb::SequentialFile {
 public:
  explicit TextFile(std::string text) : text_(std::move(text)) {}
  leveldb::Status Read(size_t n, leveldb::Slice* result,
                       char* scratch) override {
    // As a pipe does, gives less than was asked for.
    n = std::min({n, text_.size() - position_, size_t{1000}});
    std::copy_n(text_.data() + position_, n, scratch);
    position_ += n;
    *result = leveldb::Slice(scratch, n);
    return leveldb::Status::OK();
  }
  leveldb::Status Skip(uint64_t n) override {
    position_ += n;
    return leveldb::Status::OK();
  }

 private:
  const std::string text_;
  size_t position_ = 0;
};

struct Found {
  std::vector<std::string> values;
  std::vector<DamagedBytes> damage;
  uint64_t torn_bytes = 0;
};

Found ReadAll(const std::string& log) {
  TextFile file(log);
  LogReader reader(&file, LogReader::Records::kBatches);
  Found found;
  for (std::string record; reader.Next(&record);) {
    LogBatch batch;
    EXPECT_TRUE(DecodeBatch(record, &batch));
    for (const LogBatch::Operation& operation : batch.operations) {
      found.values.emplace_back(operation.value.value_or("deleted"));
    }
  }
  EXPECT_TRUE(reader.status().ok());
  found.damage = reader.damage();
  found.torn_bytes = reader.torn_bytes();
  return found;
}

class LogReaderTest : public testing::Test {
 protected:
  /// Returns a log that LevelDB wrote, with these values.
  std::string LogOf(const std::vector<std::string>& values) {
    const dynamodown_test::TempDir folder;
    leveldb::Options options;
    options.create_if_missing = true;
    leveldb::DB* opened = nullptr;
    EXPECT_TRUE(leveldb::DB::Open(options, folder.Child("db"), &opened).ok());
    const std::unique_ptr<leveldb::DB> db(opened);
    for (const std::string& value : values) {
      EXPECT_TRUE(db->Put({}, "k", value).ok());
    }
    for (const auto& [name, state] : StateOf(folder.Child("db"))) {
      if (name.ends_with(".log")) return state.bytes;
    }
    ADD_FAILURE() << "no log";
    return "";
  }
};

TEST_F(LogReaderTest, ReadsRecordsOfAllLengthsAcrossBlocks) {
  std::vector<std::string> values;
  for (const size_t length :
       {0, 1, 100, 32'000, 700, 70'000, 32'761, 32'768, 5, 200'000}) {
    values.emplace_back(length, 'v');
  }
  const Found found = ReadAll(LogOf(values));
  EXPECT_EQ(found.values, values);
  EXPECT_TRUE(found.damage.empty());
  EXPECT_EQ(found.torn_bytes, 0u);
}

TEST_F(LogReaderTest, ACutAnywhereIsATornEndOrAShorterLog) {
  const std::vector<std::string> values = {"one", "two",
                                           std::string(40'000, 'x'), "three"};
  const std::string log = LogOf(values);
  for (size_t size = 0; size < log.size();
       size += size < 100 || size + 100 > log.size() ? 1 : 997) {
    const Found found = ReadAll(log.substr(0, size));
    EXPECT_TRUE(found.damage.empty()) << size;
    ASSERT_LT(found.values.size(), values.size()) << size;
    EXPECT_TRUE(
        std::equal(found.values.begin(), found.values.end(), values.begin()))
        << size;
  }
}

TEST_F(LogReaderTest, EveryFlippedBitIsFoundAndTheOtherRecordsAreRead) {
  const std::vector<std::string> values = {"one", "two", "three", "four"};
  const std::string log = LogOf(values);
  for (size_t bit = 0; bit < 8 * log.size(); ++bit) {
    std::string flipped = log;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const Found found = ReadAll(flipped);
    EXPECT_FALSE(found.damage.empty()) << "bit " << bit;
    EXPECT_EQ(found.values.size(), values.size() - 1) << "bit " << bit;
  }
}

// With its checksum and its length damaged, the last record looks as if a crash
// had cut it off. But its batch is complete.
TEST_F(LogReaderTest, ADamagedHeaderOfTheLastRecordIsNoTornEnd) {
  for (const size_t length : {3, 40'000}) {
    const std::string log = LogOf({"one", std::string(length, 'x')});
    const size_t begin = length < 32'768 ? LogOf({"one"}).size() : 32'768;
    for (size_t bit = 0; bit < 32; ++bit) {
      for (size_t raised = 8 * begin + 32; raised < 8 * begin + 48; ++raised) {
        std::string damaged = log;
        for (const size_t flip : {8 * begin + bit, raised}) {
          damaged[flip / 8] =
              static_cast<char>(damaged[flip / 8] ^ (1 << flip % 8));
        }
        const Found found = ReadAll(damaged);
        EXPECT_FALSE(found.damage.empty()) << bit << ' ' << raised - 8 * begin;
        EXPECT_EQ(found.values.size(), 1u);
      }
    }
  }
}

TEST_F(LogReaderTest, ZerosAtTheEndAreTornAndZerosBeforeARecordAreDamage) {
  const std::string log = LogOf({"one", "two"});
  const Found at_the_end = ReadAll(log + std::string(50'000, '\0'));
  EXPECT_TRUE(at_the_end.damage.empty());
  EXPECT_EQ(at_the_end.torn_bytes, 50'000u);
  EXPECT_EQ(at_the_end.values.size(), 2u);
  const Found before = ReadAll(std::string(32'768, '\0') + log);
  ASSERT_EQ(before.damage.size(), 1u);
  EXPECT_EQ(before.damage[0].bytes, 32'768u);
  EXPECT_EQ(before.values.size(), 2u);
}

TEST_F(LogReaderTest, ACutFollowedByZerosIsATornEnd) {
  const std::string log = LogOf({"one", std::string(40'000, 'x'), "three"});
  for (size_t size = 1; size < log.size();
       size += size < 100 || size + 100 > log.size() ? 1 : 997) {
    for (const size_t zeros : {size_t{4096}, 65'536 - size}) {
      const Found found = ReadAll(log.substr(0, size) + std::string(zeros, 0));
      EXPECT_TRUE(found.damage.empty())
          << size << ": " << found.damage[0].reason;
      EXPECT_LT(found.values.size(), 3u);
      EXPECT_GE(found.torn_bytes, 1u) << size;
    }
  }
}

TEST_F(LogReaderTest, AFlippedBitBeforeZerosIsDamage) {
  const std::vector<std::string> values = {"one", "two", "three"};
  const std::string log = LogOf(values);
  for (size_t bit = 0; bit < 8 * log.size(); ++bit) {
    std::string flipped = log + std::string(5000, '\0');
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const Found found = ReadAll(flipped);
    EXPECT_FALSE(found.damage.empty()) << "bit " << bit;
    EXPECT_EQ(found.values.size(), values.size() - 1) << "bit " << bit;
  }
}

TEST_F(LogReaderTest, AnOverwrittenHeaderBeforeAWholeRecordIsDamage) {
  const std::string log =
      LogOf({"one", "two", std::string(50'000, 'x'), "three"});
  // Each record of a short value has a header of 7 bytes, and 17 to 19 bytes.
  for (const size_t offset : {size_t{0}, size_t{25}, size_t{50'000 + 80}}) {
    for (int byte = 0x11; byte < 0x100; byte += 0x11) {
      std::string damaged = log;
      damaged.replace(offset, 7, 7, static_cast<char>(byte));
      EXPECT_FALSE(ReadAll(damaged).damage.empty()) << offset << ' ' << byte;
      damaged[offset + 6] = 1;  // A type that exists.
      damaged[offset + 5] = 0x10;
      EXPECT_FALSE(ReadAll(damaged).damage.empty()) << offset << ' ' << byte;
    }
  }
}

/// The ends of the fragments of a record that begins at `begin`.
std::vector<size_t> FragmentEnds(const std::string& log, size_t begin) {
  std::vector<size_t> ends;
  while (true) {
    const auto byte = [&](size_t i) {
      return size_t{static_cast<unsigned char>(log[begin + i])};
    };
    const size_t end = begin + 7 + byte(4) + 256 * byte(5);
    const bool is_last = byte(6) == 1 || byte(6) == 4;
    ends.push_back(end);
    if (is_last) return ends;
    begin = 32'768 - end % 32'768 < 7 ? (end / 32'768 + 1) * 32'768 : end;
  }
}

/// A log that a process left when it was killed between two fragments, and to
/// which other processes appended. Plain LevelDB writes such a log with
/// reuse_logs.
TEST_F(LogReaderTest, ARecordThatAKillAbandonedIsNoDamage) {
  // `again` is the second batch of another log, and `later` is the third batch
  // of another log. Their sequence numbers are 2 and 3.
  const std::string again = LogOf({"1", "next"}).substr(LogOf({"1"}).size());
  const std::string later =
      LogOf({"1", "2", "next"}).substr(LogOf({"1", "2"}).size());
  size_t unfinished = 0;
  // With the greater values of `before`, the record begins at the end of a
  // block.
  for (const size_t before : {0, 100, 32'720, 32'733, 32'735, 32'736}) {
    const std::string first(before, 'a');
    const size_t begin = LogOf({first}).size();
    const std::string log = LogOf({first, std::string(100'000, 'b')});
    for (const size_t end : FragmentEnds(log, begin)) {
      if (end == log.size() || end == begin + 7) continue;  // Whole or empty.
      ASSERT_EQ(end % 32'768, 0u);
      ++unfinished;
      const Found found = ReadAll(log.substr(0, end) + again);
      EXPECT_TRUE(found.damage.empty()) << before << ' ' << end;
      EXPECT_EQ(found.values, (std::vector<std::string>{first, "next"}));
      // A batch with another number shows that the end was lost.
      EXPECT_EQ(ReadAll(log.substr(0, end) + later).damage.size(), 1u);
      EXPECT_GT(ReadAll(log.substr(0, end)).torn_bytes, 0u);
    }
  }
  EXPECT_GT(unfinished, 15u);
}

}  // namespace
}  // namespace dynamodown
