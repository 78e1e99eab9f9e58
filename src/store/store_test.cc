// A store on the in-memory DynamoDB: what is asked of the service, what is made
// of its answers, and of its failures.

#include "store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/fake_world.h"

namespace dynamodown_test {
namespace {

using dynamodown::BatchOperation;
using dynamodown::CallOptions;
using dynamodown::ConditionalError;
using dynamodown::Error;
using dynamodown::ErrorKind;
using dynamodown::EstimateBytes;
using dynamodown::FakeDynamo;
using dynamodown::HttpRequest;
using dynamodown::HttpResponse;
using dynamodown::ItemCodec;
using dynamodown::KeyCondition;
using dynamodown::KeyRange;
using dynamodown::Limits;
using dynamodown::NoAnswer;
using dynamodown::Page;
using dynamodown::PageLimit;
using dynamodown::PageRequest;
using dynamodown::Record;
using dynamodown::Result;
using dynamodown::RetrySettings;
using dynamodown::Schema;
using dynamodown::Store;
using std::string_literals::operator""s;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using Kind = dynamodown::KeyCondition::Kind;

// ---- Pure -----------------------------------------------------------------

TEST(PageLimit, BeginsWithTwoItemsOrOneReadUnit) {
  EXPECT_EQ(PageLimit(0, 0, 0), 2u);
  EXPECT_EQ(PageLimit(0, 0, 100), 40u);
  EXPECT_EQ(PageLimit(0, 0, 4096), 2u);
  EXPECT_EQ(PageLimit(0, 0, 50'000), 2u);
}

TEST(PageLimit, GrowsFourfoldToWholePages) {
  EXPECT_EQ(PageLimit(1, 40, 100), 163u);
  EXPECT_EQ(PageLimit(2, 163, 100), 655u);
  EXPECT_EQ(PageLimit(3, 655, 100), 2621u);
  EXPECT_EQ(PageLimit(4, 2621, 100), 0u);
  EXPECT_EQ(PageLimit(5, 0, 100), 0u);
}

TEST(PageLimit, NeverShrinks) {
  for (const size_t item_bytes : {0u, 1u, 100u, 5000u, 400'000u}) {
    uint64_t previous = PageLimit(0, 0, item_bytes);
    for (int n = 1; n < 10; ++n) {
      const uint64_t limit = PageLimit(n, previous, item_bytes);
      EXPECT_TRUE(limit == 0 || (previous != 0 && limit > previous));
      previous = limit;
    }
    EXPECT_EQ(previous, 0u);
  }
}

TEST(EstimateBytes, IsProportionalToTheShareOfTheKeySpace) {
  EXPECT_EQ(EstimateBytes("a", "c", "b", 1000), 2000u);
  EXPECT_EQ(EstimateBytes("user:0", "user:8", "user:2", 1000), 4000u);
  EXPECT_EQ(EstimateBytes("", "\x80", "\x01", 10), 1280u);
}

TEST(EstimateBytes, IsAtLeastWhatWasSeen) {
  EXPECT_EQ(EstimateBytes("a", "b", "a", 1000), 1000u);
  EXPECT_EQ(EstimateBytes("a", "b", "b", 1000), 1000u);
  EXPECT_EQ(EstimateBytes("b", "a", "b", 1000), 1000u);
  EXPECT_EQ(EstimateBytes("", "", "", 1000), 1000u);
}

// ---- On the service -------------------------------------------------------

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
    credentials_ = dynamodown::NewEnvironmentCredentials(
        world_.outside.environment);
    const dynamodown::World world{&world_.dynamo, &world_.scheduler,
                                  &world_.clock, &world_.random,
                                  credentials_.get()};
    http_ = dynamodown::NewHttpClient({"http://localhost", "eu-west-1"}, world);
    client_ =
        dynamodown::NewRetryingClient(http_.get(), retry, world, &meter_);
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

  FakeWorld world_;
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

// ---- Pages ----------------------------------------------------------------

TEST_F(StoreTest, PagesGoOnBehindTheLastKeyDeliveredInBothDirections) {
  PutForeign({"a", "b", "c", "d", "e"});
  world_.dynamo.set_page_items_max(2);
  EXPECT_EQ(ReadAll(RequestOf({})), "[a,b][c,d][e]");
  EXPECT_EQ(ReadAll(RequestOf({}, false)), "[e,d][c,b][a]");
}

TEST_F(StoreTest, AnEmptyPageIsNotTheEnd) {
  PutForeign({"a", "b", "c"});
  size_t page = 0;
  world_.dynamo.CutPages([&] { return page++ % 2 == 0 ? 0u : 1u; });
  EXPECT_EQ(ReadAll(RequestOf({})), "[][a][][b][][c]");
  page = 0;
  EXPECT_EQ(ReadAll(RequestOf({}, false)), "[][c][][b][][a]");
}

TEST_F(StoreTest, ALimitEndsAPageAndNotTheRange) {
  PutForeign({"a", "b", "c"});
  PageRequest request = RequestOf({});
  request.limit = 1;
  EXPECT_EQ(ReadAll(request), "[a][b][c][]");
  request.forward = false;
  EXPECT_EQ(ReadAll(request), "[c][b][a][]");
}

TEST_F(StoreTest, AnAnswerThatPointsBeyondWhatItDeliversSkipsNothing) {
  PutForeign({"a", "b", "c", "d"});
  world_.dynamo.set_page_items_max(1);
  bool done = false;
  world_.dynamo.set_after_hook(
      [&](const FakeDynamo::Call&, HttpResponse* response)
          -> std::optional<Result<void, NoAnswer>> {
        if (done) return std::nullopt;
        done = true;
        Json answer = Json::parse(response->body);
        answer["LastEvaluatedKey"]["rkey"] = B("c");
        world_.dynamo.Answer(200, answer.dump(), response);
        return std::nullopt;
      });
  EXPECT_EQ(ReadAll(RequestOf({})), "[a][b][c][d]");
}

TEST_F(StoreTest, AnUpperBoundIsLeftOut) {
  PutForeign({"a", "b", "b\0"s, "c"});
  for (const bool forward : {true, false}) {
    const auto keys = [&](const std::string& lower, const std::string& upper) {
      std::vector<std::string> found =
          KeysOf(RequestOf({lower, upper}, forward));
      if (!forward) std::reverse(found.begin(), found.end());
      return found;
    };
    EXPECT_THAT(keys("", "b"), ElementsAre("a"));
    EXPECT_THAT(keys("", "b\0"s), ElementsAre("a", "b"));
    EXPECT_THAT(keys("", "b\0\0"s), ElementsAre("a", "b", "b\0"s));
    EXPECT_THAT(keys("b", "c"), ElementsAre("b", "b\0"s));
    EXPECT_THAT(keys("b", "b"), IsEmpty());
    EXPECT_THAT(keys("b", "b\0"s), ElementsAre("b"));
    EXPECT_THAT(keys("", "a"), IsEmpty());
    EXPECT_THAT(keys("c", "a"), IsEmpty());
  }
}

TEST_F(StoreTest, ARangeThatCannotHoldAKeySendsNothing) {
  for (const bool forward : {true, false}) {
    EXPECT_EQ(ReadAll(RequestOf({"b", "b"}, forward)), "[]");
    EXPECT_EQ(ReadAll(RequestOf({"b", "a"}, forward)), "[]");
    EXPECT_EQ(ReadAll(RequestOf({"", ""}, forward)), "[]");
    EXPECT_EQ(
        ReadAll(RequestOf({std::string(1025, '\xff'), std::nullopt}, forward)),
        "[]");
  }
  EXPECT_EQ(Count(""), 0u);
}

TEST_F(StoreTest, NoKeyComesTwiceAndNoneIsMissedHoweverPagesAreCut) {
  for (const bool range_utf8 : {false, true}) {
    Make(range_utf8, RetrySettings());
    std::vector<std::string> keys;
    for (const char* lead : {"", "\x01", "a", "b", "\xc3\xbc"}) {
      for (const std::string& tail : {""s, "\0"s, "\0\0"s, "x"s, "\x7f"s}) {
        keys.push_back(lead + tail);
      }
    }
    std::sort(keys.begin(), keys.end());
    for (const std::string& key : keys) ASSERT_TRUE(Put(key, "v").ok());
    world_.dynamo.CutPages([&] { return world_.scheduler.Choose(4); });
    std::vector<std::string> bounds = keys;
    bounds.insert(bounds.end(), {"\xff", "a\xff", "b\0\0\0"s, "zz"});
    for (int round = 0; round < 300; ++round) {
      KeyRange range{bounds[world_.scheduler.Choose(bounds.size())],
                     bounds[world_.scheduler.Choose(bounds.size())]};
      if (world_.scheduler.Choose(4) == 0) range.lower.clear();
      if (world_.scheduler.Choose(4) == 0) range.upper.reset();
      std::vector<std::string> wanted;
      for (const std::string& key : keys) {
        if (key >= range.lower && (!range.upper || key < *range.upper)) {
          wanted.push_back(key);
        }
      }
      PageRequest request = RequestOf(range);
      request.limit = world_.scheduler.Choose(4);
      ASSERT_EQ(KeysOf(request), wanted);
      request.forward = false;
      std::reverse(wanted.begin(), wanted.end());
      ASSERT_EQ(KeysOf(request), wanted);
    }
    world_.dynamo.ClearFaults();
  }
}

TEST_F(StoreTest, KeysOnlyAsksForKeysOnly) {
  PutForeign({"a"});
  PageRequest request = RequestOf({});
  request.keys_only = true;
  const Result<Page> page = ReadPage(request);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->records.size(), 1u);
  EXPECT_EQ(page->records[0].key, "a");
  EXPECT_EQ(page->records[0].value, "");
  const Json query = world_.Bodies("Query")[0];
  EXPECT_EQ(query.at("ExpressionAttributeNames")
                .at(query.at("ProjectionExpression").get<std::string>()),
            "rkey");
}

TEST_F(StoreTest, ItemsOfOtherHashKeysAreNotSeen) {
  PutForeign({"a"});
  world_.PutItem(table_, {{"hkey", S(hash_ + "x")}, {"rkey", B("b")}});
  world_.PutItem(table_, {{"hkey", S(hash_ + "/.dynamodown")}, {"rkey", B("c")}});
  EXPECT_EQ(ReadAll(RequestOf({})), "[a]");
}

// ---- Values of other writers ----------------------------------------------

TEST_F(StoreTest, ValuesOfOtherWritersAreRead) {
  PutForeign("b", B("\xff"));
  PutForeign("n", N("42"));
  PutForeign("null", Null());
  PutForeign("s", S("text"));
  world_.PutItem(table_, {{"hkey", S(hash_)},
                          {"rkey", B("t")},
                          {"value", S("kept")},
                          {"other", {{"L", Json::array()}}}});
  EXPECT_EQ(Get("b"), "\xff");
  EXPECT_EQ(Get("n"), "42");
  EXPECT_EQ(Get("null"), "");
  EXPECT_EQ(Get("s"), "text");
  EXPECT_EQ(Get("t"), "kept");
  const Result<Page> page = ReadPage(RequestOf({}));
  ASSERT_TRUE(page.ok());
  ASSERT_FALSE(page->damage);
  std::vector<std::string> values;
  for (const Record& record : page->records) values.push_back(record.value);
  EXPECT_THAT(values, ElementsAre("\xff", "42", "", "text", "kept"));
}

TEST_F(StoreTest, AnUnreadableItemIsReportedAndDoesNotEndThePage) {
  PutForeign({"a", "d"});
  PutForeign("b", {{"M", Json::object()}});
  PutForeign("c", {{"BOOL", true}});
  const Result<Page> page = ReadPage(RequestOf({}));
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->records.size(), 2u);
  EXPECT_EQ(page->records[0].key, "a");
  EXPECT_EQ(page->records[1].key, "d");
  ASSERT_TRUE(page->damage);
  EXPECT_EQ(page->damage_at, 1u);
  EXPECT_EQ(page->damage->kind, ErrorKind::kCorruption);
  EXPECT_EQ(page->damage->message,
            "the item of key \"b\" has a value of type M, which is neither S, "
            "B, N nor NULL");
}

TEST_F(StoreTest, APageOfDamageAloneGoesOn) {
  for (const char* key : {"a", "b", "c"}) PutForeign(key, Json());
  PutForeign({"d"});
  world_.dynamo.set_page_items_max(1);
  EXPECT_EQ(ReadAll(RequestOf({})), "[][][][d]");
  EXPECT_EQ(ReadAll(RequestOf({}, false)), "[d][][][]");
}

TEST_F(StoreTest, AGetOfAnUnreadableItemNamesItsKeyAndType) {
  PutForeign("k", {{"SS", {"a"}}});
  PutForeign("none", Json());
  EXPECT_EQ(Get("k"),
            "error: the item of key \"k\" has a value of type SS, which is "
            "neither S, B, N nor NULL");
  EXPECT_EQ(Get("none"), "error: the item of key \"none\" has no value attribute");
}

// ---- One key --------------------------------------------------------------

TEST_F(StoreTest, WhatCannotBeStoredIsNotThereAndSendsNothing) {
  const std::string over(1025, 'k');
  EXPECT_EQ(Get(over), "none");
  EXPECT_TRUE(store_->Delete(over, CallOptions()).ok());
  Make(true, RetrySettings());
  EXPECT_EQ(Get("\xff"), "none");
  EXPECT_TRUE(store_->Delete("\xff", CallOptions()).ok());
  EXPECT_EQ(Count(""), 0u);
}

TEST_F(StoreTest, APutThatCannotBeStoredSendsNothing) {
  EXPECT_EQ(Put(std::string(1025, 'k'), "v").error().kind,
            ErrorKind::kInvalidArgument);
  EXPECT_EQ(Put("k", std::string(409'600, 'v')).error().kind,
            ErrorKind::kInvalidArgument);
  EXPECT_EQ(Count(""), 0u);
}

TEST_F(StoreTest, TheServiceTakesTheLastByteThatFits) {
  for (const bool range_utf8 : {false, true}) {
    Make(range_utf8, RetrySettings());
    for (const size_t key_bytes : {1u, 1024u}) {
      const std::string key(key_bytes, 'k');
      const size_t fits =
          409'600 - (4 + hash_.size() + 4 + key.size() + 5);
      const std::string value(fits, 'v');
      const Result<void> put = Put(key, value);
      ASSERT_TRUE(put.ok()) << put.error().message;
      EXPECT_EQ(Get(key), value);
    }
  }
}

// ---- MultiGet -------------------------------------------------------------

TEST_F(StoreTest, MultiGetAnswersEachKeyInItsPlace) {
  PutForeign({"a", "b", "c"});
  PutForeign("bad", {{"BOOL", true}});
  const std::string over(1025, 'k');
  const std::vector<std::string_view> keys = {"c", "none", "a", over,
                                              "c", "bad",  "b"};
  const Store::Values values = store_->MultiGet(keys, true, CallOptions());
  ASSERT_EQ(values.size(), keys.size());
  EXPECT_EQ(*values[0], "vc");
  EXPECT_EQ(*values[1], std::nullopt);
  EXPECT_EQ(*values[2], "va");
  EXPECT_EQ(*values[3], std::nullopt);
  EXPECT_EQ(*values[4], "vc");
  EXPECT_EQ(values[5].error().kind, ErrorKind::kCorruption);
  EXPECT_THAT(values[5].error().message, HasSubstr("\"bad\""));
  EXPECT_EQ(*values[6], "vb");
  EXPECT_EQ(Count("BatchGetItem"), 1u);
  EXPECT_EQ(Count(""), 1u);
}

TEST_F(StoreTest, MultiGetAsksForAHundredKeysAtATime) {
  const Puts puts(201);
  ASSERT_TRUE(WriteUnordered(puts.operations).ok());
  world_.dynamo.Clear();
  std::vector<std::string_view> keys(puts.keys.begin(), puts.keys.end());
  for (auto& value : store_->MultiGet(keys, true, CallOptions())) {
    ASSERT_TRUE(value.ok());
    ASSERT_EQ(**value, "v");
  }
  EXPECT_EQ(Count("BatchGetItem"), 3u);
}

TEST_F(StoreTest, MultiGetAsksAgainForUnprocessedKeysOnly) {
  const Puts puts(150);
  ASSERT_TRUE(WriteUnordered(puts.operations).ok());
  world_.dynamo.Clear();
  world_.dynamo.LeaveUnprocessed([&] { return world_.scheduler.Choose(3) > 0; });
  std::vector<std::string_view> keys(puts.keys.begin(), puts.keys.end());
  for (auto& value : store_->MultiGet(keys, true, CallOptions())) {
    ASSERT_TRUE(value.ok());
    ASSERT_EQ(**value, "v");
  }
  EXPECT_GT(Count("BatchGetItem"), 2u);
  EXPECT_GT(meter_.Read().unprocessed, 0u);
}

TEST_F(StoreTest, MultiGetOfNoKeysSendsNothing) {
  EXPECT_THAT(store_->MultiGet({}, true, CallOptions()), IsEmpty());
  EXPECT_EQ(Count(""), 0u);
}

TEST_F(StoreTest, WhatMultiGetCannotReadIsAnErrorAtEachOfItsKeys) {
  Make(false, OneAttempt());
  const Puts puts(150);
  std::vector<std::string_view> keys(puts.keys.begin(), puts.keys.end());
  world_.dynamo.FailNext("BatchGetItem", 1, 500, "InternalServerError", "x");
  const Store::Values values = store_->MultiGet(keys, true, CallOptions());
  size_t failed = 0;
  for (const auto& value : values) failed += !value.ok();
  EXPECT_TRUE(failed == 100 || failed == 50) << failed;
}

// ---- Unordered batches ----------------------------------------------------

TEST_F(StoreTest, AnUnorderedBatchIsWrittenInRunsOf25) {
  for (const auto& [n, requests] :
       {std::pair(2u, 1u), {24u, 1u}, {25u, 1u}, {26u, 2u}, {101u, 5u}}) {
    Make(false, RetrySettings());
    const Puts puts(n);
    ASSERT_TRUE(WriteUnordered(puts.operations).ok());
    EXPECT_EQ(Count("BatchWriteItem"), requests);
    EXPECT_EQ(Count(""), requests);
    EXPECT_EQ(KeysOf(RequestOf({})), puts.keys);
  }
}

TEST_F(StoreTest, AnUnorderedBatchIsCutAt16MB) {
  const Puts puts(50, std::string(400'000, 'v'));
  Limits limits;
  limits.batch_write_items = 1000;
  Make(false, RetrySettings(), limits);
  ASSERT_TRUE(WriteUnordered(Puts(3).operations).ok());
  limits.batch_write_items = 25;
  limits.batch_bytes = 4 << 20;
  Make(false, RetrySettings(), limits);
  ASSERT_TRUE(WriteUnordered(puts.operations).ok());
  EXPECT_EQ(Count("BatchWriteItem"), 5u);
}

TEST_F(StoreTest, AnUnorderedBatchIsSentUntilNothingIsUnprocessed) {
  const Puts puts(120);
  world_.dynamo.LeaveUnprocessed([&] { return world_.scheduler.Choose(2) > 0; });
  ASSERT_TRUE(WriteUnordered(puts.operations).ok());
  world_.dynamo.ClearFaults();
  EXPECT_EQ(KeysOf(RequestOf({})), puts.keys);
  EXPECT_GT(Count("BatchWriteItem"), 5u);
}

TEST_F(StoreTest, OfOneKeyABatchIsAPutOrADelete) {
  ASSERT_TRUE(WriteUnordered({{"a", "1"}}).ok());
  ASSERT_TRUE(WriteAtomic({{"b", "1"}, {"b", "2"}}).ok());
  EXPECT_EQ(Count("PutItem"), 2u);
  ASSERT_TRUE(WriteAtomic({{"a", "1"}, {"a", std::nullopt}}).ok());
  EXPECT_EQ(Count("DeleteItem"), 1u);
  EXPECT_EQ(Count(""), 3u);
  EXPECT_EQ(ReadAll(RequestOf({})), "[b]");
}

TEST_F(StoreTest, OfNoKeyABatchIsNothing) {
  const std::string over(1025, 'k');
  EXPECT_TRUE(WriteAtomic({}).ok());
  EXPECT_TRUE(WriteUnordered({}).ok());
  EXPECT_TRUE(WriteAtomic({{over, std::nullopt}}).ok());
  EXPECT_TRUE(WriteIf({}, {}).ok());
  EXPECT_EQ(Count(""), 0u);
}

TEST_F(StoreTest, AFailedUnorderedBatchSaysWhatWasWritten) {
  // One after the other, so that it is the third of four requests.
  Make(false, OneAttempt());
  int batch = 0;
  world_.dynamo.set_before_hook(
      [&](const FakeDynamo::Call&, HttpResponse* response)
          -> std::optional<Result<void, NoAnswer>> {
        if (++batch != 3) return std::nullopt;
        world_.dynamo.AnswerError(400, "AccessDeniedException", "no",
                                  response);
        return Result<void, NoAnswer>();
      });
  const Result<void> failed = WriteUnordered(Puts(90).operations);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().kind, ErrorKind::kDenied);
  const size_t written = Items();
  EXPECT_THAT(failed.error().message,
              HasSubstr("; of the batch's 90 keys " + std::to_string(written) +
                        " were written, " + std::to_string(90 - written) +
                        " were not, and of 0 that is unknown"));
  EXPECT_GE(written, 50u);
}

TEST_F(StoreTest, WhatMayBeWrittenIsCountedAsUnknown) {
  Make(false, OneAttempt());
  world_.dynamo.LoseAnswersNext("BatchWriteItem", 1);
  const Result<void> failed = WriteUnordered(Puts(25).operations);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().kind, ErrorKind::kTimeout);
  EXPECT_THAT(failed.error().message,
              HasSubstr("; of the batch's 25 keys 0 were written, 0 were not, "
                        "and of 25 that is unknown"));
}

TEST_F(StoreTest, WhatNeverReachedTheServiceIsCountedAsNotWritten) {
  Make(false, OneAttempt());
  world_.dynamo.RefuseNext("BatchWriteItem", 1);
  const Result<void> failed = WriteUnordered(Puts(25).operations);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(failed.error().message,
              HasSubstr("keys 0 were written, 25 were not, and of 0 that is "
                        "unknown"));
}

TEST_F(StoreTest, WhatStaysUnprocessedIsCountedAsNotWritten) {
  RetrySettings retry;
  retry.max_attempts = 2;
  Make(false, retry);
  // Of 25, 10 are done at once and the rest never.
  int asked = 0;
  world_.dynamo.LeaveUnprocessed([&] { return ++asked > 10; });
  const Result<void> failed = WriteUnordered(Puts(25).operations);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().kind, ErrorKind::kThrottled);
  EXPECT_EQ(Items(), 10u);
  EXPECT_THAT(failed.error().message,
              HasSubstr("; of the batch's 25 keys 10 were written, 15 were "
                        "not, and of 0 that is unknown"));
}

TEST_F(StoreTest, ABatchIsCheckedWholeBeforeAnythingIsSent) {
  Puts puts(99);
  const std::string over(1025, 'k');
  puts.operations.push_back({over, "v"});
  const Result<void> unordered = WriteUnordered(puts.operations);
  ASSERT_FALSE(unordered.ok());
  EXPECT_EQ(unordered.error().kind, ErrorKind::kInvalidArgument);
  EXPECT_THAT(unordered.error().message, StartsWith("operation 99 of the batch"));
  EXPECT_EQ(WriteAtomic(puts.operations).error().kind,
            ErrorKind::kInvalidArgument);
  EXPECT_EQ(WriteIf(puts.operations, {}).error().kind,
            ErrorKind::kInvalidArgument);
  EXPECT_EQ(Count(""), 0u);
}

// ---- Atomic batches -------------------------------------------------------

TEST_F(StoreTest, AnAtomicBatchIsOneTransaction) {
  PutForeign({"k0001"});
  Puts puts(100);
  puts.operations[1].value.reset();
  ASSERT_TRUE(WriteAtomic(puts.operations).ok());
  EXPECT_EQ(Count("TransactWriteItems"), 1u);
  EXPECT_EQ(Count(""), 1u);
  EXPECT_EQ(Items(), 99u);
}

TEST_F(StoreTest, AnAtomicBatchOver100KeysSendsNothing) {
  const Result<void> refused = WriteAtomic(Puts(101).operations);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kNotSupported);
  EXPECT_THAT(refused.error().message, HasSubstr("set batch = kUnordered"));
  EXPECT_EQ(Count(""), 0u);
}

TEST_F(StoreTest, ALostAnswersTransactionIsRepeatedWithItsToken) {
  world_.dynamo.LoseAnswersNext("TransactWriteItems", 2);
  ASSERT_TRUE(WriteAtomic(Puts(3).operations).ok());
  const std::vector<Json> bodies = world_.Bodies("TransactWriteItems");
  ASSERT_EQ(bodies.size(), 3u);
  EXPECT_EQ(bodies[0], bodies[1]);
  EXPECT_EQ(bodies[0], bodies[2]);
  EXPECT_EQ(bodies[0].at("ClientRequestToken").get<std::string>().size(), 32u);
  EXPECT_EQ(Items(), 3u);
  EXPECT_EQ(meter_.Read().ambiguous_retries, 2u);
}

TEST_F(StoreTest, EachTransactionHasATokenOfItsOwn) {
  ASSERT_TRUE(WriteAtomic(Puts(2).operations).ok());
  ASSERT_TRUE(WriteAtomic(Puts(2).operations).ok());
  const std::vector<Json> bodies = world_.Bodies("TransactWriteItems");
  ASSERT_EQ(bodies.size(), 2u);
  EXPECT_NE(bodies[0].at("ClientRequestToken"),
            bodies[1].at("ClientRequestToken"));
}

TEST_F(StoreTest, AnAmbiguousTransactionSaysSo) {
  Make(false, OneAttempt());
  world_.dynamo.LoseAnswersNext("TransactWriteItems", 1);
  const Result<void> lost = WriteAtomic(Puts(2).operations);
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().kind, ErrorKind::kTimeout);
  EXPECT_THAT(lost.error().message,
              HasSubstr("; all of the batch may be written, or nothing"));
}

TEST_F(StoreTest, AnAmbiguousAttemptIsRememberedWhateverFollows) {
  RetrySettings retry;
  retry.max_attempts = 2;
  Make(false, retry);
  world_.dynamo.LoseAnswersNext("TransactWriteItems", 1);
  world_.dynamo.FailNext("TransactWriteItems", 1, 400, "ThrottlingException",
                         "slow down");
  const Result<void> failed = WriteAtomic(Puts(2).operations);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().kind, ErrorKind::kThrottled);
  EXPECT_THAT(failed.error().message,
              HasSubstr("; all of the batch may be written, or nothing"));
}

TEST_F(StoreTest, ARefusedTransactionSaysThatNothingWasWritten) {
  world_.dynamo.FailNext("TransactWriteItems", 1, 400, "AccessDeniedException",
                         "no");
  const Result<void> refused = WriteAtomic(Puts(2).operations);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kDenied);
  EXPECT_THAT(refused.error().message,
              HasSubstr("; nothing of the batch was written"));
  EXPECT_EQ(Items(), 0u);
}

