// The environment for tests of clients: a scheduler with simulated time, a
// clock, credentials that can expire, and a transport that records requests.

#ifndef DYNAMODOWN_AWS_CLIENT_TEST_ENVIRONMENT_H_
#define DYNAMODOWN_AWS_CLIENT_TEST_ENVIRONMENT_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "aws/credentials.h"
#include "base/clock.h"
#include "base/scheduler.h"
#include "transport/transport.h"

namespace dynamodown {

/// For one thread. Time passes only in Sleep and Advance.
class TestScheduler final : public Scheduler {
 public:
  void Run(std::function<void()> task) override { task(); }
  bool Wait(std::unique_lock<std::mutex>&,
            const std::function<bool()>& ready) override {
    return ready();
  }
  bool WaitUntil(std::unique_lock<std::mutex>&,
                 const std::function<bool()>& ready, TimePoint) override {
    return ready();
  }
  void Notify() override {}
  void Sleep(Duration duration) override {
    sleeps.push_back(duration);
    Advance(duration);
  }
  TimePoint Now() override { return now_; }

  void Advance(Duration duration) { now_ += duration; }
  /// Time since the start.
  Duration elapsed() const { return now_.time_since_epoch(); }

  std::vector<Duration> sleeps;

 private:
  TimePoint now_{};
};

/// The time of day: the scheduler's time, wrong by `skew` seconds.
class TestClock final : public Clock {
 public:
  explicit TestClock(TestScheduler* scheduler) : scheduler_(scheduler) {}
  int64_t UnixSeconds() override { return True() + skew; }
  int64_t True() const {
    return kStart + std::chrono::duration_cast<std::chrono::seconds>(
                        scheduler_->elapsed())
                        .count();
  }

  static constexpr int64_t kStart = 1'440'938'160;  // 2015-08-30T12:36:00Z
  int64_t skew = 0;

 private:
  TestScheduler* const scheduler_;
};

/// The credentials with number n, from 0, are "AKIDn", "SECRETn" and "TOKENn".
/// Expire moves on to the next number.
class TestCredentials final : public CredentialsSource {
 public:
  Result<std::shared_ptr<const SigningCredentials>> Get() override {
    if (none) return Error{ErrorKind::kCredentials, "none found"};
    if (current_ == nullptr) {
      const std::string n = std::to_string(expired);
      current_ = std::make_shared<const SigningCredentials>(SigningCredentials{
          "AKID" + n, "SECRET" + n, with_token ? "TOKEN" + n : ""});
    }
    return current_;
  }
  void Expire(
      const std::shared_ptr<const SigningCredentials>& refused) override {
    if (refused != current_) return;
    ++expired;
    current_ = nullptr;
  }
  std::string Describe() const override { return "a test"; }

  bool none = false;
  bool with_token = true;
  int expired = 0;

 private:
  std::shared_ptr<const SigningCredentials> current_;
};

/// Passes each request to `inner`. Records the request and the size of the
/// answer.
class RecordingTransport final : public Transport {
 public:
  using Inner = std::function<Result<void, NoAnswer>(
      const HttpRequest& request, std::chrono::milliseconds timeout,
      HttpResponse* response)>;
  struct Exchange {
    std::string method;
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::chrono::milliseconds timeout;
    size_t answer_bytes = 0;

    std::string Header(const std::string& name) const {
      for (const auto& [n, value] : headers) {
        if (n == name) return value;
      }
      return {};
    }
  };

  explicit RecordingTransport(Inner inner) : inner_(std::move(inner)) {}

  Result<void, NoAnswer> Send(const HttpRequest& request,
                              std::chrono::milliseconds timeout,
                              HttpResponse* response) override {
    Exchange exchange;
    exchange.method = request.method;
    exchange.url = request.url;
    for (const HttpHeader& header : request.headers) {
      exchange.headers.emplace_back(header.name, header.value);
    }
    exchange.body = request.body;
    exchange.timeout = timeout;
    Result<void, NoAnswer> result = inner_(request, timeout, response);
    if (result.ok()) exchange.answer_bytes = response->body.size();
    exchanges.push_back(std::move(exchange));
    return result;
  }

  std::vector<Exchange> exchanges;

 private:
  const Inner inner_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_CLIENT_TEST_ENVIRONMENT_H_
