// A bare Store on the in-memory DynamoDB, for its tests.

#ifndef DYNAMODOWN_STORE_STORE_TEST_FIXTURE_H_
#define DYNAMODOWN_STORE_STORE_TEST_FIXTURE_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "aws/refreshing.h"
#include "aws/static_keys.h"
#include "dynamo/client_stack.h"
#include "store/store.h"
#include "support/fake_environment.h"

namespace dynamodown_test {

using dynamodown::BatchOperation;
using dynamodown::CallOptions;
using dynamodown::ConditionalError;
using dynamodown::ErrorKind;
using dynamodown::ItemCodec;
using dynamodown::KeyCondition;
using dynamodown::KeyRange;
using dynamodown::Limits;
using dynamodown::Page;
using dynamodown::PageRequest;
using dynamodown::Record;
using dynamodown::Result;
using dynamodown::RetrySettings;
using dynamodown::Schema;
using dynamodown::Store;

class StoreTest : public testing::Test {
 protected:
  StoreTest() { Make(false, RetrySettings()); }
  ~StoreTest() override { store_->gate()->WaitUntilEmpty(); }

  /// A store of its own for each call, in table "B" or "S".
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
    const dynamodown::ClientEnvironment world{&world_.dynamo, &world_.scheduler,
                                              &world_.clock, &world_.random,
                                              credentials_.get()};
    http_ = dynamodown::NewHttpClient({"http://localhost", "eu-west-1"}, world);
    client_ = dynamodown::NewRetryingClient(http_.get(), retry, world, &meter_);
    Schema schema;
    schema.keys = {table_, "hkey", "rkey"};
    schema.range_utf8 = range_utf8;
    range_utf8_ = range_utf8;
    store_ = std::make_unique<Store>(
        ItemCodec(schema, hash_, limits), limits, 4,
        Store::Tools{client_.get(), &world_.scheduler, &world_.random});
  }

  static RetrySettings OneAttempt() {
    RetrySettings retry;
    retry.max_attempts = 1;
    return retry;
  }

  Json RangeValue(const std::string& stored) const {
    return range_utf8_ ? S(stored) : B(stored);
  }
  /// What another writer stores; null: no value attribute.
  void PutForeign(const std::string& stored, const Json& value) {
    Json item = {{"hkey", S(hash_)}, {"rkey", RangeValue(stored)}};
    if (!value.is_null()) item["value"] = value;
    world_.PutItem(table_, item);
  }
  void PutForeign(const std::vector<std::string>& keys) {
    for (const std::string& key : keys) PutForeign(key, S("v" + key));
  }

  Result<Page> ReadPage(const PageRequest& request) {
    return store_->ReadPage(request, CallOptions());
  }
  PageRequest RequestOf(const KeyRange& range, bool forward = true) const {
    PageRequest request;
    request.range = store_->codec().keys().Store(range);
    request.forward = forward;
    return request;
  }
  /// The keys of all pages, each page's in brackets: "[a,b][][c]".
  std::string ReadAll(PageRequest request) {
    std::string text;
    for (int pages = 0; pages < 200; ++pages) {
      Result<Page> page = ReadPage(request);
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
  /// The same without the brackets.
  std::vector<std::string> KeysOf(PageRequest request) {
    std::vector<std::string> keys;
    for (int pages = 0; pages < 1000; ++pages) {
      Result<Page> page = ReadPage(request);
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
    auto value = store_->Get(key, true, CallOptions());
    if (!value.ok()) return "error: " + value.error().message;
    return *value ? **value : "none";
  }
  Result<void> Put(const std::string& key, const std::string& value) {
    return store_->Put(key, value, CallOptions());
  }
  Result<void> WriteUnordered(const std::vector<BatchOperation>& operations) {
    return store_->WriteUnordered(operations, CallOptions());
  }
  Result<void> WriteAtomic(const std::vector<BatchOperation>& operations) {
    return store_->WriteAtomic(operations, CallOptions());
  }
  Result<void, ConditionalError> WriteIf(
      const std::vector<BatchOperation>& operations,
      const std::vector<KeyCondition>& conditions) {
    return store_->WriteIf(operations, conditions, CallOptions());
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
  std::unique_ptr<dynamodown::CredentialsSource> credentials_;
  std::unique_ptr<dynamodown::Client> http_;
  std::unique_ptr<dynamodown::Client> client_;
  std::unique_ptr<Store> store_;
};

/// `n` puts of keys "k0000" ..., with the memory that they view.
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

#endif  // DYNAMODOWN_STORE_STORE_TEST_FIXTURE_H_
