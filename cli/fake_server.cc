#include "fake_server.h"

#include <fmt/format.h>
#include <signal.h>

#include <memory>
#include <utility>

#include "base/clock.h"
#include "base/machine.h"
#include "base/result.h"
#include "base/scheduler.h"
#include "fake/fake_dynamo.h"
#include "fake/faults/faults.h"
#include "fake/server.h"
#include "message.h"
#include "output.h"

namespace cli {
namespace {

using dynamodown::Environment;
using dynamodown::Error;
using dynamodown::ErrorKind;
using dynamodown::FakeDynamo;
using dynamodown::FakeServer;
using dynamodown::FaultPlan;
using dynamodown::HttpRequest;
using dynamodown::Machine;
using dynamodown::Result;

constexpr char kDefaultKey[] = "local";
constexpr int kThreadsMax = 1;  // Of the scheduler, which only tells the time.

/// The signals that end a server. They are blocked, in every thread that is
/// started from here on, until somebody waits for them.
class EndingSignals {
 public:
  EndingSignals() {
    sigemptyset(&signals_);
    for (const int signal : {SIGINT, SIGTERM}) {
      // A shell has what it runs in the background ignore SIGINT.
      struct sigaction action;
      sigaction(signal, nullptr, &action);
      if (action.sa_handler != SIG_IGN) sigaddset(&signals_, signal);
    }
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }
  void Await() const {
    int signal = 0;
    while (sigwait(&signals_, &signal) != 0) {
    }
  }

 private:
  sigset_t signals_;
};

Result<std::string> Read(const Machine& machine, const std::string& path) {
  Result<std::optional<std::string>> text = machine.read_file(path);
  if (!text.ok()) return std::move(text).error();
  if (!text->has_value()) {
    return Error{ErrorKind::kInvalidArgument, path + ": there is no such file"};
  }
  return **std::move(text);
}

Result<FakeDynamo::Account> AccountOf(const Environment& environment) {
  const auto id = environment("AWS_ACCESS_KEY_ID");
  const auto secret = environment("AWS_SECRET_ACCESS_KEY");
  if (id.has_value() != secret.has_value()) {
    return Error{ErrorKind::kInvalidArgument,
                 "of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY one is set "
                 "and one is not"};
  }
  FakeDynamo::Account account;
  account.access_key_id = id.value_or(kDefaultKey);
  account.secret_access_key = secret.value_or(kDefaultKey);
  if (id.has_value()) {
    account.session_token = environment("AWS_SESSION_TOKEN").value_or("");
  }
  return account;
}

Result<FaultPlan> PlanOf(const Machine& machine,
                         const FakeServerOptions& options) {
  if (!options.faults.has_value()) return FaultPlan();
  if (*options.faults == "default") return dynamodown::DefaultFaultPlan();
  const Result<std::string> text = Read(machine, *options.faults);
  if (!text.ok()) return text.error();
  Result<FaultPlan> plan = dynamodown::ParseFaultPlan(*text);
  if (!plan.ok()) plan.error().message.insert(0, *options.faults + ": ");
  return plan;
}

Result<FakeServer::Settings> SettingsOf(const Machine& machine,
                                        const FakeServerOptions& options) {
  FakeServer::Settings settings;
  settings.port = options.port;
  if (!options.certificate.has_value()) return settings;
  Result<std::string> certificate = Read(machine, *options.certificate);
  if (!certificate.ok()) return certificate.error();
  settings.certificate = *std::move(certificate);
  if (settings.certificate.empty()) {
    return Error{ErrorKind::kInvalidArgument,
                 *options.certificate + ": it is empty"};
  }
  Result<std::string> key =
      Read(machine, options.key.value_or(*options.certificate));
  if (!key.ok()) return key.error();
  settings.key = *std::move(key);
  return settings;
}

int FailToStart(const FakeServerOptions& options, const Error& error) {
  const bool is_tls = options.certificate.has_value() &&
                      error.kind == ErrorKind::kInvalidArgument;
  return Fail(is_tls ? *options.certificate + ": " + error.message
                     : error.message);
}

std::string Announcement(const FakeServerOptions& options, int port) {
  const std::string url =
      fmt::format("{}://127.0.0.1:{}",
                  options.certificate.has_value() ? "https" : "http", port);
  return options.json
             ? fmt::format("{{\"url\":\"{}\",\"port\":{}}}\n", url, port)
             : fmt::format("fake-server: listening on {}\n", url);
}

}  // namespace

int ServeFake(const FakeServerOptions& options) {
  const EndingSignals signals;
  const Machine machine = dynamodown::ThisMachine();
  Result<FaultPlan> plan = PlanOf(machine, options);
  if (!plan.ok()) return Fail(plan.error().message);
  const Result<FakeDynamo::Account> account = AccountOf(machine.environment);
  if (!account.ok()) return Fail(account.error().message);
  const Result<FakeServer::Settings> settings = SettingsOf(machine, options);
  if (!settings.ok()) return Fail(settings.error().message);

  const std::unique_ptr<dynamodown::Clock> clock = dynamodown::NewSystemClock();
  dynamodown::FaultSource faults(*std::move(plan), options.seed);
  const std::unique_ptr<dynamodown::Scheduler> scheduler =
      dynamodown::NewThreadScheduler(kThreadsMax);
  FakeDynamo::Settings world;
  world.unix_seconds = [&clock] { return clock->UnixSeconds(); };
  world.scheduler = scheduler.get();
  world.accounts = {*account};
  world.faults = options.faults.has_value() ? &faults : nullptr;
  world.transaction_step = options.transaction_step;
  world.throttle_by_load = options.throttles_by_load;
  world.logs_requests = false;  // A server lives long.
  FakeDynamo dynamo(std::move(world));

  const auto server =
      FakeServer::Start(*settings, [&dynamo](const HttpRequest& request) {
        return dynamo.Deliver(request);
      });
  if (!server.ok()) return FailToStart(options, server.error());

  Output output;
  output.Write(Announcement(options, server.value()->port()));
  const int status = Finish(&output);
  if (status == kExitOk) signals.Await();
  return status;
}

}  // namespace cli
