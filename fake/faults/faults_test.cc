// For each kind of fault: the client's result, and whether the request took
// effect.

#include "fake/faults/faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "fake/fake_test_environment.h"

namespace dynamodown {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::UnorderedElementsAre;

constexpr uint64_t kSeeds = 60;

/// The outcomes of a request, over many seeds.
std::set<std::string> Whats(
    const FaultPlan& plan,
    const std::function<Sent(FakeTestEnvironment*)>& send) {
  std::set<std::string> whats;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    FakeTestEnvironment environment(plan, seed);
    whats.insert(send(&environment).what());
  }
  return whats;
}

/// The codes of a cancelled transaction's reasons, over many seeds, without
/// "None".
std::set<std::string> Reasons(const FaultPlan& plan) {
  std::set<std::string> codes;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    FakeTestEnvironment environment(plan, seed);
    const Json answer = environment.TransactPut({"a", "b", "c"}, "v").body();
    if (!answer.contains("CancellationReasons")) continue;
    EXPECT_EQ(answer["CancellationReasons"].size(), 3u);
    size_t blamed = 0;
    for (const Json& reason : answer["CancellationReasons"]) {
      if (reason["Code"] == "None") continue;
      codes.insert(reason["Code"].get<std::string>());
      ++blamed;
    }
    EXPECT_GE(blamed, 1u);
  }
  return codes;
}

Sent PutOne(FakeTestEnvironment* environment) {
  Sent sent = environment->Put("a", "v");
  EXPECT_EQ(environment->Stored("a"), "") << sent.what();
  return sent;
}

TEST(FaultsTest, ThrottlesAWriteByEveryCode) {
  EXPECT_THAT(
      Whats(Always(FaultKind::kThrottle), PutOne),
      UnorderedElementsAre("ProvisionedThroughputExceededException",
                           "RequestLimitExceeded", "ThrottlingException"));
}

TEST(FaultsTest, ThrottlesATransactionByItsReasonsToo) {
  const FaultPlan plan = Always(FaultKind::kThrottle);
  EXPECT_THAT(
      Whats(plan,
            [](FakeTestEnvironment* environment) {
              return environment->TransactPut({"a", "b"}, "v");
            }),
      UnorderedElementsAre("ProvisionedThroughputExceededException",
                           "RequestLimitExceeded", "ThrottlingException",
                           "TransactionCanceledException"));
  EXPECT_THAT(
      Reasons(plan),
      UnorderedElementsAre("ThrottlingError", "ProvisionedThroughputExceeded"));
}

TEST(FaultsTest, ThrottlesManagement) {
  EXPECT_THAT(
      Whats(Always(FaultKind::kThrottle),
            [](FakeTestEnvironment* environment) {
              return environment->Send("DeleteTable", {{"TableName", "table"}});
            }),
      UnorderedElementsAre("LimitExceededException", "RequestLimitExceeded",
                           "ThrottlingException"));
}

TEST(FaultsTest, AThrottlingReasonNamesTheTable) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    FakeTestEnvironment environment(Always(FaultKind::kThrottle), seed);
    const Json answer = environment.Get("a").body();
    if (!answer.contains("ThrottlingReasons")) continue;
    EXPECT_EQ(answer["ThrottlingReasons"][0]["reason"],
              "TableReadProvisionedThroughputExceeded");
    EXPECT_EQ(answer["ThrottlingReasons"][0]["resource"],
              "arn:aws:dynamodb:local:000000000000:table/table");
    return;
  }
  FAIL() << "no seed gave reasons";
}

TEST(FaultsTest, ServerErrorsBeforeTheEffectHaveNone) {
  EXPECT_THAT(
      Whats(Always(FaultKind::kServerError, FaultRule::When::kBefore), PutOne),
      UnorderedElementsAre("InternalServerError", "InternalFailure",
                           "ServiceUnavailable", "HTTP 503", "HTTP 500"));
}

TEST(FaultsTest, ServerErrorsAfterTheEffectHaveIt) {
  EXPECT_THAT(
      Whats(Always(FaultKind::kServerError, FaultRule::When::kAfter),
            [](FakeTestEnvironment* environment) {
              Sent sent = environment->Put("a", "v");
              EXPECT_EQ(environment->Stored("a"), "v");
              return sent;
            }),
      UnorderedElementsAre("InternalServerError", "InternalFailure",
                           "ServiceUnavailable", "HTTP 503", "HTTP 500"));
}

