#include "aws/instance_metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "aws/aws_test_environment.h"

namespace dynamodown {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::SizeIs;

class InstanceMetadataTest : public testing::Test {
 protected:
  void Make(const ProfileSection* profile = nullptr) {
    auto fetcher = NewInstanceMetadata(profile, environment_.ForCredentials());
    ASSERT_TRUE(fetcher.ok()) << fetcher.error().message;
    fetcher_ = *std::move(fetcher);
  }
  Result<FetchedCredentials> Fetch() {
    if (fetcher_ == nullptr) Make();
    return fetcher_->Fetch();
  }
  std::string Error() {
    const std::string message = MessageOf(Fetch());
    EXPECT_THAT(message,
                HasSubstr("instance metadata at http://169.254.169.254: "));
    return message;
  }
  void AnswerToken(const std::string& token, const std::string& ttl = "21600") {
    environment_.Answer(
        200, token, "X-Aws-Ec2-Metadata-Token-Ttl-Seconds: " + ttl + "\r\n");
  }
  void AnswerAll() {
    AnswerToken("hush-1");
    environment_.Answer(200, "kim");
    environment_.Answer(200, MetadataJson("1", 3600));
  }
  const std::vector<RecordingTransport::Exchange>& sent() const {
    return environment_.local_transport.exchanges;
  }

