#include "aws/container.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "aws/aws_test_environment.h"

namespace dynamodown {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::SizeIs;

constexpr char kRelative[] = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr char kFull[] = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr char kToken[] = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
constexpr char kTokenFile[] = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

class ContainerTest : public testing::Test {
 protected:
  Result<FetchedCredentials> Fetch() {
    auto fetcher = NewContainerCredentials(environment_.ForCredentials());
    if (!fetcher.ok()) return fetcher.error();
    EXPECT_THAT((*fetcher)->Describe(), Not(HasSubstr("hush")));
    return (*fetcher)->Fetch();
  }
  std::string Error() { return MessageOf(Fetch()); }
  const std::vector<RecordingTransport::Exchange>& sent() const {
    return environment_.local_transport.exchanges;
  }

  AwsTestEnvironment environment_;
};

TEST_F(ContainerTest, AsksTheAgentOfEcs) {
  EXPECT_FALSE(HasContainer(environment_.ForCredentials().machine.variables));
  environment_.variables[kRelative] = "/v2/credentials/hush";
  environment_.variables[kFull] = "http://evil.example/";
  EXPECT_TRUE(HasContainer(environment_.ForCredentials().machine.variables));
  environment_.Answer(200, MetadataJson("1", 3600));
  ExpectFirstKeys(Fetch());
  ASSERT_THAT(sent(), SizeIs(1));
  EXPECT_EQ(sent()[0].method, "GET");
  EXPECT_EQ(sent()[0].url, "http://169.254.170.2/v2/credentials/hush");
  EXPECT_THAT(sent()[0].headers, IsEmpty());
}

TEST_F(ContainerTest, AsksTheAgentOfEksWithTheTokenThatIsInTheFile) {
  environment_.variables[kFull] = "http://169.254.170.23/v1/credentials";
  environment_.variables[kToken] = "hush-other";
  environment_.variables[kTokenFile] = "/token";
  const auto fetcher = NewContainerCredentials(environment_.ForCredentials());
  ASSERT_TRUE(fetcher.ok());
  EXPECT_EQ((*fetcher)->Describe(),
            "container credentials at http://169.254.170.23");
  for (const std::string token : {"hush-1", "hush-2"}) {
    environment_.Write("/token", token);
    environment_.Answer(200, MetadataJson("1", 3600));
    ASSERT_TRUE((*fetcher)->Fetch().ok());
    EXPECT_THAT(sent().back().headers,
                ElementsAre(Pair("Authorization", token)));
  }
  environment_.variables.erase(kTokenFile);
  environment_.Answer(200, MetadataJson("1", 3600));
  ASSERT_TRUE((*fetcher)->Fetch().ok());
  EXPECT_EQ(sent().back().Header("Authorization"), "hush-other");
}

TEST_F(ContainerTest, HttpGoesOnlyToThisMachineAndTheAgents) {
  const std::pair<const char*, const char*> trusted[] = {
      {"http://localhost:1234/x", "http://localhost:1234/x"},
      {"HTTP://LocalHost/x", "http://localhost/x"},
      {"http://localhost./x", "http://localhost/x"},
      {"http://127.0.0.1/x", "http://127.0.0.1/x"},
      {"http://127.9.8.7/x", "http://127.9.8.7/x"},
      {"http://127.1/x", "http://127.0.0.1/x"},
      {"http://[::1]:80/x", "http://[::1]/x"},
      {"http://[0:0:0:0:0:0:0:1]/x", "http://[::1]/x"},
      {"http://169.254.170.2/x", "http://169.254.170.2/x"},
      {"http://169.254.170.23/x", "http://169.254.170.23/x"},
      {"http://[fd00:ec2::23]/x", "http://[fd00:ec2::23]/x"},
      {"http://[fd00:0ec2:0::0023]/x", "http://[fd00:ec2::23]/x"},
  };
  for (const auto& [url, as_sent] : trusted) {
    environment_.variables[kFull] = url;
    environment_.Answer(200, MetadataJson("1", 3600));
    EXPECT_TRUE(Fetch().ok()) << url;
    EXPECT_EQ(sent().back().url, as_sent);
  }
  const size_t before = sent().size();
  for (const char* url :
       {"http://evil.example/hush", "http://127.0.0.1.evil.example/",
        "http://localhost.evil.example/", "http://169.254.170.3/",
        "http://10.127.0.1/", "http://128.0.0.1/", "http://0.0.0.0/",
        "http://0127.0.0.1/", "http://2130706432000/", "http://[::2]/",
        "http://[::ffff:127.0.0.1]/", "http://[fd00:ec2::24]/"}) {
    environment_.variables[kFull] = url;
    EXPECT_THAT(Error(), HasSubstr("use https")) << url;
  }
  for (const char* url :
       {"http://localhost@evil.example/hush", "ftp://localhost/", "hush"}) {
    environment_.variables[kFull] = url;
    EXPECT_THAT(Error(), HasSubstr("is not a URL")) << url;
  }
  EXPECT_THAT(sent(), SizeIs(before));
  EXPECT_THAT(environment_.transport.exchanges, SizeIs(0));
}

TEST_F(ContainerTest, HttpsMayGoAnywhereByTheOrdinaryTransport) {
  environment_.variables[kFull] = "https://credentials.example/x?hush";
  environment_.Answer(200, MetadataJson("1", 3600));
  ASSERT_TRUE(Fetch().ok());
  ASSERT_THAT(environment_.transport.exchanges, SizeIs(1));
  EXPECT_EQ(environment_.transport.exchanges[0].url,
            "https://credentials.example/x?hush");
}

TEST_F(ContainerTest, ARelativeUriCannotLeaveTheAgentsAddress) {
  for (const char* path :
       {"@evil.example/", ":80@evil.example/", "hush", ".evil.example/"}) {
    environment_.variables[kRelative] = path;
    EXPECT_THAT(Error(), HasSubstr("does not begin with /")) << path;
  }
}

TEST_F(ContainerTest, ATokenWithALineBreakIsRefused) {
  environment_.variables[kRelative] = "/x";
  for (const std::string token :
       {"hush\r", "hush\n", "hush\r\nHost: evil.example"}) {
    environment_.variables[kToken] = token;
    EXPECT_THAT(Error(), HasSubstr(std::string("the token in ") + kToken +
                                   " has a line break in it"));
  }
  environment_.variables[kTokenFile] = "/token";
  EXPECT_THAT(Error(), HasSubstr("there is no token in /token"));
  environment_.Write("/token", "");
  EXPECT_THAT(Error(), HasSubstr("there is no token in /token"));
  environment_.Write("/token", "hush\n");
  EXPECT_THAT(Error(), HasSubstr("the token in /token has a line break"));
  environment_.Deny("/token");
  EXPECT_THAT(Error(), HasSubstr("cannot read /token"));
  EXPECT_THAT(sent(), SizeIs(0));
}

TEST_F(ContainerTest, AnAnswerWithoutCredentialsIsAnError) {
  EXPECT_THAT(Error(), HasSubstr("is set"));
  environment_.variables[kRelative] = "/hush";
  environment_.variables[kToken] = "hush";
  environment_.Answer(400,
                      R"({"code":"InvalidToken","message":"hush is bad"})");
  EXPECT_EQ(Error(),
            "container credentials at http://169.254.170.2: "
            "InvalidToken");
  environment_.Answer(404, "hush");
  EXPECT_THAT(Error(), HasSubstr("HTTP status 404"));
  environment_.Answer(200, R"({"AccessKeyId":"hush"})");
  EXPECT_THAT(Error(),
              HasSubstr("a damaged answer: it has no secret access key"));
  EXPECT_THAT(Error(), HasSubstr("no answer: nobody is there; gave up after 3 "
                                 "attempts"));
}

}  // namespace
}  // namespace dynamodown
