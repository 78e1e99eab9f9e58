// Tests a store whose service sends answers that do not fit their questions: no
// call believes them, and no call goes on for ever.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "fake/faults/wrong_answer.h"
#include "leveldb/write_batch.h"
#include "store/catalog_test_fixture.h"

namespace dynamodown_test {
namespace {

using dynamodown::Database;
using dynamodown::FakeDynamo;
using dynamodown::HttpResponse;
using dynamodown::KindOf;
using dynamodown::NoAnswer;
using dynamodown::Result;
using dynamodown::StatusKind;
using leveldb::Status;
using testing::HasSubstr;

/// More than the number of ways in which the fake makes any answer wrong.
constexpr uint64_t kChoices = 10;
constexpr int kKeys = 40;
using Contents = std::map<std::string, std::string>;

class WrongAnswersTest : public CatalogTest {
 protected:
  using MaybeNoAnswer = std::optional<Result<void, NoAnswer>>;

  /// Changes the answer of each request for which `is_wrong` returns true.
  void BeWrong(std::function<bool(const FakeDynamo::Call&)> is_wrong,
               uint64_t choice) {
    world_.dynamo.set_after_hook(
        [this, is_wrong, choice](const FakeDynamo::Call& call,
                                 HttpResponse* response) -> MaybeNoAnswer {
          if (response->status != 200 || !is_wrong(call)) return std::nullopt;
          Json answer = Json::parse(response->body);
          const Json right = answer;
          dynamodown::fake::MakeWrong(call.operation,
                                      Json::parse(call.request->body),
                                      {"hkey", "rkey"}, choice, &answer);
          if (answer != right) ++wrong_[call.operation];
          world_.dynamo.Answer(200, answer.dump(), response);
          return std::nullopt;
        });
  }

  static Contents Filled() {
    Contents contents;
    for (int i = 0; i < kKeys; ++i) {
      contents["k" + std::to_string(100 + i)] = std::to_string(i);
    }
    return contents;
  }
  Status Fill(Database* db) {
    leveldb::WriteBatch batch;
    for (const auto& [key, value] : Filled()) batch.Put(key, value);
    dynamodown::WriteOptions unordered;
    unordered.batch = dynamodown::BatchMode::kUnordered;
    return db->Write(unordered, &batch);
  }
  static Status ReadAll(Database* db, bool forward, Contents* contents) {
    const std::unique_ptr<leveldb::Iterator> it(
        db->NewIterator(leveldb::ReadOptions()));
    if (forward) {
      it->SeekToFirst();
    } else {
      it->SeekToLast();
    }
    for (; it->Valid(); forward ? it->Next() : it->Prev()) {
      EXPECT_TRUE(
          contents->emplace(it->key().ToString(), it->value().ToString())
              .second);
    }
    return it->status();
  }
  Status List(std::set<std::string>* names) {
    std::vector<dynamodown::StoreSummary> stores;
    const Status status = dynamodown::ListStoresIn(
        world_.open_environment, world_.options, "table", &stores);
    for (const auto& store : stores) names->insert(store.location);
    return status;
  }

