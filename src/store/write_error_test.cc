#include "store/write_error.h"

#include <gtest/gtest.h>

#include <string>

namespace dynamodown {
namespace {

using Subject = WriteError::Subject;

std::string Effect(Subject subject, Certainty certainty,
                   ErrorKind kind = ErrorKind::kUnavailable) {
  WriteError error;
  error.kind = kind;
  error.certainty = certainty;
  error.subject = subject;
  return EffectOf(error);
}

TEST(WriteError, IsUncertainByDefault) {
  EXPECT_EQ(WriteError().certainty, Certainty::kUnknown);
  EXPECT_EQ(EffectOf(WriteError()), "; it may have been written");
}

TEST(WriteError, EachSubjectHasItsOwnText) {
  EXPECT_EQ(Effect(Subject::kKey, Certainty::kNothingWritten),
            "; nothing was written");
  EXPECT_EQ(Effect(Subject::kBatch, Certainty::kNothingWritten),
            "; nothing was written");
  EXPECT_EQ(Effect(Subject::kTransaction, Certainty::kNothingWritten),
            "; nothing of the batch was written");
  EXPECT_EQ(Effect(Subject::kTransaction, Certainty::kUnknown),
            "; the whole batch may have been written, or nothing of it");
  EXPECT_EQ(Effect(Subject::kKey, Certainty::kAllWritten),
            "; everything was written");
}

TEST(WriteError, ARefusedKeyNeedsNoEffectText) {
  EXPECT_EQ(Effect(Subject::kKey, Certainty::kNothingWritten,
                   ErrorKind::kInvalidArgument),
            "");
}

TEST(WriteError, ARefusedWriteIsKnownToHaveWrittenNothing) {
  const WriteError error =
      Refused(Error{ErrorKind::kNotSupported, "too large"}, Subject::kBatch);
  EXPECT_EQ(error.certainty, Certainty::kNothingWritten);
  EXPECT_EQ(error.message + EffectOf(error), "too large; nothing was written");
}

TEST(WriteError, AFailedConditionAfterALostAnswerHasItsOwnText) {
  WriteError error;
  error.condition = 0;
  EXPECT_EQ(EffectOf(error),
            "; the answer to an earlier attempt was lost, and that attempt's "
            "batch may have been written, or may still be written");
  error.certainty = Certainty::kNothingWritten;
  EXPECT_EQ(EffectOf(error), "; nothing was written");
}

TEST(WriteError, TheKeysOfAnUnorderedBatchAreCounted) {
  WriteError error;
  error.counts = WriteError::Counts{90, 50, 25};
  EXPECT_EQ(EffectOf(error),
            "; of the batch's 90 keys, 50 were written, 15 were not, and the "
            "outcome of 25 is unknown");
}

}  // namespace
}  // namespace dynamodown
