// Tests of endpoints that are closed, silent or not DynamoDB, through the real
// transport: what a call reports, and that it takes at most twice the limit
// that it names.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "support/fake_environment.h"
#include "support/loopback_port.h"

namespace dynamodown_test {
namespace {

using dynamodown::KindOf;
using dynamodown::StatusKind;
using leveldb::Status;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

/// A server that sends `answer` on every connection, whatever the request, and
/// closes it.
class Answerer {
 public:
  explicit Answerer(std::string answer) : answer_(std::move(answer)) {
    port_.Listen();
    thread_ = std::thread([this] { Serve(); });
  }
  ~Answerer() {
    shutdown(port_.socket(), SHUT_RDWR);
    thread_.join();
  }
  std::string url() const { return port_.url(); }

 private:
  void Serve() {
    for (;;) {
      const int connection = accept(port_.socket(), nullptr, nullptr);
      if (connection < 0) return;
      char request[65536];
      if (recv(connection, request, sizeof request, 0) > 0) {
        send(connection, answer_.data(), answer_.size(), MSG_NOSIGNAL);
      }
      shutdown(connection, SHUT_WR);
      // Waits until the peer has gone, so that the connection is not reset
      // before the peer has read.
      while (recv(connection, request, sizeof request, 0) > 0) {
      }
      close(connection);
    }
  }

  LoopbackPort port_;
  const std::string answer_;
  std::thread thread_;
};

class EndpointTest : public testing::Test {
 protected:
  EndpointTest() {
    // Reaches the loopback directly, whatever proxy is set.
    setenv("no_proxy", "127.0.0.1", 1);
    world_.open_environment.transport = nullptr;
    world_.open_environment.scheduler = nullptr;
    world_.open_environment.clock = nullptr;
    world_.options.connection.connect_timeout = kLimit;
    world_.options.connection.attempt_timeout = kLimit;
    world_.options.retry.deadline = kLimit;
  }

  /// Opens a store at `url`. Fails if that takes twice the limit.
  Status Open(const std::string& url) {
    world_.options.connection.endpoint = url;
    const auto begin = std::chrono::steady_clock::now();
    const Status status = world_.TryOpen("table/store");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 2 * kLimit);
    ExpectNoSecrets(status.ToString());
    return status;
  }

  static constexpr milliseconds kLimit{1000};
  FakeEnvironment world_;
};

TEST_F(EndpointTest, AClosedPortIsUnavailable) {
  const LoopbackPort port;
  const Status status = Open(port.url());
  EXPECT_EQ(KindOf(status), StatusKind::kUnavailable);
  EXPECT_THAT(status.ToString(), StartsWith("IO error: unavailable: "));
  EXPECT_THAT(status.ToString(), HasSubstr("gave up after"));
}

TEST_F(EndpointTest, WithOneAttemptAClosedPortFailsAtOnce) {
  const LoopbackPort port;
  world_.options.retry.max_attempts = 1;
  EXPECT_EQ(KindOf(Open(port.url())), StatusKind::kUnavailable);
}

TEST_F(EndpointTest, ASilentEndpointTimesOutAtTheAttemptsLimit) {
  LoopbackPort port;
  port.Listen();
  world_.options.retry.deadline = milliseconds(60'000);
  world_.options.retry.max_attempts = 1;
  const Status status = Open(port.url());
  EXPECT_EQ(KindOf(status), StatusKind::kTimeout);
  EXPECT_THAT(status.ToString(), StartsWith("IO error: timeout: "));
}

TEST_F(EndpointTest, ASilentEndpointTimesOutAtTheCallsLimit) {
  LoopbackPort port;
  port.Listen();
  world_.options.connection.attempt_timeout = milliseconds(60'000);
  EXPECT_EQ(KindOf(Open(port.url())), StatusKind::kTimeout);
  world_.options.connection.attempt_timeout = milliseconds(200);
  const Status status = Open(port.url());
  EXPECT_EQ(KindOf(status), StatusKind::kTimeout);
  EXPECT_THAT(status.ToString(), HasSubstr("gave up after"));
}

TEST_F(EndpointTest, AnAnswerThatBreaksOffIsNoAnswer) {
  const Answerer answerer(
      "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"Table\":");
  world_.options.retry.max_attempts = 2;
  const Status status = Open(answerer.url());
  EXPECT_EQ(KindOf(status), StatusKind::kUnavailable);
  EXPECT_THAT(status.ToString(), HasSubstr("gave up after 2 attempts"));
}

TEST_F(EndpointTest, AnEndpointThatSpeaksSomethingElseIsNoAnswer) {
  const Answerer answerer("220 mail.example ESMTP\r\n");
  world_.options.retry.max_attempts = 2;
  EXPECT_EQ(KindOf(Open(answerer.url())), StatusKind::kUnavailable);
}

TEST_F(EndpointTest, AWebServerIsADamagedAnswer) {
  const Answerer answerer("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>");
  world_.options.retry.max_attempts = 2;
  const Status status = Open(answerer.url());
  EXPECT_EQ(KindOf(status), StatusKind::kCorruption);
  EXPECT_THAT(status.ToString(), HasSubstr("damaged answer"));
}

}  // namespace
}  // namespace dynamodown_test
