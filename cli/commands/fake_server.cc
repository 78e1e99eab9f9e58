// Starts our DynamoDB fake, and so includes the fake's internal headers. All
// other files of the command line include only public headers.

#include <fmt/format.h>
#include <malloc.h>
#include <signal.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/machine.h"
#include "base/result.h"
#include "base/scheduler.h"
#include "command_list.h"
#include "fake/fake_dynamo.h"
#include "fake/faults/faults.h"
#include "fake/server.h"
#include "io/message.h"
#include "io/output.h"
#include "parse/command_builder.h"

namespace cli {
namespace {

using dynamodown::EnvironmentVariables;
using dynamodown::Error;
using dynamodown::ErrorKind;
using dynamodown::FakeDynamo;
using dynamodown::FakeServer;
using dynamodown::FaultPlan;
using dynamodown::HttpRequest;
using dynamodown::Machine;
using dynamodown::Result;

constexpr char kDefaultKey[] = "local";
// One thread is enough, because the fake uses the scheduler only to read the
// time and to sleep.
constexpr int kThreadsMax = 1;
constexpr int kPortMax = 65535;
constexpr int kTransactionStepMsMax = 60'000;

constexpr char kDescription[] = "Serve a fake of DynamoDB on this machine.";
constexpr char kFooter[] =
    R"(The server is for testing programs that use DynamoDB through any AWS SDK
or the AWS command line. It checks requests as DynamoDB does. It has DynamoDB's
limits, errors, page boundaries and units. With --faults it also fails as
DynamoDB and networks do. It is no database: everything is in memory, and is
lost when the server ends.

The server listens on the loopback only, on 127.0.0.1 and ::1, until Ctrl-C or
SIGTERM ends it. (If a script starts the server with &, the shell makes the
server ignore SIGINT, so only SIGTERM ends the server.) When the server is
ready, it prints a line:

  fake-server: listening on http://127.0.0.1:8000

It serves CreateTable, DescribeTable, DeleteTable, ListTables, GetItem,
PutItem, UpdateItem, DeleteItem, Query, Scan, BatchGetItem, BatchWriteItem and
TransactWriteItems. It refuses all other operations with a message.

Signatures are verified. The server accepts the credentials in its own
environment variables. If they are not set, it accepts the access key "local"
with the secret "local". Any region is accepted.

The file of --faults holds a JSON object:

