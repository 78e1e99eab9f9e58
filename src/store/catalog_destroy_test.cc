// Tests that Destroy deletes a store and nothing else, and that Destroy can be
// run again if any of its requests fails.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

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

/// A table with three stores: "gone" is the store to destroy, "gone2" is
/// another store, and "gon" is a foreign store. Destroying "gone" takes 4
/// BatchWriteItem: 3 for its keys, and 1 for the item beside its descriptor.
class DestroyTest : public CatalogTest {
 protected:
  static void Fill(FakeEnvironment* world) {
    const std::unique_ptr<Database> db = world->Open("table/gone");
    leveldb::WriteBatch batch;
    for (int i = 0; i < 60; ++i) batch.Put("k" + std::to_string(i), "v");
    dynamodown::WriteOptions unordered;
    unordered.batch = dynamodown::BatchMode::kUnordered;
    ASSERT_TRUE(db->Write(unordered, &batch).ok());
    world->PutItem("table", {{"hkey", S("gone/.dynamodown")},
                             {"rkey", B("something of a later version")}});
    const std::unique_ptr<Database> other = world->Open("table/gone2");
    ASSERT_TRUE(other->Put(leveldb::WriteOptions(), "k", "v").ok());
    world->PutItem("table", {{"hkey", S("gon")}, {"rkey", B("k")}});
    world->dynamo.Clear();
  }

  /// Gone returns how many items the store "gone" still has. Kept returns how
  /// many items the other two stores have.
  static size_t Gone(FakeEnvironment* world) {
    return world->ItemsOf("table", S("gone")).size() +
           world->ItemsOf("table", S("gone/.dynamodown")).size();
  }
  static size_t Kept(FakeEnvironment* world) {
    return world->ItemsOf("table", S("gone2")).size() +
           world->ItemsOf("table", S("gone2/.dynamodown")).size() +
           world->ItemsOf("table", S("gon")).size();
  }
};

TEST_F(DestroyTest, DeletesTheStoreAndNothingElse) {
  Fill(&world_);
  ASSERT_TRUE(world_.Destroy("table/gone").ok());
  EXPECT_EQ(Gone(&world_), 0u);
  EXPECT_EQ(Kept(&world_), 3u);
  EXPECT_EQ(Count("UpdateItem"), 1u);
  EXPECT_EQ(Count("BatchWriteItem"), 4u);
  EXPECT_EQ(Count("DeleteItem"), 1u);
  world_.options.create_if_missing = false;
  EXPECT_EQ(KindOf(world_.TryOpen("table/gone")), StatusKind::kInvalidArgument);
}

TEST_F(DestroyTest, DestroyingAMissingStoreIsOk) {
  EXPECT_TRUE(world_.Destroy("table/none").ok());
  EXPECT_EQ(Count(""), 1u);
  Fill(&world_);
  EXPECT_TRUE(world_.Destroy("table/none").ok());
  EXPECT_EQ(Kept(&world_), 3u);
}

TEST_F(DestroyTest, AStoreThatIsBeingDestroyedDoesNotOpen) {
  Fill(&world_);
  world_.ChangeDescriptor("table", "gone", {{"state", S("destroying")}});
  for (const bool error_if_exists : {false, true}) {
    const Status status = TryOpen("table/gone", true, error_if_exists);
    EXPECT_EQ(KindOf(status), StatusKind::kDestroying);
    EXPECT_EQ(status.ToString(),
              "IO error: destroying: \"table/gone\": this store is being "
              "destroyed; destroy it again to finish, then it can be created "
              "anew");
  }
  ASSERT_TRUE(world_.Destroy("table/gone").ok());
  EXPECT_TRUE(TryOpen("table/gone", true, true).ok());
}

/// How the k-th request of a Destroy fails.
enum class Failure { kRefused, kAnswerLost };

class ResumeTest : public DestroyTest,
                   public testing::WithParamInterface<Failure> {};

INSTANTIATE_TEST_SUITE_P(
    , ResumeTest, testing::Values(Failure::kRefused, Failure::kAnswerLost),
    [](const auto& tested) {
      return tested.param == Failure::kRefused ? "Refused" : "AnswerLost";
    });

