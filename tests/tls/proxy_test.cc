// Tests of proxies between the library and DynamoDB Local: which proxy is used,
// what it receives, and the message when it refuses.

#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <memory>
#include <string>

#include "dynamodown/status.h"
#include "leveldb/env.h"
#include "support/loopback_port.h"
#include "tls/tls_fixture.h"
#include "transport/curl_transport.h"

namespace dynamodown_test {
namespace {

using dynamodown::CurlTransportOptions;
using dynamodown::HttpRequest;
using dynamodown::HttpResponse;
using dynamodown::KindOf;
using dynamodown::NoAnswer;
using dynamodown::Result;
using dynamodown::StatusKind;
using leveldb::Status;
using std::chrono::milliseconds;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using Reason = NoAnswer::Reason;

/// Only our Proxy resolves this name.
constexpr char kHost[] = "dynamodb.test";
/// This must appear in no message and no log. RunProgram looks for "MARKED",
/// too.
constexpr char kLogin[] = "MARKED-user:MARKED-password";

const Proxy::Manners kForbids{.refuses = true, .refusal = Answer(403, "")};

std::string Http(int port, const std::string& host) {
  return "http://" + host + ":" + std::to_string(port);
}

/// Keeps the lines.
class Log : public leveldb::Logger {
 public:
  void Logv(const char* format, std::va_list arguments) override {
    char line[1000];
    std::vsnprintf(line, sizeof line, format, arguments);
    text += std::string(line) + "\n";
  }
  std::string text;
};

class ProxyTest : public TlsFixture {
 protected:
  /// Sends a request with a new transport.
  Result<void, NoAnswer> Send(const std::string& endpoint,
                              CurlTransportOptions options = {}) {
    options.ca_bundle = authority_.file();
    const std::string url = endpoint + "/";
    return dynamodown::NewCurlTransport(options)->Send(
        HttpRequest{"POST", url, {{"X-One", "1"}}, "body"}, milliseconds(5'000),
        &response_);
  }

  /// Requests a tunnel from a proxy with those manners. Expects one request to
  /// the proxy, and an error that names it.
  NoAnswer ExpectNoTunnel(const Proxy::Manners& manners) {
    Proxy proxy(manners);
    SetVariable("https_proxy", proxy.url(kLogin));
    const Result<void, NoAnswer> result = Send(Https(443, kHost));
    EXPECT_FALSE(result.ok());
    if (result.ok()) return {};
    EXPECT_THAT(result.error().message, HasSubstr("proxy " + proxy.address()));
    EXPECT_THAT(result.error().message, HasSubstr(Https(443, kHost)));
    EXPECT_THAT(result.error().message, Not(HasSubstr("MARKED")));
    EXPECT_FALSE(result.error().sent);
    EXPECT_THAT(proxy.heads(), SizeIs(1));
    return result.error();
  }

  HttpResponse response_;
};

// ------------------------------------------------------- which proxy is used

class ProxyVariableTest : public ProxyTest,
                          public testing::WithParamInterface<std::string> {};

std::string NameOf(const testing::TestParamInfo<std::string>& info) {
  return info.param;
}

class HttpProxyTest : public ProxyVariableTest {};

TEST_P(HttpProxyTest, CarriesRequestsToHttpEndpoints) {
  Proxy proxy;
  SetVariable(GetParam(), proxy.url());
  const std::string endpoint = Http(DynamoDbPort(), kHost);
  const Database db = Open(endpoint);
  ASSERT_NE(db, nullptr);
  EXPECT_TRUE(db->Put(leveldb::WriteOptions(), "key", "value").ok());
  EXPECT_THAT(proxy.heads(), Not(IsEmpty()));
  EXPECT_THAT(proxy.heads(),
              Each(StartsWith("POST " + endpoint + "/ HTTP/1.1\r\n")));
}

INSTANTIATE_TEST_SUITE_P(Of, HttpProxyTest,
                         testing::Values("http_proxy", "all_proxy",
                                         "ALL_PROXY"),
                         NameOf);

class HttpsProxyTest : public ProxyVariableTest {};

TEST_P(HttpsProxyTest, OpensATunnelForHttpsEndpointsAndHearsNoMore) {
  Proxy proxy;
  SetVariable(GetParam(), proxy.url());
  const Stunnel server = Serve(authority_.Certify({kHost}));
  const Database db = Open(Https(server.port(), kHost));
  ASSERT_NE(db, nullptr);
  EXPECT_TRUE(db->Put(leveldb::WriteOptions(), "key", "value").ok());
  const std::string name = kHost + (":" + std::to_string(server.port()));
  EXPECT_THAT(
      proxy.heads(),
      testing::ElementsAre("CONNECT " + name + " HTTP/1.1\r\nHost: " + name +
                           "\r\nProxy-Connection: Keep-Alive\r\n\r\n"));
  EXPECT_EQ(server.handshakes(), 1);
  EXPECT_THAT(behind_.heard(), HasSubstr("AWS4-HMAC-SHA256"));
}

INSTANTIATE_TEST_SUITE_P(Of, HttpsProxyTest,
                         testing::Values("https_proxy", "HTTPS_PROXY",
                                         "all_proxy", "ALL_PROXY"),
                         NameOf);

// In a CGI program, any web client can set HTTP_PROXY by a header: "httpoxy".
TEST_F(ProxyTest, HttpProxyInCapitalsIsNotBelieved) {
  Proxy proxy(kForbids);
  SetVariable("HTTP_PROXY", proxy.url());
  EXPECT_NE(Open(Http(DynamoDbPort(), "127.0.0.1")), nullptr);
  EXPECT_EQ(proxy.connections(), 0);
}

TEST_F(ProxyTest, AVariableIsForItsSchemeAlone) {
  Proxy proxy(kForbids);
  SetVariable("https_proxy", proxy.url());
  EXPECT_NE(Open(Http(DynamoDbPort(), "localhost")), nullptr);
  const Stunnel server = Serve(authority_.Certify({}));
  SetVariable("https_proxy", "");
  SetVariable("http_proxy", proxy.url());
  EXPECT_NE(Open(Https(server.port())), nullptr);
  EXPECT_EQ(proxy.connections(), 0);
}

class NoProxyTest : public ProxyVariableTest {};

TEST_P(NoProxyTest, NamesWhomNoProxyIsAskedFor) {
  Proxy proxy(kForbids);
  SetVariable("all_proxy", proxy.url());
  const Stunnel server = Serve(authority_.Certify({"localhost", "127.0.0.1"}));
  struct Case {
    const char* host;
    const char* exceptions;
  };
  for (const Case& c :
       {Case{"localhost", "localhost"}, Case{"localhost", "*"},
        Case{"localhost", "other.test, .localhost"},
        Case{"127.0.0.1", "127.0.0.1"}, Case{"127.0.0.1", "127.0.0.0/8"}}) {
    SetVariable(GetParam(), c.exceptions);
    EXPECT_NE(Open(Https(server.port(), c.host)), nullptr) << c.exceptions;
    EXPECT_NE(Open(Http(DynamoDbPort(), c.host)), nullptr) << c.exceptions;
  }
  EXPECT_EQ(proxy.connections(), 0);

  SetVariable(GetParam(), "other.test,host,127.0.0.2");
  EXPECT_FALSE(TryOpen(Https(server.port())).ok());
  EXPECT_GT(proxy.connections(), 0);
}

INSTANTIATE_TEST_SUITE_P(Of, NoProxyTest,
                         testing::Values("no_proxy", "NO_PROXY"), NameOf);

TEST_F(ProxyTest, ATransportMayUseNone) {
  Proxy proxy(kForbids);
  for (const char* name : {"http_proxy", "https_proxy", "all_proxy"}) {
    SetVariable(name, proxy.url());
  }
  LoopbackServer server([](Peer* peer) {
    while (!peer->ReadMessage().empty()) peer->Write(Answer(200, "direct"));
  });
  CurlTransportOptions options;
  options.use_proxy = false;
  const Result<void, NoAnswer> result =
      Send(Http(server.port(), "127.0.0.1"), options);
  EXPECT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(response_.body, "direct");
  EXPECT_EQ(proxy.connections(), 0);
}

// ------------------------------------------------------ what a proxy receives

TEST_F(ProxyTest, ItsCredentialsGoToATunnelsProxyAlone) {
  Proxy proxy({.login = kLogin});
  SetVariable("https_proxy", proxy.url(kLogin));
  const Stunnel server = Serve(authority_.Certify({kHost}));
  Log log;
  options_.info_log = &log;
  EXPECT_NE(Open(Https(server.port(), kHost)), nullptr);
  EXPECT_THAT(proxy.heads(),
              Each(HasSubstr("\r\nProxy-Authorization: Basic ")));
  EXPECT_THAT(behind_.heard(), HasSubstr("Authorization: AWS4-HMAC-SHA256"));
  EXPECT_THAT(behind_.heard(), Not(HasSubstr("Proxy-")));
  EXPECT_THAT(log.text, HasSubstr(" ok "));
  EXPECT_THAT(log.text, Not(HasSubstr("MARKED")));
}

TEST_F(ProxyTest, ItsCredentialsGoToACarryingProxyAlone) {
  Proxy proxy({.login = kLogin});
  SetVariable("http_proxy", proxy.url(kLogin));
  EXPECT_NE(Open(Http(DynamoDbPort(), kHost)), nullptr);
  EXPECT_THAT(proxy.heads(),
              Each(HasSubstr("\r\nProxy-Authorization: Basic ")));
  // Without a proxy, nobody sees the proxy's credentials.
  SetVariable("no_proxy", "localhost");
  EXPECT_NE(Open(Http(behind_.port(), "localhost")), nullptr);
  EXPECT_THAT(behind_.heard(), HasSubstr("Authorization: AWS4-HMAC-SHA256"));
  EXPECT_THAT(behind_.heard(), Not(HasSubstr("Proxy-")));
}

TEST_F(ProxyTest, TheEndOfATunnelMustProveWhoItIs) {
  Proxy proxy;
  SetVariable("https_proxy", proxy.url());
  const Stunnel server = Serve(authority_.Certify({"other.test"}));
  const Status status = TryOpen(Https(server.port(), kHost));
  EXPECT_EQ(KindOf(status), StatusKind::kUnavailable);
  EXPECT_THAT(status.ToString(),
              HasSubstr(Https(server.port(), kHost) + " through the proxy " +
                        proxy.address() + ": the certificate is refused"));
  EXPECT_THAT(status.ToString(), HasSubstr("other.test"));
  EXPECT_EQ(proxy.connections(), 1);
  EXPECT_EQ(server.AwaitBytesHandedOn(), 0);
  EXPECT_TRUE(behind_.AllClosed());
  EXPECT_EQ(behind_.heard(), "");
}

TEST_F(ProxyTest, AProxyWithAWrongCertificateHearsNothing) {
  Proxy proxy;
  const Stunnel before_proxy(folder_.path(), authority_.CertifyByItself({}),
                             proxy.port());
  SetVariable("https_proxy", "https://" + std::string(kLogin) + "@localhost:" +
                                 std::to_string(before_proxy.port()));
  const Status status = TryOpen(Https(443, kHost));
  EXPECT_EQ(KindOf(status), StatusKind::kUnavailable);
  EXPECT_THAT(status.ToString(),
              HasSubstr("the proxy's certificate is signed by none"));
  EXPECT_THAT(status.ToString(), Not(HasSubstr("MARKED")));
  EXPECT_EQ(before_proxy.connections(), 1);
  EXPECT_EQ(before_proxy.AwaitBytesHandedOn(), 0);
  EXPECT_THAT(proxy.heads(), IsEmpty());
}

// ---------------------------------------------------------------- its refusals

TEST_F(ProxyTest, ARefusedTunnelIsNotWorthARetry) {
  for (const int status : {302, 400, 403, 404}) {
    const NoAnswer error = ExpectNoTunnel(
        {.refuses = true, .refusal = Answer(status, "<html>No.</html>")});
    EXPECT_EQ(error.reason, Reason::kProxy) << status;
    EXPECT_THAT(error.message, HasSubstr("status " + std::to_string(status)));
  }
}

TEST_F(ProxyTest, ATunnelThatCannotBeNowIsWorthARetry) {
  for (const int status : {408, 429, 502, 503, 504}) {
    const NoAnswer error =
        ExpectNoTunnel({.refuses = true, .refusal = Answer(status, "")});
    EXPECT_EQ(error.reason, Reason::kConnect) << status;
    EXPECT_THAT(error.message, HasSubstr("status " + std::to_string(status)));
  }
}

TEST_F(ProxyTest, WrongCredentialsAreNamedAsTheReason) {
  const NoAnswer error = ExpectNoTunnel({.login = "kim:other"});
  EXPECT_EQ(error.reason, Reason::kProxy);
  EXPECT_THAT(error.message, HasSubstr("status 407; it requires a user"));
}

TEST_F(ProxyTest, AProxyThatHangsUpIsWorthARetry) {
  EXPECT_EQ(ExpectNoTunnel({.refuses = true}).reason, Reason::kConnect);
}

TEST_F(ProxyTest, AProxyThatIsNoneIsWorthARetry) {
  EXPECT_EQ(
      ExpectNoTunnel({.refuses = true, .refusal = "220 ready\r\n"}).reason,
      Reason::kConnect);
}

// The bytes of the proxy's own answer are not part of the handshake.
TEST_F(ProxyTest, ATunnelWhoseEndSaysNothingIsWorthARetry) {
  for (const bool speaks : {false, true}) {
    LoopbackServer proxy([speaks](Peer* peer) {
      peer->ReadMessage();
      peer->Write("HTTP/1.1 200 Connection established\r\nX-One: 1\r\n\r\n");
      peer->ReadMore();
      // RFC 8446, 6.2: a fatal alert, protocol_version.
      if (speaks) peer->Write(std::string("\x15\x03\x03\x00\x02\x02\x46", 7));
    });
    SetVariable("https_proxy", Http(proxy.port(), "127.0.0.1"));
    const Result<void, NoAnswer> result = Send(Https(443, kHost));
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().reason, speaks ? Reason::kTls : Reason::kConnect);
    EXPECT_FALSE(result.error().sent);
  }
}

TEST_F(ProxyTest, ASilentProxyTimesOut) {
  Proxy proxy({.silent = true});
  SetVariable("https_proxy", proxy.url(kLogin));
  CurlTransportOptions options;
  options.connect_timeout = milliseconds(300);
  const Result<void, NoAnswer> result = Send(Https(443, kHost), options);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, Reason::kTimeout);
  EXPECT_FALSE(result.error().sent);
  EXPECT_THAT(result.error().message, HasSubstr("proxy " + proxy.address()));
}

TEST_F(ProxyTest, AProxyThatIsNotThereIsNamed) {
  const LoopbackPort closed;
  const std::string& address = closed.address();
  for (const char* name : {"https_proxy", "http_proxy"}) {
    SetVariable(name, "http://" + std::string(kLogin) + "@" + address);
  }
  for (const std::string& endpoint : {Https(443, kHost), Http(80, kHost)}) {
    const Result<void, NoAnswer> result = Send(endpoint);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().reason, Reason::kConnect);
    EXPECT_FALSE(result.error().sent);
    EXPECT_THAT(result.error().message, HasSubstr("proxy " + address));
    EXPECT_THAT(result.error().message, Not(HasSubstr("MARKED")));
  }
}

