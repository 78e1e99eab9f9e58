// A CurlTransport, and a server that uses plain TCP sockets on the loopback
// interface. The server does exactly what a test tells it to do, even if that
// violates HTTP.

#ifndef DYNAMODOWN_TRANSPORT_CURL_TRANSPORT_TEST_FIXTURE_H_
#define DYNAMODOWN_TRANSPORT_CURL_TRANSPORT_TEST_FIXTURE_H_

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "support/loopback_server.h"
#include "transport/curl_transport.h"

namespace dynamodown {

inline constexpr std::chrono::milliseconds kLong(10'000);

/// Records each request, and answers it.
class Recorder {
 public:
  explicit Recorder(std::string answer = dynamodown_test::Answer(200, "ok"))
      : answer_(std::move(answer)) {}

  void operator()(dynamodown_test::Peer* peer) {
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
    CurlTransportOptions options;
    // Reading the system's authorities, which is slow under a sanitizer, counts
    // towards this timeout.
    options.connect_timeout = kLong;
    Make(options);
  }

  void Make(const CurlTransportOptions& options) {
    transport_ = NewCurlTransport(options);
  }
  void Serve(dynamodown_test::LoopbackServer::Serve serve) {
    server_ =
        std::make_unique<dynamodown_test::LoopbackServer>(std::move(serve));
    url_ = server_->url();
  }
  void Record() {
    Serve([this](dynamodown_test::Peer* peer) { recorder_(peer); });
  }
  Result<void, NoAnswer> Send(const std::string& body = "body",
                              std::chrono::milliseconds timeout = kLong,
                              const std::string& method = "POST") {
    const HttpRequest request{
        method, url_, {{"Content-Type", "text/x"}, {"X-One", "1"}}, body};
    const auto start = std::chrono::steady_clock::now();
    Result<void, NoAnswer> result =
        transport_->Send(request, timeout, &response_);
    elapsed_ = std::chrono::steady_clock::now() - start;
    return result;
  }

  /// The server's origin, as messages name it.
  std::string Origin(const std::string& scheme) const {
    const std::string url = server_->url(scheme);
    return url.substr(0, url.size() - 1);
  }

  Recorder recorder_;
  // Destroyed after the transport, so that the server sees the connections end.
  std::unique_ptr<dynamodown_test::LoopbackServer> server_;
  std::string url_;
  std::unique_ptr<Transport> transport_;
  HttpResponse response_;
  std::chrono::steady_clock::duration elapsed_{};
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_TRANSPORT_CURL_TRANSPORT_TEST_FIXTURE_H_
