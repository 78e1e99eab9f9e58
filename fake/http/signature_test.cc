// Which signatures the fake accepts, and how it refuses the others.

#include "fake/http/signature.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "aws/sigv4.h"
#include "base/clock.h"
#include "fake/fake_test_environment.h"

namespace dynamodown {
namespace {

using fake::SignatureRefusal;
using fake::Signatures;

constexpr int64_t kNow = 1'440'938'160;  // 2015-08-30T12:36:00Z
constexpr char kSecret[] = "TOPSECRET+of/all";
constexpr char kToken[] = "TOPSECRET-token==";
constexpr char kSimilarSecret[] = "TOPSECRET+of/alk";
constexpr char kMismatch[] =
    "InvalidSignatureException: The request signature we calculated does not "
    "match the signature you provided. Check your AWS Secret Access Key and "
    "signing method. Consult the service documentation for details.";

/// A client and its request.
struct Client {
  std::string url = "http://127.0.0.1:8000/";
  std::string host = "127.0.0.1:8000";
  bool sends_host = false;
  std::string region = "eu-west-1";
  std::string service = "dynamodb";
  SigningCredentials credentials{"AKIDPLAIN", kSecret, ""};
  std::string date = "20150830T123600Z";
  std::string body = R"({"TableName":"table"})";
  /// Lower-case names; all signed except `unsigned_header`.
  std::vector<std::pair<std::string, std::string>> headers = {
      {"content-type", "application/x-amz-json-1.0"},
      {"x-amz-target", "DynamoDB_20120810.DescribeTable"}};
  std::string unsigned_header;
  std::string authorization;  ///< Empty: the correct one.

  /// Signs the request, applies `change` to it, and has it checked. Returns
  /// "OK", or the error's code and message.
  template <class Change>
  std::string Ask(const Signatures& signatures, int64_t signature_now,
                  int64_t now, const Change& change) {
    headers.emplace_back("x-amz-date", date);
    if (!credentials.session_token.empty()) {
      headers.emplace_back("x-amz-security-token", credentials.session_token);
    }
    SignableRequest signable;
    signable.method = "POST";
    signable.path = "/";
    signable.headers.emplace_back("host", host);
    for (const auto& [name, value] : headers) {
      if (name != unsigned_header) signable.headers.emplace_back(name, value);
    }
    signable.body = body;
    if (authorization.empty()) {
      authorization =
          Signer(region, service)
              .Sign(signable,
                    std::make_shared<const SigningCredentials>(credentials),
                    date);
    }
    change(this);
    HttpRequest request{"POST", url, {{"Authorization", authorization}}, body};
    if (sends_host) request.headers.push_back({"Host", host});
    for (const auto& [name, value] : headers) {
      request.headers.push_back({name, value});
    }
    const auto refusal = signatures.Check(request, signature_now, now);
    if (!refusal.has_value()) return "OK";
    EXPECT_EQ(refusal->message.find("TOPSECRET"), std::string::npos);
    return refusal->code + ": " + refusal->message;
  }
  std::string Ask(const Signatures& signatures) {
    return Ask(signatures, kNow, kNow, [](Client*) {});
  }
};

class SignatureTest : public testing::Test {
 protected:
  std::string AskChanged(void (*change)(Client*)) {
    return Client().Ask(signatures_, kNow, kNow, change);
  }

