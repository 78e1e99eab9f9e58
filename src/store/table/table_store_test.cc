// Tests the requests that reads send, and how reads turn the answers into pages
// and values.

#include "store/table/table_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "store/table/table_store_test_fixture.h"

namespace dynamodown_test {
namespace {

using dynamodown::FakeDynamo;
using dynamodown::HttpResponse;
using dynamodown::NoAnswer;
using std::string_literals::operator""s;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// ---- Pages ----------------------------------------------------------------

TEST_F(TableStoreTest, InBothDirectionsAPageBeginsBehindThePreviousPage) {
  PutForeign({"a", "b", "c", "d", "e"});
  world_.dynamo.set_page_items_max(2);
  EXPECT_EQ(ReadAll(RequestOf({})), "[a,b][c,d][e]");
  EXPECT_EQ(ReadAll(RequestOf({}, false)), "[e,d][c,b][a]");
}

TEST_F(TableStoreTest, AnEmptyPageIsNotTheEnd) {
  PutForeign({"a", "b", "c"});
  size_t page = 0;
  world_.dynamo.CutPages([&] { return page++ % 2 == 0 ? 0u : 1u; });
  EXPECT_EQ(ReadAll(RequestOf({})), "[][a][][b][][c]");
  page = 0;
  EXPECT_EQ(ReadAll(RequestOf({}, false)), "[][c][][b][][a]");
}

TEST_F(TableStoreTest, ALimitEndsAPageAndNotTheRange) {
  PutForeign({"a", "b", "c"});
  PageRequest request = RequestOf({});
  request.limit = 1;
  EXPECT_EQ(ReadAll(request), "[a][b][c][]");
  request.forward = false;
  EXPECT_EQ(ReadAll(request), "[c][b][a][]");
}

TEST_F(TableStoreTest, ALastEvaluatedKeyBeyondTheLastItemSkipsNothing) {
  PutForeign({"a", "b", "c", "d"});
  world_.dynamo.set_page_items_max(1);
  bool done = false;
  world_.dynamo.set_after_hook(
      [&](const FakeDynamo::Call&,
          HttpResponse* response) -> std::optional<Result<void, NoAnswer>> {
        if (done) return std::nullopt;
        done = true;
        Json answer = Json::parse(response->body);
        answer["LastEvaluatedKey"]["rkey"] = B("c");
        world_.dynamo.Answer(200, answer.dump(), response);
        return std::nullopt;
      });
  EXPECT_EQ(ReadAll(RequestOf({})), "[a][b][c][d]");
}

TEST_F(TableStoreTest, AnUpperBoundIsLeftOut) {
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

TEST_F(TableStoreTest, ARangeThatCannotHoldAKeySendsNothing) {
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

TEST_F(TableStoreTest, NoKeyComesTwiceAndNoneIsMissedHoweverPagesAreCut) {
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

TEST_F(TableStoreTest, KeysOnlyAsksForKeysOnly) {
  PutForeign({"a"});
  PageRequest request = RequestOf({});
  request.keys_only = true;
  const Result<TablePage> page = ReadPage(request);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->records.size(), 1u);
  EXPECT_EQ(page->records[0].key, "a");
  EXPECT_EQ(page->records[0].value, "");
  const Json query = world_.Bodies("Query")[0];
  EXPECT_EQ(query.at("ExpressionAttributeNames")
                .at(query.at("ProjectionExpression").get<std::string>()),
            "rkey");
}

TEST_F(TableStoreTest, ItemsOfOtherHashKeysAreNotSeen) {
  PutForeign({"a"});
  world_.PutItem(table_, {{"hkey", S(hash_ + "x")}, {"rkey", B("b")}});
  world_.PutItem(table_,
                 {{"hkey", S(hash_ + "/.dynamodown")}, {"rkey", B("c")}});
  EXPECT_EQ(ReadAll(RequestOf({})), "[a]");
}

// ---- Values of other writers ----------------------------------------------

TEST_F(TableStoreTest, ValuesOfOtherWritersAreRead) {
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
  const Result<TablePage> page = ReadPage(RequestOf({}));
  ASSERT_TRUE(page.ok());
  ASSERT_FALSE(page->damage);
  std::vector<std::string> values;
  for (const Record& record : page->records) values.push_back(record.value);
  EXPECT_THAT(values, ElementsAre("\xff", "42", "", "text", "kept"));
}

TEST_F(TableStoreTest, AnUnreadableItemIsReportedAndDoesNotEndThePage) {
  PutForeign({"a", "d"});
  PutForeign("b", {{"M", Json::object()}});
  PutForeign("c", {{"BOOL", true}});
  const Result<TablePage> page = ReadPage(RequestOf({}));
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

TEST_F(TableStoreTest, APageOfDamageAloneIsNotTheEnd) {
  for (const char* key : {"a", "b", "c"}) PutForeign(key, Json());
  PutForeign({"d"});
  world_.dynamo.set_page_items_max(1);
  EXPECT_EQ(ReadAll(RequestOf({})), "[][][][d]");
  EXPECT_EQ(ReadAll(RequestOf({}, false)), "[d][][][]");
}

TEST_F(TableStoreTest, AGetOfAnUnreadableItemNamesItsKeyAndType) {
  PutForeign("k", {{"SS", {"a"}}});
  PutForeign("none", Json());
  EXPECT_EQ(Get("k"),
            "error: the item of key \"k\" has a value of type SS, which is "
            "neither S, B, N nor NULL");
  EXPECT_EQ(Get("none"),
            "error: the item of key \"none\" has no value attribute");
}

// ---- One key --------------------------------------------------------------

TEST_F(TableStoreTest, AKeyThatCannotBeStoredIsMissingAndSendsNothing) {
  const std::string over(1025, 'k');
  EXPECT_EQ(Get(over), "none");
  EXPECT_TRUE(store_->Delete(over, {}).ok());
  Make(true, RetrySettings());
  EXPECT_EQ(Get("\xff"), "none");
  EXPECT_TRUE(store_->Delete("\xff", {}).ok());
  EXPECT_EQ(Count(""), 0u);
}

TEST_F(TableStoreTest, APutThatCannotBeStoredSendsNothing) {
  EXPECT_EQ(Put(std::string(1025, 'k'), "v").error().kind,
            ErrorKind::kInvalidArgument);
  EXPECT_EQ(Put("k", std::string(409'600, 'v')).error().kind,
            ErrorKind::kInvalidArgument);
  EXPECT_EQ(Count(""), 0u);
}

TEST_F(TableStoreTest, TheServiceTakesAnItemOfTheMaximumSize) {
  for (const bool range_utf8 : {false, true}) {
    Make(range_utf8, RetrySettings());
    for (const size_t key_bytes : {1u, 1024u}) {
      const std::string key(key_bytes, 'k');
      const size_t fits = 409'600 - (4 + hash_.size() + 4 + key.size() + 5);
      const std::string value(fits, 'v');
      const Result<void, WriteError> put = Put(key, value);
      ASSERT_TRUE(put.ok()) << put.error().message;
      EXPECT_EQ(Get(key), value);
    }
  }
}

// ---- MultiGet -------------------------------------------------------------

TEST_F(TableStoreTest, MultiGetAnswersInTheOrderOfItsKeys) {
  PutForeign({"a", "b", "c"});
  PutForeign("bad", {{"BOOL", true}});
  const std::string over(1025, 'k');
  const std::vector<std::string_view> keys = {"c", "none", "a", over,
                                              "c", "bad",  "b"};
  const TableStore::Values values = store_->MultiGet(keys, {});
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

TEST_F(TableStoreTest, MultiGetAsksForAHundredKeysAtATime) {
  const Puts puts(201);
  ASSERT_TRUE(WriteUnordered(puts.operations).ok());
  world_.dynamo.Clear();
  std::vector<std::string_view> keys(puts.keys.begin(), puts.keys.end());
  for (auto& value : store_->MultiGet(keys, {})) {
    ASSERT_TRUE(value.ok());
    ASSERT_EQ(**value, "v");
  }
  EXPECT_EQ(Count("BatchGetItem"), 3u);
}

TEST_F(TableStoreTest, MultiGetAsksAgainForUnprocessedKeysOnly) {
  const Puts puts(150);
  ASSERT_TRUE(WriteUnordered(puts.operations).ok());
  world_.dynamo.Clear();
  world_.dynamo.LeaveUnprocessed(
      [&] { return world_.scheduler.Choose(3) > 0; });
  std::vector<std::string_view> keys(puts.keys.begin(), puts.keys.end());
  for (auto& value : store_->MultiGet(keys, {})) {
    ASSERT_TRUE(value.ok());
    ASSERT_EQ(**value, "v");
  }
  EXPECT_GT(Count("BatchGetItem"), 2u);
  EXPECT_GT(meter_.Read().unprocessed, 0u);
}

TEST_F(TableStoreTest, MultiGetOfNoKeysSendsNothing) {
  EXPECT_THAT(store_->MultiGet({}, {}), IsEmpty());
  EXPECT_EQ(Count(""), 0u);
}

TEST_F(TableStoreTest, AFailedRequestOfMultiGetIsAnErrorForEachOfItsKeys) {
  Make(false, OneAttempt());
  const Puts puts(150);
  std::vector<std::string_view> keys(puts.keys.begin(), puts.keys.end());
  world_.dynamo.FailNext("BatchGetItem", 1, 500, "InternalServerError", "x");
  const TableStore::Values values = store_->MultiGet(keys, {});
  size_t failed = 0;
  for (const auto& value : values) failed += !value.ok();
  EXPECT_TRUE(failed == 100 || failed == 50) << failed;
}

// ---- Sizes ----------------------------------------------------------------

TEST_F(TableStoreTest, TheSizeOfARangeWithinOnePageIsExact) {
  ASSERT_TRUE(Put("a", "12345").ok());
  ASSERT_TRUE(Put("b", "123").ok());
  ASSERT_TRUE(Put("c", "1").ok());
  const auto size = store_->ApproximateSize({"a", "c"});
  ASSERT_TRUE(size.ok());
  EXPECT_EQ(size->bytes, 6u + 4u);
  EXPECT_TRUE(size->exact);
  EXPECT_FALSE(world_.Bodies("Query")[0].value("ConsistentRead", false));
}

TEST_F(TableStoreTest, TheSizeOfALargerRangeIsEstimatedFromOnePage) {
  // The keys are spread evenly over all keys that begin with "k".
  const std::string value(40'000, 'v');
  for (int i = 0; i < 256; i += 2) {
    ASSERT_TRUE(Put("k"s + static_cast<char>(i), value).ok());
  }
  world_.dynamo.Clear();
  const auto size = store_->ApproximateSize({"k", "l"});
  ASSERT_TRUE(size.ok());
  EXPECT_FALSE(size->exact);
  EXPECT_NEAR(static_cast<double>(size->bytes), 128 * 40'002, 128 * 2000);
  EXPECT_EQ(Count("Query"), 1u);
}

TEST_F(TableStoreTest, TheSizeOfAnEmptyRangeSendsNothing) {
  const auto size = store_->ApproximateSize({"b", "a"});
  ASSERT_TRUE(size.ok());
  EXPECT_EQ(size->bytes, 0u);
  EXPECT_TRUE(size->exact);
  EXPECT_EQ(Count(""), 0u);
}

// ---- Snapshots -------------------------------------------------------------

TEST_F(TableStoreTest, AReadWithASnapshotIsRefusedBeforeAnythingIsSent) {
  PutForeign({"a"});
  world_.dynamo.Clear();
  EXPECT_FALSE(store_->supports().snapshots);
  EXPECT_EQ(store_->GetSnapshot(), nullptr);
  const dynamodown::StoreSnapshot foreign;
  dynamodown::ReadView view;
  view.snapshot = &foreign;
  EXPECT_EQ(store_->Get("a", view).error().kind, ErrorKind::kNotSupported);
  for (const auto& value : store_->MultiGet({"a", "b"}, view)) {
    EXPECT_EQ(value.error().kind, ErrorKind::kNotSupported);
  }
  const auto pages = store_->NewPages({}, {}, view);
  pages->ReadAhead();
  EXPECT_EQ(pages->Next().error().kind, ErrorKind::kNotSupported);
  EXPECT_EQ(Count(""), 0u);
}

}  // namespace
}  // namespace dynamodown_test
