#include "sim/client_environment.h"

#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "base/crypto.h"

namespace dynamodown::sim {
namespace {

using Json = nlohmann::json;
using std::chrono::microseconds;

/// The upper bound of the latency in each direction: like a nearby service's,
/// and long enough for clients to come between each other's requests.
constexpr uint64_t kLatencyMicroseconds = 4000;

/// One in so many credentials is a user's, which have no session token, so that
/// credentials with and without a token sign.
constexpr int kUsersOneIn = 3;
/// The name of the range key in tables that we create.
constexpr char kRangeKey[] = "rkey";

thread_local std::shared_ptr<Traffic> thread_traffic;

/// This thread's last request, to recognize a retry.
struct LastSend {
  std::shared_ptr<Traffic> traffic;
  std::string operation;
  size_t body_hash = 0;
  size_t body_bytes = 0;
  Attempt attempt = Attempt::kDone;
  bool unclear = false;
};
thread_local LastSend thread_last;

std::string OperationOf(const HttpRequest& request) {
  for (const HttpHeader& header : request.headers) {
    if (header.name == "X-Amz-Target") {
      return std::string(header.value.substr(header.value.rfind('.') + 1));
    }
  }
  return "none";
}

bool IsWrite(std::string_view operation) {
  return operation != "GetItem" && operation != "Query" &&
         operation != "Scan" && operation != "BatchGetItem" &&
         operation != "DescribeTable";
}

bool IsDamaged(const HttpResponse& answer) {
  const std::string_view crc = answer.Header("x-amz-crc32");
  return !crc.empty() && crc != std::to_string(Crc32(answer.body));
}

constexpr std::array kThrottling = {
    "ProvisionedThroughputExceededException", "RequestLimitExceeded",
    "ThrottlingException", "Throttling", "LimitExceededException"};
constexpr std::array kContention = {"TransactionConflictException",
                                    "TransactionInProgressException",
                                    "ReplicatedWriteConflictException"};
/// Errors that a correct client may get.
constexpr std::array kRefusals = {"ConditionalCheckFailedException",
                                  "ResourceNotFoundException",
                                  "ResourceInUseException"};

template <size_t n>
bool IsOneOf(const std::string& code, const std::array<const char*, n>& codes) {
  for (const char* one : codes) {
    if (code == one) return true;
  }
  return false;
}

std::string Text(const Json& object, const char* name) {
  return object.is_object() && object.contains(name) && object[name].is_string()
             ? object[name].get<std::string>()
             : "";
}

/// Classifies a cancelled transaction by its reasons. Returns nothing if a
/// correct client cannot get these reasons.
std::optional<Attempt> OfCancellation(const Json& body) {
  bool failed = false;
  bool contended = false;
  for (const Json& reason : body.value("CancellationReasons", Json::array())) {
    const std::string code = Text(reason, "Code");
    if (code == "ConditionalCheckFailed") {
      failed = true;
    } else if (code == "TransactionConflict") {
      contended = true;
    } else if (code != "None" && code != "ThrottlingError" &&
               code != "ProvisionedThroughputExceeded") {
      return std::nullopt;
    }
  }
  if (failed) return Attempt::kRefused;
  return contended ? Attempt::kContended : Attempt::kThrottled;
}

Json ParseJson(std::string_view text) {
  return Json::parse(text, nullptr, false);
}

/// The range key of an item or key, if it has one.
std::optional<std::string> RangeOf(const Json& attributes) {
  const Json range = attributes.value(kRangeKey, Json::object());
  if (range.contains("S")) return range["S"].get<std::string>();
  std::string bytes;
  if (!DecodeBase64(Text(range, "B"), &bytes)) return std::nullopt;
  return bytes;
}

void AddKeys(const Json& write, std::set<std::string>* keys) {
  for (const char* member : {"Item", "Key"}) {
    if (!write.contains(member)) continue;
    if (const auto key = RangeOf(write[member])) keys->insert(*key);
  }
}

void AddBatch(const Json& tables, std::set<std::string>* keys) {
  for (const auto& [table, writes] : tables.items()) {
    for (const Json& write : writes) {
      for (const auto& [kind, one] : write.items()) AddKeys(one, keys);
    }
  }
}

std::set<std::string> KeysWritten(const std::string& operation,
                                  const Json& request) {
  std::set<std::string> keys;
  if (operation == "BatchWriteItem") {
    AddBatch(request.value("RequestItems", Json::object()), &keys);
  } else if (operation == "TransactWriteItems") {
    for (const Json& write : request.value("TransactItems", Json::array())) {
      for (const auto& [kind, one] : write.items()) {
        if (kind != "ConditionCheck") AddKeys(one, &keys);
      }
    }
  } else {
    AddKeys(request, &keys);
  }
  return keys;
}

std::set<std::string> KeysUndone(const Json& answer) {
  std::set<std::string> keys;
  AddBatch(answer.value("UnprocessedItems", Json::object()), &keys);
  return keys;
}

/// Counts a write that was delivered. `good`: the client got a good answer.
/// `late`: the write may take effect after the call.
void CountWrite(const std::string& operation, std::string_view body,
                const FakeDynamo::Delivery& delivery, bool good, bool late,
                Traffic* traffic) {
  using Way = FakeDynamo::Delivery::Way;
  if (delivery.way == Way::kRefused || delivery.way == Way::kLostRequest) {
    return;
  }
  const int status = delivery.late ? 0 : delivery.answer.status;
  traffic->done += good && status == 200;
  traffic->unclear += !good;
  // The service did nothing, whether or not the client gets its answer.
  if (status >= 400 && status < 500) return;
  traffic->late += late;
  std::set<std::string> keys = KeysWritten(operation, ParseJson(body));
  if (status == 200 && !IsDamaged(delivery.answer)) {
    for (const std::string& key : KeysUndone(ParseJson(delivery.answer.body))) {
      keys.erase(key);
    }
  }
  for (const std::string& key : keys) {
    KeyTraffic& of_key = traffic->keys[key];
    ++(good ? of_key.done : of_key.unclear);
    of_key.late = of_key.late || late;
  }
}

NoAnswer Gone() {
  // The client does not retry this reason.
  return {NoAnswer::Reason::kInvalid, false, "the client is no more"};
}

}  // namespace

TrafficScope::TrafficScope(std::shared_ptr<Traffic> traffic)
    : before_(std::exchange(thread_traffic, std::move(traffic))) {}

TrafficScope::~TrafficScope() { thread_traffic = before_; }

const std::shared_ptr<Traffic>& TrafficScope::current() {
  return thread_traffic;
}

void ClientScheduler::Run(std::function<void()> task) {
  inner_->Run([traffic = TrafficScope::current(), task = std::move(task)] {
    const TrafficScope scope(traffic);
    task();
  });
}

void ClientTransport::Close() {
  closed_ = true;
  if (under_way_ > 0) {
    violation_("closing waits for requests under way",
               std::to_string(under_way_) +
                   " requests are under way when the store is closed");
  }
}

/// Returns true if the client is dead, or dies now.
bool ClientTransport::Die() {
  if (!dead_ && dies_after_ && (*dies_after_)-- == 0) {
    scheduler_->Trace("the client dies");
    dead_ = true;
  }
  return dead_;
}

Result<void, NoAnswer> ClientTransport::Send(const HttpRequest& request,
                                             std::chrono::milliseconds timeout,
                                             HttpResponse* response) {
  if (closed_) {
    violation_("closing waits for requests under way",
               "a request is sent for a store that was closed");
  }
  if (dead_) return Gone();
  const std::string operation = OperationOf(request);
  NoteRetry(operation, request.body);
  const std::shared_ptr<Traffic> traffic = TrafficScope::current() != nullptr
                                               ? TrafficScope::current()
                                               : std::make_shared<Traffic>();
  const int unclear_before = traffic->unclear;
  Attempt attempt = Attempt::kNotSent;
  ++under_way_;
  Result<void, NoAnswer> result =
      Pass(request, timeout, response, &attempt, traffic.get());
  --under_way_;
  thread_last = {TrafficScope::current(),
                 operation,
                 std::hash<std::string_view>()(request.body),
                 request.body.size(),
                 attempt,
                 traffic->unclear > unclear_before};
  return result;
}

Result<void, NoAnswer> ClientTransport::Pass(const HttpRequest& request,
                                             std::chrono::milliseconds timeout,
                                             HttpResponse* response,
                                             Attempt* attempt,
                                             Traffic* traffic) {
  const std::string operation = OperationOf(request);
  const bool writes = IsWrite(operation);
  const Scheduler::TimePoint start = scheduler_->Now();
  const auto travel = [&](const std::string& point) {
    scheduler_->Trace(point);
    scheduler_->Sleep(microseconds(scheduler_->Choose(kLatencyMicroseconds)));
  };

  travel("send " + operation);
  if (dead_) return Gone();
  ++traffic->sends;
  const bool dies = Die();
  FakeDynamo::Delivery delivery = service_->Deliver(request);
  using Way = FakeDynamo::Delivery::Way;
  *attempt = Attempt::kTransient;
  const bool answered = delivery.way == Way::kAnswer;
  if (answered) *attempt = Classify(operation, delivery.answer);
  if (dies || dead_) {
    if (writes) {
      CountWrite(operation, request.body, delivery, false, delivery.late,
                 traffic);
    }
    *attempt = Attempt::kNotSent;
    // The service finishes the operation that it has begun.
    if (!delivery.late && delivery.delay.count() > 0) {
      scheduler_->Sleep(delivery.delay);
    }
    return Gone();
  }

  const Scheduler::Duration took = scheduler_->Now() - start;
  const bool in_time = took + delivery.delay < timeout;
  const Scheduler::Duration wait =
      in_time ? delivery.delay : Scheduler::Duration(timeout) - took;
  if (wait.count() > 0) scheduler_->Sleep(wait);
  const bool heard = answered && in_time;
  const bool good =
      heard && delivery.answer.status < 500 && !IsDamaged(delivery.answer);
  if (!good) *attempt = Attempt::kTransient;

  NoAnswer no_answer{NoAnswer::Reason::kConnect, true, "connection lost"};
  if (delivery.way == Way::kRefused) {
    no_answer.sent = false;
    no_answer.message = "connection refused";
  }
  if (!in_time) {
    no_answer = {NoAnswer::Reason::kTimeout, true, "no answer in time"};
  }
  travel(heard ? "answer " + std::to_string(delivery.answer.status) + " to " +
                     operation
               : "no answer to " + operation + ": " + no_answer.message);
  if (writes) {
    // A transaction continues after its client has stopped waiting.
    const bool left = !in_time && operation == "TransactWriteItems";
    CountWrite(operation, request.body, delivery, good && !dead_,
               delivery.late || left, traffic);
  }
  if (dead_) {
    // The client died before the answer came.
    *attempt = Attempt::kNotSent;
    return Gone();
  }
  if (good && *attempt == Attempt::kClockSkew) {
    ++traffic->clock_skews;
    traffic->service_time =
        ParseHttpDate(std::string(delivery.answer.Header("Date")));
  }
  if (good && *attempt == Attempt::kExpiredToken) ++traffic->expired_tokens;
  if (!heard) return no_answer;
  *response = std::move(delivery.answer);
  return {};
}

Attempt ClientTransport::Classify(const std::string& operation,
                                  const HttpResponse& answer) {
  if (answer.status >= 500) return Attempt::kTransient;
  if (answer.status == 200) {
    const bool whole =
        answer.body.find("\"UnprocessedItems\":{\"") == std::string::npos &&
        answer.body.find("\"UnprocessedKeys\":{\"") == std::string::npos;
    return whole ? Attempt::kDone : Attempt::kUnprocessed;
  }
  if (IsDamaged(answer)) return Attempt::kTransient;
  const Json body = Json::parse(answer.body, nullptr, false);
  std::string code = Text(body, "__type");
  code = code.substr(code.rfind('#') + 1);
  const std::string message = Text(body, "message");
  if (IsOneOf(code, kThrottling)) return Attempt::kThrottled;
  if (IsOneOf(code, kContention)) return Attempt::kContended;
  if (IsOneOf(code, kRefusals)) return Attempt::kRefused;
  if (code == "ExpiredTokenException") return Attempt::kExpiredToken;
  if (code == "InvalidSignatureException" &&
      message.rfind("Signature ", 0) == 0) {
    return Attempt::kClockSkew;
  }
  if (code == "TransactionCanceledException") {
    const std::optional<Attempt> attempt = OfCancellation(body);
    if (attempt) return *attempt;
  }
  violation_("the service accepts every request",
             operation + " was answered " + std::to_string(answer.status) +
                 " " + answer.body.substr(0, 2000));
  return Attempt::kRefused;
}

void ClientTransport::NoteRetry(const std::string& operation,
                                std::string_view body) {
  const LastSend& last = thread_last;
  if (last.traffic == nullptr || last.traffic != TrafficScope::current() ||
      last.operation != operation) {
    return;
  }
  const bool same = last.body_bytes == body.size() &&
                    last.body_hash == std::hash<std::string_view>()(body);
  const auto note = [&](const char* branch) {
    ++(*tally_)[std::string("retry: ") + branch];
  };
  if (last.attempt == Attempt::kUnprocessed) {
    note(same ? "unprocessed, nothing done" : "unprocessed, some done");
    return;
  }
  if (!same) return;
  switch (last.attempt) {
    case Attempt::kThrottled:
      return note("throttled");
    case Attempt::kTransient:
      if (last.unclear) note("unclear");
      return note("transient");
    case Attempt::kContended:
      return note("contended");
    case Attempt::kClockSkew:
      return note("clock skew");
    case Attempt::kExpiredToken:
      return note("expired token");
    case Attempt::kDone:
    case Attempt::kUnprocessed:
    case Attempt::kRefused:
    case Attempt::kNotSent:
      return;
  }
}

RenewingCredentials::RenewingCredentials(std::string client,
                                         FakeDynamo* service)
    : client_(std::move(client)), service_(service) {
  Expire();
}

leveldb::Status RenewingCredentials::Get(Credentials* credentials) {
  *credentials = now_;
  return leveldb::Status::OK();
}

void RenewingCredentials::Expire() {
  const std::string name = client_ + std::to_string(++renewals_);
  now_.access_key_id = "AKID" + name;
  now_.secret_access_key = "secret-of-" + name;
  const bool of_user = renewals_ % kUsersOneIn == 0;
  now_.session_token = of_user ? "" : "token-of-" + name;
  service_->AddAccount({now_.access_key_id, now_.secret_access_key,
                        now_.session_token, INT64_MAX});
}

}  // namespace dynamodown::sim