  Signatures signatures_{
      "dynamodb",
      "eu-west-1",
      {{"AKIDPLAIN", kSecret, ""}, {"AKIDTOKEN", kSecret, kToken, kNow + 60}}};
};

TEST_F(SignatureTest, BelievesWhoSignsRight) {
  EXPECT_EQ(Client().Ask(signatures_), "OK");
  Client client;
  client.credentials = {"AKIDTOKEN", kSecret, kToken};
  EXPECT_EQ(client.Ask(signatures_), "OK");
}

TEST_F(SignatureTest, TakesTheHostFromItsHeaderOrTheUrl) {
  Client sends;
  sends.sends_host = true;
  sends.url = "http://elsewhere/";
  EXPECT_EQ(sends.Ask(signatures_), "OK");
  Client own_port;
  own_port.url = "https://dynamodb.eu-west-1.amazonaws.com:443/";
  own_port.host = "dynamodb.eu-west-1.amazonaws.com";
  EXPECT_EQ(own_port.Ask(signatures_), "OK");
  Client other;
  other.host = "127.0.0.1:8001";
  EXPECT_EQ(other.Ask(signatures_), kMismatch);
}

TEST_F(SignatureTest, RefusesWhatWasChangedOnTheWay) {
  EXPECT_EQ(AskChanged([](Client* c) { c->body += " "; }), kMismatch);
  EXPECT_EQ(AskChanged([](Client* c) {
              c->headers[1].second = "DynamoDB_20120810.DeleteTable";
            }),
            kMismatch);
  EXPECT_EQ(AskChanged([](Client* c) {
              char& last = c->authorization.back();
              last = last == '0' ? '1' : '0';
            }),
            kMismatch);
  EXPECT_EQ(AskChanged([](Client* c) { c->authorization.pop_back(); }),
            kMismatch);
}

TEST_F(SignatureTest, RefusesASimilarSecret) {
  Client client;
  client.credentials.secret_access_key = kSimilarSecret;
  EXPECT_EQ(client.Ask(signatures_), kMismatch);
}

TEST_F(SignatureTest, RefusesWhoIsNotKnown) {
  const std::string refusal =
      "UnrecognizedClientException: The security token included in the "
      "request is invalid.";
  Client stranger;
  stranger.credentials.access_key_id = "AKIDOTHER";
  EXPECT_EQ(stranger.Ask(signatures_), refusal);
  Client without_token;
  without_token.credentials = {"AKIDTOKEN", kSecret, ""};
  EXPECT_EQ(without_token.Ask(signatures_), refusal);
  Client with_token;
  with_token.credentials.session_token = kToken;
  EXPECT_EQ(with_token.Ask(signatures_), refusal);
}

TEST_F(SignatureTest, RefusesAnotherScope) {
  Client region;
  region.region = "us-east-1";
  EXPECT_EQ(region.Ask(signatures_),
            "InvalidSignatureException: Credential should be scoped to a valid "
            "region.");
  Client service;
  service.service = "sts";
  EXPECT_EQ(service.Ask(signatures_),
            "InvalidSignatureException: Credential should be scoped to correct "
            "service: 'dynamodb'.");
  EXPECT_EQ(AskChanged([](Client* c) {
              c->authorization.replace(c->authorization.find("aws4_request"),
                                       12, "aws5_request");
            }),
            "InvalidSignatureException: Credential should be scoped with a "
            "valid terminator: 'aws4_request'.");
  EXPECT_EQ(AskChanged([](Client* c) {
              c->authorization.replace(c->authorization.find("20150830"), 8,
                                       "20150829");
            }),
            "InvalidSignatureException: Date in Credential scope does not "
            "match YYYYMMDD from ISO-8601 version of date from HTTP: "
            "'20150829' != '20150830', from '20150830T123600Z'.");
  EXPECT_EQ(AskChanged([](Client* c) {
              c->authorization.replace(c->authorization.find("eu-west-1/"), 10,
                                       "");
            }),
            "IncompleteSignatureException: Credential must have exactly 5 "
            "slash-delimited elements, e.g. keyid/date/region/service/term");
}

TEST_F(SignatureTest, AnEmptyRegionIsAny) {
  const Signatures any("dynamodb", "", {{"AKIDPLAIN", kSecret, ""}});
  for (const char* region : {"eu-west-1", "mars-north-2"}) {
    Client client;
    client.region = region;
    EXPECT_EQ(client.Ask(any), "OK");
  }
}

TEST_F(SignatureTest, WhatMattersMustBeSigned) {
  for (const char* name :
       {"x-amz-date", "x-amz-target", "x-amz-security-token"}) {
    Client client;
    client.credentials = {"AKIDTOKEN", kSecret, kToken};
    client.unsigned_header = name;
    EXPECT_EQ(client.Ask(signatures_),
              "InvalidSignatureException: '" + std::string(name) +
                  "' must be a 'SignedHeader' in the AWS Authorization.");
  }
  EXPECT_EQ(AskChanged([](Client* c) {
              c->authorization.replace(c->authorization.find("host;"), 5, "");
            }),
            "InvalidSignatureException: 'Host' or ':authority' must be a "
            "'SignedHeader' in the AWS Authorization.");
  Client content_type;
  content_type.unsigned_header = "content-type";
  EXPECT_EQ(content_type.Ask(signatures_), "OK");
}

TEST_F(SignatureTest, RefusesWhatIsNotThere) {
  EXPECT_EQ(
      signatures_
          .Check({"POST", "http://a/", {{"X-Amz-Date", "x"}}, ""}, kNow, kNow)
          ->code,
      "MissingAuthenticationTokenException");
  Client parts;
  parts.authorization = "AWS4-HMAC-SHA256 Credential=a/b";
  EXPECT_EQ(parts.Ask(signatures_),
            "IncompleteSignatureException: Authorization header requires "
            "'Signature' parameter. Authorization header requires "
            "'SignedHeaders' parameter. (Hashed with SHA-256 and encoded with "
            "Base64) Authorization="
            "BoedLikBc82fkHgeXwnN7dz6L2qq4p/8ZG3J22mfwLY=");
  Client basic;
  basic.authorization = "Basic YTpi";
  EXPECT_EQ(basic.Ask(signatures_).substr(0, 28),
            "IncompleteSignatureException");
  Client date;
  date.date = "Sun, 30 Aug 2015";
  date.authorization =
      "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=f";
  EXPECT_EQ(date.Ask(signatures_).substr(0, 100),
            "IncompleteSignatureException: Authorization header requires "
            "existence of either a 'X-Amz-Date' or a ");
}

TEST_F(SignatureTest, ASignatureLivesFiveMinutesEitherWay) {
  const auto at = [&](int64_t seconds) {
    return Client().Ask(signatures_, kNow + seconds, kNow, [](Client*) {});
  };
  EXPECT_EQ(at(300), "OK");
  EXPECT_EQ(at(-300), "OK");
  EXPECT_EQ(at(301),
            "InvalidSignatureException: Signature expired: 20150830T123600Z is "
            "now earlier than 20150830T123601Z (20150830T124101Z - 5 min.)");
  EXPECT_EQ(at(-301),
            "InvalidSignatureException: Signature not yet current: "
            "20150830T123600Z is still later than 20150830T123559Z "
            "(20150830T123059Z + 5 min.)");
}

TEST_F(SignatureTest, CredentialsExpireByTheOtherClock) {
  const auto at = [&](int64_t signature_now, int64_t now) {
    Client client;
    client.credentials = {"AKIDTOKEN", kSecret, kToken};
    return client.Ask(signatures_, signature_now, now, [](Client*) {});
  };
  EXPECT_EQ(at(kNow + 120, kNow + 59), "OK");
  EXPECT_EQ(at(kNow, kNow + 60),
            "ExpiredTokenException: The security token included in the request "
            "is expired");
}

TEST_F(SignatureTest, ExpireEndsTemporaryCredentialsOnly) {
  const auto request_of = [](const char* authorization) {
    return HttpRequest{
        "POST", "http://a/", {{"Authorization", authorization}}, ""};
  };
  for (const char* id : {"AKIDPLAIN", "AKIDTOKEN", "AKIDOTHER"}) {
    const std::string authorization =
        "AWS4-HMAC-SHA256 Credential=" + std::string(id) +
        "/20150830/eu-west-1/dynamodb/x";
    signatures_.Expire(request_of(authorization.c_str()), kNow);
  }
  EXPECT_EQ(Client().Ask(signatures_), "OK");
  Client client;
  client.credentials = {"AKIDTOKEN", kSecret, kToken};
  EXPECT_EQ(client.Ask(signatures_).substr(0, 21), "ExpiredTokenException");
  // Fresh credentials are accepted.
  signatures_.Add({"AKIDFRESH", kSecret, kToken, kNow + 3600});
  Client fresh;
  fresh.credentials = {"AKIDFRESH", kSecret, kToken};
  EXPECT_EQ(fresh.Ask(signatures_), "OK");
}

TEST_F(SignatureTest, WithoutAccountsOnlyTheTimeMatters) {
  Signatures nobody("dynamodb", "", {});
  Client client;
  client.authorization = "AWS4-HMAC-SHA256 Credential=a/b";
  EXPECT_EQ(client.Ask(nobody), "OK");
  Client late;
  EXPECT_EQ(late.Ask(nobody, kNow + 301, kNow, [](Client*) {}).substr(0, 25),
            "InvalidSignatureException");
  // Once there is an account, signatures are verified.
  nobody.Add({"AKIDPLAIN", kSecret, ""});
  Client again;
  again.authorization = "AWS4-HMAC-SHA256 Credential=a/b";
  EXPECT_EQ(again.Ask(nobody).substr(0, 28), "IncompleteSignatureException");
  EXPECT_EQ(Client().Ask(nobody), "OK");
}

TEST(BasicTime, ReadsWhatTheClockWrites) {
  for (const int64_t time : {int64_t{0}, int64_t{951'782'400},
                             int64_t{1'440'938'160}, int64_t{4'102'444'799}}) {
    EXPECT_EQ(fake::ParseBasicTime(FormatBasicTime(time)), time);
  }
  for (const char* text : {"", "20150830T12360Z", "2015-08-30T12:36",
                           "20150830 123600Z", "20150830T1236x0Z"}) {
    EXPECT_EQ(fake::ParseBasicTime(text), -1) << text;
  }
}

/// A fake that verifies signatures, with faults that expire credentials.
TEST(FaultsOfSignatures, ExpiredCredentialsStayExpiredAndOthersDoNot) {
  FakeDynamo::Settings settings;
  settings.accounts = {{"AKIDTOKEN", kSecret, kToken}};
  FakeTestEnvironment environment(Always(FaultKind::kExpireCredentials), 1,
                                  settings);
  const auto list = [&](const SigningCredentials& credentials) {
    return environment.SendSigned("ListTables", Json::object(), credentials)
        .what();
  };
  EXPECT_EQ(list({"AKIDTOKEN", kSecret, kToken}), "ExpiredTokenException");
  environment.faults.set_on(false);
  EXPECT_EQ(list({"AKIDTOKEN", kSecret, kToken}), "ExpiredTokenException");
  EXPECT_EQ(list({"AKIDTOKEN2", kSecret, kToken}),
            "UnrecognizedClientException");
  environment.dynamo.AddAccount({"AKIDTOKEN2", kSecret, kToken});
  EXPECT_EQ(list({"AKIDTOKEN2", kSecret, kToken}), "OK");
}

TEST(FaultsOfSignatures, ALateRequestIsVerifiedWhenItArrives) {
  FakeDynamo::Settings settings;
  settings.accounts = {
      {"AKIDTOKEN", kSecret, kToken, FakeTestEnvironment::kStart + 20}};
  for (const int64_t arrives : {10, 30}) {
    FakeTestEnvironment environment(
        AlwaysFor(FaultKind::kDeliverLate, std::chrono::seconds(arrives)), 1,
        settings);
    environment.SendSigned(
        "PutItem", {{"TableName", "table"}, {"Item", ItemOf("a", "late")}},
        {"AKIDTOKEN", kSecret, kToken});
    environment.scheduler.Sleep(std::chrono::seconds(60));
    EXPECT_EQ(environment.Stored("a"), arrives < 20 ? "late" : "");
  }
}

}  // namespace
}  // namespace dynamodown