TEST(FaultsTest, ConflictsOfAPlainWrite) {
  EXPECT_THAT(Whats(Always(FaultKind::kConflict), PutOne),
              UnorderedElementsAre("TransactionConflictException",
                                   "ReplicatedWriteConflictException"));
}

TEST(FaultsTest, ConflictsOfATransaction) {
  const FaultPlan plan = Always(FaultKind::kConflict);
  EXPECT_THAT(Whats(plan,
                    [](FakeTestEnvironment* environment) {
                      return environment->TransactPut({"a", "b"}, "v", "token");
                    }),
              UnorderedElementsAre("TransactionInProgressException",
                                   "TransactionCanceledException"));
  // A transaction without a token cannot be recognized as in progress.
  EXPECT_THAT(Whats(plan,
                    [](FakeTestEnvironment* environment) {
                      return environment->TransactPut({"a", "b"}, "v");
                    }),
              ElementsAre("TransactionCanceledException"));
  EXPECT_THAT(Reasons(plan), ElementsAre("TransactionConflict"));
}

TEST(FaultsTest, LeavesPartOfABatchUndoneAndSaysWhich) {
  std::set<size_t> left;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    FakeTestEnvironment environment(Always(FaultKind::kUnprocessed), seed);
    const Sent sent = environment.BatchPut({"a", "b", "c", "d"}, "v");
    if (sent.what() == "ProvisionedThroughputExceededException") {
      left.insert(4);
      EXPECT_EQ(environment.dynamo.ItemCount("table"), 0u);
      continue;
    }
    ASSERT_EQ(sent.what(), "OK");
    const Json undone = sent.body()["UnprocessedItems"]["table"];
    left.insert(undone.size());
    EXPECT_EQ(environment.dynamo.ItemCount("table"), 4 - undone.size());
    for (const Json& one : undone) {
      const Json response = Json::parse(
          environment.dynamo
              .Carry("GetItem", Json{{"TableName", "table"},
                                     {"Key",
                                      {{"h", S("store")},
                                       {"r", one["PutRequest"]["Item"]["r"]}}}}
                                    .dump())
              .body);
      EXPECT_FALSE(response.contains("Item"));
    }
  }
  EXPECT_THAT(left, ElementsAre(1, 2, 3, 4));
}

TEST(FaultsTest, LeavesKeysUndone) {
  FakeTestEnvironment environment(Always(FaultKind::kUnprocessed), 1);
  environment.faults.set_on(false);
  environment.BatchPut({"a", "b", "c", "d", "e", "f", "g", "h"}, "v");
  environment.faults.set_on(true);
  const Json answer =
      environment.BatchGet({"a", "b", "c", "d", "e", "f", "g", "h"}).body();
  const size_t undone = answer["UnprocessedKeys"]["table"]["Keys"].size();
  EXPECT_GE(undone, 1u);
  EXPECT_EQ(answer["Responses"]["table"].size() + undone, 8u);
}

TEST(FaultsTest, ARefusedConnectionHasNoEffectAndSaysSo) {
  EXPECT_THAT(Whats(Always(FaultKind::kRefuseConnection), PutOne),
              ElementsAre("refused"));
}

TEST(FaultsTest, AResetWithinTheRequestHasNoEffectAndDoesNotSaySo) {
  EXPECT_THAT(Whats(Always(FaultKind::kResetRequest), PutOne),
              ElementsAre("lost"));
}

TEST(FaultsTest, AResetWithinTheAnswerComesAfterTheEffect) {
  FakeTestEnvironment environment(Always(FaultKind::kResetAnswer));
  EXPECT_EQ(environment.Put("a", "v").what(), "lost");
  EXPECT_EQ(environment.Stored("a"), "v");
}

