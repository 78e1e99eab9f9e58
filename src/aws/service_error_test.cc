#include "aws/service_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "transport/transport.h"

namespace dynamodown {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ErrorOfNoAnswer, SaysWhetherToRetryAndWhetherItIsAmbiguous) {
  using Reason = NoAnswer::Reason;
  struct Row {
    Reason reason;
    ErrorKind kind;
    RetryClass retry;
  };
  for (const Row& row : std::vector<Row>{
           {Reason::kConnect, ErrorKind::kUnavailable, RetryClass::kTransient},
           {Reason::kTimeout, ErrorKind::kTimeout, RetryClass::kTransient},
           {Reason::kTls, ErrorKind::kUnavailable, RetryClass::kNever},
           {Reason::kProxy, ErrorKind::kUnavailable, RetryClass::kNever},
           {Reason::kForked, ErrorKind::kForked, RetryClass::kNever},
           {Reason::kInvalid, ErrorKind::kUnavailable, RetryClass::kNever}}) {
    for (const bool sent : {false, true}) {
      const ServiceError error = ErrorOfNoAnswer({row.reason, sent, "words"});
      EXPECT_EQ(error.kind, row.kind);
      EXPECT_EQ(error.retry, row.retry);
      EXPECT_EQ(error.ambiguous, sent);
      EXPECT_EQ(error.message, "words");
      EXPECT_EQ(error.code, "");
    }
  }
}

TEST(DamagedAnswer, IsATransientAndAmbiguousCorruption) {
  const ServiceError error = DamagedAnswer("half of it", "ABC");
  EXPECT_EQ(error.kind, ErrorKind::kCorruption);
  EXPECT_EQ(error.retry, RetryClass::kTransient);
  EXPECT_TRUE(error.ambiguous);
  EXPECT_EQ(error.message, "damaged answer: half of it (request id ABC)");
  EXPECT_THAT(DamagedAnswer("x", "").message, Not(HasSubstr("request id")));
}

}  // namespace
}  // namespace dynamodown
