#include "contract/contract.h"

#include <algorithm>
#include <cstdio>

#include "support/servers.h"

namespace dynamodown_test {
namespace {

std::string& EngineUnderTest() {
  static std::string name;
  return name;
}

}  // namespace

int RunContract(int argc, char** argv) {
  UseLocalCredentials();
  const std::string engine =
      FlagOr(argc, argv, "engine", "DYNAMODOWN_TEST_ENGINE", "");
  const std::vector<std::string>& names = EngineNames();
  if (std::find(names.begin(), names.end(), engine) == names.end()) {
    std::string all;
    for (const std::string& name : names) all += " " + name;
    std::fprintf(stderr, "usage: %s --engine=NAME, one of%s\n", argv[0],
                 all.c_str());
    return 2;
  }
  // GoogleTest instantiates the suites for it.
  EngineUnderTest() = engine;
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

std::vector<std::string> EnginesWhere(bool (*wanted)(const Capabilities&)) {
  const std::string& name = EngineUnderTest();
  if (!wanted(CapabilitiesOf(name))) return {};
  return {name};
}

void ContractTest::SetUp() {
  location_ = engine().NewLocation();
  Reopen();
}

void ContractTest::Reopen() {
  Close();
  const leveldb::Status status =
      engine().Open(engine().options(), location_, &store_);
  ASSERT_TRUE(status.ok()) << status.ToString();
  ASSERT_EQ(database() != nullptr, can().database);
}

leveldb::Status ContractTest::Put(const std::string& key,
                                  const std::string& value) {
  return db()->Put(leveldb::WriteOptions(), key, value);
}

leveldb::Status ContractTest::Delete(const std::string& key) {
  return db()->Delete(leveldb::WriteOptions(), key);
}

leveldb::Status ContractTest::Write(leveldb::WriteBatch* batch) {
  return db()->Write(leveldb::WriteOptions(), batch);
}

std::optional<std::string> ContractTest::Get(const std::string& key) {
  std::string value;
  const leveldb::Status status = db()->Get(leveldb::ReadOptions(), key, &value);
  if (status.ok()) return value;
  EXPECT_TRUE(status.IsNotFound())
      << status.ToString() << " from Get(" << Shown(key) << ")";
  return std::nullopt;
}

std::unique_ptr<leveldb::Iterator> ContractTest::Iterate() {
  return std::unique_ptr<leveldb::Iterator>(
      db()->NewIterator(leveldb::ReadOptions()));
}

std::unique_ptr<leveldb::Iterator> ContractTest::Iterate(
    const dynamodown::Bounds& bounds) {
  return std::unique_ptr<leveldb::Iterator>(
      database()->NewIterator(dynamodown::ReadOptions(), bounds));
}

void ContractTest::Fill(const Map& entries) {
  leveldb::WriteBatch batch;
  for (const auto& [key, value] : entries) batch.Put(key, value);
  leveldb::Status status;
  if (database() == nullptr) {
    status = Write(&batch);
  } else {
    dynamodown::WriteOptions options;
    options.batch = dynamodown::BatchMode::kUnordered;
    status = database()->Write(options, &batch);
  }
  ASSERT_TRUE(status.ok()) << status.ToString();
}

void ContractTest::ExpectContents(const Map& entries) {
  EXPECT_EQ(Forward(Iterate().get()), EntriesOf(entries));
}

std::string ContractTest::RandomKey(Random* random, size_t bytes_max) {
  return can().binary_keys ? random->BinaryKey(bytes_max)
                           : random->Utf8Key(bytes_max);
}

size_t ContractTest::ValueBytesMax(const std::string& key) {
  const bool zeros = key.find_first_not_of('\0') == std::string::npos;
  return can().item_bytes_max - engine().ItemOverhead(location()) - key.size() -
         (zeros ? 1 : 0);
}

}  // namespace dynamodown_test