TEST_F(StoreTest, ATransactionThatLosesToOthersIsTriedAgain) {
  world_.dynamo.CancelNext(3, {"TransactionConflict", "None"});
  ASSERT_TRUE(WriteAtomic(Puts(2).operations).ok());
  EXPECT_EQ(Count("TransactWriteItems"), 4u);
}

TEST_F(StoreTest, WithoutTransactionsTheMessageSaysWhatDoes) {
  world_.dynamo.FailNext("TransactWriteItems", 1, 400,
                         "UnknownOperationException", "");
  const Result<void> refused = WriteAtomic(Puts(2).operations);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kNotSupported);
  EXPECT_THAT(refused.error().message,
              HasSubstr("this endpoint has no transactions: set batch = "
                        "kUnordered, which is not atomic"));
}

// ---- WriteIf --------------------------------------------------------------

TEST_F(StoreTest, WriteIfHoldsAbsentPresentAndEquals) {
  PutForeign({"there"});
  EXPECT_TRUE(WriteIf({{"new", "1"}}, {{Kind::kAbsent, "new", ""}}).ok());
  EXPECT_TRUE(WriteIf({{"new", "2"}}, {{Kind::kPresent, "new", ""}}).ok());
  EXPECT_TRUE(WriteIf({{"new", "3"}}, {{Kind::kEquals, "new", "2"}}).ok());
  EXPECT_TRUE(
      WriteIf({{"new", std::nullopt}}, {{Kind::kEquals, "there", "vthere"}})
          .ok());
  EXPECT_EQ(ReadAll(RequestOf({})), "[there]");
  EXPECT_EQ(Count("TransactWriteItems"), 4u);
  EXPECT_EQ(Count("") - Count("Query"), 4u);
}