  std::map<std::string, int> wrong_;  // Wrong answers by their operation.
};

TEST_F(WrongAnswersTest, AWrongAnswerIsAskedForAgain) {
  world_.dynamo.set_page_items_max(7);
  for (uint64_t choice = 0; choice < kChoices; ++choice) {
    std::map<std::string, int> attempts;  // By the request.
    BeWrong(
        [&](const FakeDynamo::Call& call) {
          return attempts[call.operation + std::string(call.request->body)]++ %
                     2 ==
                 0;
        },
        choice);
    const std::string location = "table/s" + std::to_string(choice);
    std::unique_ptr<Database> db = world_.Open(location);
    ASSERT_NE(db, nullptr);
    EXPECT_TRUE(Fill(db.get()).ok());
    std::string value;
    EXPECT_TRUE(db->Get(leveldb::ReadOptions(), "k107", &value).ok());
    EXPECT_EQ(value, "7");
    std::vector<std::string> values;
    std::vector<Status> statuses;
    EXPECT_TRUE(db->MultiGet(dynamodown::ReadOptions(),
                             {"k101", "none", "k102"}, &values, &statuses)
                    .ok());
    EXPECT_EQ(values[0], "1");
    EXPECT_TRUE(statuses[1].IsNotFound());
    EXPECT_EQ(values[2], "2");
    for (const bool forward : {true, false}) {
      Contents contents;
      const Status read = ReadAll(db.get(), forward, &contents);
      EXPECT_TRUE(read.ok()) << choice << " " << read.ToString();
      EXPECT_EQ(contents, Filled());
    }
    std::set<std::string> names;
    EXPECT_TRUE(List(&names).ok());
    EXPECT_EQ(names, std::set<std::string>{location});
    db.reset();
    const Status destroyed = world_.Destroy(location);
    EXPECT_TRUE(destroyed.ok()) << choice << " " << destroyed.ToString();
    EXPECT_EQ(world_.dynamo.ItemCount("table"), 0u);
  }
  for (const char* operation :
       {"PutItem", "GetItem", "BatchGetItem", "BatchWriteItem", "Query", "Scan",
        "UpdateItem", "DeleteItem", "DescribeTable"}) {
    EXPECT_GT(wrong_[operation], 0) << operation;
  }
}

TEST_F(WrongAnswersTest, AnswersThatStayWrongAreCorruption) {
  {
    const std::unique_ptr<Database> db = world_.Open("table/store");
    ASSERT_TRUE(Fill(db.get()).ok());
  }
  world_.options.retry.budget = 1000;
  for (uint64_t choice = 0; choice < kChoices; ++choice) {
    world_.dynamo.ClearFaults();
    world_.dynamo.set_page_items_max(7);
    const std::unique_ptr<Database> db = world_.Open("table/store");
    BeWrong([](const FakeDynamo::Call&) { return true; }, choice);
    const auto check = [&](const Status& status, const char* call) {
      EXPECT_TRUE(status.ok() || status.IsCorruption())
          << call << " " << choice << ": " << status.ToString();
      if (!status.ok()) {
        EXPECT_THAT(status.ToString(), HasSubstr("damaged answer: ")) << call;
      }
      EXPECT_LT(Count(""), 200u) << call << " " << choice;
      world_.dynamo.Clear();
    };
    world_.dynamo.Clear();
    std::string value;
    check(db->Get(leveldb::ReadOptions(), "k107", &value), "Get");
    check(db->Put(leveldb::WriteOptions(), "k107", "7"), "Put");
    for (const bool forward : {true, false}) {
      Contents contents;
      const Status read = ReadAll(db.get(), forward, &contents);
      check(read, "scan");
      if (read.ok()) {
        EXPECT_EQ(contents, Filled());
      }
      for (const auto& [key, stored] : contents) {
        EXPECT_EQ(Filled().at(key), stored);
      }
    }
    std::set<std::string> names;
    check(List(&names), "list");
  }
}

/// A service that answers each Query and each Scan with an empty page. Each
/// request takes a second.
class EmptyPagesTest : public WrongAnswersTest {
 protected:
  void SetUp() override {
    const std::unique_ptr<Database> db = world_.Open("table/store");
    ASSERT_TRUE(Fill(db.get()).ok());
  }

  /// The n-th page's LastEvaluatedKey is `last(n)`.
  void BeEmpty(std::function<Json(uint64_t)> last) {
    world_.dynamo.set_after_hook([this, last,
                                  n = std::make_shared<uint64_t>(0)](
                                     const FakeDynamo::Call& call,
                                     HttpResponse* response) -> MaybeNoAnswer {
      if (call.operation != "Query" && call.operation != "Scan") {
        return std::nullopt;
      }
      world_.scheduler.Sleep(std::chrono::seconds(1));
      const Json answer = {
          {"ConsumedCapacity", {{"TableName", "table"}, {"CapacityUnits", 1}}},
          {"Count", 0},
          {"Items", Json::array()},
          {"LastEvaluatedKey", last((*n)++)}};
      world_.dynamo.Answer(200, answer.dump(), response);
      return std::nullopt;
    });
    world_.dynamo.Clear();
  }
  /// Fails unless the call has ended with `kind`, in little over a minute.
  void ExpectEnd(const Status& status, StatusKind kind) {
    EXPECT_EQ(KindOf(status), kind) << status.ToString();
    EXPECT_LE(Count(""), 75u);
    world_.dynamo.Clear();
  }
};

std::string Counted(uint64_t n) {
  std::string bytes = "k";
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(n >> shift & 0xff));
  }
  return bytes;
}

