#include "aws/ask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "aws/aws_test_environment.h"

namespace dynamodown {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::SizeIs;

class AskTest : public testing::Test {
 protected:
  Result<HttpResponse, ServiceError> AskNow(
      const AskLimits& limits = kServiceLimits) {
    return Ask(
        &environment_.transport, environment_.ForCredentials(), limits,
        [this] {
          return Question{"POST",
                          "https://a/b",
                          {{"X-Attempt", std::to_string(++attempts_)}},
                          "body"};
        },
        JudgeStatus);
  }
  const std::vector<RecordingTransport::Exchange>& sent() const {
    return environment_.transport.exchanges;
  }

  AwsTestEnvironment environment_;
  int attempts_ = 0;
};

TEST_F(AskTest, ReturnsTheAnswer) {
  environment_.Answer(404, "none", "A: b\r\n");
  const auto answer = AskNow();
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(answer->body, "none");
  EXPECT_EQ(answer->Header("a"), "b");
  ASSERT_THAT(sent(), SizeIs(1));
  EXPECT_EQ(sent()[0].method, "POST");
  EXPECT_EQ(sent()[0].url, "https://a/b");
  EXPECT_EQ(sent()[0].body, "body");
  EXPECT_EQ(sent()[0].timeout, milliseconds(5000));
}

TEST_F(AskTest, MakesThreeAttemptsAndBuildsEachRequestAnew) {
  environment_.Answer(500, "");
  environment_.DoNotAnswer(NoAnswer::Reason::kConnect);
  environment_.Answer(503, "");
  const auto answer = AskNow();
  ASSERT_FALSE(answer.ok());
  EXPECT_THAT(answer.error().message,
              HasSubstr("HTTP status 503; gave up after 3 attempts"));
  ASSERT_THAT(sent(), SizeIs(3));
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(sent()[i].Header("X-Attempt"), std::to_string(i + 1));
  }
  EXPECT_THAT(environment_.scheduler.sleeps, SizeIs(2));
}

TEST_F(AskTest, ReturnsALaterAnswerIfTheFirstAttemptFails) {
  environment_.DoNotAnswer(NoAnswer::Reason::kTimeout);
  environment_.Answer(200, "good");
  const auto answer = AskNow();
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->body, "good");
}

TEST_F(AskTest, GivesUpAtTheDeadline) {
  environment_.replies.push_back(
      [this](HttpResponse*) -> Result<void, NoAnswer> {
        environment_.Advance(seconds(5));
        return NoAnswer{NoAnswer::Reason::kTimeout, true, "it was slow"};
      });
  const auto answer = AskNow();
  ASSERT_FALSE(answer.ok());
  EXPECT_THAT(answer.error().message, HasSubstr("it was slow"));
  EXPECT_THAT(answer.error().message, HasSubstr("at the deadline"));
  EXPECT_THAT(sent(), SizeIs(1));
}

TEST_F(AskTest, DoesNotRetryAfterATlsErrorOrIfToldNotTo) {
  environment_.DoNotAnswer(NoAnswer::Reason::kTls);
  EXPECT_FALSE(AskNow().ok());
  EXPECT_THAT(sent(), SizeIs(1));

  environment_.DoNotAnswer(NoAnswer::Reason::kConnect);
  const auto answer = AskNow({seconds(1), false});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().message, "no answer: nobody is there");
  EXPECT_THAT(sent(), SizeIs(2));
  EXPECT_EQ(sent()[1].timeout, milliseconds(1000));
}

TEST_F(AskTest, RefusesAnAnswerOver1Mb) {
  environment_.Answer(200, std::string((1 << 20) + 1, ' '));
  const auto answer = AskNow();
  ASSERT_FALSE(answer.ok());
  EXPECT_THAT(answer.error().message, HasSubstr("longer than 1 MB"));
  EXPECT_THAT(sent(), SizeIs(1));
}

HttpResponse Answer(int status) {
  HttpResponse response;
  response.status = status;
  return response;
}

TEST(Refusal, SaysWhetherARetryMayHelp) {
  using Retry = RetryClass;
  EXPECT_EQ(RefusalOf(Answer(400), "AccessDenied", "", {}).retry,
            Retry::kNever);
  EXPECT_EQ(RefusalOf(Answer(403), "", "", {}).retry, Retry::kNever);
  EXPECT_EQ(RefusalOf(Answer(400), "Throttling", "", {}).retry,
            Retry::kThrottled);
  EXPECT_EQ(RefusalOf(Answer(429), "", "", {}).retry, Retry::kThrottled);
  EXPECT_EQ(RefusalOf(Answer(400), "IDPCommunicationError", "", {}).retry,
            Retry::kTransient);
  EXPECT_EQ(RefusalOf(Answer(500), "Odd", "", {}).retry, Retry::kTransient);
}

TEST(Refusal, QuotesOneShortLineAndNoSecret) {
  EXPECT_EQ(RefusalOf(Answer(403), "AccessDenied", "You may not", {}).message,
            "AccessDenied: You may not");
  EXPECT_EQ(RefusalOf(Answer(403), "", "", {}).message, "HTTP status 403");
  EXPECT_EQ(RefusalOf(Answer(403), "SignatureDoesNotMatch",
                      "It does not match.\n\nThe canonical string is ...", {})
                .message,
            "SignatureDoesNotMatch: It does not match.");
  EXPECT_EQ(
      RefusalOf(Answer(400), "Odd", "the token hush-1 is bad", {"", "hush-1"})
          .message,
      "Odd: the token *** is bad");
  EXPECT_EQ(RefusalOf(Answer(400), "hush-1", "odd", {"hush-1"}).message,
            "***: odd");
  const std::string token(40, 'x');
  EXPECT_EQ(RefusalOf(Answer(400), "Odd", "bad:" + token, {token}).message,
            "Odd");
  EXPECT_EQ(RefusalOf(Answer(400), token, "odd", {token}).message,
            "HTTP status 400: odd");
  EXPECT_EQ(RefusalOf(Answer(400), "Odd", "a\x1b[31m\xff", {}).message,
            "Odd: a?[31m?");
  EXPECT_THAT(RefusalOf(Answer(400), "Odd", std::string(1000, 'x'), {}).message,
              SizeIs(305));
}

TEST(Refusal, QuotesNoPasswordOfAProxy) {
  HttpResponse response = Answer(403);
  response.proxy_secrets = {"user:pr0xypw", "pr0xypw"};
  EXPECT_EQ(RefusalOf(response, "pr0xypw", "user:pr0xypw, no", {}).message,
            "***: ***, no");
}

TEST(CannotFetch, NamesTheSourceAndKeepsKForked) {
  const Error error =
      CannotFetch("profile kim", Error{ErrorKind::kTimeout, "too slow"});
  EXPECT_EQ(error.kind, ErrorKind::kCredentials);
  EXPECT_EQ(error.message, "profile kim: too slow");
  EXPECT_EQ(CannotFetch("x", Error{ErrorKind::kForked, ""}).kind,
            ErrorKind::kForked);
}

}  // namespace
}  // namespace dynamodown
