// Tests of connections that are kept, lost or refused, that time out, that a
// child process inherits, or that use TLS.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "transport/curl_transport_test_fixture.h"

namespace dynamodown {
namespace {

using dynamodown_test::Answer;
using dynamodown_test::LoopbackServer;
using dynamodown_test::Peer;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Reason = NoAnswer::Reason;

// If a kept connection ends before a byte of the answer has arrived, libcurl
// would by itself send the request again on a new connection. The server may
// already have read the request, and a write would then take effect twice.
class KeptConnectionTest : public CurlTransportTest,
                           public testing::WithParamInterface<bool> {};

TEST_P(KeptConnectionTest, ARequestThatTheServerHasReadIsNeverRepeated) {
  Serve([this](Peer* peer) {
    recorder_.Add(peer->ReadMessage());
    peer->Write(Answer(200, "ok"));
    const std::string second = peer->ReadMessage();
    if (second.empty()) return;
    recorder_.Add(second);
    GetParam() ? peer->Reset() : peer->Close();
  });
  for (int round = 0; round < 5; ++round) {
    const std::string first = std::to_string(round) + " first";
    const std::string second = std::to_string(round) + " second";
    ASSERT_TRUE(Send(first).ok());
    const Result<void, NoAnswer> result = Send(second);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().reason, Reason::kConnect);
    EXPECT_TRUE(result.error().sent);
    EXPECT_NE(result.error().message, "");
    EXPECT_LT(elapsed_, kLong / 2);
  }
  // Wait until everything on its way to the server has arrived.
  transport_.reset();
  ASSERT_TRUE(server_->AllClosed());
  std::vector<std::string> bodies;
  for (const std::string& request : recorder_.requests()) {
    if (!request.empty()) {
      bodies.push_back(request.substr(request.find("\r\n\r\n") + 4));
    }
  }
  EXPECT_THAT(bodies, ElementsAre("0 first", "0 second", "1 first", "1 second",
                                  "2 first", "2 second", "3 first", "3 second",
                                  "4 first", "4 second"));
}

TEST_P(KeptConnectionTest, AConnectionThatEndedWhileIdleIsReplaced) {
  std::atomic<int> closed = 0;
  Serve([&](Peer* peer) {
    const std::string request = peer->ReadMessage();
    if (request.empty()) return;
    recorder_.Add(request);
    peer->Write(Answer(200, "ok"));
    if (GetParam()) {
      // Let the client read the answer before the RST discards the answer.
      std::this_thread::sleep_for(milliseconds(50));
      peer->Reset();
    } else {
      peer->Close();
    }
    ++closed;
  });
  for (int i = 1; i <= 3; ++i) {
    const Result<void, NoAnswer> result = Send();
    ASSERT_TRUE(result.ok()) << result.error().message;
    while (closed < i) std::this_thread::sleep_for(milliseconds(1));
  }
  EXPECT_EQ(recorder_.requests().size(), 3u);
}

INSTANTIATE_TEST_SUITE_P(Closed, KeptConnectionTest, testing::Values(false),
                         [](const auto&) { return "ByFin"; });
INSTANTIATE_TEST_SUITE_P(Reset, KeptConnectionTest, testing::Values(true),
                         [](const auto&) { return "ByRst"; });

TEST_F(CurlTransportTest, IfANewConnectionEndsUnansweredTheRequestWasSent) {
  Serve([this](Peer* peer) { recorder_.Add(peer->ReadMessage()); });
  const Result<void, NoAnswer> result = Send();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, Reason::kConnect);
  EXPECT_TRUE(result.error().sent);
  EXPECT_EQ(recorder_.requests().size(), 1u);
}

TEST_F(CurlTransportTest, IfTheConnectionIsRefusedTheRequestWasNotSent) {
  {
    const LoopbackServer gone([](Peer*) {});
    url_ = gone.url();
  }
  const Result<void, NoAnswer> result = Send();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, Reason::kConnect);
  EXPECT_FALSE(result.error().sent);
  EXPECT_THAT(result.error().message, HasSubstr("127.0.0.1"));
  EXPECT_LT(elapsed_, kLong / 2);
}

