#include "aws/sts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "aws/ask.h"
#include "aws/aws_test_environment.h"
#include "aws/sigv4.h"

namespace dynamodown {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::SizeIs;

constexpr char kArn[] = "arn:aws:iam::123456789012:role/kim";

/// The n-th fetch returns the keys with the number n.
class Source final : public CredentialsFetcher {
 public:
  Result<FetchedCredentials> Fetch() override {
    if (failing) return Error{ErrorKind::kCredentials, "source: no"};
    const std::string n = std::to_string(++fetches_);
    return FetchedCredentials{
        {"AKIDhush" + n, "hush-secret-" + n, with_token ? "hush-token" : ""},
        std::nullopt};
  }
  std::string Describe() const override { return "source"; }

  bool failing = false;
  bool with_token = true;

 private:
  int fetches_ = 0;
};

class StsTest : public testing::Test {
 protected:
  StsTest() : source_(std::make_unique<Source>()), source(source_.get()) {
    role_.who = "profile dev";
    role_.arn = kArn;
    role_.region = "eu-west-1";
    role_.endpoint = *ReadUrl("https://sts.eu-west-1.amazonaws.com");
  }

  std::unique_ptr<CredentialsFetcher> AssumeRole() {
    return NewAssumeRole(role_, std::move(source_),
                         environment_.ForCredentials());
  }
  std::unique_ptr<CredentialsFetcher> WithWebIdentity() {
    return NewAssumeRoleWithWebIdentity(role_, "/token",
                                        environment_.ForCredentials());
  }
  static std::string ErrorOf(const std::unique_ptr<CredentialsFetcher>& f) {
    return MessageOf(f->Fetch());
  }
  const std::vector<RecordingTransport::Exchange>& sent() const {
    return environment_.transport.exchanges;
  }

