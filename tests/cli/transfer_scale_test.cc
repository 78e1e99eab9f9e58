// Measures the memory and time that dump and load take for many records.
//
// By default the records are few, so that it fits among the tests, and four
// times as many must have the same peak. If DYNAMODOWN_TEST_RECORDS is a
// number, that many records are loaded and dumped once (./dev transfer).

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

#include "support/raw_dynamodb.h"
#include "transfer_fixture.h"

namespace dynamodown {
namespace {

constexpr size_t kPeakBytesMax = size_t{64} << 20;
constexpr double kPeakGrowthMax = 1.1;

class TransferScaleTest : public TransferFixture {
 protected:
  /// The least and the greatest peak, in bytes, of several loads and dumps.
  /// They differ by a tenth, since the timing decides which pages and chunks
  /// are in memory at once.
  struct Peaks {
    size_t load_least = SIZE_MAX, load_most = 0;
    size_t dump_least = SIZE_MAX, dump_most = 0;
  };

  void SetUp() override {
    ASSERT_NE(endpoint_, "");
    environment_["AWS_ENDPOINT_URL_DYNAMODB"] = endpoint_;
  }
  void TearDown() override {
    dynamodown_test::CallDynamoDb(
        endpoint_, "DeleteTable",
        nlohmann::json({{"TableName", table_}}).dump());
  }

  /// Writes piece by piece: this program's memory would count as the other's.
  void WriteRecords(const std::string& path, size_t records,
                    size_t value_bytes) {
    Random random(records);
    std::ofstream file(path, std::ios::binary);
    for (size_t i = 0; i < records; ++i) {
      file << fmt::format("{{\"key\":\"key{:09}\",\"value\":\"", i);
      for (size_t k = 0; k < value_bytes; ++k) {
        file << static_cast<char>('a' + random.Below(26));
      }
      file << "\"}\n";
    }
    ASSERT_TRUE(file.flush().good());
  }

  static bool AreEqual(const std::string& a, const std::string& b) {
    std::ifstream one(a, std::ios::binary), other(b, std::ios::binary);
    std::string line, other_line;
    while (std::getline(one, line)) {
      if (!std::getline(other, other_line) || line != other_line) return false;
    }
    return one.eof() && !std::getline(other, other_line);
  }

  Outcome Run(size_t records, const Arguments& arguments) {
    const Outcome outcome = Cli(arguments);
    EXPECT_EQ(outcome.status, kOk) << outcome.err;
    const double seconds = static_cast<double>(outcome.elapsed.count()) / 1000;
    fmt::print("{} of {} records: {:.1f} s, {:.0f} records/s, peak {:.1f} MB\n",
               arguments[0], records, seconds,
               static_cast<double>(records) / std::max(seconds, 0.001),
               static_cast<double>(outcome.peak_bytes) / (1 << 20));
    rusage own = {};
    getrusage(RUSAGE_SELF, &own);
    EXPECT_LT(static_cast<size_t>(own.ru_maxrss) * 1024, outcome.peak_bytes)
        << "the measurement is this program's";
    return outcome;
  }

  Peaks PeaksOf(size_t records, size_t value_bytes, int runs) {
    const std::string input = Path(std::to_string(records)),
                      output = input + ".dump",
                      store = table_ + "/" + std::to_string(records);
    WriteRecords(input, records, value_bytes);
    Peaks peaks;
    for (int i = 0; i < runs; ++i) {
      const Outcome load = Run(
          records, {"load", store, input, "--checkpoint", Path("checkpoint")});
      peaks.load_least = std::min(peaks.load_least, load.peak_bytes);
      peaks.load_most = std::max(peaks.load_most, load.peak_bytes);
      EXPECT_LT(load.peak_bytes, kPeakBytesMax);
      const Outcome dump =
          Run(records, {"dump", store, "--output", output, "--force"});
      peaks.dump_least = std::min(peaks.dump_least, dump.peak_bytes);
      peaks.dump_most = std::max(peaks.dump_most, dump.peak_bytes);
      EXPECT_LT(dump.peak_bytes, kPeakBytesMax);
      EXPECT_TRUE(AreEqual(input, output));
    }
    return peaks;
  }

  const std::string endpoint_ = DynamoDbLocal();
  const std::string table_ =
      "scale." +
      std::to_string(
          std::chrono::system_clock::now().time_since_epoch().count());
};

TEST_F(TransferScaleTest, MemoryDoesNotGrowWithTheNumberOfRecords) {
  if (const char* given = std::getenv("DYNAMODOWN_TEST_RECORDS")) {
    PeaksOf(std::stoul(given), 100, 1);
    return;
  }
  // 20 MB and 80 MB: tens of chunks and of pages.
  const Peaks few = PeaksOf(5'000, 4000, 3), many = PeaksOf(20'000, 4000, 3);
  EXPECT_LT(static_cast<double>(many.load_least),
            kPeakGrowthMax * static_cast<double>(few.load_most));
  EXPECT_LT(static_cast<double>(many.dump_least),
            kPeakGrowthMax * static_cast<double>(few.dump_most));
}

}  // namespace
}  // namespace dynamodown