TEST_F(CurlTransportTest, IfTheServerIsGoneTheRequestWasNotSent) {
  Record();
  ASSERT_TRUE(Send().ok());
  server_ = nullptr;  // The client keeps its connection and the address.
  const Result<void, NoAnswer> result = Send();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, Reason::kConnect);
  EXPECT_FALSE(result.error().sent);
}

TEST_F(CurlTransportTest, IfTheHostIsUnknownTheRequestWasNotSent) {
  url_ = "http://no-such-host.invalid/";
  const Result<void, NoAnswer> result = Send("x", milliseconds(2'000));
  ASSERT_FALSE(result.ok());
  EXPECT_FALSE(result.error().sent);
}

TEST_F(CurlTransportTest, ABadUrlIsInvalid) {
  for (const char* url : {"http://", "ftp://127.0.0.1/", "http://a b/",
                          "http://127.0.0.1:99999/"}) {
    url_ = url;
    const Result<void, NoAnswer> result = Send();
    ASSERT_FALSE(result.ok()) << url;
    EXPECT_EQ(result.error().reason, Reason::kInvalid) << url;
    EXPECT_FALSE(result.error().sent) << url;
  }
}

TEST_F(CurlTransportTest, ASilentServerTimesOutWithinTwiceTheLimit) {
  Serve([](Peer* peer) { peer->AwaitEnd(); });
  const Result<void, NoAnswer> result = Send("x", milliseconds(300));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, Reason::kTimeout);
  EXPECT_TRUE(result.error().sent);
  EXPECT_GE(elapsed_, milliseconds(290));
  EXPECT_LT(elapsed_, milliseconds(600));
  // The abandoned request must not take effect after the next request.
  EXPECT_TRUE(server_->AllClosed());
}

TEST_F(CurlTransportTest, ATricklingAnswerTimesOutToo) {
  Serve([](Peer* peer) {
    peer->ReadMessage();
    peer->Write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    for (int i = 0; i < 30; ++i) {
      peer->Write("x");
      std::this_thread::sleep_for(milliseconds(25));
    }
  });
  const Result<void, NoAnswer> result = Send("x", milliseconds(300));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, Reason::kTimeout);
  EXPECT_TRUE(result.error().sent);
  EXPECT_LT(elapsed_, milliseconds(600));
}

TEST_F(CurlTransportTest, ATimedOutConnectionIsNotUsedAgain) {
  Serve([this](Peer* peer) {
    const std::string request = peer->ReadMessage();
    if (peer->number() == 1) {
      std::this_thread::sleep_for(milliseconds(400));
      peer->Write(Answer(200, "late"));
      return;
    }
    recorder_.Add(request);
    peer->Write(Answer(200, "in time"));
    peer->AwaitEnd();
  });
  EXPECT_FALSE(Send("one", milliseconds(200)).ok());
  ASSERT_TRUE(Send("two").ok());
  EXPECT_EQ(response_.body, "in time");
  EXPECT_EQ(server_->connections(), 2);
}