TEST_F(ProxyTest, AProxyThatCannotBeFoundIsNamed) {
  SetVariable("https_proxy",
              "http://" + std::string(kLogin) + "@no-such-proxy.invalid:3128");
  const Result<void, NoAnswer> result = Send(Https(443, kHost));
  ASSERT_FALSE(result.ok());
  EXPECT_FALSE(result.error().sent);
  EXPECT_THAT(result.error().message, HasSubstr("no-such-proxy.invalid"));
  EXPECT_THAT(result.error().message, Not(HasSubstr("MARKED")));
}

// libcurl's own message would quote it.
TEST_F(ProxyTest, AProxyThatCannotBeIsNotQuoted) {
  for (const char* url :
       {"http://kim:MARKED@host:port", "kim:MARKED", "kim:MARKED@",
        "ftp://kim:MARKED@127.0.0.1:2", "http://kim:MAR@KED@127.0.0.1:2",
        "http://kim:MARKED/@127.0.0.1:2", "http://kim:MARKED @127.0.0.1:2"}) {
    SetVariable("https_proxy", url);
    const Result<void, NoAnswer> result = Send(Https(443, kHost));
    ASSERT_FALSE(result.ok()) << url;
    EXPECT_EQ(result.error().reason, Reason::kInvalid) << url;
    EXPECT_FALSE(result.error().sent) << url;
    EXPECT_THAT(result.error().message, HasSubstr("https_proxy")) << url;
    for (const char* part : {"MARKED", "KED", "kim"}) {
      EXPECT_THAT(result.error().message, Not(HasSubstr(part))) << url;
    }
  }
}