  AwsTestEnvironment environment_;
  Role role_;
  std::unique_ptr<Source> source_;
  Source* const source;
};

TEST_F(StsTest, TheRequestIsSignedWithTheSourcesKeys) {
  role_.external_id = "a/b c";
  role_.session_name = "kim@home";
  role_.duration_seconds = 900;
  environment_.Answer(200, StsXml("AssumeRole", "9", 900));
  const Result<FetchedCredentials> fetched = AssumeRole()->Fetch();
  ASSERT_TRUE(fetched.ok()) << fetched.error().message;
  EXPECT_EQ(fetched->keys.access_key_id, "AKIDhush9");
  EXPECT_EQ(fetched->keys.secret_access_key, "hush-secret-9");
  EXPECT_EQ(fetched->keys.session_token, "hush-token-9");
  EXPECT_EQ(fetched->expires, TestClock::kStart + 900);

  ASSERT_THAT(sent(), SizeIs(1));
  EXPECT_THAT(environment_.local_transport.exchanges, SizeIs(0));
  EXPECT_EQ(sent()[0].method, "POST");
  EXPECT_EQ(sent()[0].url, "https://sts.eu-west-1.amazonaws.com/");
  EXPECT_EQ(sent()[0].body,
            "Action=AssumeRole&Version=2011-06-15&RoleArn="
            "arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fkim&RoleSessionName="
            "kim%40home&DurationSeconds=900&ExternalId=a%2Fb%20c");

  constexpr char kForm[] = "application/x-www-form-urlencoded; charset=utf-8";
  SignableRequest signable;
  signable.method = "POST";
  signable.path = "/";
  signable.headers = {{"content-type", kForm},
                      {"host", "sts.eu-west-1.amazonaws.com"},
                      {"x-amz-date", "20150830T123600Z"},
                      {"x-amz-security-token", "hush-token"}};
  signable.body = sent()[0].body;
  const std::string authorization =
      Signer("eu-west-1", "sts")
          .Sign(signable,
                std::make_shared<const SigningCredentials>(SigningCredentials{
                    "AKIDhush1", "hush-secret-1", "hush-token"}),
                "20150830T123600Z");
  EXPECT_THAT(sent()[0].headers,
              ElementsAre(Pair("Content-Type", kForm),
                          Pair("X-Amz-Date", "20150830T123600Z"),
                          Pair("Authorization", authorization),
                          Pair("X-Amz-Security-Token", "hush-token")));
}

TEST_F(StsTest, NamesTheSessionAfterTheTimeAndRequestsOneHour) {
  source->with_token = false;
  environment_.Answer(200, StsXml("AssumeRole", "9", 3600));
  ASSERT_TRUE(AssumeRole()->Fetch().ok());
  EXPECT_THAT(sent()[0].body, HasSubstr("&RoleSessionName=dynamodown-1440938160"
                                        "&DurationSeconds=3600"));
  EXPECT_THAT(sent()[0].body, Not(HasSubstr("ExternalId")));
  EXPECT_EQ(sent()[0].Header("X-Amz-Security-Token"), "");
}

TEST_F(StsTest, TheEndpointsPathIsSigned) {
  role_.endpoint = *ReadUrl("http://127.0.0.1:4566/sts");
  environment_.Answer(200, StsXml("AssumeRole", "9", 3600));
  ASSERT_TRUE(AssumeRole()->Fetch().ok());
  EXPECT_EQ(sent()[0].url, "http://127.0.0.1:4566/sts");
  SignableRequest signable;
  signable.method = "POST";
  signable.path = "/sts";
  signable.headers = {
      {"content-type", "application/x-www-form-urlencoded; charset=utf-8"},
      {"host", "127.0.0.1:4566"},
      {"x-amz-date", "20150830T123600Z"},
      {"x-amz-security-token", "hush-token"}};
  signable.body = sent()[0].body;
  EXPECT_EQ(
      sent()[0].Header("Authorization"),
      Signer("eu-west-1", "sts")
          .Sign(signable,
                std::make_shared<const SigningCredentials>(SigningCredentials{
                    "AKIDhush1", "hush-secret-1", "hush-token"}),
                "20150830T123600Z"));
}

TEST_F(StsTest, EachFetchAsksTheSourceForKeysAnew) {
  const auto fetcher = AssumeRole();
  environment_.Answer(200, StsXml("AssumeRole", "9", 3600));
  environment_.Answer(200, StsXml("AssumeRole", "9", 3600));
  ASSERT_TRUE(fetcher->Fetch().ok());
  ASSERT_TRUE(fetcher->Fetch().ok());
  EXPECT_THAT(sent()[0].Header("Authorization"), HasSubstr("=AKIDhush1/"));
  EXPECT_THAT(sent()[1].Header("Authorization"), HasSubstr("=AKIDhush2/"));
}

TEST_F(StsTest, ARetryIsSignedAnew) {
  environment_.replies.push_back([this](HttpResponse* response) {
    environment_.Advance(std::chrono::seconds(1));
    response->status = 400;
    response->body = StsErrorXml("Throttling", "Rate exceeded");
    return Result<void, NoAnswer>();
  });
  environment_.Answer(200, StsXml("AssumeRole", "9", 3600));
  ASSERT_TRUE(AssumeRole()->Fetch().ok());
  ASSERT_THAT(sent(), SizeIs(2));
  EXPECT_EQ(sent()[0].Header("X-Amz-Date"), "20150830T123600Z");
  EXPECT_EQ(sent()[1].Header("X-Amz-Date"), "20150830T123601Z");
  EXPECT_NE(sent()[0].Header("Authorization"),
            sent()[1].Header("Authorization"));
}

TEST_F(StsTest, ARefusalIsReportedInTheWordsOfAws) {
  environment_.Answer(
      403, StsErrorXml("AccessDenied", "You may not &amp; shall not"));
  EXPECT_EQ(ErrorOf(AssumeRole()),
            "profile dev (role arn:aws:iam::123456789012:role/kim): AssumeRole "
            "at https://sts.eu-west-1.amazonaws.com: AccessDenied: You may not "
            "& shall not");
  EXPECT_THAT(sent(), SizeIs(1));
}

TEST_F(StsTest, ARefusalThatRepeatsTheRequestIsCut) {
  role_.external_id = "hush-id";
  const auto fetcher = AssumeRole();
  environment_.Answer(
      403, StsErrorXml("SignatureDoesNotMatch",
                       "It does not match.\n\nThe Canonical String "
                       "should have been\nx-amz-security-token:hush"));
  EXPECT_THAT(ErrorOf(fetcher), HasSubstr("It does not match."));
  environment_.Answer(400, StsErrorXml("Odd", "hush-token"));
  EXPECT_THAT(ErrorOf(fetcher), HasSubstr(": Odd"));
  environment_.Answer(400, StsErrorXml("Odd", "hush-id"));
  EXPECT_THAT(ErrorOf(fetcher), HasSubstr(": Odd"));
}

TEST_F(StsTest, AnAnswerWithoutCredentialsIsAnError) {
  const auto fetcher = AssumeRole();
  environment_.Answer(404, "<html>");
  EXPECT_THAT(ErrorOf(fetcher), HasSubstr("HTTP status 404"));
  environment_.Answer(200, "{\"hush\":1}");
  EXPECT_THAT(ErrorOf(fetcher), HasSubstr("a damaged answer: not XML"));
  environment_.Answer(200, StsXml("AssumeRoleWithWebIdentity", "9", 3600));
  EXPECT_THAT(ErrorOf(fetcher), HasSubstr("it holds no credentials"));
  EXPECT_THAT(ErrorOf(fetcher), HasSubstr("no answer: nobody is there"));
  source->failing = true;
  EXPECT_EQ(ErrorOf(fetcher),
            "profile dev (role arn:aws:iam::123456789012:role/kim): source: "
            "no");
}

TEST_F(StsTest, WebIdentityIsUnsignedAndReadsTheTokenAnew) {
  const auto fetcher = WithWebIdentity();
  EXPECT_EQ(fetcher->Describe(),
            "profile dev (role arn:aws:iam::123456789012:role/kim)");
  for (const std::string token : {"hush+1", "hush+2"}) {
    environment_.Write("/token", token);
    environment_.Answer(200, StsXml("AssumeRoleWithWebIdentity", "9", 3600));
    const Result<FetchedCredentials> fetched = fetcher->Fetch();
    ASSERT_TRUE(fetched.ok()) << fetched.error().message;
    EXPECT_EQ(fetched->keys.session_token, "hush-token-9");
    EXPECT_EQ(
        sent().back().body,
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn="
        "arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fkim&RoleSessionName="
        "dynamodown-1440938160&DurationSeconds=3600&WebIdentityToken=hush%2B" +
            token.substr(5));
    EXPECT_THAT(
        sent().back().headers,
        ElementsAre(Pair("Content-Type",
                         "application/x-www-form-urlencoded; charset=utf-8")));
  }
}

TEST_F(StsTest, TheErrorSaysWhatIsWrongWithAWebIdentitysToken) {
  const auto fetcher = WithWebIdentity();
  EXPECT_THAT(ErrorOf(fetcher), HasSubstr("there is no token in /token"));
  environment_.Write("/token", "");
  EXPECT_THAT(ErrorOf(fetcher), HasSubstr("there is no token in /token"));
  environment_.Deny("/token");
  EXPECT_THAT(ErrorOf(fetcher),
              HasSubstr("cannot read /token: Permission denied"));
  EXPECT_THAT(sent(), SizeIs(0));
  environment_.Write("/token", "hush");
  environment_.Answer(400,
                      StsErrorXml("InvalidIdentityToken", "hush is no token"));
  EXPECT_THAT(ErrorOf(fetcher), HasSubstr(": InvalidIdentityToken"));
}

TEST_F(StsTest, AProviderThatIsSlowIsAskedAgain) {
  environment_.Write("/token", "hush");
  environment_.Answer(400, StsErrorXml("IDPCommunicationError", "slow"));
  environment_.Answer(200, StsXml("AssumeRoleWithWebIdentity", "9", 3600));
  EXPECT_TRUE(WithWebIdentity()->Fetch().ok());
}

TEST(StsAnswer, ThatMakesNoSenseIsRefusedAndNotQuoted) {
  const std::string good = StsXml("AssumeRole", "1", 60);
  ASSERT_TRUE(ReadStsAnswer("AssumeRole", good).ok());
  for (const std::string gone :
       {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration",
        "Credentials", "AssumeRoleResult"}) {
    std::string text = good;
    for (size_t at; (at = text.find(gone + ">")) != std::string::npos;) {
      text.replace(at, gone.size(), "Other");
    }
    const Result<FetchedCredentials> fetched =
        ReadStsAnswer("AssumeRole", text);
    ASSERT_FALSE(fetched.ok()) << gone;
    EXPECT_EQ(fetched.error().kind, ErrorKind::kCorruption);
    EXPECT_THAT(fetched.error().message, Not(HasSubstr("hush")));
  }
  for (size_t i = 0; i + 20 < good.size(); ++i) {
    EXPECT_FALSE(ReadStsAnswer("AssumeRole", good.substr(0, i)).ok()) << i;
  }
}

}  // namespace
}  // namespace dynamodown
