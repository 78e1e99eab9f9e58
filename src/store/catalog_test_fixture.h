// A fixture that opens stores on the DynamoDB fake and counts their requests.

#ifndef DYNAMODOWN_STORE_CATALOG_TEST_FIXTURE_H_
#define DYNAMODOWN_STORE_CATALOG_TEST_FIXTURE_H_

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/fake_environment.h"

namespace dynamodown_test {

class CatalogTest : public testing::Test {
 protected:
  leveldb::Status TryOpen(const std::string& location, bool create_if_missing,
                          bool error_if_exists) {
    world_.options.create_if_missing = create_if_missing;
    world_.options.error_if_exists = error_if_exists;
    return world_.TryOpen(location);
  }
  dynamodown::StoreInfo Info(const std::string& location) {
    const std::unique_ptr<dynamodown::Database> db = world_.Open(location);
    return db == nullptr ? dynamodown::StoreInfo() : db->GetInfo();
  }
  void PutForeign(const std::string& table, const std::string& store,
                  const std::string& key) {
    world_.PutItem(table,
                   {{"hkey", S(store)}, {"rkey", B(key)}, {"value", S("v")}});
  }
  size_t Count(std::string_view operation) const {
    return world_.dynamo.count(operation);
  }
  std::vector<std::string> Operations() const {
    std::vector<std::string> operations;
    for (const auto& seen : world_.dynamo.seen()) {
      operations.push_back(seen.operation);
    }
    return operations;
  }
  std::chrono::milliseconds Elapsed() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        world_.scheduler.Now().time_since_epoch());
  }

  FakeEnvironment world_;
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_STORE_CATALOG_TEST_FIXTURE_H_
