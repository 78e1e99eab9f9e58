// For each spelling of an endpoint, the server receives the Host header that
// was signed.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "dynamodown/status.h"
#include "fake/http/signature.h"
#include "support/fake_environment.h"
#include "support/loopback_server.h"

namespace dynamodown_test {
namespace {

using dynamodown::HttpRequest;
using dynamodown::fake::HeaderOf;
using dynamodown::fake::Signatures;

/// The parts of a raw request, which outlives them.
HttpRequest Parsed(const std::string& raw) {
  HttpRequest request;
  request.method = std::string_view(raw).substr(0, raw.find(' '));
  const size_t end = raw.find("\r\n\r\n");
  request.body = std::string_view(raw).substr(end + 4);
  for (size_t at = raw.find("\r\n") + 2; at < end;) {
    const size_t line_end = raw.find("\r\n", at);
    const std::string_view line =
        std::string_view(raw).substr(at, line_end - at);
    const size_t colon = line.find(": ");
    request.headers.push_back({line.substr(0, colon), line.substr(colon + 2)});
    at = line_end + 2;
  }
  return request;
}

class AuthorityTest : public testing::Test {
 protected:
  AuthorityTest()
      : server_([this](Peer* peer) {
          for (;;) {
            const std::string request = peer->ReadMessage();
            if (request.empty()) return;
            std::lock_guard<std::mutex> lock(mutex_);
            requests_.push_back(request);
            peer->Write(Answer(
                400, R"({"__type":"x#AccessDeniedException","message":"no"})"));
          }
        }) {
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    unsetenv("no_proxy");
    world_.open_environment.transport = nullptr;
    world_.open_environment.scheduler = nullptr;
    world_.open_environment.clock = nullptr;
    world_.environment["AWS_ACCESS_KEY_ID"] = "AKIDTEST";
    world_.environment["AWS_SECRET_ACCESS_KEY"] = "a-secret-for-the-test";
  }
  ~AuthorityTest() override { unsetenv("http_proxy"); }

  /// Opens a store at `endpoint`. Expects one request with that Host header and
  /// a valid signature. "PORT" stands for the server's port.
  void Expect(std::string endpoint, std::string host) {
    SCOPED_TRACE(endpoint);
    const std::string port = std::to_string(server_.port());
    for (std::string* text : {&endpoint, &host}) {
      const size_t at = text->find("PORT");
      if (at != std::string::npos) text->replace(at, 4, port);
    }
    world_.options.connection.endpoint = endpoint;
    const leveldb::Status status = world_.TryOpen("table/store");
    EXPECT_EQ(dynamodown::KindOf(status), dynamodown::StatusKind::kDenied)
        << status.ToString();
    std::lock_guard<std::mutex> lock(mutex_);
    ASSERT_EQ(requests_.size(), 1U);
    const std::string raw = requests_[0];
    requests_.clear();
    const HttpRequest request = Parsed(raw);
    EXPECT_EQ(HeaderOf(request, "Host"), host);
    const int64_t now = dynamodown::NewSystemClock()->UnixSeconds();
    const auto refusal =
        Signatures("dynamodb", "", {{"AKIDTEST", "a-secret-for-the-test", ""}})
            .Check(request, now, now);
    EXPECT_FALSE(refusal) << refusal->message;
  }

  std::mutex mutex_;
  std::vector<std::string> requests_;  // Guarded by mutex_.
  LoopbackServer server_;
  FakeEnvironment world_;
};

TEST_F(AuthorityTest, OfAnAddress) {
  for (const char* spelling :
       {"http://127.0.0.1:PORT", "http://127.0.0.1:PORT/",
        "HTTP://127.0.0.1:PORT//", "http://127.1:PORT", "http://127.0.1:PORT",
        "http://0x7f.0.0.1:PORT", "http://0x7F000001:PORT",
        "http://2130706433:PORT", "http://0177.0.0.01:PORT",
        "http://127.0.0.1.:PORT", "http://127.0.0.1:0PORT"}) {
    Expect(spelling, "127.0.0.1:PORT");
  }
  Expect("http://LocalHost:PORT", "localhost:PORT");
  Expect("http://localhost.:PORT", "localhost:PORT");
}

// A proxy receives requests to any host, even on port 80.
TEST_F(AuthorityTest, OfAHostBehindAProxy) {
  setenv("http_proxy", server_.url().c_str(), 1);
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"http://example.com", "example.com"},
      {"http://example.com:80", "example.com"},
      {"http://example.com:", "example.com"},
      {"http://example.com:443", "example.com:443"},
      {"http://example.com:08000", "example.com:8000"},
      {"Http://EXAMPLE.com:80/", "example.com"},
      {"http://example.com.", "example.com."},
      {"http://example.com.:80", "example.com."},
      {"http://a_b.example", "a_b.example"},
      {"http://127.1", "127.0.0.1"},
      {"http://[::1]", "[::1]"},
      {"http://[0:0:0:0:0:0:0:1]:8000", "[::1]:8000"},
      {"http://[0000:0000::0001]:80", "[::1]"},
      {"http://[FD00:EC2::254]:80", "[fd00:ec2::254]"},
      {"http://[::ffff:7f00:1]:8000", "[::ffff:127.0.0.1]:8000"},
      {"http://[2001:DB8:0:0:1:0:0:1]:8000", "[2001:db8::1:0:0:1]:8000"},
  };
  for (const auto& [endpoint, host] : cases) Expect(endpoint, host);
}

}  // namespace
}  // namespace dynamodown_test
