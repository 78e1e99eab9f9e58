#include "aws/sigv4.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace dynamodown {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::shared_ptr<const SigningCredentials> Credentials(
    const std::string& id = "AKIDEXAMPLE",
    const std::string& secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY") {
  return std::make_shared<const SigningCredentials>(
      SigningCredentials{id, secret, ""});
}

/// An example from AWS's documentation.
SignableRequest Example(std::string_view time = "20150830T123600Z") {
  SignableRequest request;
  request.method = "GET";
  request.path = "/";
  request.query = {{"Action", "ListUsers"}, {"Version", "2010-05-08"}};
  request.headers = {
      {"content-type", "application/x-www-form-urlencoded; charset=utf-8"},
      {"host", "iam.amazonaws.com"},
      {"x-amz-date", time}};
  return request;
}

constexpr char kExampleAuthorization[] =
    "AWS4-HMAC-SHA256 "
    "Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
    "SignedHeaders=content-type;host;x-amz-date, Signature="
    "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";

TEST(Signer, AgreesWithAwssExample) {
  Signer signer("us-east-1", "iam");
  EXPECT_EQ(signer.Sign(Example(), Credentials(), "20150830T123600Z"),
            kExampleAuthorization);
}

TEST(Signer, TheOrderOfHeadersAndOfTheQueryDoesNotMatter) {
  Signer signer("us-east-1", "iam");
  SignableRequest request = Example();
  std::swap(request.headers[0], request.headers[2]);
  std::swap(request.query[0], request.query[1]);
  EXPECT_EQ(signer.Sign(request, Credentials(), "20150830T123600Z"),
            kExampleAuthorization);
}

TEST(Signer, SpacesOfHeaderValuesAreTrimmedAndFolded) {
  Signer signer("us-east-1", "iam");
  SignableRequest request = Example();
  request.headers[0].second =
      "  application/x-www-form-urlencoded; \t  charset=utf-8 \t";
  EXPECT_EQ(signer.Sign(request, Credentials(), "20150830T123600Z"),
            kExampleAuthorization);
}

TEST(Signer, AnEmptyPathIsTheRoot) {
  Signer signer("us-east-1", "iam");
  SignableRequest request = Example();
  request.path = "";
  EXPECT_EQ(signer.Sign(request, Credentials(), "20150830T123600Z"),
            kExampleAuthorization);
}

TEST(Signer, EveryPartOfTheRequestIsSigned) {
  Signer signer("us-east-1", "iam");
  const auto sign = [&](const SignableRequest& request) {
    return signer.Sign(request, Credentials(), "20150830T123600Z");
  };
  std::vector<SignableRequest> others(7, Example());
  others[0].method = "POST";
  others[1].path = "/x";
  others[2].query[0].second = "ListRoles";
  others[3].query.pop_back();
  others[4].headers[1].second = "other.amazonaws.com";
  others[5].headers.emplace_back("x-amz-security-token", "token");
  others[6].body = "x";
  for (const SignableRequest& other : others) {
    EXPECT_NE(sign(other), kExampleAuthorization);
  }
}

// A kept key gives the same signature as a new signer, in any order of days and
// credentials.
TEST(Signer, TheKeptKeyBelongsToTheDayAndTheCredentials) {
  const auto a = Credentials("A", "secret a");
  const auto b = Credentials("B", "secret b");
  const auto a_again = Credentials("A", "secret a");
  const auto a_changed = Credentials("A", "secret c");
  Signer kept("eu-west-1", "dynamodb");
  for (const auto& credentials : {a, a, b, a, a_again, a_changed, a}) {
    for (const char* time :
         {"20150830T235959Z", "20150831T000000Z", "20150831T120000Z",
          "20160831T120000Z", "20150830T235959Z"}) {
      Signer fresh("eu-west-1", "dynamodb");
      EXPECT_EQ(kept.Sign(Example(time), credentials, time),
                fresh.Sign(Example(time), credentials, time));
    }
  }
}

TEST(Signer, NewCredentialsAtTheAddressOfOldOnesAreNoticed) {
  Signer kept("eu-west-1", "dynamodb");
  constexpr char kTime[] = "20150830T123600Z";
  for (int i = 0; i < 20; ++i) {
    Signer fresh("eu-west-1", "dynamodb");
    const auto credentials = Credentials("A", "secret " + std::to_string(i));
    EXPECT_EQ(kept.Sign(Example(), credentials, kTime),
              fresh.Sign(Example(), credentials, kTime));
  }
}

TEST(Signer, RegionAndServiceAreSigned) {
  constexpr char kTime[] = "20150830T123600Z";
  const auto credentials = Credentials();
  const std::string one =
      Signer("us-east-1", "dynamodb").Sign(Example(), credentials, kTime);
  const std::string two =
      Signer("us-east-2", "dynamodb").Sign(Example(), credentials, kTime);
  EXPECT_THAT(one, HasSubstr("/20150830/us-east-1/dynamodb/aws4_request,"));
  EXPECT_THAT(two, Not(EndsWith(one.substr(one.size() - 64))));
}

TEST(Signer, TheSecretIsNeverInTheHeader) {
  const std::string header =
      Signer("us-east-1", "iam")
          .Sign(Example(), Credentials("id", "TOPSECRET"), "20150830T123600Z");
  EXPECT_THAT(header, Not(HasSubstr("TOPSECRET")));
}

TEST(Signer, ThreadsWithDifferentCredentialsDoNotMixThemUp) {
  Signer signer("us-east-1", "iam");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const auto credentials = Credentials("A", std::to_string(t));
      const std::string expected =
          Signer("us-east-1", "iam")
              .Sign(Example(), credentials, "20150830T123600Z");
      for (int i = 0; i < 200; ++i) {
        EXPECT_EQ(signer.Sign(Example(), credentials, "20150830T123600Z"),
                  expected);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace dynamodown
