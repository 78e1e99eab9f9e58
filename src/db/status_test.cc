#include "dynamodown/status.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "db/to_status.h"

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

Status StatusOf(const Error& error) { return ToStatus(error, Spelling::kCpp); }

TEST(Status, EveryKindIsReadBack) {
  for (const auto& [inside, outside] : Kinds()) {
    for (const char* message : {"what happened", "", "timeout: again", ": "}) {
      EXPECT_EQ(KindOf(StatusOf({inside, message})), outside)
          << WordOf(outside) << " with \"" << message << "\"";
    }
  }
  EXPECT_EQ(KindOf(Status::OK()), StatusKind::kOk);
  EXPECT_EQ(KindOf(ToStatus(Result<void>(), Spelling::kCpp)), StatusKind::kOk);
  EXPECT_EQ(KindOf(Status::NotFound("x")), StatusKind::kNotFound);
}

TEST(Status, AMessageStartsWithTheWordOfItsKind) {
  EXPECT_EQ(StatusOf({ErrorKind::kThrottled, "slow down"}).ToString(),
            "IO error: throttled: slow down");
  EXPECT_EQ(StatusOf({ErrorKind::kCorruption, "bad item"}).ToString(),
            "Corruption: bad item");
  for (const auto& [inside, outside] : Kinds()) {
    const Status status = StatusOf({inside, "m"});
    const std::string word = WordOf(outside);
    EXPECT_EQ(status.IsIOError(), !word.empty());
    if (!word.empty()) {
      EXPECT_EQ(status.ToString(), "IO error: " + word + ": m");
    }
  }
}

TEST(Status, KindsWithALevelDbCodeHaveNoWord) {
  for (const StatusKind kind :
       {StatusKind::kOk, StatusKind::kNotFound, StatusKind::kInvalidArgument,
        StatusKind::kNotSupported, StatusKind::kCorruption,
        StatusKind::kIOError}) {
    EXPECT_STREQ(WordOf(kind), "");
  }
}

TEST(Status, OtherIOErrorsHaveTheKindIOError) {
  for (const char* message :
       {"", "throttled", "throttled:", "throttled:x", "Throttled: x",
        "unthrottled: x", "db/LOCK: timeout: x"}) {
    EXPECT_EQ(KindOf(Status::IOError(message)), StatusKind::kIOError)
        << message;
  }
  EXPECT_EQ(KindOf(Status::IOError("throttled", "x")), StatusKind::kThrottled);
}

TEST(Status, AWriteReportsItsOutcome) {
  WriteOutcome outcome = WriteOutcome::kUnknown;
  WriteOptions options;
  options.outcome = &outcome;
  EXPECT_TRUE(FinishWrite(options, {}, Spelling::kCpp).ok());
  EXPECT_EQ(outcome, WriteOutcome::kAllWritten);
  for (const auto& [certainty, reported] :
       {std::pair(Certainty::kNothingWritten, WriteOutcome::kNothingWritten),
        {Certainty::kUnknown, WriteOutcome::kUnknown},
        {Certainty::kAllWritten, WriteOutcome::kAllWritten}}) {
    for (const auto& [inside, outside] : Kinds()) {
      WriteError error;
      error.kind = inside;
      error.message = "what happened";
      error.certainty = certainty;
      error.subject = WriteError::Subject::kBatch;
      const Status status = FinishWrite(options, error, Spelling::kCpp);
      EXPECT_EQ(KindOf(status), outside);
      EXPECT_EQ(outcome, reported);
      EXPECT_TRUE(
          status.ToString().ends_with("what happened" + EffectOf(error)))
          << status.ToString();
    }
  }
}

TEST(Status, ACallerNeedNotAskForTheOutcome) {
  EXPECT_TRUE(FinishWrite(WriteOptions(), {}, Spelling::kCpp).ok());
  EXPECT_FALSE(FinishWrite(WriteOptions(), WriteError(), Spelling::kCpp).ok());
}

TEST(Status, IsMissingStoreKnowsTheMessageOfEachFace) {
  const Error missing{
      ErrorKind::kInvalidArgument,
      "\"table/x\": does not exist",
      {Advice::Kind::kCause, "create_if_missing", "false", " (", ")"}};
  for (const auto& [spelling, text] :
       std::vector<std::pair<Spelling, std::string>>{
           {Spelling::kCpp, "does not exist (create_if_missing is false)"},
           {Spelling::kCommandLine, "does not exist"},
           {Spelling::kJavaScript,
            "does not exist (createIfMissing is false)"}}) {
    const Status status = ToStatus(missing, spelling);
    EXPECT_EQ(status.ToString(), "Invalid argument: \"table/x\": " + text);
    EXPECT_TRUE(IsMissingStore(status));
  }
  EXPECT_TRUE(IsMissingStore(Status::InvalidArgument(
      "/tmp/x", "does not exist (create_if_missing is false)")));
  EXPECT_FALSE(IsMissingStore(
      Status::InvalidArgument("table \"table\" does not exist")));
  EXPECT_FALSE(IsMissingStore(
      Status::InvalidArgument("/tmp/x", "exists (error_if_exists is true)")));
  EXPECT_FALSE(IsMissingStore(Status::IOError("/tmp/x", "does not exist")));
  EXPECT_FALSE(IsMissingStore(Status::InvalidArgument(
      "a does not match existing comparator ", "does not exist")));
  EXPECT_TRUE(IsMissingStore(
      Status::InvalidArgument("/a does not match existing comparator b",
                              "does not exist (create_if_missing is false)")));
}

TEST(Status, AServiceErrorAboutALockIsNotALockedStore) {
  const Error rejected{ErrorKind::kRejected,
                       "another process has the store open and locked"};
  EXPECT_FALSE(IsLockedStore(ToStatus(rejected, Spelling::kCpp)));
}

TEST(Status, AMessageEndsWithTheEffectOfTheWrite) {
  Error refused{ErrorKind::kNotSupported,
                "too large",
                {Advice::Kind::kSet, "batch", "unordered", "; ",
                 ", which is not atomic"}};
  EXPECT_EQ(
      FinishWrite(WriteOptions(), Refused(refused, WriteError::Subject::kBatch),
                  Spelling::kCommandLine)
          .ToString(),
      "Not implemented: too large; use --unordered, which is not atomic; "
      "nothing was written");
}

}  // namespace
}  // namespace dynamodown
