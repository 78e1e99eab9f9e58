// The fixture of the contract's suites: a fresh store of the engine under test.

#ifndef DYNAMODOWN_TESTS_CONTRACT_CONTRACT_H_
#define DYNAMODOWN_TESTS_CONTRACT_CONTRACT_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contract/engine.h"
#include "leveldb/write_batch.h"
#include "support/model.h"
#include "support/random.h"

namespace dynamodown_test {

/// Runs the contract on the engine that --engine names. Returns the status for
/// main() to exit with.
int RunContract(int argc, char** argv);

/// Returns the engine under test if `wanted` holds for its capabilities, else
/// nothing. A suite that is instantiated with nothing has no tests.
std::vector<std::string> EnginesWhere(bool (*wanted)(const Capabilities&));

/// Runs `suite` on the engine under test if `condition` holds. The condition
/// can use `can`, the engine's Capabilities.
#define CONTRACT_SUITE(suite, condition)                                      \
  GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(suite);                       \
  INSTANTIATE_TEST_SUITE_P(                                                   \
      On, suite,                                                              \
      ::testing::ValuesIn(                                                    \
          EnginesWhere([]([[maybe_unused]] const Capabilities& can) -> bool { \
            return condition;                                                 \
          })),                                                                \
      [](const ::testing::TestParamInfo<std::string>& test_info) {            \
        std::string shown = test_info.param;                                  \
        for (char& c : shown) c = c == '-' ? '_' : c;                         \
        return shown;                                                         \
      })

using ::testing::HasSubstr;

/// A fresh, open store.
class ContractTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override;

  Engine& engine() { return EngineNamed(GetParam()); }
  Capabilities can() { return engine().capabilities(); }
  leveldb::DB* db() { return store_.db.get(); }
  dynamodown::Database* database() { return store_.database; }
  const std::string& location() const { return location_; }

  void Close() { store_ = OpenStore(); }
  void Reopen();

  leveldb::Status Put(const std::string& key, const std::string& value);
  leveldb::Status Delete(const std::string& key);
  leveldb::Status Write(leveldb::WriteBatch* batch);
  /// Returns nothing if the key is not found. Any other status is a failure.
  std::optional<std::string> Get(const std::string& key);
  std::unique_ptr<leveldb::Iterator> Iterate();
  std::unique_ptr<leveldb::Iterator> Iterate(const dynamodown::Bounds& bounds);

  /// Writes `entries` the quick way, which need not be atomic.
  void Fill(const Map& entries);
  /// Fails unless the store holds `entries` and nothing else.
  void ExpectContents(const Map& entries);

  /// Returns a key that the engine can store.
  std::string RandomKey(Random* random, size_t bytes_max);
  /// Returns the size of the longest value that fits with `key`.
  size_t ValueBytesMax(const std::string& key);

 private:
  std::string location_;
  OpenStore store_;
};

/// The same on engines whose stores are a dynamodown::Database.
class DatabaseTest : public ContractTest {};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_CONTRACT_CONTRACT_H_