TEST_F(StoreTest, AConditionThatDoesNotHoldIsNamedAndNothingIsWritten) {
  PutForeign({"there"});
  const std::vector<std::vector<KeyCondition>> failing = {
      {{Kind::kAbsent, "there", ""}},
      {{Kind::kPresent, "none", ""}},
      {{Kind::kEquals, "there", "other"}},
      {{Kind::kEquals, "none", ""}},
  };
  for (const auto& conditions : failing) {
    const auto conflict =
        WriteIf({{"there", "x"}, {"none", "x"}, {"k", "x"}}, conditions);
    ASSERT_FALSE(conflict.ok());
    EXPECT_EQ(conflict.error().kind, ErrorKind::kConflict);
    EXPECT_EQ(conflict.error().condition, 0u);
    EXPECT_EQ(conflict.error().message,
              "the condition on key \"" + std::string(conditions[0].key) +
                  "\" does not hold; nothing was written");
  }
  EXPECT_EQ(Get("there"), "vthere");
  EXPECT_EQ(Items(), 1u);
}

TEST_F(StoreTest, EqualsMatchesTheBytesHoweverTheyAreStored) {
  PutForeign("as-s", S("text"));
  PutForeign("as-b", B("text"));
  PutForeign("bytes", B("\xff"));
  PutForeign("empty-s", S(""));
  PutForeign("empty-b", B(""));
  PutForeign("empty-null", Null());
  for (const auto& [key, value] :
       std::vector<std::pair<std::string, std::string>>{{"as-s", "text"},
                                                        {"as-b", "text"},
                                                        {"bytes", "\xff"},
                                                        {"empty-s", ""},
                                                        {"empty-b", ""},
                                                        {"empty-null", ""}}) {
    const auto held = WriteIf({{"out", key}}, {{Kind::kEquals, key, value}});
    EXPECT_TRUE(held.ok()) << key << ": " << held.error().message;
    const auto conflict = WriteIf({{"out", key}}, {{Kind::kEquals, key, "no"}});
    ASSERT_FALSE(conflict.ok()) << key;
    EXPECT_EQ(conflict.error().condition, 0u);
  }
}