TEST_F(ProxyTest, ACarryingProxyThatWantsCredentialsHasPassedNothingOn) {
  Proxy proxy({.login = kLogin});
  SetVariable("http_proxy", proxy.url());
  const Result<void, NoAnswer> result = Send(Http(80, kHost));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, Reason::kProxy);
  EXPECT_FALSE(result.error().sent);
  EXPECT_THAT(result.error().message,
              StartsWith("the proxy " + proxy.address() + " refuses"));
}

TEST_F(ProxyTest, WhatACarryingProxyWasToldMayHaveArrived) {
  Proxy proxy({.refuses = true});
  SetVariable("http_proxy", proxy.url(kLogin));
  const Result<void, NoAnswer> result = Send(Http(80, kHost));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, Reason::kConnect);
  EXPECT_TRUE(result.error().sent);
  EXPECT_THAT(result.error().message, HasSubstr("proxy " + proxy.address()));
}

TEST_F(ProxyTest, AnAnswerInTheServicesPlaceNamesTheProxy) {
  Proxy proxy({.refuses = true, .refusal = Answer(403, "<html>No.</html>")});
  SetVariable("http_proxy", proxy.url(kLogin));
  const Status status = TryOpen(Http(80, kHost));
  EXPECT_EQ(KindOf(status), StatusKind::kRejected);
  EXPECT_THAT(
      status.ToString(),
      HasSubstr("HTTP status 403, perhaps by the proxy " + proxy.address()));
}

