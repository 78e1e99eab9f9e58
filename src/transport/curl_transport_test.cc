// Tests of requests, and of whole and damaged answers.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "transport/curl_transport_test_fixture.h"

namespace dynamodown {
namespace {

using dynamodown_test::Answer;
using dynamodown_test::Peer;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Reason = NoAnswer::Reason;

TEST_F(CurlTransportTest, ReturnsStatusHeadersAndBody) {
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

TEST_F(CurlTransportTest, SendsGetPostAndPutOnOneConnection) {
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

TEST_F(CurlTransportTest, ConcurrentCallsHaveAConnectionEachAndKeepIt) {
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

TEST_F(CurlTransportTest, BytesThatAreNotHttpAreNoAnswer) {
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
  EXPECT_EQ(result.error().reason, Reason::kTooLong);
  EXPECT_THAT(result.error().message, HasSubstr("longer than 1000 bytes"));

  body.pop_back();
  EXPECT_TRUE(Send().ok());
  EXPECT_EQ(server_->connections(), 2);
}

// The error names the limit that was exceeded.
TEST_F(CurlTransportTest, HeadersOver64KbAreNoAnswerAndNameTheirLimit) {
  for (const auto& [lines, bytes] :
       {std::pair(2'000, 90), std::pair(2, 70'000), std::pair(1, 150'000),
        std::pair(1, 66'000)}) {
    SCOPED_TRACE(bytes);
    Serve([lines = lines, bytes = bytes](Peer* peer) {
      peer->ReadMessage();
      peer->Write("HTTP/1.1 200 OK\r\n");
      for (int i = 0; i < lines; ++i) {
        peer->Write("X-" + std::to_string(i) + ": " +
                    std::string(static_cast<size_t>(bytes), 'x') + "\r\n");
      }
      peer->AwaitEnd();
    });
    const Result<void, NoAnswer> result = Send();
    ASSERT_FALSE(result.ok());
    EXPECT_LT(elapsed_, kLong / 2);
    EXPECT_TRUE(result.error().sent);
    EXPECT_THAT(result.error().message,
                EndsWith("the answer's headers are longer than 65536 bytes"));
  }
}

// libcurl keeps all of these lines, so their sum is limited.
TEST_F(CurlTransportTest, HeaderLinesOfEveryPartOfAnAnswerCount) {
  const std::string pad(900, 'x');
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n";
  struct Case {
    std::string begin;
    std::string repeated;  // 100 times.
    std::string end;
  };
  const Case cases[] = {
      {ok, "X: " + pad + "\r\n", "Content-Length: 0\r\n\r\n"},
      {"", "HTTP/1.1 100 Continue\r\nX: " + pad + "\r\n\r\n",
       ok + "Content-Length: 0\r\n\r\n"},
      {"", "HTTP/1.1 103 " + pad + "\r\n\r\n",
       ok + "Content-Length: 0\r\n\r\n"},
      {chunked, "X: " + pad + "\r\n", "\r\n"},
      {chunked, "HTTP/x: y\r\nX: " + pad + "\r\n", "\r\n"},
      {chunked, "HTTP/1.1 200: " + pad + "\r\n", "\r\n"},
  };
  for (const Case& c : cases) {
    for (const int times : {10, 100}) {
      SCOPED_TRACE(c.begin + c.repeated.substr(0, 20));
      Serve([&, times](Peer* peer) {
        peer->ReadMessage();
        std::string answer = c.begin;
        for (int i = 0; i < times; ++i) answer += c.repeated;
        peer->Write(answer + c.end);
        peer->AwaitEnd();
      });
      const Result<void, NoAnswer> result = Send();
      EXPECT_EQ(result.ok(), times == 10);
      if (result.ok()) continue;
      EXPECT_TRUE(result.error().sent);
      EXPECT_THAT(result.error().message,
                  EndsWith("the answer's headers are longer than 65536 bytes"));
    }
  }
}

TEST_F(CurlTransportTest, TheHostHeaderAndThePathAreSentAsTheUrlHasThem) {
  Record();
  const std::string port = std::to_string(server_->port());
  for (const std::string& host :
       {"127.0.0.1:" + port, "127.1:" + port, "0x7f.1:" + port,
        "LocalHost:" + port, "127.0.0.1:0" + port}) {
    for (const char* path : {"/", "/a/../b", "/./a//b?c=%20D"}) {
      url_ = "http://" + host + path;
      ASSERT_TRUE(Send().ok()) << url_;
      EXPECT_THAT(recorder_.requests().back(),
                  HasSubstr(std::string("POST ") + path +
                            " HTTP/1.1\r\nHost: " + host + "\r\n"));
    }
  }
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

}  // namespace
}  // namespace dynamodown