TEST(FaultsTest, ATruncatedBodyLooksWholeToHttpAndNotToItsChecksum) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    FakeTestEnvironment environment(Always(FaultKind::kTruncateBody), seed);
    const Sent sent = environment.Put("a", "v");
    EXPECT_EQ(environment.Stored("a"), "v");
    EXPECT_EQ(sent.response.status, 200);
    EXPECT_LT(sent.response.body.size(), 2u);
    EXPECT_EQ(sent.response.Header("Content-Length"),
              std::to_string(sent.response.body.size()));
    EXPECT_NE(sent.response.Header("x-amz-crc32"),
              std::to_string(Crc32(sent.response.body)));
  }
}

TEST(FaultsTest, AGarbledBodyDiffersInOneByte) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    FakeTestEnvironment environment(Always(FaultKind::kGarbleBody), seed);
    environment.faults.set_on(false);
    environment.Put("a", "value");
    const Sent whole = environment.Get("a");
    environment.faults.set_on(true);
    const Sent sent = environment.Get("a");
    ASSERT_EQ(sent.response.body.size(), whole.response.body.size());
    size_t differ = 0;
    for (size_t i = 0; i < sent.response.body.size(); ++i) {
      differ += sent.response.body[i] != whole.response.body[i];
    }
    EXPECT_EQ(differ, 1u);
    EXPECT_EQ(sent.response.Header("x-amz-crc32"),
              whole.response.Header("x-amz-crc32"));
  }
}

TEST(FaultsTest, AShortPageSaysThatMoreIsToCome) {
  FakeTestEnvironment environment(Always(FaultKind::kShortPage));
  environment.faults.set_on(false);
  for (int i = 0; i < 40; ++i) environment.Put(std::to_string(i), "v");
  environment.faults.set_on(true);
  const Json page = environment.Query().body();
  EXPECT_GE(page["Count"], 1);
  EXPECT_LE(page["Count"], 10);
  EXPECT_TRUE(page.contains("LastEvaluatedKey"));
}

TEST(FaultsTest, AnEmptyPageSaysThatMoreIsToCome) {
  FakeTestEnvironment environment(Always(FaultKind::kEmptyPage));
  environment.Put("a", "v");
  const Json page = environment.Query().body();
  EXPECT_EQ(page["Count"], 0);
  EXPECT_TRUE(page.contains("LastEvaluatedKey"));
}

/// Writes old values at 0 s and changes them at 60 s: a is overwritten, b
/// deleted, c created.
void ChangeAtOneMinute(FakeTestEnvironment* environment) {
  environment->faults.set_on(false);
  environment->Put("a", "old");
  environment->Put("b", "old");
  environment->scheduler.Sleep(seconds(60));
  environment->Put("a", "new");
  environment->Delete("b");
  environment->Put("c", "new");
  environment->scheduler.Sleep(seconds(1));
  environment->faults.set_on(true);
}

TEST(FaultsTest, AWrongAnswerHasTheRightFormAndItsChecksumAndDoesNotFit) {
  std::set<std::string> answers;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    FakeTestEnvironment world(Always(FaultKind::kWrongAnswer), seed);
    world.faults.set_on(false);
    for (const char* key : {"a", "b", "c"}) world.Put(key, key);
    const Json right = world.Query().body();
    world.faults.set_on(true);
    const Sent sent = world.Query();
    ASSERT_TRUE(sent.ok());
    EXPECT_EQ(sent.response.Header("x-amz-crc32"),
              std::to_string(Crc32(sent.response.body)));
    ASSERT_TRUE(sent.body().is_object());
    EXPECT_NE(sent.body(), right);
    answers.insert(sent.response.body);
  }
  EXPECT_EQ(answers.size(),
            3u);  // A wrong count, an item twice, a wrong order.
}

TEST(FaultsTest, AnEventualReadSeesEachItemAsItWas) {
  std::set<std::string> got;
  std::set<std::string> pages;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    // The read may be up to 3 s stale, and the change was 1 s ago.
    FakeTestEnvironment environment(
        AlwaysFor(FaultKind::kStaleRead, seconds(3)), seed);
    ChangeAtOneMinute(&environment);
    got.insert(
        FakeTestEnvironment::ValueOf(environment.Get("a", false).body()));
    const std::string page =
        FakeTestEnvironment::ValuesOf(environment.Query(false).body());
    pages.insert(page);
    const Json batch = environment.BatchGet({"a", "b", "c"}, false)
                           .body()["Responses"]["table"];
    EXPECT_LE(batch.size(), 3u);
    // Stale reads do not change the present.
    EXPECT_EQ(FakeTestEnvironment::ValuesOf(environment.Query().body()),
              "newnew");
    EXPECT_EQ(environment.dynamo.ItemCount("table"), 2u);
  }
  EXPECT_THAT(got, ElementsAre("new", "old"));
  // All eight combinations occur.
  EXPECT_THAT(pages,
              UnorderedElementsAre("newnew", "new", "newoldnew", "newold",
                                   "oldnew", "old", "oldoldnew", "oldold"));
}

