#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "aws/client_test_environment.h"
#include "aws/secrets.h"
#include "aws/sigv4.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/printable.h"
#include "dynamo/client_stack.h"

namespace dynamodown {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

constexpr char kDeleted[] =
    R"({"TableDescription":{"TableName":"table","TableStatus":"DELETING"}})";

class HttpClientTest : public testing::Test {
 protected:
  HttpClientTest()
      : clock_(&scheduler_),
        random_(1),
        transport_([this](const HttpRequest& request, milliseconds timeout,
                          HttpResponse* response) {
          return answer_(request, timeout, response);
        }),
        service_clock_(&clock_),
        environment_{&transport_, &scheduler_,   &clock_,
                     &random_,    &credentials_, &service_clock_} {
    Make({"http://127.0.0.1:8000", "eu-west-1", milliseconds(5'000)});
    AnswerWith(200, kDeleted);
  }

  void Make(const HttpClientOptions& options) {
    client_ = NewHttpClient(options, environment_);
  }
  void AnswerWith(int status, const std::string& body,
                  const std::string& headers = "") {
    answer_ = [=](const HttpRequest&, milliseconds, HttpResponse* response) {
      response->status = status;
      response->headers = headers;
      response->body = body;
      return Result<void, NoAnswer>();
    };
  }
  void DoNotAnswer(NoAnswer::Reason reason, bool sent) {
    answer_ = [=](const HttpRequest&, milliseconds, HttpResponse*) {
      return NoAnswer{reason, sent, "no answer"};
    };
  }
  /// Sends a DeleteTable.
  Result<void, ServiceError> Send(milliseconds deadline = milliseconds(0)) {
    operation_.table = "table";
    traffic_ = Traffic();
    return client_->Send(&operation_, {deadline}, &traffic_);
  }
  ServiceError Error() {
    Result<void, ServiceError> result = Send();
    EXPECT_FALSE(result.ok());
    return result.ok() ? ServiceError() : result.error();
  }
  const RecordingTransport::Exchange& last() const {
    return transport_.exchanges.back();
  }

  static std::string Crc(const std::string& body) {
    return "x-amz-crc32: " + std::to_string(Crc32(body)) + "\r\n";
  }

  TestScheduler scheduler_;
  TestClock clock_;
  Random random_;
  TestCredentials credentials_;
  RecordingTransport::Inner answer_;
  RecordingTransport transport_;
  ServiceClock service_clock_;
  ClientEnvironment environment_;
  std::unique_ptr<Client> client_;
  DeleteTable operation_;
  Traffic traffic_;
};

TEST_F(HttpClientTest, SendsOneSignedPost) {
  ASSERT_TRUE(Send().ok());
  ASSERT_EQ(transport_.exchanges.size(), 1u);
  EXPECT_EQ(last().method, "POST");
  EXPECT_EQ(last().url, "http://127.0.0.1:8000/");
  EXPECT_EQ(last().body, R"({"TableName":"table"})");

  SignableRequest signable;
  signable.method = "POST";
  signable.headers = {{"host", "127.0.0.1:8000"},
                      {"content-type", "application/x-amz-json-1.0"},
                      {"x-amz-date", "20150830T123600Z"},
                      {"x-amz-target", "DynamoDB_20120810.DeleteTable"},
                      {"x-amz-security-token", "TOKEN0"}};
  signable.body = last().body;
  const std::string authorization =
      Signer("eu-west-1", "dynamodb")
          .Sign(signable, *credentials_.Get(), "20150830T123600Z");
  EXPECT_THAT(last().headers,
              ElementsAre(Pair("Content-Type", "application/x-amz-json-1.0"),
                          Pair("X-Amz-Date", "20150830T123600Z"),
                          Pair("X-Amz-Target", "DynamoDB_20120810.DeleteTable"),
                          Pair("Authorization", authorization),
                          Pair("X-Amz-Security-Token", "TOKEN0")));
}

TEST_F(HttpClientTest, WithoutATokenThereIsNoHeaderForIt) {
  credentials_.with_token = false;
  ASSERT_TRUE(Send().ok());
  EXPECT_EQ(last().Header("X-Amz-Security-Token"), "");
  EXPECT_THAT(last().Header("Authorization"),
              HasSubstr("SignedHeaders=content-type;host;x-amz-date;"
                        "x-amz-target, "));
}

// The transport sends the URL's authority as it is written there.
TEST_F(HttpClientTest, TheHostIsSignedAsItIsSent) {
  std::set<std::string> authorizations;
  for (const char* endpoint :
       {"https://example.com", "https://example.com:443",
        "http://example.com:80", "http://EXAMPLE.com", "http://example.com.",
        "http://[::1]", "http://[0:0::1]"}) {
    Make({endpoint, "eu-west-1", milliseconds(5'000)});
    EXPECT_TRUE(Send().ok());
    authorizations.insert(last().Header("Authorization"));
  }
  EXPECT_EQ(authorizations.size(), 7U);
}

TEST_F(HttpClientTest, TheShorterOfTimeoutAndDeadlineBoundsAnAttempt) {
  ASSERT_TRUE(Send().ok());
  EXPECT_EQ(last().timeout, milliseconds(5'000));
  ASSERT_TRUE(Send(milliseconds(60'000)).ok());
  EXPECT_EQ(last().timeout, milliseconds(5'000));
  ASSERT_TRUE(Send(milliseconds(70)).ok());
  EXPECT_EQ(last().timeout, milliseconds(70));
}

TEST_F(HttpClientTest, WithoutCredentialsNothingIsSent) {
  credentials_.none = true;
  const ServiceError error = Error();
  EXPECT_EQ(error.kind, ErrorKind::kCredentials);
  EXPECT_EQ(error.retry, RetryClass::kNever);
  EXPECT_FALSE(error.ambiguous);
  EXPECT_EQ(error.message, "none found");
  EXPECT_THAT(transport_.exchanges, IsEmpty());
  EXPECT_EQ(traffic_.sent, 0u);
}

TEST_F(HttpClientTest, TrafficCountsTheBytesOfTheBodies) {
  ASSERT_TRUE(Send().ok());
  EXPECT_EQ(traffic_.sent, last().body.size());
  EXPECT_EQ(traffic_.received, std::string(kDeleted).size());

  DoNotAnswer(NoAnswer::Reason::kConnect, false);
  EXPECT_FALSE(Send().ok());
  EXPECT_EQ(traffic_.sent, 0u);
  EXPECT_EQ(traffic_.received, 0u);

  DoNotAnswer(NoAnswer::Reason::kTimeout, true);
  const ServiceError error = Error();
  EXPECT_EQ(error.kind, ErrorKind::kTimeout);
  EXPECT_TRUE(error.ambiguous);
  EXPECT_EQ(traffic_.sent, last().body.size());
  EXPECT_EQ(traffic_.received, 0u);
}

TEST_F(HttpClientTest, TrafficCountsTheUnitsOfDamagedAnswers) {
  Query query;
  query.table = {"table", "hkey", "rkey"};
  query.hash = AttributeValue::S("store");
  const std::string units =
      R"("ConsumedCapacity":{"TableName":"table","CapacityUnits":7})";
  for (const char* items : {R"("Items":[])", R"("Items":1)", R"("x":1)",
                            R"("Items":[],"Count":9)"}) {
    AnswerWith(200, "{" + units + "," + items + "}");
    traffic_ = Traffic();
    (void)client_->Send(&query, {}, &traffic_);
    EXPECT_EQ(traffic_.read_units, 7) << items;
  }
  // No answer, no JSON, an error: no units.
  for (const int status : {200, 400}) {
    AnswerWith(status, status == 200 ? "{" : "{" + units + "}");
    traffic_ = Traffic();
    EXPECT_FALSE(client_->Send(&query, {}, &traffic_).ok());
    EXPECT_EQ(traffic_.read_units, 0);
  }
}

TEST_F(HttpClientTest, AChecksumIsCheckedWhenPresent) {
  const std::string body = kDeleted;
  AnswerWith(200, body, Crc(body));
  EXPECT_TRUE(Send().ok());
  AnswerWith(200, body, "X-Amz-Crc32: 1\r\nx-amzn-RequestId: ABC\r\n");
  const ServiceError error = Error();
  EXPECT_EQ(error.kind, ErrorKind::kCorruption);
  EXPECT_EQ(error.retry, RetryClass::kTransient);
  EXPECT_TRUE(error.ambiguous);
  EXPECT_THAT(error.message, HasSubstr("x-amz-crc32"));
  EXPECT_THAT(error.message, HasSubstr("ABC"));
  AnswerWith(200, body);
  EXPECT_TRUE(Send().ok());
}

TEST_F(HttpClientTest, ADamagedErrorIsNotBelieved) {
  AnswerWith(400, R"({"__type":"a#ValidationException"})", Crc("other"));
  EXPECT_EQ(Error().kind, ErrorKind::kCorruption);
}

TEST_F(HttpClientTest, AnAnswerThatMakesNoSenseIsDamaged) {
  for (const char* body : {"", "{", "<html>", "[]", "null", "{}{}"}) {
    AnswerWith(200, body, "x-amzn-RequestId: ABC\r\n");
    const ServiceError error = Error();
    EXPECT_EQ(error.kind, ErrorKind::kCorruption) << body;
    EXPECT_EQ(error.retry, RetryClass::kTransient) << body;
    EXPECT_TRUE(error.ambiguous) << body;
    EXPECT_THAT(error.message, HasSubstr("ABC")) << body;
  }
}

TEST_F(HttpClientTest, AnErrorAnswerIsAnError) {
  AnswerWith(400, R"({"__type":"a#ResourceNotFoundException","message":"no"})",
             "x-amzn-requestid: ABC\r\n");
  ServiceError error = Error();
  EXPECT_EQ(error.kind, ErrorKind::kRejected);
  EXPECT_EQ(error.code, "ResourceNotFoundException");
  EXPECT_EQ(error.message, "ResourceNotFoundException: no (request id ABC)");
  AnswerWith(503, "<html>");
  error = Error();
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(error.message, "HTTP status 503");
}

TEST_F(HttpClientTest, AfterAnErrorTheNextAnswerIsRead) {
  AnswerWith(200, "{");
  EXPECT_FALSE(Send().ok());
  AnswerWith(200, kDeleted);
  EXPECT_TRUE(Send().ok());
}

constexpr char kSkewed[] =
    R"({"__type":"a#InvalidSignatureException","message":"Signature expired"})";

TEST_F(HttpClientTest, ASkewedClockIsSetByTheDateHeader) {
  clock_.skew = -3'600;
  AnswerWith(400, kSkewed, "Date: Sun, 30 Aug 2015 12:36:05 GMT\r\n");
  EXPECT_EQ(Error().retry, RetryClass::kClockSkew);
  EXPECT_EQ(last().Header("X-Amz-Date"), "20150830T113600Z");
  AnswerWith(200, kDeleted);
  ASSERT_TRUE(Send().ok());
  EXPECT_EQ(last().Header("X-Amz-Date"), "20150830T123605Z");
  scheduler_.Advance(std::chrono::seconds(60));
  ASSERT_TRUE(Send().ok());
  EXPECT_EQ(last().Header("X-Amz-Date"), "20150830T123705Z");
}

// The signatures and the layers above use one estimate of the time. A Date that
// cannot be true does not change it.
TEST_F(HttpClientTest, OnlyAPlausibleDateSetsTheClock) {
  struct Case {
    int status;
    const char* body;
    const char* date;       // Of the answer.
    const char* signed_at;  // The next request's X-Amz-Date, from 12:36:00Z.
  };
  const Case cases[] = {
      {400, kSkewed, nullptr, "20150830T123600Z"},
      {400, kSkewed, "yesterday", "20150830T123600Z"},
      {400, kSkewed, "Thu, 01 Jan 1970 00:00:00 GMT", "20150830T123600Z"},
      {400, kSkewed, "Fri, 31 Dec 9999 23:59:59 GMT", "20150830T123600Z"},
      // The service would have accepted the signature.
      {400, kSkewed, "Sun, 30 Aug 2015 12:38:00 GMT", "20150830T123600Z"},
      {400, kSkewed, "Sun, 30 Aug 2015 18:00:00 GMT", "20150830T180000Z"},
      {400, kSkewed, "Wed, 30 Aug 2017 12:36:00 GMT", "20170830T123600Z"},
      {200, kDeleted, nullptr, "20150830T123600Z"},
      {200, kDeleted, "Thu, 01 Jan 1970 00:00:00 GMT", "20150830T123600Z"},
      {200, kDeleted, "Fri, 31 Dec 9999 23:59:59 GMT", "20150830T123600Z"},
      // The service would have refused the signature.
      {200, kDeleted, "Sun, 30 Aug 2015 18:00:00 GMT", "20150830T123600Z"},
      {200, kDeleted, "Sun, 30 Aug 2015 12:38:00 GMT", "20150830T123800Z"},
  };
  for (const Case& test : cases) {
    const std::string date =
        test.date == nullptr ? "" : "Date: " + std::string(test.date) + "\r\n";
    SCOPED_TRACE(test.body + date);
    ServiceClock service_clock(&clock_);
    environment_.service_clock = &service_clock;
    Make({"http://127.0.0.1:8000", "eu-west-1", milliseconds(5'000)});
    AnswerWith(test.status, test.body, date);
    (void)Send();
    EXPECT_EQ(FormatBasicTime(service_clock.UnixSeconds()), test.signed_at);
    AnswerWith(200, kDeleted);
    EXPECT_TRUE(Send().ok());
    EXPECT_EQ(last().Header("X-Amz-Date"), test.signed_at);
  }
}

std::string HttpDate(int64_t unix_seconds) {
  const time_t time = unix_seconds;
  tm parts = {};
  gmtime_r(&time, &parts);
  char text[40];
  strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return text;
}

// A proxy may write the Date of every answer, even of those that refuse the
// signature.
TEST_F(HttpClientTest, ADateThatIsAlwaysWrongCostsOneRefusalAtMost) {
  for (const int64_t wrong : {-86'400, -800, -120, 120, 800, 86'400}) {
    SCOPED_TRACE(wrong);
    ServiceClock service_clock(&clock_);
    environment_.service_clock = &service_clock;
    Make({"http://127.0.0.1:8000", "eu-west-1", milliseconds(5'000)});
    answer_ = [&](const HttpRequest& request, milliseconds,
                  HttpResponse* response) {
      std::string signed_at;
      for (const HttpHeader& header : request.headers) {
        if (header.name == "X-Amz-Date") signed_at = header.value;
      }
      const int64_t off = *ParseTime(signed_at) - clock_.True();
      const bool accepts = std::abs(off) <= 300;
      response->status = accepts ? 200 : 400;
      response->headers = "Date: " + HttpDate(clock_.True() + wrong) + "\r\n";
      response->body = accepts ? kDeleted : kSkewed;
      return Result<void, NoAnswer>();
    };
    for (int call = 0; call < 20; ++call) {
      scheduler_.Advance(std::chrono::seconds(7));
      EXPECT_TRUE(Send().ok() || Send().ok()) << call;
    }
  }
}

/// Credentials that do not change.
class FixedCredentials final : public CredentialsSource {
 public:
  explicit FixedCredentials(const SigningCredentials& keys)
      : keys_(std::make_shared<const SigningCredentials>(keys)) {}
  Result<std::shared_ptr<const SigningCredentials>> Get() override {
    return keys_;
  }
  void Expire(const std::shared_ptr<const SigningCredentials>&) override {}
  std::string Describe() const override { return "a test"; }

 private:
  const std::shared_ptr<const SigningCredentials> keys_;
};

TEST_F(HttpClientTest, NoPartOfASecretIsLeftWhereAMessageIsCut) {
  const std::string secret = "abcd0123456789ABCDEF0123456789ABCDEF0123";
  FixedCredentials source({"AKID", secret, ""});
  environment_.credentials = &source;
  Make({"http://127.0.0.1:8000", "eu-west-1", milliseconds(5'000)});
  for (size_t before = 250; before <= 310; ++before) {
    AnswerWith(400, R"({"__type":"x#Code","message":")" +
                        std::string(before, 'x') + secret + R"("})");
    const Result<void, ServiceError> sent = Send();
    ASSERT_FALSE(sent.ok());
    EXPECT_EQ(sent.error().message.find(secret.substr(0, 4)), std::string::npos)
        << before << sent.error().message;
  }
}

/// An answer with "@" in place of a secret.
struct Echo {
  int status;
  std::string body;
  std::string headers = "";
};

std::vector<Echo> Echoes() {
  const std::string throttled = R"({"__type":"x#ThrottlingException",)";
  const std::string keys = R"({"TableName":"t","TableStatus":"ACTIVE",)"
                           R"("KeySchema":[{"AttributeName":"h",)"
                           R"("KeyType":"HASH"}],)";
  return {
      {400, R"({"__type":"@"})"},
      {400, R"({"__type":"x#@","message":"m"})"},
      {400, R"({"__type":"x#@@@@","message":"m"})"},
      {400, R"({"__type":"x#Code","message":"a @ b"})"},
      {400, R"({"__type":"x#Code","Message":"a @ b"})"},
      {400, throttled + R"("ThrottlingReasons":[{"reason":"@"}]})"},
      {400, throttled + R"("throttlingReasons":[{"resource":"@"}]})"},
      {400, R"({"__type":"x#TransactionCanceledException",)"
            R"("CancellationReasons":[{"Code":"@"}]})"},
      {400, "{}", "x-amzn-RequestId: @\r\n"},
      {400, throttled + R"("message":"m"})", "x-amzn-RequestId: @\r\n"},
      {503, "@", "x-amzn-RequestId: a@\r\n"},
      {400, "{}", "x-amzn-ErrorType: x#@\r\n"},
      {200, "{", "x-amzn-RequestId: @\r\n"},
      {200, "@"},
      {200, R"({"@":1,"@":1})"},
      {200, R"({"Table":{"TableStatus":"@"}})"},
      {200, R"({"Table":)" + keys +
                R"("AttributeDefinitions":[{"AttributeName":"h",)"
                R"("AttributeType":"@"}]}})"},
      {200, R"({"Table":{"TableName":"t","TableStatus":"ACTIVE","KeySchema":[)"
            R"({"AttributeName":"@","KeyType":"HASH"}],"AttributeDefinitions":)"
            R"([{"AttributeName":"@","AttributeType":"X"}]}})"},
      {200, R"({"ConsumedCapacity":{"TableName":"@","CapacityUnits":1}})"},
      {200, R"({"Items":[{"r":{"S":"z"}},{"r":{"S":"@"}}],)"
            R"("ConsumedCapacity":{"TableName":"t","CapacityUnits":1}})"},
      {200, R"({"Items":[{"r":{"@":"z"}}],)"
            R"("ConsumedCapacity":{"TableName":"t","CapacityUnits":1}})"},
      {200, R"({"TableNames":["@","@"]})"},
  };
}

/// Replaces each "@" in `text`.
std::string WithSecret(std::string text, const std::string& secret) {
  for (size_t at = 0; (at = text.find('@', at)) != std::string::npos;) {
    text.replace(at, 1, secret);
    at += secret.size();
  }
  return text;
}

/// Returns a text within a JSON string.
std::string InJson(const std::string& text) {
  std::string quoted;
  AppendJsonString(text, &quoted);
  return quoted.substr(1, quoted.size() - 2);
}

// A service, or a program in its place, may repeat what it received in every
// part of its answer.
class EchoTest : public HttpClientTest {
 protected:
  EchoTest() {
    query_.table = {"t", "h", "r"};
    query_.hash = AttributeValue::S("s");
    describe_.table = "t";
    put_.table = query_.table;
    put_.item = {{"h", query_.hash}, {"r", query_.hash}};
  }

  /// Sends each operation and gets each answer, with `secret` in place of "@".
  void ExpectNo(const std::string& secret,
                const std::vector<std::string>& proxy_secrets = {}) {
    for (const Echo& c : Echoes()) {
      answer_ = [&](const HttpRequest&, milliseconds, HttpResponse* response) {
        response->status = c.status;
        response->body = WithSecret(c.body, InJson(secret));
        response->headers = WithSecret(c.headers, secret);
        response->proxy_secrets = proxy_secrets;
        return Result<void, NoAnswer>();
      };
      for (Operation* operation :
           {static_cast<Operation*>(&query_),
            static_cast<Operation*>(&describe_), static_cast<Operation*>(&put_),
            static_cast<Operation*>(&list_)}) {
        Traffic traffic;
        const Result<void, ServiceError> sent =
            client_->Send(operation, {}, &traffic);
        ASSERT_FALSE(sent.ok()) << operation->name() << c.body;
        std::string shown = sent.error().message + " " + sent.error().code;
        for (const std::string& reason : sent.error().reasons) shown += reason;
        for (const std::string& form : FormsInMessages({secret})) {
          EXPECT_EQ(shown.find(form), std::string::npos) << c.body << shown;
          if (form.size() < kLongSecretBytes) continue;
          EXPECT_EQ(shown.find(form.substr(0, 4)), std::string::npos)
              << c.body << shown;
        }
      }
    }
  }

  Query query_;
  DescribeTable describe_;
  PutItem put_;
  ListTables list_;
};

TEST_F(EchoTest, NoPartOfAnAnswerShowsACredential) {
  std::string token = "abcd";
  for (int i = 0; i < 90; ++i) token += std::to_string(1'000'000 + i * i);
  for (const std::string& key :
       {std::string("abcd0123456789ABCDEF0123456789ABCDEF0123"),
        std::string("hunter2-4"), std::string("a\\b\"c-4d"),
        std::string("Zw\u00f6lf-B\u00f6xk")}) {
    FixedCredentials source({"AKID", key, token});
    environment_.credentials = &source;
    Make({"http://127.0.0.1:8000", "eu-west-1", milliseconds(5'000)});
    ExpectNo(key);
    ExpectNo(token);
  }
}

// doctor shows the names of the keys.
TEST_F(EchoTest, ANameOfAKeyThatRepeatsACredentialIsDamage) {
  const std::string key = "abcd0123456789ABCDEF0123456789ABCDEF0123";
  FixedCredentials source({"AKID", key, ""});
  environment_.credentials = &source;
  Make({"http://127.0.0.1:8000", "eu-west-1", milliseconds(5'000)});
  for (const std::string& name :
       {key, "a" + key, key.substr(0, 20), std::string("abcd0123")}) {
    AnswerWith(
        200,
        WithSecret(R"({"Table":{"TableName":"t","TableStatus":"ACTIVE",)"
                   R"("KeySchema":[{"AttributeName":"@","KeyType":"HASH"}],)"
                   R"("AttributeDefinitions":[{"AttributeName":"@",)"
                   R"("AttributeType":"S"}]}})",
                   name));
    Traffic traffic;
    const Result<void, ServiceError> sent =
        client_->Send(&describe_, {}, &traffic);
    EXPECT_EQ(sent.ok(), name.size() < kLongSecretBytes) << name;
    if (sent.ok()) continue;
    EXPECT_EQ(sent.error().kind, ErrorKind::kCorruption);
    EXPECT_THAT(sent.error().message, Not(HasSubstr("abcd")));
  }
}

TEST_F(EchoTest, NoPartOfAnAnswerShowsAProxysPassword) {
  const std::vector<std::string> secrets = {"pr0xypw-7", "user:pr0xypw-7",
                                            "dXNlcjpwcjB4eXB3LTc="};
  for (const std::string& secret : secrets) ExpectNo(secret, secrets);
}

TEST_F(HttpClientTest, TheRequestIdIsForeignTextToo) {
  AnswerWith(
      400, R"({"__type":"x#Code","message":"m"})",
      "x-amzn-RequestId: \x1b[2J\xc2\x9b" + std::string(60'000, 'x') + "\r\n");
  const Result<void, ServiceError> sent = Send();
  ASSERT_FALSE(sent.ok());
  EXPECT_LT(sent.error().message.size(), 200u);
  EXPECT_EQ(Escaped(sent.error().message), sent.error().message);
}

TEST_F(HttpClientTest, EveryAnswerOfTheServiceTellsItsTime) {
  const std::string date = "Date: Sun, 30 Aug 2015 12:36:50 GMT\r\n";
  const auto is_known = [&] {
    const std::optional<ClockOffset> offset = service_clock_.offset();
    if (!offset) return false;
    EXPECT_LE(std::abs(50'000 - offset->offset_ms), 1000);
    EXPECT_LE(offset->error_ms, 1000);
    return true;
  };
  AnswerWith(502, "a proxy's own page", date);
  EXPECT_FALSE(Send().ok());
  EXPECT_FALSE(is_known());
  AnswerWith(200, kDeleted, "Date: some day\r\n");
  EXPECT_TRUE(Send().ok());
  EXPECT_FALSE(is_known());
  AnswerWith(400, "{}", date + "x-amzn-RequestId: 1\r\n");
  EXPECT_FALSE(Send().ok());
  EXPECT_TRUE(is_known());
  AnswerWith(200, kDeleted, date);
  EXPECT_TRUE(Send().ok());
  EXPECT_TRUE(is_known());
}

}  // namespace
}  // namespace dynamodown