TEST_F(StoreTest, EqualsNeverMatchesANumber) {
  PutForeign("n", N("42"));
  const auto conflict = WriteIf({{"out", "x"}}, {{Kind::kEquals, "n", "42"}});
  ASSERT_FALSE(conflict.ok());
  EXPECT_EQ(conflict.error().condition, 0u);
}

TEST_F(StoreTest, ConditionsOnKeysThatAreNotWrittenAreChecked) {
  PutForeign({"there"});
  ASSERT_TRUE(WriteIf({}, {{Kind::kPresent, "there", ""}}).ok());
  ASSERT_TRUE(WriteIf({{"a", "1"}, {"b", "2"}},
                      {{Kind::kPresent, "there", ""},
                       {Kind::kAbsent, "none", ""},
                       {Kind::kAbsent, "b", ""}})
                  .ok());
  const Json transaction = world_.Bodies("TransactWriteItems").back();
  std::vector<std::string> kinds;
  for (const Json& member : transaction.at("TransactItems")) {
    kinds.push_back(member.begin().key());
  }
  EXPECT_THAT(kinds,
              ElementsAre("Put", "Put", "ConditionCheck", "ConditionCheck"));
  EXPECT_EQ(Items(), 3u);
}

TEST_F(StoreTest, OfSeveralConditionsTheFirstThatFailsIsNamed) {
  PutForeign({"there"});
  const auto conflict = WriteIf({{"b", "1"}},
                                {{Kind::kPresent, "there", ""},
                                 {Kind::kPresent, "none", ""},
                                 {Kind::kPresent, "b", ""}});
  ASSERT_FALSE(conflict.ok());
  EXPECT_EQ(conflict.error().condition, 1u);
}