TEST(FaultsTest, AScanIsStaleLikeAQuery) {
  std::set<std::string> pages;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    FakeTestEnvironment environment(
        AlwaysFor(FaultKind::kStaleRead, seconds(3)), seed);
    ChangeAtOneMinute(&environment);
    pages.insert(FakeTestEnvironment::ValuesOf(environment.Scan(false).body()));
  }
  EXPECT_THAT(pages, testing::SizeIs(8));
}

TEST(FaultsTest, AStaleReadIsNoOlderThanItsAge) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    FakeTestEnvironment environment(
        AlwaysFor(FaultKind::kStaleRead, milliseconds(999)), seed);
    ChangeAtOneMinute(&environment);
    EXPECT_EQ(FakeTestEnvironment::ValuesOf(environment.Query(false).body()),
              "newnew");
    EXPECT_EQ(FakeTestEnvironment::ValueOf(environment.Get("a", false).body()),
              "new");
  }
}

TEST(FaultsTest, AConsistentReadIsNeverStale) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    FakeTestEnvironment environment(
        AlwaysFor(FaultKind::kStaleRead, seconds(3)), seed);
    ChangeAtOneMinute(&environment);
    EXPECT_EQ(FakeTestEnvironment::ValueOf(environment.Get("a").body()), "new");
    EXPECT_EQ(FakeTestEnvironment::ValuesOf(environment.Query().body()),
              "newnew");
    EXPECT_EQ(FakeTestEnvironment::ValuesOf(environment.Scan().body()),
              "newnew");
    EXPECT_EQ(environment.BatchGet({"a", "b", "c"})
                  .body()["Responses"]["table"]
                  .size(),
              2u);
  }
}

TEST(FaultsTest, ASlowAnswerComesAfterItsTime) {
  FakeTestEnvironment environment(
      AlwaysFor(FaultKind::kSlowAnswer, seconds(3)));
  const auto begin = environment.scheduler.Now();
  EXPECT_EQ(environment.Put("a", "v").what(), "OK");
  EXPECT_EQ(environment.scheduler.Now() - begin, seconds(3));
}

TEST(FaultsTest, ATooSlowAnswerIsATimeoutAndTheEffectIsThere) {
  FakeTestEnvironment environment(
      AlwaysFor(FaultKind::kSlowAnswer, seconds(6)));
  const auto begin = environment.scheduler.Now();
  const Sent sent = environment.Put("a", "v");
  EXPECT_EQ(sent.what(), "timeout");
  EXPECT_TRUE(sent.no_answer->sent);
  EXPECT_EQ(environment.scheduler.Now() - begin, environment.timeout);
  EXPECT_EQ(environment.Stored("a"), "v");
}

TEST(FaultsTest, ALateRequestTakesEffectAfterItsRetry) {
  std::set<std::string> whats;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    FakeTestEnvironment environment(
        AlwaysFor(FaultKind::kDeliverLate, seconds(30)), seed);
    whats.insert(environment.Put("a", "abandoned").what());
    environment.faults.set_on(false);
    EXPECT_EQ(environment.Stored("a"), "");
    EXPECT_EQ(environment.Put("a", "retried").what(), "OK");
    EXPECT_EQ(environment.Stored("a"), "retried");
    environment.scheduler.Sleep(seconds(24));
    EXPECT_EQ(environment.Stored("a"), "retried");
    environment.scheduler.Sleep(seconds(6));
    EXPECT_EQ(environment.Stored("a"), "abandoned");
  }
  EXPECT_THAT(whats, ElementsAre("lost", "timeout"));
}