TEST_F(ProxyTest, AStoreBehindARefusalIsUnavailableAtOnce) {
  Proxy proxy({.login = kLogin});
  SetVariable("https_proxy", proxy.url("kim:MARKED"));
  const Status status = TryOpen(Https(443, kHost));
  EXPECT_EQ(KindOf(status), StatusKind::kUnavailable);
  EXPECT_THAT(status.ToString(), HasSubstr("the proxy " + proxy.address()));
  EXPECT_THAT(status.ToString(), Not(HasSubstr("MARKED")));
  EXPECT_EQ(proxy.connections(), 1);
}

TEST_F(ProxyTest, TheCommandLineShowsNoCredentialsOfProxies) {
  const Stunnel server = Serve(authority_.Certify({kHost}));
  cli_environment_ = {
      {"AWS_ENDPOINT_URL_DYNAMODB", Https(server.port(), kHost)},
      {"AWS_CA_BUNDLE", authority_.file()}};
  // RunProgram looks for the mark in all output.
  Proxy proxy({.login = kLogin});
  cli_environment_["https_proxy"] = proxy.url(kLogin);
  dynamodown::Outcome outcome = Cli({"create", location_, "--verbose"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("* PutItem ok"));

  cli_environment_["https_proxy"] = proxy.url("kim:MARKED");
  outcome = Cli({"put", location_, "key", "value", "--verbose"});
  EXPECT_EQ(outcome.status, 3);
  EXPECT_THAT(outcome.err, HasSubstr("the proxy " + proxy.address()));
  EXPECT_THAT(outcome.err, HasSubstr("status 407"));

  cli_environment_["https_proxy"] = "http://kim:MARKED@host:port";
  outcome = Cli({"get", location_, "key", "--verbose"});
  EXPECT_EQ(outcome.status, 3);
  EXPECT_THAT(outcome.err, HasSubstr("https_proxy"));
}

}  // namespace
}  // namespace dynamodown_test
