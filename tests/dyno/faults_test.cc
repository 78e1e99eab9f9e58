// Operations and flattens on a DynamoDOWN store while requests fail and answers
// are lost, on the fake.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "dynamodown/dyno.h"
#include "support/fake_environment.h"

namespace dynamodown_test {
namespace {

using dynamodown::FakeDynamo;
using dynamodown::HttpResponse;
using dynamodown::NoAnswer;
using Result = dynamodown::Result<void, NoAnswer>;
using leveldb::Status;
using testing::HasSubstr;
using testing::Not;

constexpr char kUnknown[] = "whether the operation was written is unknown";

class DynoFaultsTest : public testing::Test {
 protected:
  void Open(int max_attempts) {
    items_.reset();
    db_.reset();
    environment_.options.retry.max_attempts = max_attempts;
    db_ = environment_.Open("table/s");
    dyno::Store* opened = nullptr;
    Ok(dyno::Open(dyno::Options(), db_.get(), &opened));
    items_.reset(opened);
    Ok(items_->PutItem({}, "first", "{}"));  // Takes the slot.
  }
  static void Ok(const Status& status) {
    ASSERT_TRUE(status.ok()) << status.ToString();
  }
  Status Inc(const std::string& timestamp, std::string* issued) {
    dyno::WriteOptions options;
    options.timestamp = timestamp;
    return items_->IncAttrs(options, "kim", R"({"n":1})", issued);
  }
  dyno::Item Get() {
    dyno::Item item;
    const Status status = items_->GetItem("kim", &item);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return item;
  }

  static void ExpectSame(const dyno::Item& after, const dyno::Item& before) {
    EXPECT_EQ(after.json, before.json);
    EXPECT_EQ(after.hash, before.hash);
    EXPECT_EQ(after.changes, before.changes);
    EXPECT_EQ(after.timestamp, before.timestamp);
    EXPECT_TRUE(after.late.empty());
  }

  FakeEnvironment environment_;
  std::unique_ptr<dynamodown::Database> db_;
  std::unique_ptr<dyno::Store> items_;
};

TEST_F(DynoFaultsTest, AnUnknownOutcomeIsSaidAndRepeatedItCountsOnce) {
  Open(1);
  std::string timestamp;
  for (const bool has_effect : {true, false}) {
    if (has_effect) {
      environment_.dynamo.LoseAnswersNext("PutItem", 1);
    } else {
      environment_.dynamo.FailNext("PutItem", 1, 500, "InternalServerError",
                                   "oops");
    }
    const uint64_t before = Get().changes;
    const Status lost = Inc("", &timestamp);
    EXPECT_TRUE(lost.IsIOError()) << lost.ToString();
    EXPECT_THAT(lost.ToString(), HasSubstr(kUnknown));
    EXPECT_THAT(lost.ToString(), HasSubstr(timestamp));
    EXPECT_EQ(Get().changes, before + (has_effect ? 1 : 0));
    for (int i = 0; i < 2; ++i) Ok(Inc(timestamp, nullptr));
    EXPECT_EQ(Get().changes, before + 1);
  }
}

TEST_F(DynoFaultsTest, AKnownOutcomeIsNotCalledUnknown) {
  Open(1);
  for (const char* code : {"AccessDeniedException", "ThrottlingException"}) {
    environment_.dynamo.FailNext("PutItem", 1, 400, code, "no");
    const Status status = Inc("", nullptr);
    EXPECT_TRUE(status.IsIOError()) << status.ToString();
    EXPECT_THAT(status.ToString(), HasSubstr("nothing was written"));
    EXPECT_THAT(status.ToString(), Not(HasSubstr(kUnknown)));
  }
  EXPECT_EQ(Get().changes, 0u);
}

TEST_F(DynoFaultsTest, LostAnswersAreRetriedAndEachOperationCountsOnce) {
  Open(4);
  for (int i = 0; i < 20; ++i) {
    environment_.dynamo.LoseAnswersNext("PutItem", i % 3);
    Ok(Inc("", nullptr));
  }
  EXPECT_EQ(Get().json, R"({"n":20})");
  environment_.dynamo.LoseAnswersNext("TransactWriteItems", 2);
  dyno::FlattenResult result;
  Ok(items_->Flatten("kim", {}, &result));
  EXPECT_EQ(result.folded, 20u);
  EXPECT_EQ(Get().json, R"({"n":20})");
  EXPECT_EQ(Get().changes, 20u);
}

TEST_F(DynoFaultsTest, AFlattenThatFailsAnywhereLeavesTheItemAsItWas) {
  for (const bool has_effect : {false, true}) {
    SCOPED_TRACE(has_effect);
    int failing = 1;
    for (bool failed = true; failed; ++failing) {
      SCOPED_TRACE(failing);
      items_.reset();
      db_.reset();
      Ok(environment_.Destroy("table/s"));
      Open(1);
      for (int i = 0; i < 200; ++i) Ok(Inc("", nullptr));
      const dyno::Item before = Get();

      int requests = 0;
      const auto fail = [&](const FakeDynamo::Call&,
                            HttpResponse*) -> std::optional<Result> {
        if (++requests != failing) return std::nullopt;
        return Result(NoAnswer{NoAnswer::Reason::kConnect, true, "closed"});
      };
      if (has_effect) {
        environment_.dynamo.set_after_hook(fail);
      } else {
        environment_.dynamo.set_before_hook(fail);
      }
      const Status status = items_->Flatten("kim", {});
      environment_.scheduler.RunAll();
      environment_.dynamo.ClearFaults();
      failed = requests >= failing;
      EXPECT_EQ(status.ok(), !failed) << status.ToString();
      ExpectSame(Get(), before);
      Ok(items_->Flatten("kim", {}));
      EXPECT_EQ(Get().records, 2u);
      ExpectSame(Get(), before);
    }
    // There are 3 steps, each with a read and three transactions. Their batches
    // delete 91, 93 and 20 records. The first step reads once more. The run in
    // which all went well counts, too.
    EXPECT_EQ(failing, 3 * 4 + (4 + 4 + 1) + 1 + 2);
  }
}

}  // namespace
}  // namespace dynamodown_test