TEST_F(EmptyPagesTest, ThatLeadOnAndOnEndAtTheDeadline) {
  BeEmpty([](uint64_t n) {
    return Json{{"hkey", S("store")}, {"rkey", B(Counted(n))}};
  });
  world_.options.error_if_exists = false;
  const std::unique_ptr<Database> db = world_.Open("table/store");
  Contents contents;
  const Status read = ReadAll(db.get(), true, &contents);
  EXPECT_THAT(read.ToString(), HasSubstr("only empty pages"));
  ExpectEnd(read, StatusKind::kTimeout);
  std::set<std::string> names;
  ExpectEnd(List(&names), StatusKind::kTimeout);
  ExpectEnd(world_.Destroy("table/store"), StatusKind::kTimeout);
}

TEST_F(EmptyPagesTest, ThatLeadToTheSameKeyAreCorruption) {
  BeEmpty([](uint64_t) {
    return Json{{"hkey", S("store")}, {"rkey", B("k5")}};
  });
  const std::unique_ptr<Database> db = world_.Open("table/store");
  for (const bool forward : {true, false}) {
    Contents contents;
    const Status read = ReadAll(db.get(), forward, &contents);
    EXPECT_THAT(read.ToString(), HasSubstr("LastEvaluatedKey"));
    ExpectEnd(read, StatusKind::kCorruption);
  }
  std::set<std::string> names;
  ExpectEnd(List(&names), StatusKind::kCorruption);
  ExpectEnd(world_.Destroy("table/store"), StatusKind::kCorruption);
}

TEST_F(EmptyPagesTest, ThatGoInCirclesEnd) {
  BeEmpty([](uint64_t n) {
    return Json{{"hkey", S("store")}, {"rkey", B(n % 2 == 0 ? "k5" : "k4")}};
  });
  const std::unique_ptr<Database> db = world_.Open("table/store");
  Contents contents;
  ExpectEnd(ReadAll(db.get(), true, &contents), StatusKind::kCorruption);
  ExpectEnd(world_.Destroy("table/store"), StatusKind::kCorruption);
  // The order of hash keys is unknown, so only time ends this circle.
  BeEmpty([](uint64_t n) {
    return Json{{"hkey", S(n % 2 == 0 ? "x" : "y")}, {"rkey", B("k")}};
  });
  std::set<std::string> names;
  ExpectEnd(List(&names), StatusKind::kTimeout);
}

TEST_F(EmptyPagesTest, AListingThatFindsTheSameStoresAgainIsCorruption) {
  world_.dynamo.set_after_hook([this, n = std::make_shared<uint64_t>(0)](
                                   const FakeDynamo::Call& call,
                                   HttpResponse* response) -> MaybeNoAnswer {
    if (call.operation != "Scan") return std::nullopt;
    const Json item = {{"hkey", S((*n)++ % 2 == 0 ? "x" : "y")},
                       {"rkey", B("k")}};
    const Json answer = {{"ConsumedCapacity", Json::object()},
                         {"Count", 1},
                         {"Items", Json::array({item})},
                         {"LastEvaluatedKey", item}};
    world_.dynamo.Answer(200, answer.dump(), response);
    return std::nullopt;
  });
  world_.dynamo.Clear();
  std::set<std::string> names;
  const Status listed = List(&names);
  EXPECT_THAT(listed.ToString(), HasSubstr("in circles"));
  ExpectEnd(listed, StatusKind::kCorruption);
}

}  // namespace
}  // namespace dynamodown_test
