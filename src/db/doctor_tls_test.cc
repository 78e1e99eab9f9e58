// Tests the doctor's advice about an endpoint that is written https://, but
// whose port answers HTTP without TLS.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "db/open_environment.h"
#include "dynamodown/doctor.h"
#include "support/fake_environment.h"
#include "support/loopback_server.h"
#include "transport/curl_transport.h"

namespace dynamodown_test {
namespace {

using dynamodown::Finding;
using dynamodown::HttpResponse;
using dynamodown::NoAnswer;
using dynamodown::Result;
using testing::HasSubstr;

class DoctorTlsTest : public testing::Test {
 protected:
  /// Returns the advice on the connection.
  std::string Advice() {
    std::vector<Finding> findings;
    const leveldb::Status status =
        dynamodown::DiagnoseIn(world_.open_environment, world_.options,
                               "table/kim", {}, &findings, nullptr);
    EXPECT_TRUE(status.ok()) << status.ToString();
    for (const Finding& finding : findings) {
      if (finding.check == "connection") return finding.advice;
    }
    return "no finding";
  }

  FakeEnvironment world_;
};

/// Answers only GETs of `plain_url`, if `answer` is set. For any other URL the
/// call fails for `reason`.
class NoTlsTransport final : public dynamodown::Transport {
 public:
  Result<void, NoAnswer> Send(const dynamodown::HttpRequest& request,
                              std::chrono::milliseconds,
                              HttpResponse* response) override {
    EXPECT_TRUE(request.headers.empty());
    if (request.url != plain_url || answer.status == 0) {
      return NoAnswer{reason, false, "no answer"};
    }
    *response = answer;
    return {};
  }
  std::string plain_url;
  NoAnswer::Reason reason = NoAnswer::Reason::kTls;
  HttpResponse answer;
};

constexpr char kWriteHttp[] = "write http:// instead of https://";

TEST_F(DoctorTlsTest, AnEndpointThatSpeaksNoTlsIsRecognized) {
  NoTlsTransport transport;
  world_.open_environment.transport = &transport;
  world_.options.connection.endpoint = "https://127.0.0.1:8000";
  transport.plain_url = "http://127.0.0.1:8000/";
  const auto advice = [&](int status, const std::string& headers) {
    transport.answer.status = status;
    transport.answer.headers = headers;
    return Advice();
  };
  EXPECT_THAT(advice(200, ""), HasSubstr(kWriteHttp));
  EXPECT_THAT(advice(400, "x-amzn-RequestId: 1\r\n"), HasSubstr(kWriteHttp));
  // Web servers answer so on a port for TLS.
  EXPECT_THAT(advice(400, ""), HasSubstr("which authorities are trusted"));
  EXPECT_THAT(advice(0, ""), HasSubstr("which authorities are trusted"));
}

TEST_F(DoctorTlsTest, ThePortWithoutTlsIsThatOfTheEndpoint) {
  NoTlsTransport transport;
  world_.open_environment.transport = &transport;
  transport.answer.status = 200;
  const struct {
    const char* endpoint;
    const char* plain;
  } kCases[] = {
      {"https://db.example", "http://db.example:443/"},
      {"https://db.example:443", "http://db.example:443/"},
      {"https://db.example:8000/", "http://db.example:8000/"},
      {"https://[::1]", "http://[::1]:443/"},
      {"https://[::1]:80", "http://[::1]:80/"},
  };
  for (const auto& each : kCases) {
    world_.options.connection.endpoint = each.endpoint;
    transport.plain_url = each.plain;
    EXPECT_THAT(Advice(), HasSubstr(kWriteHttp)) << each.endpoint;
  }
}

TEST_F(DoctorTlsTest, APortIsAskedWithoutTlsWhateverFailsInTheHandshake) {
  using Reason = NoAnswer::Reason;
  NoTlsTransport transport;
  world_.open_environment.transport = &transport;
  world_.options.connection.endpoint = "https://127.0.0.1:8000";
  transport.plain_url = "http://127.0.0.1:8000/";
  transport.answer.status = 200;
  for (const auto& [reason, is_asked] :
       {std::pair{Reason::kTls, true}, std::pair{Reason::kConnect, true},
        std::pair{Reason::kTimeout, true}, std::pair{Reason::kProxy, false},
        std::pair{Reason::kInvalid, false}}) {
    transport.reason = reason;
    EXPECT_EQ(Advice().find(kWriteHttp) != std::string::npos, is_asked)
        << static_cast<int>(reason);
  }
  world_.options.connection.endpoint = "http://127.0.0.1:8001";
  transport.reason = Reason::kConnect;
  EXPECT_THAT(Advice(), HasSubstr("check the endpoint"));
}

// On real connections: the three ways in which a server without TLS meets a
// TLS handshake.
TEST_F(DoctorTlsTest, AServerWithoutTlsIsRecognizedWhateverItDoes) {
  constexpr char kTlsHandshake = 0x16;
  const std::pair<const char*, std::function<void(Peer*)>> kServers[] = {
      {"answers", [](Peer* peer) { peer->Write(Answer(400, "what?")); }},
      {"hangs up", [](Peer*) {}},
      {"waits", [](Peer* peer) { peer->AwaitEnd(); }},
  };
  for (const auto& [name, meet_handshake] : kServers) {
    LoopbackServer server([&meet_handshake](Peer* peer) {
      char first = 0;
      recv(peer->fd(), &first, 1, MSG_PEEK);
      if (first == kTlsHandshake) return meet_handshake(peer);
      peer->ReadMessage();
      peer->Write(Answer(200, "healthy"));
    });
    const auto transport = dynamodown::NewCurlTransport({});
    world_.open_environment.transport = transport.get();
    world_.options.connection.endpoint = server.url("https");
    world_.options.connection.attempt_timeout = std::chrono::milliseconds(500);
    EXPECT_THAT(Advice(), HasSubstr(kWriteHttp)) << name;
  }
}

}  // namespace
}  // namespace dynamodown_test
