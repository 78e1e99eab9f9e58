#include "dynamodown/status.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "db/to_status.h"
#include "store/outcome.h"

namespace dynamodown {
namespace {

using leveldb::Status;

const std::vector<std::pair<ErrorKind, StatusKind>>& Kinds() {
  static const auto* const kinds =
      new std::vector<std::pair<ErrorKind, StatusKind>>{
          {ErrorKind::kInvalidArgument, StatusKind::kInvalidArgument},
          {ErrorKind::kNotSupported, StatusKind::kNotSupported},
          {ErrorKind::kCorruption, StatusKind::kCorruption},
          {ErrorKind::kThrottled, StatusKind::kThrottled},
          {ErrorKind::kDenied, StatusKind::kDenied},
          {ErrorKind::kCredentials, StatusKind::kCredentials},
          {ErrorKind::kUnavailable, StatusKind::kUnavailable},
          {ErrorKind::kTimeout, StatusKind::kTimeout},
          {ErrorKind::kConflict, StatusKind::kConflict},
          {ErrorKind::kRejected, StatusKind::kRejected},
          {ErrorKind::kDestroying, StatusKind::kDestroying},
          {ErrorKind::kForked, StatusKind::kForked},
      };
  return *kinds;
}

TEST(Status, EveryKindIsReadBack) {
  for (const auto& [inside, outside] : Kinds()) {
    for (const char* message : {"what happened", "", "timeout: again", ": "}) {
      EXPECT_EQ(KindOf(ToStatus(Error{inside, message})), outside)
          << WordOf(outside) << " with \"" << message << "\"";
    }
  }
  EXPECT_EQ(KindOf(Status::OK()), StatusKind::kOk);
  EXPECT_EQ(KindOf(ToStatus(Result<void>())), StatusKind::kOk);
  EXPECT_EQ(KindOf(Status::NotFound("x")), StatusKind::kNotFound);
}

TEST(Status, AMessageStartsWithItsWord) {
  EXPECT_EQ(ToStatus(Error{ErrorKind::kThrottled, "slow down"}).ToString(),
            "IO error: throttled: slow down");
  EXPECT_EQ(ToStatus(Error{ErrorKind::kCorruption, "bad item"}).ToString(),
            "Corruption: bad item");
  for (const auto& [inside, outside] : Kinds()) {
    const Status status = ToStatus(Error{inside, "m"});
    const std::string word = WordOf(outside);
    EXPECT_EQ(status.IsIOError(), !word.empty());
    if (!word.empty()) {
      EXPECT_EQ(status.ToString(), "IO error: " + word + ": m");
    }
  }
}

TEST(Status, KindsThatLevelDbHasACodeForHaveNoWord) {
  for (const StatusKind kind :
       {StatusKind::kOk, StatusKind::kNotFound, StatusKind::kInvalidArgument,
        StatusKind::kNotSupported, StatusKind::kCorruption,
        StatusKind::kIOError}) {
    EXPECT_STREQ(WordOf(kind), "");
  }
}

TEST(Status, OtherIOErrorsAreOfNoKindOfOurs) {
  for (const char* message :
       {"", "throttled", "throttled:", "throttled:x", "Throttled: x",
        "unthrottled: x", "db/LOCK: timeout: x"}) {
    EXPECT_EQ(KindOf(Status::IOError(message)), StatusKind::kIOError)
        << message;
  }
  EXPECT_EQ(KindOf(Status::IOError("throttled", "x")), StatusKind::kThrottled);
}

TEST(Status, WhatWasNotWrittenIsReadBack) {
  for (const auto& [inside, outside] : Kinds()) {
    for (const std::string_view end :
         {kNothingWritten, kNothingOfBatchWritten}) {
      for (const std::string before : {"what happened", "", "; "}) {
        const Status status =
            ToStatus(Error{inside, before + std::string(end)});
        EXPECT_FALSE(MayHaveWritten(status)) << status.ToString();
      }
    }
  }
  EXPECT_FALSE(MayHaveWritten(Status::OK()));
  EXPECT_FALSE(MayHaveWritten(Status::NotFound("x")));
}

TEST(Status, WhatDoesNotEndSoMayHaveBeenWritten) {
  const std::string nothing(kNothingWritten);
  for (const auto& [inside, outside] : Kinds()) {
    for (const std::string& message :
         {std::string(), std::string("what happened"),
          "x" + std::string(kMaybeWritten), "x" + std::string(kMaybeAllWritten),
          // The service's words are not ours, and neither is a part of ours.
          "x" + nothing + std::string(kMaybeWritten), nothing + ".",
          "x" + nothing + "; see y", "x: " + nothing.substr(2)}) {
      const Status status = ToStatus(Error{inside, message});
      const bool may = outside == StatusKind::kCorruption ||
                       (status.IsIOError() && outside != StatusKind::kForked);
      EXPECT_EQ(MayHaveWritten(status), may) << status.ToString();
    }
  }
  EXPECT_TRUE(MayHaveWritten(Status::IOError("db/000003.log", "No space")));
}

}  // namespace
}  // namespace dynamodown