TEST_F(StoreTest, OfAKeyThatCannotBeStoredOnlyAbsenceHolds) {
  const std::string over(1025, 'k');
  const auto present = WriteIf({{"a", "1"}}, {{Kind::kPresent, over, ""}});
  ASSERT_FALSE(present.ok());
  EXPECT_EQ(present.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(present.error().condition, 0u);
  EXPECT_FALSE(WriteIf({{"a", "1"}}, {{Kind::kEquals, over, ""}}).ok());
  EXPECT_TRUE(WriteIf({}, {{Kind::kAbsent, over, ""}}).ok());
  EXPECT_EQ(Count(""), 0u);
  EXPECT_TRUE(WriteIf({{"a", "1"}}, {{Kind::kAbsent, over, ""}}).ok());
  EXPECT_EQ(Count(""), 1u);
  EXPECT_EQ(Get("a"), "1");
}

TEST_F(StoreTest, TwoConditionsOnAKeyAreRefused) {
  const auto refused = WriteIf(
      {{"a", "1"}}, {{Kind::kAbsent, "k", ""}, {Kind::kPresent, "k", ""}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalidArgument);
  EXPECT_EQ(refused.error().message,
            "key \"k\" has more than one condition; nothing was written");
  EXPECT_EQ(Count(""), 0u);
}

TEST_F(StoreTest, WriteIfTakes100KeysOfWritesAndConditionsTogether) {
  const Puts puts(99);
  const std::vector<KeyCondition> one = {{Kind::kAbsent, "x", ""}};
  EXPECT_TRUE(WriteIf(puts.operations, one).ok());
  world_.dynamo.Clear();
  const auto refused = WriteIf(Puts(100).operations, one);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kNotSupported);
  EXPECT_EQ(refused.error().condition, std::nullopt);
  EXPECT_THAT(refused.error().message,
              HasSubstr("a conditional batch of 101 keys"));
  EXPECT_THAT(refused.error().message, HasSubstr("the limits are 100 keys"));
  EXPECT_THAT(refused.error().message, HasSubstr("nothing was written"));
  EXPECT_EQ(Count(""), 0u);
}

TEST_F(StoreTest, ARepeatedWriteIfRecognisesItsOwnSuccess) {
  world_.dynamo.LoseAnswersNext("TransactWriteItems", 1);
  const auto written = WriteIf({{"a", "1"}}, {{Kind::kAbsent, "a", ""}});
  EXPECT_TRUE(written.ok()) << written.error().message;
  const std::vector<Json> bodies = world_.Bodies("TransactWriteItems");
  ASSERT_EQ(bodies.size(), 2u);
  EXPECT_EQ(bodies[0], bodies[1]);
}

TEST_F(StoreTest, AConflictWithOtherTransactionsNamesNoCondition) {
  RetrySettings retry;
  retry.max_attempts = 3;
  Make(false, retry);
  world_.dynamo.CancelNext(3, {"TransactionConflict"});
  const auto conflict = WriteIf({{"a", "1"}}, {{Kind::kAbsent, "a", ""}});
  ASSERT_FALSE(conflict.ok());
  EXPECT_EQ(conflict.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(conflict.error().condition, std::nullopt);
  EXPECT_EQ(Count("TransactWriteItems"), 3u);
}

TEST_F(StoreTest, AFailedConditionBesideAConflictIsNotTriedAgain) {
  world_.dynamo.CancelNext(1, {"TransactionConflict", "ConditionalCheckFailed"});
  const auto conflict = WriteIf(
      {{"a", "1"}, {"b", "1"}},
      {{Kind::kAbsent, "a", ""}, {Kind::kPresent, "b", ""}});
  ASSERT_FALSE(conflict.ok());
  EXPECT_EQ(conflict.error().condition, 1u);
  EXPECT_EQ(Count("TransactWriteItems"), 1u);
}

// ---- Sizes ----------------------------------------------------------------

TEST_F(StoreTest, TheSizeOfWhatOnePageHoldsIsExact) {
  ASSERT_TRUE(Put("a", "12345").ok());
  ASSERT_TRUE(Put("b", "123").ok());
  ASSERT_TRUE(Put("c", "1").ok());
  const auto size = store_->ApproximateSize({"a", "c"}, CallOptions());
  ASSERT_TRUE(size.ok());
  EXPECT_EQ(size->bytes, 6u + 4u);
  EXPECT_TRUE(size->exact);
  EXPECT_FALSE(world_.Bodies("Query")[0].value("ConsistentRead", false));
}

TEST_F(StoreTest, TheSizeOfMoreIsEstimatedFromOnePage) {
  // Keys spread evenly over all that begin with a k.
  const std::string value(40'000, 'v');
  for (int i = 0; i < 256; i += 2) {
    ASSERT_TRUE(Put("k"s + static_cast<char>(i), value).ok());
  }
  world_.dynamo.Clear();
  const auto size = store_->ApproximateSize({"k", "l"}, CallOptions());
  ASSERT_TRUE(size.ok());
  EXPECT_FALSE(size->exact);
  EXPECT_NEAR(static_cast<double>(size->bytes), 128 * 40'002, 128 * 2000);
  EXPECT_EQ(Count("Query"), 1u);
}

TEST_F(StoreTest, TheSizeOfAnEmptyRangeSendsNothing) {
  const auto size = store_->ApproximateSize({"b", "a"}, CallOptions());
  ASSERT_TRUE(size.ok());
  EXPECT_EQ(size->bytes, 0u);
  EXPECT_TRUE(size->exact);
  EXPECT_EQ(Count(""), 0u);
}

}  // namespace
}  // namespace dynamodown_test
