// The fixture of TableStore's tests: a bare store on the DynamoDB fake.

#ifndef DYNAMODOWN_STORE_TABLE_TABLE_STORE_TEST_FIXTURE_H_
#define DYNAMODOWN_STORE_TABLE_TABLE_STORE_TEST_FIXTURE_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "aws/refreshing.h"
#include "aws/static_keys.h"
#include "dynamo/client_stack.h"
#include "store/table/table_store.h"
#include "support/fake_environment.h"

namespace dynamodown_test {

using dynamodown::BatchOperation;
using dynamodown::CallOptions;
using dynamodown::ErrorKind;
using dynamodown::ItemCodec;
using dynamodown::KeyCondition;
using dynamodown::KeyRange;
using dynamodown::Limits;
using dynamodown::PageRequest;
using dynamodown::Record;
using dynamodown::Result;
using dynamodown::RetrySettings;
using dynamodown::Schema;
using dynamodown::TablePage;
using dynamodown::TableStore;
using dynamodown::WriteError;
using dynamodown::WriteMode;

class TableStoreTest : public testing::Test {
 protected:
  TableStoreTest() { Make(false, RetrySettings()); }

  /// Makes a new store, in the table with S range keys if `range_utf8`,
  /// otherwise in the table with B range keys.
  void Make(bool range_utf8, const RetrySettings& retry,
            const Limits& limits = {}) {
    table_ = range_utf8 ? "S-keys" : "B-keys";
    hash_ = "store-" + std::to_string(++stores_);
    if (!made_[range_utf8]) {
      KeyNames names;
      names.range_type = range_utf8 ? "S" : "B";
      world_.MakeTable(table_, names);
      made_[range_utf8] = true;
    }
    world_.dynamo.Clear();
    credentials_ = dynamodown::NewRefreshingCredentials(
        dynamodown::NewEnvironmentKeys(world_.open_environment.variables),
        &world_.scheduler, &world_.clock);
    const dynamodown::ClientEnvironment world{
        &world_.dynamo, &world_.scheduler,  &world_.clock,
        &world_.random, credentials_.get(), &service_clock_};
    http_ = dynamodown::NewHttpClient({"http://localhost", "eu-west-1"}, world);
    client_ = dynamodown::NewRetryingClient(http_.get(), retry, world, &meter_);
    Schema schema;
    schema.keys = {table_, "hkey", "rkey"};
    schema.range_utf8 = range_utf8;
    range_utf8_ = range_utf8;
    store_ = std::make_unique<TableStore>(
        ItemCodec(schema, hash_, limits), limits, 4,
        TableStore::Environment{client_.get(), &world_.scheduler,
                                &world_.random});
  }

  static RetrySettings OneAttempt() {
    RetrySettings retry;
    retry.max_attempts = 1;
    return retry;
  }

  Json RangeValue(const std::string& stored) const {
    return range_utf8_ ? S(stored) : B(stored);
  }
  /// Stores an item as another writer would. If `value` is null, the item has
  /// no value attribute.
  void PutForeign(const std::string& stored, const Json& value) {
    Json item = {{"hkey", S(hash_)}, {"rkey", RangeValue(stored)}};
    if (!value.is_null()) item["value"] = value;
    world_.PutItem(table_, item);
  }
  void PutForeign(const std::vector<std::string>& keys) {
    for (const std::string& key : keys) PutForeign(key, S("v" + key));
  }

  Result<TablePage> ReadPage(const PageRequest& request) {
    return store_->ReadPage(request, CallOptions());
  }
  PageRequest RequestOf(const KeyRange& range, bool forward = true) const {
    PageRequest request;
    request.range = store_->codec().keys().Encode(range);
    request.forward = forward;
    return request;
  }
  /// Returns the keys of all pages, each page in brackets: "[a,b][][c]".
  std::string ReadAll(PageRequest request) {
    std::string text;
    for (int pages = 0; pages < 200; ++pages) {
      Result<TablePage> page = ReadPage(request);
      if (!page.ok()) return text + page.error().message;
      text += "[";
      for (const Record& record : page->records) {
        text += (text.back() == '[' ? "" : ",") + record.key;
      }
      text += "]";
      if (!page->rest) return text;
      request.range = *page->rest;
    }
    return text + " without end";
  }
  /// Returns the keys of all pages as one list.
  std::vector<std::string> KeysOf(PageRequest request) {
    std::vector<std::string> keys;
    for (int pages = 0; pages < 1000; ++pages) {
      Result<TablePage> page = ReadPage(request);
      EXPECT_TRUE(page.ok());
      if (!page.ok()) break;
      for (Record& record : page->records) keys.push_back(record.key);
      if (!page->rest) return keys;
      request.range = *page->rest;
    }
    ADD_FAILURE() << "without end";
    return keys;
  }

  std::string Get(const std::string& key) {
    auto value = store_->Get(key, {});
    if (!value.ok()) return "error: " + value.error().message;
    return *value ? **value : "none";
  }
  Result<void, WriteError> Put(const std::string& key,
                               const std::string& value) {
    return store_->Put(key, value, {});
  }
  Result<void, WriteError> WriteUnordered(
      const std::vector<BatchOperation>& operations) {
    WriteMode mode;
    mode.atomic = false;
    return store_->Write(operations, mode);
  }
  Result<void, WriteError> WriteAtomic(
      const std::vector<BatchOperation>& operations) {
    return store_->Write(operations, {});
  }
  Result<void, WriteError> WriteIf(
      const std::vector<BatchOperation>& operations,
      const std::vector<KeyCondition>& conditions) {
    return store_->WriteIf(operations, conditions, {});
  }
  /// Returns the message as a caller of the database sees it.
  static std::string TextOf(const WriteError& error) {
    return error.message + dynamodown::EffectOf(error);
  }
  size_t Items() const { return world_.dynamo.ItemCount(table_); }
  size_t Count(std::string_view operation) const {
    return world_.dynamo.count(operation);
  }

  FakeEnvironment world_;
  std::map<bool, bool> made_;
  int stores_ = 0;
  std::string table_;
  std::string hash_;
  bool range_utf8_ = false;
  dynamodown::Meter meter_;
  dynamodown::ServiceClock service_clock_{&world_.clock};
  std::unique_ptr<dynamodown::CredentialsSource> credentials_;
  std::unique_ptr<dynamodown::Client> http_;
  std::unique_ptr<dynamodown::Client> client_;
  std::unique_ptr<TableStore> store_;
};

/// `n` puts with the keys "k0000", "k0001", and so on. The operations have
/// views of the struct's own keys and value.
struct Puts {
  explicit Puts(size_t n, std::string value = "v") : value_(std::move(value)) {
    for (size_t i = 0; i < n; ++i) {
      std::string number = std::to_string(i);
      keys.push_back("k" + std::string(4 - number.size(), '0') + number);
    }
    for (const std::string& key : keys) operations.push_back({key, value_});
  }
  Puts(const Puts&) = delete;
  Puts& operator=(const Puts&) = delete;
  std::vector<std::string> keys;
  std::vector<BatchOperation> operations;

 private:
  const std::string value_;
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_STORE_TABLE_TABLE_STORE_TEST_FIXTURE_H_