TEST_F(CurlTransportTest, DestructionLeavesNoConnectionOpen) {
  Record();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      HttpResponse response;
      for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(
            transport_->Send({"POST", url_, {}, "x"}, kLong, &response).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  transport_.reset();
  EXPECT_TRUE(server_->AllClosed());
}

TEST_F(CurlTransportTest,
       AForkedChildIsRefusedAndClosesNoConnectionOfItsParent) {
  Record();
  ASSERT_TRUE(Send("before").ok());
  const pid_t child = fork();
  if (child == 0) {
    alarm(10);
    const Result<void, NoAnswer> result = Send("from the child");
    const bool refused =
        !result.ok() && !result.error().sent &&
        result.error().reason == Reason::kForked &&
        result.error().message.find("fork") != std::string::npos;
    transport_.reset();
    _exit(refused ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;

  ASSERT_TRUE(Send("after").ok());
  EXPECT_EQ(server_->connections(), 1);
  EXPECT_EQ(recorder_.requests().size(), 2u);
}

TEST_F(CurlTransportTest, AProgramStartedMeanwhileKeepsNoConnectionOpen) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  std::atomic<pid_t> program = 0;
  Serve([&](Peer* peer) {
    peer->ReadMessage();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
    std::string name = "cat";  // Ends when its standard input does.
    char* const arguments[] = {name.data(), nullptr};
    pid_t pid = 0;
    EXPECT_EQ(posix_spawnp(&pid, "cat", &actions, nullptr, arguments, environ),
              0);
    posix_spawn_file_actions_destroy(&actions);
    program = pid;
    peer->AwaitEnd();
  });
  const Result<void, NoAnswer> result = Send("x", milliseconds(500));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, Reason::kTimeout);
  EXPECT_TRUE(server_->AllClosed());

  ASSERT_GT(program, 0);
  EXPECT_EQ(waitpid(program, nullptr, WNOHANG), 0)
      << "the program ended too early";
  close(ends[1]);
  EXPECT_EQ(waitpid(program, nullptr, 0), program);
  close(ends[0]);
}

TEST_F(CurlTransportTest, AServerWithoutTlsIsNotWorthARetry) {
  Serve([](Peer* peer) {
    peer->ReadMore();
    peer->Write(Answer(400, "this is no TLS"));
    peer->AwaitEnd();
  });
  url_ = server_->url("https");
  const Result<void, NoAnswer> result = Send();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, Reason::kTls);
  EXPECT_FALSE(result.error().sent);
  EXPECT_LT(elapsed_, kLong / 2);
}

TEST_F(CurlTransportTest, AServerThatRefusesOurTlsIsNotWorthARetry) {
  Serve([](Peer* peer) {
    peer->ReadMore();
    // RFC 8446, 6.2: a fatal alert, protocol_version.
    peer->Write(std::string("\x15\x03\x03\x00\x02\x02\x46", 7));
  });
  url_ = server_->url("https");
  const Result<void, NoAnswer> result = Send();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, Reason::kTls);
  EXPECT_FALSE(result.error().sent);
  EXPECT_THAT(result.error().message, StartsWith(Origin("https")));
}

TEST_F(CurlTransportTest, AServerThatHangsUpDuringTlsIsWorthARetry) {
  for (const bool reset : {false, true}) {
    Serve([reset](Peer* peer) {
      peer->ReadMore();
      if (reset) peer->Reset();
    });
    url_ = server_->url("https");
    const Result<void, NoAnswer> result = Send();
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().reason, Reason::kConnect) << reset;
    EXPECT_FALSE(result.error().sent) << reset;
  }
}

TEST_F(CurlTransportTest, AMessageNamesTheOriginButNoPathOrQuery) {
  Serve([](Peer* peer) { peer->ReadMessage(); });
  url_ = server_->url() + "path?token=MARKED";
  const Result<void, NoAnswer> result = Send();
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.error().message, StartsWith(Origin("http") + ": "));
  EXPECT_THAT(result.error().message, Not(HasSubstr("MARKED")));
}

TEST_F(CurlTransportTest, TlsToASilentServerEndsWithinTwiceTheConnectTimeout) {
  CurlTransportOptions options;
  options.connect_timeout = milliseconds(300);
  // Keep the time to read the system's authorities out of elapsed_.
  options.ca_bundle = "/dev/null";
  Make(options);
  Serve([](Peer* peer) { peer->AwaitEnd(); });
  url_ = server_->url("https");
  const Result<void, NoAnswer> result = Send();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, Reason::kTimeout);
  EXPECT_FALSE(result.error().sent);
  EXPECT_LT(elapsed_, milliseconds(600));
}

TEST_F(CurlTransportTest, AMissingCaBundleIsNamed) {
  CurlTransportOptions options;
  options.ca_bundle = "/nonexistent/ca.pem";
  Make(options);
  Serve([](Peer* peer) { peer->AwaitEnd(); });
  url_ = server_->url("https");
  const Result<void, NoAnswer> result = Send();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, Reason::kTls);
  EXPECT_FALSE(result.error().sent);
  EXPECT_THAT(result.error().message, HasSubstr("/nonexistent/ca.pem"));
  EXPECT_THAT(result.error().message, HasSubstr("AWS_CA_BUNDLE"));
}

}  // namespace
}  // namespace dynamodown