TEST(FaultsTest, ALateRequestArrivesWhileItsSignatureLives) {
  FakeTestEnvironment environment(
      AlwaysFor(FaultKind::kDeliverLate, seconds(900)));
  environment.Put("a", "abandoned");
  environment.faults.set_on(false);
  environment.scheduler.Sleep(seconds(300));
  EXPECT_EQ(environment.dynamo.ItemCount("table"), 1u);
  EXPECT_EQ(environment.Stored("a"), "abandoned");
}

TEST(FaultsTest, LateRequestsArriveInTheOrderOfTheirTimes) {
  FaultPlan plan = AlwaysFor(FaultKind::kDeliverLate, seconds(60));
  plan[0].operations = {"PutItem"};
  FaultPlan later = AlwaysFor(FaultKind::kDeliverLate, seconds(10));
  later[0].operations = {"DeleteItem"};
  plan.push_back(later[0]);
  FakeTestEnvironment environment(plan);
  environment.timeout = milliseconds(1000);
  environment.Put("a", "late");
  environment.Delete("a");
  environment.faults.set_on(false);
  environment.scheduler.Sleep(seconds(120));
  EXPECT_EQ(environment.Stored("a"), "late");
}

TEST(FaultsTest, ANotSignedRequestMeetsItsRefusalBeforeAFaultOfTheService) {
  FakeTestEnvironment environment(Always(FaultKind::kThrottle));
  HttpResponse response;
  ASSERT_TRUE(environment.dynamo
                  .Send({"POST",
                         "http://localhost/",
                         {{"X-Amz-Target", "DynamoDB_20120810.PutItem"},
                          {"Content-Type", "application/x-amz-json-1.0"}},
                         "{}"},
                        seconds(1), &response)
                  .ok());
  EXPECT_THAT(response.body,
              testing::HasSubstr("MissingAuthenticationTokenException"));
}

TEST(FaultsTest, AClockJumpMovesTheDateAndWhatSignaturesAreHeldAgainst) {
  std::set<std::string> whats;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    FakeTestEnvironment environment(
        AlwaysFor(FaultKind::kClockJump, seconds(600)), seed);
    const Sent sent = environment.Put("a", "v");
    EXPECT_EQ(sent.what(), "InvalidSignatureException");
    const int64_t there =
        ParseHttpDate(std::string(sent.response.Header("Date")));
    const int64_t off = there - environment.clock.UnixSeconds();
    whats.insert(std::to_string(off));
    // The clock stays wrong.
    environment.faults.set_on(false);
    EXPECT_EQ(environment.Put("a", "v").what(), "InvalidSignatureException");
  }
  EXPECT_THAT(whats, UnorderedElementsAre("600", "-600"));
}

TEST(FaultsTest, WithoutAccountsOneRequestMeetsExpiredCredentials) {
  FakeTestEnvironment environment(Always(FaultKind::kExpireCredentials));
  EXPECT_EQ(PutOne(&environment).what(), "ExpiredTokenException");
  environment.faults.set_on(false);
  EXPECT_EQ(environment.Put("a", "v").what(), "OK");
}

TEST(FaultsTest, AScriptedFaultKeepsThePlanAway) {
  FakeTestEnvironment environment(Always(FaultKind::kThrottle));
  environment.dynamo.FailNext("", 1, 400, "ValidationException", "as asked");
  EXPECT_EQ(environment.Put("a", "v").what(), "ValidationException");
  EXPECT_EQ(environment.faults.count(FaultKind::kThrottle), 0u);
}

TEST(FaultsTest, TheSameSeedGivesTheSameDay) {
  const auto day = [](uint64_t seed) {
    FakeTestEnvironment environment(DefaultFaultPlan(), seed);
    std::string seen;
    for (int i = 0; i < 200; ++i) {
      const std::string key = std::to_string(i % 7);
      for (const Sent& sent :
           {environment.Put(key, "v"), environment.Query(false),
            environment.BatchPut({"a", "b"}, "v"),
            environment.TransactPut({key}, "v")}) {
        seen += sent.what() + sent.response.headers + sent.response.body;
      }
      seen += std::to_string(
          environment.scheduler.Now().time_since_epoch().count());
    }
    return seen;
  };
  EXPECT_EQ(day(1), day(1));
  EXPECT_NE(day(1), day(2));
}