  {"faults": [{"kind": "throttle", "rate": 0.02,
               "operations": ["PutItem", "BatchWriteItem"]},
              {"kind": "server_error", "rate": 0.01, "when": "after"},
              {"kind": "slow_answer", "rate": 0.01, "seconds": [0.1, 8]}]}

Each object in "faults" is a rule. If several rules would hit a request, only
the first of these rules does. "rate" is the share of the rule's requests that
get the fault, from 0 to 1. A rule without "operations" is for all operations
that its kind of fault can hit. "when" is for server_error only: the error comes
"before" the request's effect, "after" the effect, or "either". "seconds" holds
a minimum and a maximum, each from 0 to 900. These two numbers limit the delay
of slow_answer and deliver_late, the age of the state that stale_read shows, and
the distance that clock_jump moves the clock, forwards or backwards.

Kinds:
  throttle            one of DynamoDB's throttling errors; no effect
  server_error        500 or 503
  unprocessed         a part of a batch, or all of it, is left undone
  conflict            another transaction holds the item; no effect
  refuse_connection, reset_request
                      the connection is lost; no effect
  reset_answer        the connection is lost, after the effect
  truncate_body       the answer ends too early
  garble_body         one byte of the answer is wrong
  slow_answer         the answer is delayed
  deliver_late        no answer; the effect comes later
  stale_read          an eventually consistent read sees an older state
  short_page          a page with fewer items than possible; more pages follow
  empty_page          a page without items; more pages follow
  clock_jump          the server's clock is wrong from now on
  expire_credentials  the request's credentials are no longer valid
  wrong_answer        the answer does not fit the request, after the effect:
                      keys that come twice or were not requested, a page that
                      leads back, units out of range; not in the default
                      plan, since most clients believe such an answer

Environment:
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
                  the only credentials that the server accepts

Examples:
  dynamodown fake-server --faults default --seed 7 &
  export AWS_ENDPOINT_URL=http://127.0.0.1:8000 AWS_REGION=us-east-1
  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
  aws dynamodb list-tables
  dynamodown create mytable/myhash
)";

struct FakeServerOptions {
  int port = 8000;                         // 0: any free port
  std::optional<std::string> certificate;  // PEM file; none: HTTP
  std::optional<std::string> key;          // PEM file; none: in `certificate`
  std::optional<std::string> faults;       // a plan's file, or "default"
  uint64_t seed = 1;
  std::chrono::milliseconds transaction_step{0};
  bool throttles_by_load = false;
  bool json = false;
};

/// The signals that end a server. The constructor blocks the signals in this
/// thread, and in all threads that this thread starts later. So a signal stays
/// pending until Await takes it.
class EndingSignals {
 public:
  EndingSignals() {
    sigemptyset(&signals_);
    for (const int signal : {SIGINT, SIGTERM}) {
      // A shell makes its background programs ignore SIGINT. If SIGINT is
      // ignored, it stays ignored.
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

Result<FakeDynamo::Account> AccountOf(const EnvironmentVariables& environment) {
  const auto id = environment("AWS_ACCESS_KEY_ID");
  const auto secret = environment("AWS_SECRET_ACCESS_KEY");
  if (id.has_value() != secret.has_value()) {
    return Error{ErrorKind::kInvalidArgument,
                 "only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is "
                 "set"};
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

/// Makes the allocator give memory back. By default, glibc keeps freed memory
/// for each of many threads, which was 800 MB after 25 answers of 16 MB.
void KeepLittleFreeMemory() {
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
}

/// Serves until SIGINT or SIGTERM.
int ServeFake(const FakeServerOptions& options) {
  KeepLittleFreeMemory();
  const EndingSignals signals;
  const Machine machine = dynamodown::ThisMachine();
  Result<FaultPlan> plan = PlanOf(machine, options);
  if (!plan.ok()) return Fail(plan.error().message);
  const Result<FakeDynamo::Account> account = AccountOf(machine.variables);
  if (!account.ok()) return Fail(account.error().message);
  Result<FakeServer::Settings> settings = SettingsOf(machine, options);
  if (!settings.ok()) return Fail(settings.error().message);

  const std::unique_ptr<dynamodown::Clock> clock = dynamodown::NewSystemClock();
  dynamodown::FaultSource faults(*std::move(plan), options.seed);
  const std::unique_ptr<dynamodown::Scheduler> scheduler =
      dynamodown::NewThreadScheduler(kThreadsMax);
  FakeDynamo::Settings dynamo_settings;
  dynamo_settings.unix_seconds = [&clock] { return clock->UnixSeconds(); };
  dynamo_settings.scheduler = scheduler.get();
  dynamo_settings.accounts = {*account};
  dynamo_settings.faults = options.faults.has_value() ? &faults : nullptr;
  dynamo_settings.transaction_step = options.transaction_step;
  dynamo_settings.throttle_by_load = options.throttles_by_load;
  dynamo_settings.logs_requests = false;  // The log would grow for ever.
  FakeDynamo dynamo(std::move(dynamo_settings));

  settings->admit = [&dynamo](const HttpRequest& head, bool is_large) {
    return dynamo.Admit(head, is_large);
  };
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

void AddFaults(CommandBuilder* command, FakeServerOptions* server) {
  command->AddOption("--faults", "FILE",
                     "A file of faults and their rates, or \"default\" for "
                     "all kinds of faults",
                     Into(&server->faults));
  command->AddOption(
      "--seed", "N",
      "The same seed gives the same faults for the same requests (default 1)",
      [server](const std::string& value) {
        server->seed = ParseNumber<uint64_t>("--seed", value, 0, UINT64_MAX);
      });
  command->AddOption(
      "--transaction-step", "MS",
      "Milliseconds that each step of a transaction takes (default 0)",
      [server](const std::string& value) {
        server->transaction_step = std::chrono::milliseconds(
            ParseNumber("--transaction-step", value, 0, kTransactionStepMsMax));
      });
  command->AddFlag("--throttle-by-load",
                   "Throttle requests beyond a partition's capacity",
                   &server->throttles_by_load);
}

}  // namespace

CommandSpec FakeServerCommand() {
  const auto server = std::make_shared<FakeServerOptions>();
  CommandBuilder command("fake-server", kDescription, kFooter);
  command.AddOption("--port", "N",
                    "Port to listen on (default 8000); 0 means any free port",
                    [&port = server->port](const std::string& value) {
                      port = ParseNumber("--port", value, 0, kPortMax);
                    });
  command.AddOption("--tls", "FILE",
                    "Speak TLS with this certificate and its key (PEM)",
                    Into(&server->certificate));
  command
      .AddOption("--key", "FILE", "The key, if it is not in the file of --tls",
                 Into(&server->key))
      .needs = {"--tls"};
  AddFaults(&command, server.get());
  command.AddFlag("--json", "Print {\"url\":...,\"port\":N}", &server->json);
  return command.Build([server] { return ServeFake(*server); });
}

}  // namespace cli