TEST_P(ResumeTest, ADestroyCanBeRunAgainAfterAnyRequestFailed) {
  uint64_t k = 0;
  for (bool failed = true; failed;) {
    FakeEnvironment world;
    Fill(&world);
    world.options.retry.max_attempts = 1;
    uint64_t request = 0;
    ++k;
    const FakeDynamo::Hook fail =
        [&](const FakeDynamo::Call&,
            HttpResponse* response) -> std::optional<Result<void, NoAnswer>> {
      if (++request != k) return std::nullopt;
      if (GetParam() == Failure::kAnswerLost) {
        return Result<void, NoAnswer>(
            NoAnswer{NoAnswer::Reason::kTimeout, true, "lost"});
      }
      world.dynamo.AnswerError(400, "AccessDeniedException", "no", response);
      return Result<void, NoAnswer>();
    };
    if (GetParam() == Failure::kAnswerLost) {
      world.dynamo.set_after_hook(fail);
    } else {
      world.dynamo.set_before_hook(fail);
    }
    const Status first = world.Destroy("table/gone");
    failed = !first.ok();
    EXPECT_EQ(failed, request >= k) << k << ": " << first.ToString();
    world.dynamo.ClearFaults();
    if (failed) {
      // The store is whole, or marked as being destroyed, or gone. A store that
      // is half deleted never opens.
      world.options.create_if_missing = false;
      const StatusKind kind = KindOf(world.TryOpen("table/gone"));
      EXPECT_TRUE((kind == StatusKind::kOk && Gone(&world) == 62) ||
                  kind == StatusKind::kDestroying ||
                  (kind == StatusKind::kInvalidArgument && Gone(&world) == 0))
          << "at request " << k;
    }
    const Status second = world.Destroy("table/gone");
    EXPECT_TRUE(second.ok()) << k << ": " << second.ToString();
    EXPECT_EQ(Gone(&world), 0u) << "at request " << k;
    EXPECT_EQ(Kept(&world), 3u) << "at request " << k;
    ASSERT_LT(k, 100u);
  }
  EXPECT_GT(k, 8u);
}

TEST_F(DestroyTest, FindsKeysBehindEmptyAndShortPages) {
  Fill(&world_);
  world_.dynamo.CutPages([&] { return world_.scheduler.Choose(3); });
  ASSERT_TRUE(world_.Destroy("table/gone").ok());
  world_.dynamo.ClearFaults();
  EXPECT_EQ(Gone(&world_), 0u);
  EXPECT_EQ(Kept(&world_), 3u);
}

TEST_F(DestroyTest, DeletesKeysThatAreWrittenMeanwhile) {
  Fill(&world_);
  int writes = 0;
  world_.dynamo.set_before_hook(
      [&](const FakeDynamo::Call& call,
          HttpResponse*) -> std::optional<Result<void, NoAnswer>> {
        if (call.operation == "BatchWriteItem" && ++writes <= 2) {
          PutForeign("table", "gone", "a" + std::to_string(writes));
        }
        return std::nullopt;
      });
  ASSERT_TRUE(world_.Destroy("table/gone").ok());
  EXPECT_EQ(Gone(&world_), 0u);
}

// A write does not read the descriptor, so it succeeds.
TEST_F(DestroyTest, KeysWrittenAfterDestroyAreNotCalledAnotherLibrarys) {
  const auto open = world_.Open("table/gone");
  ASSERT_TRUE(world_.Destroy("table/gone").ok());
  ASSERT_TRUE(open->Put(leveldb::WriteOptions(), "k", "v").ok());
  const Status refused = world_.Destroy("table/gone");
  EXPECT_EQ(KindOf(refused), StatusKind::kInvalidArgument);
  EXPECT_THAT(refused.ToString(),
              HasSubstr("or a program that had the store open wrote after "
                        "Destroy; to destroy it all the same, use"));
  EXPECT_TRUE(world_.Destroy("table/gone", true).ok());
}

TEST_F(DestroyTest, AForeignStoreNeedsForce) {
  world_.MakeTable("table");
  PutForeign("table", "foreign", "k");
  const Status refused = world_.Destroy("table/foreign");
  EXPECT_EQ(KindOf(refused), StatusKind::kInvalidArgument);
  EXPECT_EQ(refused.ToString(),
            "Invalid argument: \"table/foreign\": has keys but no descriptor: "
            "either it is another library's store, or a program that had the "
            "store open wrote after Destroy; to destroy it all the same, use "
            "DestroyOptions::force");
  EXPECT_EQ(world_.ItemsOf("table", S("foreign")).size(), 1u);
  EXPECT_TRUE(world_.Destroy("table/foreign", true).ok());
  EXPECT_EQ(world_.ItemsOf("table", S("foreign")).size(), 0u);
}

