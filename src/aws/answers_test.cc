#include "aws/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "aws/aws_test_environment.h"

namespace dynamodown {
namespace {

using testing::HasSubstr;
using testing::Not;

using Reader = Result<FetchedCredentials> (*)(std::string*);

void ExpectFirst(const Result<FetchedCredentials>& fetched) {
  ASSERT_TRUE(fetched.ok()) << fetched.error().message;
  EXPECT_EQ(fetched->keys.access_key_id, "AKIDhush1");
  EXPECT_EQ(fetched->keys.secret_access_key, "hush-secret-1");
  EXPECT_EQ(fetched->keys.session_token, "hush-token-1");
  EXPECT_EQ(fetched->expires, TestClock::kStart + 3600);
}

TEST(Answers, EachKindIsReadByItsOwnMemberNames) {
  std::string text = MetadataJson("1", 3600);
  ExpectFirst(ReadMetadataAnswer(&text));
  text = ProcessJson("1", 3600);
  ExpectFirst(ReadProcessOutput(&text));
  text = PortalJson("1", 3600);
  ExpectFirst(ReadPortalAnswer(&text));
}

// TestClock::kStart is 2015-08-30T12:36:00Z.
TEST(Answers, ReadTimesInTheSpellingsOfOtherPrograms) {
  const std::string milliseconds = std::to_string(TestClock::kStart * 1000);
  const std::string seconds = std::to_string(TestClock::kStart);
  for (const std::string& time :
       {std::string("\"2015-08-30T12:36:00Z\""),
        std::string("\"2015-08-30T12:36:00UTC\""),
        std::string("\"2015-08-30T14:36:00+0200\""),
        std::string("\"2015-08-30 14:36:00+02\""),
        std::string("\"20150830t123600z\""), milliseconds, seconds,
        "\"" + milliseconds + "\"", "\"" + seconds + "\""}) {
    std::string text =
        R"({"Version":1,"AccessKeyId":"a","SecretAccessKey":"b",)"
        R"("Expiration":)" +
        time + "}";
    Result<FetchedCredentials> fetched = ReadProcessOutput(&text);
    ASSERT_TRUE(fetched.ok()) << time << fetched.error().message;
    EXPECT_EQ(fetched->expires, TestClock::kStart) << time;
    fetched = ReadMetadataAnswer(&text);
    ASSERT_TRUE(fetched.ok()) << time;
    EXPECT_EQ(fetched->expires, TestClock::kStart) << time;
    text = R"({"roleCredentials":{"accessKeyId":"a","secretAccessKey":"b",)"
           R"("expiration":)" +
           time + "}}";
    fetched = ReadPortalAnswer(&text);
    ASSERT_TRUE(fetched.ok()) << time;
    EXPECT_EQ(fetched->expires, TestClock::kStart) << time;
    text = R"({"accessToken":"hush","expiresAt":)" + time + "}";
    const Result<LoginToken> token = ReadLoginToken(&text);
    ASSERT_TRUE(token.ok()) << time;
    EXPECT_EQ(token->expires, TestClock::kStart) << time;
  }
}

TEST(Answers, NeedNeitherTokenNorExpiration) {
  for (std::string text :
       {R"({"Version":1,"AccessKeyId":"a","SecretAccessKey":"b"})",
        R"({"Version":1,"AccessKeyId":"a","SecretAccessKey":"b",)"
        R"("SessionToken":null,"Expiration":null})",
        R"({"Version":1,"AccessKeyId":"a","SecretAccessKey":"b",)"
        R"("SessionToken":"","Expiration":""})"}) {
    const Result<FetchedCredentials> fetched = ReadProcessOutput(&text);
    ASSERT_TRUE(fetched.ok()) << text;
    EXPECT_EQ(fetched->keys.session_token, "");
    EXPECT_EQ(fetched->expires, std::nullopt);
  }
}

TEST(Answers, ThatMakeNoSenseAreRefusedAndNotQuoted) {
  struct Case {
    Reader read;
    std::string text;
    std::string why;
  };
  const Case cases[] = {
      {ReadMetadataAnswer, "", "not JSON"},
      {ReadMetadataAnswer, "hush", "not JSON"},
      {ReadMetadataAnswer, R"({"AccessKeyId":"hush")", "not JSON"},
      {ReadMetadataAnswer, "[]", "holds no credentials"},
      {ReadMetadataAnswer, "{}", "no access key id"},
      {ReadMetadataAnswer, R"({"Code":"hush"})", "Code is not Success"},
      {ReadMetadataAnswer, R"({"AccessKeyId":"hush"})", "no secret access key"},
      {ReadMetadataAnswer, R"({"SecretAccessKey":"hush"})", "no access key id"},
      {ReadMetadataAnswer, R"({"AccessKeyId":"hush","SecretAccessKey":1})",
       "SecretAccessKey is not a string"},
      {ReadMetadataAnswer,
       R"({"AccessKeyId":"hu\nsh","SecretAccessKey":"hush"})",
       "cannot be sent"},
      {ReadMetadataAnswer,
       R"({"AccessKeyId":"hush","SecretAccessKey":"hush","Token":"hu\r\nsh"})",
       "cannot be sent"},
      {ReadMetadataAnswer,
       R"({"AccessKeyId":"hush","SecretAccessKey":"hush",)"
       R"("Expiration":"hush"})",
       "Expiration is not a time"},
      {ReadMetadataAnswer,
       R"({"AccessKeyId":"hush","SecretAccessKey":"hush","Expiration":[]})",
       "Expiration is not a time"},
      {ReadProcessOutput, R"({"AccessKeyId":"hush","SecretAccessKey":"hush"})",
       "Version is not 1"},
      {ReadProcessOutput,
       R"({"Version":2,"AccessKeyId":"hush","SecretAccessKey":"hush"})",
       "Version is not 1"},
      {ReadProcessOutput,
       R"({"Version":"1","AccessKeyId":"hush","SecretAccessKey":"hush"})",
       "Version is not 1"},
      {ReadPortalAnswer, R"({"accessKeyId":"hush","secretAccessKey":"hush"})",
       "holds no credentials"},
      {ReadPortalAnswer,
       R"({"roleCredentials":{"accessKeyId":"hush","secretAccessKey":"hush",)"
       R"("expiration":1e300}})",
       "expiration is not a time"},
      {ReadPortalAnswer,
       R"({"roleCredentials":{"accessKeyId":"hush","secretAccessKey":"hush",)"
       R"("expiration":-1}})",
       "expiration is not a time"},
  };
  for (const Case& c : cases) {
    std::string text = c.text;
    const Result<FetchedCredentials> fetched = c.read(&text);
    ASSERT_FALSE(fetched.ok()) << c.text;
    EXPECT_EQ(fetched.error().kind, ErrorKind::kCorruption);
    EXPECT_THAT(fetched.error().message, HasSubstr(c.why)) << c.text;
    EXPECT_THAT(fetched.error().message, Not(HasSubstr("hush")));
  }
}

TEST(Answers, ALoginsFileHoldsATokenAndItsExpiry) {
  std::string text =
      R"({"startUrl":"https://kim.awsapps.com/start","region":"eu-west-1",)"
      R"("accessToken":"hush","expiresAt":"2015-08-30T12:36:00Z"})";
  const Result<LoginToken> token = ReadLoginToken(&text);
  ASSERT_TRUE(token.ok());
  EXPECT_EQ(token->access_token, "hush");
  EXPECT_EQ(token->expires, TestClock::kStart);
  for (std::string bad :
       {"", "{}", R"({"accessToken":"hush"})",
        R"({"accessToken":"","expiresAt":"2015-08-30T12:36:00Z"})",
        R"({"accessToken":"hu sh","expiresAt":"2015-08-30T12:36:00Z"})",
        R"({"accessToken":"hush","expiresAt":"soon"})"}) {
    const Result<LoginToken> refused = ReadLoginToken(&bad);
    ASSERT_FALSE(refused.ok()) << bad;
    EXPECT_THAT(refused.error().message, Not(HasSubstr("hush")));
  }
}

TEST(Answers, RefusalsHaveACodeWithoutItsNamespace) {
  std::string text =
      R"({"__type":"com.amazonaws.switchboard.portal#ForbiddenException",)"
      R"("message":"No access"})";
  JsonRefusal refusal = ReadJsonRefusal(&text);
  EXPECT_EQ(refusal.code, "ForbiddenException");
  EXPECT_EQ(refusal.message, "No access");
  text = R"({"code":"InvalidToken","message":7})";
  refusal = ReadJsonRefusal(&text);
  EXPECT_EQ(refusal.code, "InvalidToken");
  EXPECT_EQ(refusal.message, "");
  text = "<html>";
  EXPECT_EQ(ReadJsonRefusal(&text).code, "");
}

}  // namespace
}  // namespace dynamodown
