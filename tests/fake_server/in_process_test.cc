// FakeServer by itself: what clients see of a Delivery, over raw sockets.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "fake/fake_dynamo.h"
#include "fake/server.h"
#include "support/loopback_port.h"
#include "support/loopback_server.h"

namespace dynamodown_test {
namespace {

using dynamodown::ErrorKind;
using dynamodown::FakeDynamo;
using dynamodown::FakeServer;
using dynamodown::HttpHeader;
using dynamodown::HttpRequest;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using Delivery = FakeDynamo::Delivery;
using Way = Delivery::Way;

constexpr size_t kMegabyte = 1 << 20;

Delivery Ok(std::string body) {
  Delivery delivery;
  delivery.answer.status = 200;
  delivery.answer.headers = "Content-Length: " + std::to_string(body.size()) +
                            "\r\nConnection: keep-alive\r\nX-Name: a value\r\n";
  delivery.answer.body = std::move(body);
  return delivery;
}

std::unique_ptr<FakeServer> Start(FakeServer::Handler handler) {
  auto started = FakeServer::Start(FakeServer::Settings(), std::move(handler));
  EXPECT_TRUE(started.ok()) << started.error().message;
  return *std::move(started);
}

/// A server that gives every request the same delivery.
std::unique_ptr<FakeServer> Serve(Delivery delivery) {
  return Start([delivery](const HttpRequest&) { return delivery; });
}

std::string Post(const std::string& body, const std::string& headers = "") {
  return "POST / HTTP/1.1\r\nHost: here\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

struct Heard {
  std::string bytes;   ///< All bytes up to the connection's end.
  bool reset = false;  ///< Whether it ended with RST, not FIN.
};

/// A connection to the server.
class Client {
 public:
  explicit Client(const FakeServer& server)
      : fd_(ConnectToLoopback(server.port())), peer_(fd_, 0) {
    const timeval limit = {20, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }

  std::string Ask(const std::string& request) {
    peer_.Write(request);
    return peer_.ReadMessage();
  }
  void Send(const std::string& request) { peer_.Write(request); }
  /// Does nothing if the connection has ended.
  void TrySend(const std::string& bytes) {
    send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  std::string Read() { return peer_.ReadMessage(); }

  Heard ReadToTheEnd() {
    Heard heard;
    char bytes[4096];
    ssize_t n;
    while ((n = recv(fd_, bytes, sizeof bytes, 0)) > 0) {
      heard.bytes.append(bytes, static_cast<size_t>(n));
    }
    EXPECT_TRUE(n == 0 || errno == ECONNRESET) << "nothing ends it";
    heard.reset = n < 0;
    return heard;
  }

 private:
  const int fd_;
  Peer peer_;
};

std::string BodyOf(const std::string& message) {
  return message.substr(message.find("\r\n\r\n") + 4);
}

// ------------------------------------------------------------------- answers

TEST(DoorTest, CarriesARequestAsItCame) {
  const auto server = Start([](const HttpRequest& request) {
    std::string told(request.method);
    told.append(" ").append(request.url);
    for (const HttpHeader& header : request.headers) {
      told.append("|").append(header.name).append("=").append(header.value);
    }
    return Ok(told.append("|").append(request.body));
  });
  Client client(*server);
  client.Send(
      "PUT /a%20b?c=d&e HTTP/1.1\r\nHost: there:8\r\nX-Amz-Date: now  then\r\n"
      "x-empty:\r\nContent-Length: 5\r\n\r\nbo\ndy");
  const std::string answer = client.Read();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nX-Name: a value\r\n"));
  EXPECT_EQ(BodyOf(answer),
            "PUT http://there:8/a%20b?c=d&e|Host=there:8|"
            "X-Amz-Date=now  then|x-empty=|Content-Length=5|bo\ndy");
}

TEST(DoorTest, KeepsConnectionsAlive) {
  std::atomic<int> calls = 0;
  const auto server =
      Start([&](const HttpRequest&) { return Ok(std::to_string(++calls)); });
  Client client(*server);
  for (int i = 1; i <= 3; ++i) {
    const std::string answer = client.Ask(Post("x"));
    EXPECT_EQ(BodyOf(answer), std::to_string(i));
    EXPECT_THAT(answer, Not(HasSubstr("close")));
  }
}

TEST(DoorTest, CarriesLargeBodiesBothWays) {
  const auto server = Start(
      [](const HttpRequest& request) { return Ok(std::string(request.body)); });
  Client client(*server);
  std::string body(16 * kMegabyte, 'x');
  body.back() = 'y';
  client.Send(Post(body));
  EXPECT_TRUE(BodyOf(client.Read()) == body);
}

TEST(DoorTest, RefusesABodyAbove16MB) {
  std::atomic<int> calls = 0;
  const auto server = Start([&](const HttpRequest&) {
    ++calls;
    return Ok("");
  });
  const std::string large(16 * kMegabyte + 1, 'x');
  {
    Client client(*server);
    client.Send(Post(large));
    EXPECT_THAT(client.Read(), AllOf(StartsWith("HTTP/1.1 413 "),
                                     HasSubstr("#RequestEntityTooLarge\"")));
  }
  {
    // Also without a Content-Length.
    Client client(*server);
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", large.size());
    client.Send(
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" +
        (size + large) + "\r\n0\r\n\r\n");
    EXPECT_THAT(client.Read(), StartsWith("HTTP/1.1 413 "));
  }
  EXPECT_EQ(calls, 0);
}

TEST(DoorTest, TellsWhoAsksFirstWhetherToGoOn) {
  const auto server = Start(
      [](const HttpRequest& request) { return Ok(std::string(request.body)); });
  const std::string head =
      "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: ";
  {
    Client client(*server);
    EXPECT_EQ(client.Ask(head + "3\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_EQ(BodyOf(client.Ask("abc")), "abc");
  }
  Client client(*server);
  EXPECT_THAT(client.Ask(head + "16777217\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
}

TEST(DoorTest, IsHealthy) {
  const auto server = Start([](const HttpRequest& request) {
    return Ok("asked for " + std::string(request.url));
  });
  Client client(*server);
  const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  EXPECT_THAT(client.Ask(get), HasSubstr("\r\n\r\nhealthy: dynamodb"));
  EXPECT_EQ(BodyOf(client.Ask("GET /x HTTP/1.1\r\nHost: h\r\n\r\n")),
            "asked for http://h/x");
}

TEST(DoorTest, AnExceptionIsAnAnswer) {
  const auto server = Start([](const HttpRequest&) -> Delivery {
    throw std::runtime_error("it \"broke\"");
  });
  const std::string answer = Client(*server).Ask(Post(""));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(answer, HasSubstr(R"("message":"it \"broke\"")"));
}

// -------------------------------------------------------------------- limits

constexpr std::chrono::milliseconds kShort(200);

/// A server that waits only `kShort` for its clients.
std::unique_ptr<FakeServer> StartImpatient(FakeServer::Handler handler) {
  FakeServer::Settings settings;
  settings.limits.idle_max = kShort;
  settings.limits.transfer_max = kShort;
  auto started = FakeServer::Start(settings, std::move(handler));
  EXPECT_TRUE(started.ok());
  return *std::move(started);
}

TEST(DoorTest, AnIdleConnectionIsClosed) {
  const auto server =
      StartImpatient([](const HttpRequest&) { return Ok("x"); });
  Client silent(*server);
  EXPECT_EQ(silent.ReadToTheEnd().bytes, "");
  Client kept_alive(*server);
  EXPECT_EQ(BodyOf(kept_alive.Ask(Post("x"))), "x");
  EXPECT_EQ(kept_alive.ReadToTheEnd().bytes, "");
}

TEST(DoorTest, AConnectionThatSendsTooSlowlyIsClosed) {
  std::atomic<int> calls = 0;
  const auto server = StartImpatient([&](const HttpRequest&) {
    ++calls;
    return Ok("x");
  });
  for (const std::string& head :
       {std::string("POST / HT"),                     // within its head
        Post(std::string(1000, 'x')).substr(0, 60)})  // within its body
  {
    Client slow(*server);
    slow.Send(head);
    const auto start = std::chrono::steady_clock::now();
    std::thread sender([&] {
      // A byte now and then does not prolong the time.
      for (int i = 0; i < 40; ++i) {
        slow.TrySend("x");
        std::this_thread::sleep_for(kShort / 10);
      }
    });
    slow.ReadToTheEnd();
    EXPECT_LT(std::chrono::steady_clock::now() - start, 3 * kShort) << head;
    sender.join();
  }
  EXPECT_EQ(calls, 0);
}

TEST(DoorTest, AConnectionThatDoesNotTakeItsAnswerIsClosed) {
  const auto server = StartImpatient(
      [](const HttpRequest&) { return Ok(std::string(32 * kMegabyte, 'x')); });
  Client client(*server);
  client.Send(Post("x"));
  std::this_thread::sleep_for(4 * kShort);
  EXPECT_LT(client.ReadToTheEnd().bytes.size(), 32 * kMegabyte);
}

TEST(DoorTest, ARequestMayTakeLongerToCarryOutThanToArrive) {
  const auto server = StartImpatient([](const HttpRequest&) {
    Delivery delivery = Ok("at last");
    delivery.delay = 3 * kShort;
    return delivery;
  });
  EXPECT_EQ(BodyOf(Client(*server).Ask(Post("x"))), "at last");
}

// Each connection has sent nothing, a part of a head, or a part of a body.
TEST(DoorTest, UnfinishedRequestsDoNotMakeItDeaf) {
  rlimit files;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &files), 0);
  // The process has both ends of each connection.
  if (files.rlim_cur < 4096 && files.rlim_max >= 4096) {
    files.rlim_cur = 4096;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  const auto server = Start([](const HttpRequest&) { return Ok("heard"); });
  const std::string post = Post(std::string(100, 'x'));
  for (const std::string& begun :
       {std::string(), post.substr(0, 9), post.substr(0, post.size() - 1)}) {
    SCOPED_TRACE(begun);
    std::vector<int> unfinished;
    for (int i = 0; i < 1100; ++i) {
      const int fd = ConnectToLoopback(server->port());
      ASSERT_GE(fd, 0) << i;
      // The server may have closed the connection already.
      (void)!send(fd, begun.data(), begun.size(), MSG_NOSIGNAL);
      unfinished.push_back(fd);
    }
    for (int i = 0; i < 20; ++i) {
      EXPECT_EQ(BodyOf(Client(*server).Ask(Post("x"))), "heard");
    }
    for (const int fd : unfinished) close(fd);
  }
}

TEST(DoorTest, ABodyAbove1MBIsReadOnlyForARequestThatIsAdmitted) {
  std::atomic<int> calls = 0;
  FakeServer::Settings settings;
  settings.admit =
      [](const HttpRequest& head,
         bool is_large) -> std::optional<dynamodown::HttpResponse> {
    EXPECT_EQ(head.body, "");
    if (!is_large || head.url.ends_with("/signed")) return std::nullopt;
    return Ok("not admitted").answer;
  };
  auto started = FakeServer::Start(settings, [&](const HttpRequest& request) {
    ++calls;
    return Ok(std::to_string(request.body.size()));
  });
  ASSERT_TRUE(started.ok());
  const FakeServer& server = **started;
  const std::string small(kMegabyte, 'x');
  const std::string large(kMegabyte + 1, 'x');
  EXPECT_EQ(BodyOf(Client(server).Ask(Post(small))), "1048576");
  EXPECT_EQ(BodyOf(Client(server).Ask(Post(large))), "not admitted");
  std::string signed_post = Post(large);
  signed_post.replace(signed_post.find(" / "), 3, " /signed ");
  EXPECT_EQ(BodyOf(Client(server).Ask(signed_post)), "1048577");
  // Without a Content-Length, the server notices on the way.
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", large.size());
  EXPECT_EQ(
      BodyOf(Client(server).Ask(
          "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" +
          (size + large) + "\r\n0\r\n\r\n")),
      "not admitted");
  EXPECT_EQ(calls, 2);
}

TEST(DoorTest, TheBytesOfAllBodiesAreBounded) {
  FakeServer::Settings settings;
  settings.limits.bytes_max = 3 * kMegabyte;
  auto started = FakeServer::Start(settings, [](const HttpRequest& request) {
    return Ok(std::to_string(request.body.size()));
  });
  ASSERT_TRUE(started.ok());
  const FakeServer& server = **started;
  const std::string body(2 * kMegabyte, 'x');
  Client first(server);
  const std::string post = Post(body);
  // All but the last byte, and long enough for the server to have read them.
  first.Send(post.substr(0, post.size() - 1));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_THAT(Client(server).Ask(post), StartsWith("HTTP/1.1 503 "));
  EXPECT_EQ(BodyOf(Client(server).Ask(Post("small"))), "5");
  first.Send("x");
  EXPECT_EQ(BodyOf(first.Read()), "2097152");
  EXPECT_EQ(BodyOf(Client(server).Ask(post)), "2097152");
}

TEST(DoorTest, TheBytesOfAllAnswersAreBounded) {
  FakeServer::Settings settings;
  settings.limits.bytes_max = 20 * kMegabyte;
  auto started = FakeServer::Start(settings, [](const HttpRequest& request) {
    return Ok(std::string(request.body == "large" ? 16 * kMegabyte : 5, 'x'));
  });
  ASSERT_TRUE(started.ok());
  const FakeServer& server = **started;
  {
    Client unread(server);
    unread.Send(Post("large"));
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_THAT(Client(server).Ask(Post("large")), StartsWith("HTTP/1.1 503 "));
    EXPECT_EQ(BodyOf(Client(server).Ask(Post("small"))), "xxxxx");
    EXPECT_EQ(BodyOf(unread.Read()).size(), 16 * kMegabyte);
    EXPECT_EQ(BodyOf(Client(server).Ask(Post("large"))).size(), 16 * kMegabyte);
    unread.Send(Post("large"));
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  // The connection has been closed, and its answer counts no more.
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(BodyOf(Client(server).Ask(Post("large"))).size(), 16 * kMegabyte);
}

// -------------------------------------------------------------------- faults

TEST(DoorTest, ARefusedOrLostRequestIsAReset) {
  for (const Way way : {Way::kRefused, Way::kLostRequest}) {
    const auto server = Serve({way, {}, {}, SIZE_MAX});
    Client client(*server);
    client.Send(Post("x"));
    const Heard heard = client.ReadToTheEnd();
    EXPECT_EQ(heard.bytes, "");
    EXPECT_TRUE(heard.reset);
  }
}

TEST(DoorTest, ALostAnswerWithoutABodyIsAReset) {
  const auto server = Serve({Way::kLostAnswer, {}, {}, 0});
  Client client(*server);
  client.Send(Post("x"));
  const Heard heard = client.ReadToTheEnd();
  EXPECT_EQ(heard.bytes, "");
  EXPECT_TRUE(heard.reset);
}

TEST(DoorTest, ALostAnswerEndsWithinTheBody) {
  for (const size_t bytes_max : {size_t{0}, size_t{4}, size_t{9}, SIZE_MAX}) {
    Delivery delivery = Ok("123456789");
    delivery.way = Way::kLostAnswer;
    delivery.body_bytes_max = bytes_max;
    const auto server = Serve(delivery);
    Client client(*server);
    client.Send(Post("x"));
    const std::string answer = client.ReadToTheEnd().bytes;
    EXPECT_THAT(answer, HasSubstr("Content-Length: 9\r\n"));
    EXPECT_EQ(
        BodyOf(answer),
        std::string("12345678").substr(0, std::min<size_t>(bytes_max, 8)));
  }
}

TEST(DoorTest, ACutAnswerEndsWhereItIsCut) {
  Delivery delivery = Ok(std::string(2 * kMegabyte, 'x'));
  delivery.body_bytes_max = kMegabyte + 7;
  const auto server = Serve(delivery);
  Client client(*server);
  client.Send(Post("x"));
  const std::string answer = client.ReadToTheEnd().bytes;
  EXPECT_THAT(answer, HasSubstr("Content-Length: 2097152\r\n"));
  EXPECT_EQ(BodyOf(answer).size(), kMegabyte + 7);
}

// -------------------------------------------------------------------- waiting

TEST(DoorTest, WhatIsLateHoldsUpNobodyElse) {
  const auto server = Start([](const HttpRequest& request) {
    Delivery delivery = Ok(std::string(request.body));
    if (request.body == "late") delivery.delay = std::chrono::hours(1);
    return delivery;
  });
  Client late(*server);
  late.Send(Post("late"));
  // The server answers other connections while that one waits.
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(BodyOf(Client(*server).Ask(Post("soon"))), "soon");
  }
}

TEST(DoorTest, ALateAnswerComes) {
  Delivery delivery = Ok("at last");
  delivery.delay = std::chrono::milliseconds(50);
  const auto server = Serve(delivery);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(BodyOf(Client(*server).Ask(Post("x"))), "at last");
  EXPECT_GE(std::chrono::steady_clock::now() - start, delivery.delay);
}

TEST(DoorTest, AHandlerThatBlocksHoldsUpNobodyElse) {
  std::mutex mutex;
  std::condition_variable changed;
  int inside = 0;
  constexpr int kAll = 8;
  // No handler returns before all have been called.
  const auto server = Start([&](const HttpRequest&) {
    std::unique_lock<std::mutex> lock(mutex);
    ++inside;
    changed.notify_all();
    const bool all = changed.wait_for(lock, std::chrono::seconds(20),
                                      [&] { return inside >= kAll; });
    return Ok(all ? "all" : "alone");
  });
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < kAll; ++i) {
    clients.push_back(std::make_unique<Client>(*server));
    clients.back()->Send(Post("x"));
  }
  for (const auto& client : clients) EXPECT_EQ(BodyOf(client->Read()), "all");
}

TEST(DoorTest, TheEndGivesUpWhatWaits) {
  std::mutex mutex;
  std::condition_variable changed;
  bool asked = false;
  auto server = Start([&](const HttpRequest&) {
    Delivery delivery = Ok("x");
    delivery.delay = std::chrono::hours(1);
    std::lock_guard<std::mutex> lock(mutex);
    asked = true;
    changed.notify_all();
    return delivery;
  });
  Client client(*server);
  Client idle(*server);
  client.Send(Post("x"));
  {
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [&] { return asked; });
  }
  server.reset();
  EXPECT_EQ(client.ReadToTheEnd().bytes, "");
  EXPECT_EQ(idle.ReadToTheEnd().bytes, "");
}

// ------------------------------------------------------------------- starting

TEST(DoorTest, APortInUseIsAnError) {
  LoopbackPort taken;
  taken.Listen();
  FakeServer::Settings settings;
  settings.port = std::atoi(&taken.address()[taken.address().find(':') + 1]);
  const auto server = FakeServer::Start(settings, nullptr);
  ASSERT_FALSE(server.ok());
  EXPECT_EQ(server.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(server.error().message,
            "cannot listen on " + taken.address() + ": Address already in use");
}

TEST(DoorTest, ListensOnIPv6WhereThereIsOne) {
  const auto on_loopback = [](int port, auto call) {
    const int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in6 address = {};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(static_cast<uint16_t>(port));
    address.sin6_addr = in6addr_loopback;
    const int result =
        call(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    close(fd);
    return result == 0;
  };
  const auto server = Serve(Ok("x"));
  EXPECT_EQ(on_loopback(server->port(), connect), on_loopback(0, bind));
}

TEST(DoorTest, APortCanBeTakenAgainAtOnce) {
  FakeServer::Settings settings;
  for (int i = 0; i < 3; ++i) {
    const auto server =
        FakeServer::Start(settings, [](const HttpRequest&) { return Ok("x"); });
    ASSERT_TRUE(server.ok()) << server.error().message;
    settings.port = server.value()->port();
    EXPECT_EQ(BodyOf(Client(*server.value()).Ask(Post("x"))), "x");
  }
}

TEST(DoorTest, ACertificateThatIsNoneIsAnError) {
  FakeServer::Settings settings;
  settings.certificate = "nonsense";
  settings.key = "nonsense";
  const auto server = FakeServer::Start(settings, nullptr);
  ASSERT_FALSE(server.ok());
  EXPECT_EQ(server.error().kind, ErrorKind::kInvalidArgument);
  EXPECT_NE(server.error().message, "");
}

}  // namespace
}  // namespace dynamodown_test