  AwsTestEnvironment environment_;
  std::unique_ptr<CredentialsFetcher> fetcher_;
};

TEST_F(InstanceMetadataTest, AsksForTokenRoleAndCredentials) {
  AnswerToken("hush-1");
  environment_.Answer(200, "kim's role\nanother\n");
  environment_.Answer(200, MetadataJson("1", 3600));
  ExpectFirstKeys(Fetch());

  ASSERT_THAT(sent(), SizeIs(3));
  EXPECT_EQ(sent()[0].method, "PUT");
  EXPECT_EQ(sent()[0].url, "http://169.254.169.254/latest/api/token");
  EXPECT_THAT(
      sent()[0].headers,
      ElementsAre(Pair("x-aws-ec2-metadata-token-ttl-seconds", "21600")));
  EXPECT_EQ(sent()[0].body, "");
  const std::string path =
      "http://169.254.169.254/latest/meta-data/iam/security-credentials/";
  EXPECT_EQ(sent()[1].method, "GET");
  EXPECT_EQ(sent()[1].url, path);
  EXPECT_THAT(sent()[1].headers,
              ElementsAre(Pair("X-aws-ec2-metadata-token", "hush-1")));
  EXPECT_EQ(sent()[2].method, "GET");
  EXPECT_EQ(sent()[2].url, path + "kim%27s%20role");
  EXPECT_THAT(sent()[2].headers,
              ElementsAre(Pair("X-aws-ec2-metadata-token", "hush-1")));
  for (const auto& exchange : sent()) {
    EXPECT_EQ(exchange.timeout, milliseconds(1000));
  }
  EXPECT_THAT(environment_.transport.exchanges, SizeIs(0));
}

TEST_F(InstanceMetadataTest, KeepsItsTokenUntilTheTokenExpires) {
  AnswerToken("hush-1", "60");
  for (int i = 0; i < 2; ++i) {
    environment_.Answer(200, "kim");
    environment_.Answer(200, MetadataJson("1", 3600));
    ASSERT_TRUE(Fetch().ok());
    environment_.Advance(seconds(59));
  }
  EXPECT_THAT(sent(), SizeIs(5));
  environment_.Advance(seconds(1));
  AnswerToken("hush-2", "odd");
  environment_.Answer(200, "kim");
  environment_.Answer(200, MetadataJson("1", 3600));
  ASSERT_TRUE(Fetch().ok());
  EXPECT_EQ(sent()[5].method, "PUT");
  EXPECT_EQ(sent()[7].Header("X-aws-ec2-metadata-token"), "hush-2");
}

TEST_F(InstanceMetadataTest, ARefusedTokenIsRenewedOnce) {
  AnswerToken("hush-1");
  environment_.Answer(401, "");
  AnswerToken("hush-2");
  environment_.Answer(200, "kim");
  environment_.Answer(401, "");
  AnswerToken("hush-3");
  environment_.Answer(200, MetadataJson("1", 3600));
  ASSERT_TRUE(Fetch().ok());
  EXPECT_EQ(sent().back().Header("X-aws-ec2-metadata-token"), "hush-3");

  environment_.Answer(401, "");
  AnswerToken("hush-4");
  environment_.Answer(401, "");
  EXPECT_THAT(Error(), HasSubstr("HTTP status 401"));
}

TEST_F(InstanceMetadataTest, ARequestWithoutAnAnswerIsNotRepeated) {
  environment_.DoNotAnswer(NoAnswer::Reason::kTimeout);
  EXPECT_THAT(Error(), HasSubstr("no answer: nobody is there"));
  EXPECT_THAT(sent(), SizeIs(1));
  EXPECT_THAT(environment_.scheduler.sleeps, SizeIs(0));
}

TEST_F(InstanceMetadataTest, ARequestIsRepeatedAfterAServerError) {
  environment_.Answer(503, "");
  AnswerAll();
  EXPECT_TRUE(Fetch().ok());
  EXPECT_THAT(sent(), SizeIs(4));
}

TEST_F(InstanceMetadataTest, AnAnswerWithoutCredentialsIsAnError) {
  environment_.Answer(403, "hush");
  EXPECT_THAT(Error(), HasSubstr("cannot get a token: HTTP status 403"));
  environment_.Answer(200, "");
  EXPECT_THAT(Error(), HasSubstr("cannot get a token: a damaged answer"));
  environment_.Answer(200, "hush\r\nhush");
  EXPECT_THAT(Error(), HasSubstr("cannot get a token: a damaged answer"));
  AnswerToken("hush");  // The token is kept from here on.
  environment_.Answer(404, "");
  EXPECT_THAT(Error(), HasSubstr("this instance has no role"));
  environment_.Answer(200, "");
  EXPECT_THAT(Error(), HasSubstr("this instance has no role"));
  environment_.Answer(400, "");
  EXPECT_THAT(Error(), HasSubstr("HTTP status 400"));
  environment_.Answer(200, "kim");
  environment_.Answer(404, "");
  EXPECT_THAT(Error(), HasSubstr("HTTP status 404"));
  environment_.Answer(200, "kim");
  environment_.Answer(200, R"({"Code":"AssumeRoleUnauthorizedAccess"})");
  EXPECT_THAT(Error(), HasSubstr("its Code is not Success"));
  environment_.Answer(200, "kim");
  EXPECT_THAT(Error(), HasSubstr("no answer"));
}

TEST_F(InstanceMetadataTest, IsWhereTheSettingsSay) {
  struct Case {
    std::map<std::string, std::string> variables;
    std::map<std::string, std::string> profile;
    std::string origin;
  };
  const std::string kEndpoint = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
  const std::string kMode = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE";
  const std::string kSetting = "ec2_metadata_service_endpoint";
  for (const Case& c :
       {Case{{}, {}, "http://169.254.169.254"},
        Case{{{kMode, "IPv4"}}, {}, "http://169.254.169.254"},
        Case{{{kMode, "ipv6"}}, {}, "http://[fd00:ec2::254]"},
        Case{{}, {{kSetting + "_mode", "IPv6"}}, "http://[fd00:ec2::254]"},
        Case{{{kMode, "IPv4"}},
             {{kSetting + "_mode", "IPv6"}},
             "http://169.254.169.254"},
        Case{{{kEndpoint, "http://localhost:1338/"}, {kMode, "IPv6"}},
             {{kSetting, "http://other"}},
             "http://localhost:1338"},
        Case{{{kMode, "IPv6"}}, {{kSetting, "http://a.b"}}, "http://a.b"}}) {
    environment_.variables = c.variables;
    ProfileSection profile;
    profile.settings = c.profile;
    Make(&profile);
    EXPECT_EQ(fetcher_->Describe(), "instance metadata at " + c.origin);
    AnswerAll();
    ASSERT_TRUE(Fetch().ok());
    EXPECT_EQ(sent()[sent().size() - 3].url, c.origin + "/latest/api/token");
  }
}

TEST_F(InstanceMetadataTest, InvalidSettingsAreErrors) {
  environment_.variables = {{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv5"}};
  auto fetcher = NewInstanceMetadata(nullptr, environment_.ForCredentials());
  ASSERT_FALSE(fetcher.ok());
  EXPECT_THAT(fetcher.error().message, HasSubstr("neither IPv4 nor IPv6"));
  environment_.variables = {
      {"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://a:hush@b/"}};
  fetcher = NewInstanceMetadata(nullptr, environment_.ForCredentials());
  ASSERT_FALSE(fetcher.ok());
  EXPECT_THAT(fetcher.error().message, HasSubstr("is not a URL"));
  EXPECT_THAT(fetcher.error().message, Not(HasSubstr("hush")));
}

TEST_F(InstanceMetadataTest, IsDisabledByTheValueTrue) {
  const EnvironmentVariables variables =
      environment_.ForCredentials().machine.variables;
  EXPECT_FALSE(IsInstanceMetadataDisabled(variables));
  for (const char* value : {"true", "TRUE"}) {
    environment_.variables["AWS_EC2_METADATA_DISABLED"] = value;
    EXPECT_TRUE(IsInstanceMetadataDisabled(variables));
  }
  environment_.variables["AWS_EC2_METADATA_DISABLED"] = "false";
  EXPECT_FALSE(IsInstanceMetadataDisabled(variables));
}

}  // namespace
}  // namespace dynamodown
