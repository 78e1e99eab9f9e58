// Tests of every source of credentials: its credentials sign the requests, they
// are renewed when they expire, and no secret is printed. Requests really cross
// the loopback; only the time of day is the test's own.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "aws/places.h"
#include "db/open_environment.h"
#include "leveldb/env.h"

namespace dynamodown_test {
namespace {

using dynamodown::Database;
using dynamodown::KindOf;
using dynamodown::StatusKind;
using dynamodown::WriteOptions;
using leveldb::Status;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ManualClock final : public dynamodown::Clock {
 public:
  int64_t UnixSeconds() override { return now; }
  std::atomic<int64_t> now{1'800'000'000};
};

/// Keeps the log's text.
class Log final : public leveldb::Logger {
 public:
  void Logv(const char* format, va_list arguments) override {
    char line[2000];
    vsnprintf(line, sizeof line, format, arguments);
    std::lock_guard<std::mutex> lock(mutex_);
    text_ += line;
    text_ += '\n';
  }
  std::string text() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

class CredentialsTest : public testing::TestWithParam<Place> {
 protected:
  CredentialsTest()
      : aws_([this] { return clock_.UnixSeconds(); }), home_(&aws_) {
    GetParam().set_up(&home_);
    environment_.clock = &clock_;
    environment_.variables =
        [this](const char* name) -> std::optional<std::string> {
      const auto at = home_.environment.find(name);
      if (at == home_.environment.end()) return std::nullopt;
      return at->second;
    };
    options_.create_if_missing = true;
    options_.info_log = &log_;
    options_.connection.profile = home_.environment["PROFILE_BY_NAME"];
  }
  ~CredentialsTest() override {
    EXPECT_THAT(log_.text(), Not(HasSubstr(kSecretMark)));
  }

  Status Open(std::unique_ptr<Database>* db) {
    Database* opened = nullptr;
    const Status status =
        dynamodown::OpenIn(environment_, options_, "table/kim", &opened);
    EXPECT_THAT(status.ToString(), Not(HasSubstr(kSecretMark)));
    db->reset(opened);
    return status;
  }
  Status Put(Database* db, const std::string& key) {
    const Status status = db->Put(WriteOptions(), key, "value");
    EXPECT_THAT(status.ToString(), Not(HasSubstr(kSecretMark)));
    return status;
  }
  void Expire() {
    clock_.now += 2 * 3600;
    home_.ProcessPrints(aws_.Issue("process", true));
  }

  ManualClock clock_;
  LoopbackAws aws_;
  Home home_;
  Log log_;
  dynamodown::OpenEnvironment environment_;
  dynamodown::Options options_;
};

TEST_P(CredentialsTest, SignTheRequests) {
  std::unique_ptr<Database> db;
  const Status status = Open(&db);
  ASSERT_TRUE(status.ok()) << status.ToString();
  ASSERT_TRUE(Put(db.get(), "key").ok());
  EXPECT_THAT(aws_.signers(), Not(IsEmpty()));
  EXPECT_THAT(aws_.signers(), Each(HasSubstr("AKID" + GetParam().hands_out)));
}

TEST_P(CredentialsTest, AreFetchedOnceAndRenewedWhenTheyExpire) {
  std::unique_ptr<Database> db;
  ASSERT_TRUE(Open(&db).ok());
  ASSERT_TRUE(Put(db.get(), "one").ok());
  const std::string first = aws_.signers().back();
  const int issued = aws_.issued(GetParam().hands_out);
  ASSERT_TRUE(Put(db.get(), "two").ok());
  EXPECT_EQ(aws_.signers().back(), first);
  EXPECT_EQ(aws_.issued(GetParam().hands_out), issued);

  Expire();
  const Status status = Put(db.get(), "three");
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_EQ(aws_.signers().back() != first, GetParam().temporary);
  EXPECT_EQ(db->GetStats().retries, 0u) << "renewed before a request failed";
}

TEST_P(CredentialsTest, AreRenewedByOneThreadOfMany) {
  std::unique_ptr<Database> db;
  ASSERT_TRUE(Open(&db).ok());
  const int issued = aws_.issued(GetParam().hands_out);
  Expire();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const Status status = Put(db.get(), "key" + std::to_string(i));
      EXPECT_TRUE(status.ok()) << status.ToString();
    });
  }
  for (std::thread& thread : threads) thread.join();
  // A role of a role takes two credentials.
  const int at_once = GetParam().name == "RoleOfRole" ? 2 : 1;
  EXPECT_EQ(aws_.issued(GetParam().hands_out),
            issued + (issued > 0 ? at_once : 0));
}

TEST_P(CredentialsTest, FailInWordsAndComeBack) {
  if (!GetParam().temporary || GetParam().hands_out == "process") return;
  for (const int status : {500, 403, 404, 200}) {
    aws_.set_failing(status);
    std::unique_ptr<Database> db;
    const Status failed = Open(&db);
    EXPECT_EQ(KindOf(failed), StatusKind::kCredentials) << failed.ToString();
    EXPECT_THAT(aws_.signers(), IsEmpty());
  }
  aws_.set_failing(0);
  std::unique_ptr<Database> db;
  ASSERT_TRUE(Open(&db).ok());
  aws_.set_failing(503);
  Expire();
  EXPECT_EQ(KindOf(Put(db.get(), "key")), StatusKind::kCredentials);
  aws_.set_failing(0);
  const Status status = Put(db.get(), "key");
  EXPECT_TRUE(status.ok()) << status.ToString();
}

TEST_P(CredentialsTest, AreDescribedByTheirPlace) {
  std::vector<dynamodown::Finding> findings;
  ASSERT_TRUE(dynamodown::DiagnoseIn(environment_, options_, "table/kim", {},
                                     &findings, nullptr)
                  .ok());
  bool told = false;
  for (const dynamodown::Finding& finding : findings) {
    EXPECT_THAT(finding.found + finding.advice, Not(HasSubstr(kSecretMark)));
    if (finding.check != "credentials") continue;
    told = true;
    EXPECT_EQ(finding.outcome, dynamodown::Finding::Outcome::kOk)
        << finding.found;
    EXPECT_THAT(finding.found, Not(HasSubstr("AKID")));
    EXPECT_EQ(finding.found.find(", temporary") != std::string::npos,
              GetParam().temporary)
        << finding.found;
  }
  EXPECT_TRUE(told);
}

INSTANTIATE_TEST_SUITE_P(Places, CredentialsTest,
                         testing::ValuesIn(AllPlaces()),
                         [](const auto& place) { return place.param.name; });

}  // namespace
}  // namespace dynamodown_test