TEST(FaultsTest, DeliverSaysHowFarAnAnswerGets) {
  FakeTestEnvironment environment(Always(FaultKind::kResetAnswer));
  const FakeDynamo::Delivery delivery = environment.dynamo.Deliver(
      {"POST", "http://localhost/", {{"X-Amz-Target", "x"}}, "{}"});
  EXPECT_EQ(delivery.way, FakeDynamo::Delivery::Way::kLostAnswer);
  EXPECT_LE(delivery.body_bytes_max, delivery.answer.body.size());
  EXPECT_FALSE(delivery.answer.body.empty());
  EXPECT_FALSE(delivery.late);
}

TEST(FaultsTest, DeliverSaysWhatArrivesLater) {
  FakeTestEnvironment environment(
      AlwaysFor(FaultKind::kDeliverLate, seconds(30)));
  const FakeDynamo::Delivery delivery = environment.dynamo.Deliver(
      {"POST", "http://localhost/", {{"X-Amz-Target", "x"}}, "{}"});
  EXPECT_EQ(delivery.way, FakeDynamo::Delivery::Way::kLostAnswer);
  EXPECT_TRUE(delivery.late);
}

std::string PlanError(const std::string& text) {
  const Result<FaultPlan> plan = ParseFaultPlan(text);
  return plan.ok() ? "" : plan.error().message;
}

TEST(FaultPlanTest, IsReadWithAllItsMembers) {
  const Result<FaultPlan> plan = ParseFaultPlan(
      R"({"faults": [{"kind": "server_error", "rate": 0.25, "when": "after",
                      "operations": ["PutItem", "Query"]},
                     {"kind": "clock_jump", "rate": 1, "seconds": [1.5, 2]},
                     {"kind": "throttle", "rate": 0}]})");
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  ASSERT_EQ(plan->size(), 3u);
  EXPECT_EQ((*plan)[0].kind, FaultKind::kServerError);
  EXPECT_EQ((*plan)[0].rate, 0.25);
  EXPECT_EQ((*plan)[0].when, FaultRule::When::kAfter);
  EXPECT_EQ((*plan)[0].operations,
            (std::vector<std::string>{"PutItem", "Query"}));
  EXPECT_EQ((*plan)[1].least, std::chrono::milliseconds(1500));
  EXPECT_EQ((*plan)[1].most, std::chrono::milliseconds(2000));
}

TEST(FaultPlanTest, RefusesWhatItWouldNotCarryOut) {
  EXPECT_THAT(PlanError(""), HasSubstr("not valid JSON from byte 1 on"));
  EXPECT_THAT(PlanError(R"({"faults": [],})"), HasSubstr("from byte 15 on"));
  EXPECT_THAT(PlanError(R"({"faults": [], "seed": 1})"),
              HasSubstr("one member"));
  const auto rule = [](const std::string& members) {
    return PlanError(R"({"faults": [{"kind": "throttle", "rate": 1}, {)" +
                     members + "}]}");
  };
  EXPECT_EQ(rule(R"("kind": "throttle", "rate": 1)"), "");
  EXPECT_THAT(
      rule(R"("kind": "trottle", "rate": 1)"),
      HasSubstr("rule 2 of the plan of faults: \"kind\" must be one of: "
                "throttle, server_error"));
  EXPECT_THAT(rule(R"("kind": "throttle")"), HasSubstr("\"rate\" must be"));
  EXPECT_THAT(rule(R"("kind": "throttle", "rate": 1, "operation": "Query")"),
              HasSubstr("no member \"operation\""));
  for (const char* operations :
       {R"(["PutItm"])", R"(["PutItem"])", R"([])", R"("Query")"}) {
    EXPECT_THAT(rule(R"("kind": "short_page", "rate": 1, "operations": )" +
                     std::string(operations)),
                HasSubstr("\"short_page\" can meet"))
        << operations;
  }
  EXPECT_THAT(rule(R"("kind": "throttle", "rate": 1, "when": "after")"),
              HasSubstr("server_error only"));
  EXPECT_THAT(rule(R"("kind": "slow_answer", "rate": 1, "seconds": [2, 1])"),
              HasSubstr("the least and the most"));
}

}  // namespace
}  // namespace dynamodown