TEST_F(DestroyTest, TheTableIsDroppedOnlyIfNoOtherStoreIsInIt) {
  Fill(&world_);
  for (const bool force : {false, true}) {
    const Status kept = world_.Destroy("table/gone", force, true);
    EXPECT_EQ(KindOf(kept), StatusKind::kInvalidArgument);
    EXPECT_THAT(kept.ToString(),
                HasSubstr("nothing was destroyed, because "
                          "table \"table\" cannot be dropped"));
    EXPECT_EQ(Gone(&world_), 62u);
    EXPECT_THAT(kept.ToString(), HasSubstr("others are in it too"));
    EXPECT_EQ(Kept(&world_), 3u);
  }
  ASSERT_TRUE(world_.Destroy("table/gone").ok());
  ASSERT_TRUE(world_.Destroy("table/gon", true).ok());
  EXPECT_THAT(world_.Destroy("table/none", false, true).ToString(),
              HasSubstr("store \"gone2\" is in it too"));
  EXPECT_EQ(Count("DeleteTable"), 0u);
  ASSERT_TRUE(world_.Destroy("table/gone2", false, true).ok());
  EXPECT_EQ(Count("DeleteTable"), 1u);
  EXPECT_EQ(KindOf(TryOpen("table/gone", false, false)),
            StatusKind::kInvalidArgument);
}

TEST_F(DestroyTest, ADamagedDescriptorNeedsForce) {
  Fill(&world_);
  world_.ChangeDescriptor("table", "gone", {{"version", nullptr}});
  EXPECT_EQ(KindOf(world_.Destroy("table/gone")), StatusKind::kCorruption);
  EXPECT_EQ(Gone(&world_), 62u);
  EXPECT_TRUE(world_.Destroy("table/gone", true).ok());
  EXPECT_EQ(Gone(&world_), 0u);
  EXPECT_EQ(Kept(&world_), 3u);
}

TEST_F(DestroyTest, ADamagedAnswerDestroysNothingEvenWithForce) {
  Fill(&world_);
  world_.dynamo.set_before_hook(
      [](const FakeDynamo::Call& call,
         HttpResponse* answer) -> std::optional<Result<void, NoAnswer>> {
        if (call.operation != "GetItem") return std::nullopt;
        answer->status = 200;
        answer->body = R"({"Item":1})";
        return Result<void, NoAnswer>();
      });
  EXPECT_EQ(KindOf(world_.Destroy("table/gone", true)),
            StatusKind::kCorruption);
  EXPECT_EQ(Gone(&world_), 62u);
}

TEST_F(DestroyTest, FailsAfterManyPassesIfOthersKeepWriting) {
  Fill(&world_);
  world_.dynamo.set_after_hook(
      [&](const FakeDynamo::Call& call,
          HttpResponse*) -> std::optional<Result<void, NoAnswer>> {
        if (call.operation == "BatchWriteItem") {
          PutForeign("table", "gone", "again");
        }
        return std::nullopt;
      });
  const Status status = world_.Destroy("table/gone");
  EXPECT_EQ(KindOf(status), StatusKind::kConflict);
  EXPECT_THAT(status.ToString(), HasSubstr("others keep writing"));
  EXPECT_THAT(status.ToString(), HasSubstr("destroy it again"));
  world_.dynamo.ClearFaults();
  EXPECT_EQ(KindOf(world_.TryOpen("table/gone")), StatusKind::kDestroying);
  EXPECT_TRUE(world_.Destroy("table/gone").ok());
}

TEST_F(DestroyTest, ATableThatIsBeingDeletedHasNoStores) {
  Fill(&world_);
  world_.dynamo.set_after_hook(
      [&](const FakeDynamo::Call&,
          HttpResponse* response) -> std::optional<Result<void, NoAnswer>> {
        Json answer = Json::parse(response->body);
        answer["Table"]["TableStatus"] = "DELETING";
        world_.dynamo.Answer(200, answer.dump(), response);
        return std::nullopt;
      });
  EXPECT_TRUE(world_.Destroy("table/gone").ok());
  EXPECT_EQ(Count(""), 1u);
  const Status opened = world_.TryOpen("table/gone");
  EXPECT_EQ(KindOf(opened), StatusKind::kUnavailable);
  EXPECT_THAT(opened.ToString(), HasSubstr("is being deleted"));
}

}  // namespace
}  // namespace dynamodown_test
