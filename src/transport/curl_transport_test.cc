// Against a server of the test's own, on raw sockets of the loopback, which
// does as each test tells it: only so can it misbehave.

#include "transport/curl_transport.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/loopback_server.h"

namespace dynamodown {
namespace {

using dynamodown_test::Answer;
using dynamodown_test::LoopbackServer;
using dynamodown_test::Peer;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Reason = NoAnswer::Reason;

constexpr milliseconds kLong(10'000);

/// Answers each request, and remembers it.
class Recorder {
 public:
  explicit Recorder(std::string answer = Answer(200, "ok"))
      : answer_(std::move(answer)) {}

  void operator()(Peer* peer) {
    for (;;) {
      const std::string request = peer->ReadMessage();
      if (request.empty()) return;
      Add(request);
      peer->Write(answer_);
    }
  }
  void Add(const std::string& request) {
    std::lock_guard<std::mutex> lock(mutex_);
    requests_.push_back(request);
  }
  std::vector<std::string> requests() {
    std::lock_guard<std::mutex> lock(mutex_);
    return requests_;
  }

 private:
  const std::string answer_;
  std::mutex mutex_;
  std::vector<std::string> requests_;
};

class CurlTransportTest : public testing::Test {
 protected:
  CurlTransportTest() {
    setenv("no_proxy", "*", 1);
    Make({});
  }

  void Make(const CurlTransportOptions& options) {
    transport_ = NewCurlTransport(options);
  }
  void Serve(LoopbackServer::Serve serve) {
    server_ = std::make_unique<LoopbackServer>(std::move(serve));
    url_ = server_->url();
  }
  void Record() {
    Serve([this](Peer* peer) { recorder_(peer); });
  }
  Result<void, NoAnswer> Send(const std::string& body = "body",
                              milliseconds timeout = kLong,
                              const std::string& method = "POST") {
    const HttpRequest request{
        method, url_, {{"Content-Type", "text/x"}, {"X-One", "1"}}, body};
    const auto start = steady_clock::now();
    Result<void, NoAnswer> result =
        transport_->Send(request, timeout, &response_);
    elapsed_ = steady_clock::now() - start;
    return result;
  }

  /// Of the server, as messages name it.
  std::string Origin(const std::string& scheme) const {
    const std::string url = server_->url(scheme);
    return url.substr(0, url.size() - 1);
  }

  Recorder recorder_;
  // The server dies after the transport, so that it sees the connections end.
  std::unique_ptr<LoopbackServer> server_;
  std::string url_;
  std::unique_ptr<Transport> transport_;
  HttpResponse response_;
  steady_clock::duration elapsed_{};
};

TEST_F(CurlTransportTest, BringsStatusHeadersAndBody) {
  Serve([](Peer* peer) {
    peer->ReadMessage();
    peer->Write(Answer(200, std::string("a\0b", 3),
                       "x-amz-crc32:17\r\nX-Amzn-RequestId:  id 1 \r\n"));
    peer->AwaitEnd();
  });
  ASSERT_TRUE(Send().ok());
  EXPECT_EQ(response_.status, 200);
  EXPECT_EQ(response_.body, std::string("a\0b", 3));
  EXPECT_EQ(response_.Header("X-Amz-Crc32"), "17");
  EXPECT_EQ(response_.Header("x-amzn-requestid"), "id 1");
  EXPECT_EQ(response_.Header("Content-Length"), "3");
  EXPECT_EQ(response_.Header("Date"), "");
}

TEST_F(CurlTransportTest, SendsWhatItIsGivenAndLittleElse) {
  Record();
  const std::string body("{\"a\":\0\r\n\r\n}", 12);
  ASSERT_TRUE(Send(body).ok());
  const std::string host = url_.substr(7, url_.size() - 8);
  EXPECT_THAT(recorder_.requests(),
              ElementsAre("POST / HTTP/1.1\r\nHost: " + host +
                          "\r\nContent-Type: text/x\r\nX-One: 1\r\n"
                          "Content-Length: 12\r\n\r\n" +
                          body));
}

TEST_F(CurlTransportTest, NeverExpects100Continue) {
  Record();
  const std::string body(4 << 20, 'x');
  ASSERT_TRUE(Send(body).ok());
  ASSERT_EQ(recorder_.requests().size(), 1u);
  EXPECT_THAT(recorder_.requests()[0].substr(0, 1000),
              Not(HasSubstr("Expect")));
  EXPECT_EQ(recorder_.requests()[0].substr(
                recorder_.requests()[0].find("\r\n\r\n") + 4),
            body);
}

TEST_F(CurlTransportTest, KnowsGetPostAndPutOnOneConnection) {
  Record();
  ASSERT_TRUE(Send("", kLong, "GET").ok());
  ASSERT_TRUE(Send("one", kLong, "PUT").ok());
  ASSERT_TRUE(Send("two", kLong, "POST").ok());
  ASSERT_TRUE(Send("", kLong, "GET").ok());
  const std::vector<std::string> requests = recorder_.requests();
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_THAT(requests[0], StartsWith("GET / HTTP/1.1\r\n"));
  EXPECT_THAT(requests[0], Not(HasSubstr("Content-Length")));
  EXPECT_THAT(requests[1], StartsWith("PUT / HTTP/1.1\r\n"));
  EXPECT_THAT(requests[1], HasSubstr("\r\n\r\none"));
  EXPECT_THAT(requests[2], StartsWith("POST / HTTP/1.1\r\n"));
  EXPECT_THAT(requests[2], HasSubstr("\r\n\r\ntwo"));
  EXPECT_EQ(requests[3], requests[0]);
  EXPECT_EQ(server_->connections(), 1);
}

TEST_F(CurlTransportTest, AnEmptyBodyIsSentAsSuch) {
  Record();
  const HttpRequest request{"POST", url_, {}, std::string_view()};
  ASSERT_TRUE(transport_->Send(request, kLong, &response_).ok());
  ASSERT_EQ(recorder_.requests().size(), 1u);
  EXPECT_THAT(recorder_.requests()[0], HasSubstr("Content-Length: 0\r\n"));
}

TEST_F(CurlTransportTest, ManyRequestsShareOneConnection) {
  Record();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(Send("request " + std::to_string(i)).ok());
    EXPECT_EQ(response_.body, "ok");
  }
  EXPECT_EQ(server_->connections(), 1);
  EXPECT_EQ(recorder_.requests().size(), 100u);
}

TEST_F(CurlTransportTest, ErrorAnswersKeepTheConnection) {
  Serve([](Peer* peer) {
    for (int status : {400, 404, 413, 500, 503, 200}) {
      if (peer->ReadMessage().empty()) return;
      peer->Write(Answer(status, "status " + std::to_string(status)));
    }
  });
  for (int status : {400, 404, 413, 500, 503, 200}) {
    ASSERT_TRUE(Send().ok());
    EXPECT_EQ(response_.status, status);
    EXPECT_EQ(response_.body, "status " + std::to_string(status));
  }
  EXPECT_EQ(server_->connections(), 1);
}

TEST_F(CurlTransportTest, RedirectsAreAnswersAndNotFollowed) {
  recorder_.Add("");
  Serve([](Peer* peer) {
    peer->ReadMessage();
    peer->Write(Answer(302, "", "Location: /elsewhere\r\n"));
    peer->AwaitEnd();
  });
  ASSERT_TRUE(Send().ok());
  EXPECT_EQ(response_.status, 302);
  EXPECT_EQ(server_->connections(), 1);
}

TEST_F(CurlTransportTest, InterimAnswersAreNotTheAnswer) {
  Serve([](Peer* peer) {
    peer->ReadMessage();
    peer->Write("HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n");
    peer->Write(Answer(200, "ok", "X-Final: 2\r\n"));
    peer->AwaitEnd();
  });
  ASSERT_TRUE(Send().ok());
  EXPECT_EQ(response_.status, 200);
  EXPECT_EQ(response_.Header("X-Interim"), "");
  EXPECT_EQ(response_.Header("X-Final"), "2");
}

TEST_F(CurlTransportTest, ChunkedAnswersArePutTogether) {
  Serve([](Peer* peer) {
    peer->ReadMessage();
    peer->Write(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    peer->AwaitEnd();
  });
  ASSERT_TRUE(Send().ok());
  EXPECT_EQ(response_.body, "abcde");
}

TEST_F(CurlTransportTest, CallsAtOnceHaveAConnectionEachAndKeepThem) {
  std::atomic<int> waiting = 0;
  Serve([&](Peer* peer) {
    while (!peer->ReadMessage().empty()) {
      ++waiting;
      while (waiting % 4 != 0) std::this_thread::yield();
      peer->Write(Answer(200, "ok"));
    }
  });
  for (int round = 0; round < 2; ++round) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        HttpResponse response;
        EXPECT_TRUE(
            transport_->Send({"POST", url_, {}, "x"}, kLong, &response).ok());
        EXPECT_EQ(response.body, "ok");
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(server_->connections(), 4);
}

TEST_F(CurlTransportTest, KeepsNoMoreIdleConnectionsThanAsked) {
  CurlTransportOptions options;
  options.idle_max = 0;
  Make(options);
  Record();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Send().ok());
  EXPECT_EQ(server_->connections(), 3);
  EXPECT_TRUE(server_->AllClosed());
}

// libcurl would by itself repeat a request on a new connection when a kept one
// ends without a byte of an answer. But the server has seen the first: for a
// write this would be a second one.
class KeptConnectionTest : public CurlTransportTest,
                           public testing::WithParamInterface<bool> {};

TEST_P(KeptConnectionTest, ARequestThatWasReadIsNeverRepeatedInSilence) {
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
  // Whatever was on its way to the server has arrived.
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

TEST_P(KeptConnectionTest, OneThatEndedWhileIdleIsReplaced) {
  std::atomic<int> closed = 0;
  Serve([&](Peer* peer) {
    const std::string request = peer->ReadMessage();
    if (request.empty()) return;
    recorder_.Add(request);
    peer->Write(Answer(200, "ok"));
    if (GetParam()) {
      // The client reads the answer before the RST throws it away.
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

TEST_F(CurlTransportTest, ANewConnectionThatEndsWithoutAnAnswerWasSentOn) {
  Serve([this](Peer* peer) { recorder_.Add(peer->ReadMessage()); });
  const Result<void, NoAnswer> result = Send();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, Reason::kConnect);
  EXPECT_TRUE(result.error().sent);
  EXPECT_EQ(recorder_.requests().size(), 1u);
}

TEST_F(CurlTransportTest, ARefusedConnectionWasNotSentOn) {
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

TEST_F(CurlTransportTest, AServerThatHasGoneMayComeBack) {
  Record();
  ASSERT_TRUE(Send().ok());
  server_ = nullptr;  // The connection and the address are still known.
  const Result<void, NoAnswer> result = Send();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, Reason::kConnect);
  EXPECT_FALSE(result.error().sent);
}

TEST_F(CurlTransportTest, AnUnknownHostWasNotSentTo) {
  url_ = "http://no-such-host.invalid/";
  const Result<void, NoAnswer> result = Send("x", milliseconds(2'000));
  ASSERT_FALSE(result.ok());
  EXPECT_FALSE(result.error().sent);
}

TEST_F(CurlTransportTest, AUrlThatIsNoneIsInvalid) {
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
  // The request is not left there to take effect behind the next one's back.
  EXPECT_TRUE(server_->AllClosed());
}

TEST_F(CurlTransportTest, AnAnswerThatTricklesTimesOutToo) {
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

TEST_F(CurlTransportTest, ATruncatedBodyIsNoAnswer) {
  Serve([](Peer* peer) {
    peer->ReadMessage();
    peer->Write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"Item\":");
  });
  const Result<void, NoAnswer> result = Send();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, Reason::kConnect);
  EXPECT_TRUE(result.error().sent);
}

TEST_F(CurlTransportTest, ATruncatedChunkIsNoAnswer) {
  Serve([](Peer* peer) {
    peer->ReadMessage();
    peer->Write(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  });
  const Result<void, NoAnswer> result = Send();
  ASSERT_FALSE(result.ok());
  EXPECT_TRUE(result.error().sent);
}

TEST_F(CurlTransportTest, WhatIsNoHttpIsNoAnswer) {
  for (const char* answer : {"SSH-2.0-OpenSSH_9.2\r\n", "\r\n\r\n", "{}"}) {
    Serve([&](Peer* peer) {
      peer->ReadMessage();
      peer->Write(answer);
    });
    const Result<void, NoAnswer> result = Send();
    ASSERT_FALSE(result.ok()) << answer;
    EXPECT_EQ(result.error().reason, Reason::kConnect) << answer;
    EXPECT_TRUE(result.error().sent) << answer;
  }
}

TEST_F(CurlTransportTest, ABodyOverItsLimitIsNoAnswer) {
  CurlTransportOptions options;
  options.response_bytes_max = 1'000;
  Make(options);
  std::string body(1'000, 'x');
  Serve([&](Peer* peer) {
    while (!peer->ReadMessage().empty()) peer->Write(Answer(200, body));
  });
  ASSERT_TRUE(Send().ok());
  EXPECT_EQ(response_.body, body);

  body.push_back('x');
  const Result<void, NoAnswer> result = Send();
  ASSERT_FALSE(result.ok());
  EXPECT_TRUE(result.error().sent);
  EXPECT_THAT(result.error().message, HasSubstr("longer than 1000 bytes"));

  body.pop_back();
  EXPECT_TRUE(Send().ok());
  EXPECT_EQ(server_->connections(), 2);
}

TEST_F(CurlTransportTest, EndlessHeadersAreNoAnswer) {
  Serve([](Peer* peer) {
    peer->ReadMessage();
    peer->Write("HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 2'000; ++i) {
      peer->Write("X-" + std::to_string(i) + ": " + std::string(90, 'x') +
                  "\r\n");
    }
    peer->AwaitEnd();
  });
  const Result<void, NoAnswer> result = Send();
  ASSERT_FALSE(result.ok());
  EXPECT_LT(elapsed_, kLong / 2);
}

TEST_F(CurlTransportTest, AResponseKeepsNothingOfTheOneBefore) {
  Serve([](Peer* peer) {
    peer->ReadMessage();
    peer->Write(Answer(400, "long body", "X-Old: 1\r\n"));
    peer->ReadMessage();
    peer->Write(Answer(200, ""));
    peer->AwaitEnd();
  });
  ASSERT_TRUE(Send().ok());
  ASSERT_TRUE(Send().ok());
  EXPECT_EQ(response_.status, 200);
  EXPECT_EQ(response_.body, "");
  EXPECT_EQ(response_.Header("X-Old"), "");
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

TEST_F(CurlTransportTest, AForkedChildIsRefusedAndLeavesTheParentsConnections) {
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
  EXPECT_EQ(waitpid(program, nullptr, WNOHANG), 0) << "it ended too early";
  close(ends[1]);
  EXPECT_EQ(waitpid(program, nullptr, 0), program);
  close(ends[0]);
}

TEST_F(CurlTransportTest, TlsToAServerWithoutItIsNotWorthARetry) {
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

TEST_F(CurlTransportTest, TlsToAServerThatRefusesOursIsNotWorthARetry) {
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

TEST_F(CurlTransportTest, TlsToAServerThatHangsUpMayPass) {
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

TEST_F(CurlTransportTest, AMessageNamesWhereItWasSentButNoPathOrQuery) {
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
  // To read the system's authorities takes time of its own.
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
