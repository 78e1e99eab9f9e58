// A call passes, in this order: the log; the before-hook; its fault, asked for
// by the test or drawn from the plan; the checks of its HTTP layer; the
// service; the rest of its fault; the after-hook. The test's functions run
// while mutex_ is not held.
//
// Nothing here waits except Send, at its very end: an operation that takes time
// only delays its answer. late_ keeps a late request until the next call after
// its time of arrival. That call first carries out the request as of its
// arrival, so no client can tell the difference.

#include "fake/fake_dynamo.h"

#include <algorithm>
#include <utility>

#include "fake/faults/fault_answers.h"
#include "fake/faults/wrong_answer.h"
#include "fake/http/http_answer.h"
#include "fake/http/request_check.h"
#include "fake/operations/call_context.h"
#include "fake/operations/service.h"

namespace dynamodown {
namespace {

using fake::CallFaults;
using fake::ErrorAnswer;
using fake::Json;
using fake::ScriptedFault;

constexpr size_t kShortPageItemsMax = 10;
/// If an answer never comes, the connection closes after this time.
constexpr std::chrono::seconds kSilence(120);

/// The request's JSON; a discarded value if `body` is not JSON.
Json Parse(std::string_view body) { return Json::parse(body, nullptr, false); }

fake::ServiceSettings ServiceSettingsOf(const FakeDynamo::Settings& settings) {
  fake::ServiceSettings service;
  if (settings.scheduler == nullptr) return service;
  service.transaction_step = settings.transaction_step;
  if (settings.faults != nullptr) {
    service.past_kept = settings.faults->LongestOf(FaultKind::kStaleRead);
  }
  if (settings.throttle_by_load) service.partitions = settings.partition_limits;
  return service;
}

fake::TableKeyNames KeyNamesOf(const fake::Table* table) {
  if (table == nullptr) return {};
  return {table->hash().name, table->has_range() ? table->range().name : ""};
}

/// Truncates the body like a broken proxy: the Content-Length is the new
/// length.
void Truncate(uint64_t choice, HttpResponse* response) {
  std::string& body = response->body;
  const std::string before = "Content-Length: " + std::to_string(body.size());
  if (!body.empty()) body.resize(choice % body.size());
  response->headers.replace(response->headers.find(before), before.size(),
                            "Content-Length: " + std::to_string(body.size()));
}

/// Changes one byte of the body.
void Garble(uint64_t choice, std::string* body) {
  if (body->empty()) return;
  char& byte = (*body)[choice % body->size()];
  byte = static_cast<char>(byte ^ (1 + choice / body->size() % 255));
}

}  // namespace

FakeDynamo::FakeDynamo(std::function<int64_t()> unix_seconds)
    : FakeDynamo(Settings{std::move(unix_seconds)}) {}

FakeDynamo::FakeDynamo(Settings settings)
    : settings_(std::move(settings)),
      signatures_("dynamodb", settings_.region, settings_.accounts),
      service_(std::make_unique<fake::Service>(ServiceSettingsOf(settings_))) {}

FakeDynamo::~FakeDynamo() = default;

/// The fate of a request, apart from its answer.
struct FakeDynamo::Outcome {
  Delivery::Way way = Delivery::Way::kAnswer;
  Scheduler::Duration delay{0};
  size_t body_bytes_max = SIZE_MAX;
  bool late = false;
  /// Send's result if there is no answer.
  NoAnswer no_answer{NoAnswer::Reason::kConnect, true, ""};

  static Outcome Of(NoAnswer no_answer) {
    Outcome outcome;
    outcome.way =
        no_answer.sent ? Delivery::Way::kLostAnswer : Delivery::Way::kRefused;
    outcome.no_answer = std::move(no_answer);
    return outcome;
  }
  static Outcome Of(Result<void, NoAnswer> result) {
    if (result.ok()) return {};
    return Of(std::move(result).error());
  }
};

/// A request that outlives its Send.
struct FakeDynamo::LateRequest {
  std::string operation;
  fake::StoredRequest request;
  int64_t unix_seconds;  ///< Its time of arrival.
};

struct FakeDynamo::ServiceAnswer {
  int status;
  std::string body;
  Scheduler::Duration takes;  ///< From the call until the answer is sent.
};

void FakeDynamo::AddAccount(Account account) {
  signatures_.Add(std::move(account));
}

// --------------------------------------------------------- a request's path

Scheduler::TimePoint FakeDynamo::Now() const {
  return settings_.scheduler == nullptr ? Scheduler::TimePoint()
                                        : settings_.scheduler->Now();
}

Result<void, NoAnswer> FakeDynamo::Send(const HttpRequest& request,
                                        std::chrono::milliseconds timeout,
                                        HttpResponse* response) {
  Outcome outcome = Meet(request, response);
  const bool in_time = timeout.count() <= 0 || outcome.delay <= timeout;
  if (settings_.scheduler != nullptr && outcome.delay.count() > 0) {
    settings_.scheduler->Sleep(in_time ? outcome.delay
                                       : Scheduler::Duration(timeout));
  }
  if (!in_time) {
    outcome.way = Delivery::Way::kLostAnswer;
    outcome.no_answer = {NoAnswer::Reason::kTimeout, true, "no answer in time"};
  }
  if (outcome.way == Delivery::Way::kAnswer) return {};
  *response = {};
  return std::move(outcome.no_answer);
}

FakeDynamo::Delivery FakeDynamo::Deliver(const HttpRequest& request) {
  Delivery delivery;
  const Outcome outcome = Meet(request, &delivery.answer);
  delivery.way = outcome.way;
  delivery.delay = outcome.delay;
  delivery.body_bytes_max = outcome.body_bytes_max;
  delivery.late = outcome.late;
  return delivery;
}

FakeDynamo::Outcome FakeDynamo::Meet(const HttpRequest& request,
                                     HttpResponse* response) {
  Call call{fake::OperationOf(request), &request, 0};
  Hook before_hook;
  Hook after_hook;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    call.number = ++calls_;
    if (settings_.logs_requests) {
      seen_.push_back(
          {call.operation, std::string(request.body),
           std::string(fake::HeaderOf(request, "X-Amz-Date")),
           std::string(fake::HeaderOf(request, "X-Amz-Security-Token"))});
    }
    before_hook = before_hook_;
    after_hook = after_hook_;
  }

  if (before_hook) {
    if (auto result = before_hook(call, response)) {
      return Outcome::Of(*std::move(result));
    }
  }
  std::optional<ScriptedFault> scripted;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    scripted = script_.Take(call.operation);
  }
  if (scripted.has_value() && scripted->kind == ScriptedFault::Kind::kRefuse) {
    return Outcome::Of(
        NoAnswer{NoAnswer::Reason::kConnect, false, "connection refused"});
  }
  if (scripted.has_value() && scripted->kind == ScriptedFault::Kind::kAnswer) {
    Answer(scripted->status, scripted->body, response);
    return {};
  }
  std::optional<Fault> fault;
  if (!scripted.has_value() && settings_.faults != nullptr) {
    fault = settings_.faults->Draw(call.operation);
  }
  Outcome outcome = CarryOut(fault, call.operation, request, response);
  if (outcome.way == Delivery::Way::kAnswer && after_hook) {
    if (auto result = after_hook(call, response)) {
      return Outcome::Of(*std::move(result));
    }
  }
  if (scripted.has_value()) {
    return Outcome::Of(
        NoAnswer{NoAnswer::Reason::kTimeout, true, "no answer in time"});
  }
  return outcome;
}

/// Carries out a request with its fault, from the connection to the answer.
FakeDynamo::Outcome FakeDynamo::CarryOut(const std::optional<Fault>& fault,
                                         const std::string& operation,
                                         const HttpRequest& request,
                                         HttpResponse* response) {
  Outcome outcome;
  if (fault.has_value()) {
    switch (fault->kind) {
      case FaultKind::kRefuseConnection:
        outcome.way = Delivery::Way::kRefused;
        outcome.no_answer = {NoAnswer::Reason::kConnect, false,
                             "connection refused"};
        return outcome;
      case FaultKind::kResetRequest:
        outcome.way = Delivery::Way::kLostRequest;
        outcome.no_answer.message = "connection lost within the request";
        return outcome;
      case FaultKind::kDeliverLate:
        return KeepForLater(*fault, request);
      case FaultKind::kClockJump: {
        const int64_t seconds =
            std::chrono::duration_cast<std::chrono::seconds>(fault->duration)
                .count();
        std::lock_guard<std::mutex> lock(mutex_);
        clock_offset_ = fault->choice % 2 == 0 ? seconds : -seconds;
        break;
      }
      case FaultKind::kExpireCredentials:
        signatures_.Expire(request, settings_.unix_seconds());
        break;
      default:
        break;
    }
  }
  if (Accept(request, response)) {
    if (!fault.has_value() ||
        !AnswerInstead(*fault, operation, request.body, response)) {
      outcome.delay =
          Execute(operation, request.body,
                  DrawCallFaults(fault, operation, request.body), response);
    }
  }
  if (fault.has_value()) MeetAfter(*fault, response, &outcome);
  return outcome;
}

/// Returns true if the fault replaces the call; `*response` is then the fault's
/// answer.
bool FakeDynamo::AnswerInstead(const Fault& fault, const std::string& operation,
                               std::string_view body, HttpResponse* response) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
      WriteError(fake::ThrottleAnswer(operation, Parse(body), fault.choice),
                 response);
      return true;
    case FaultKind::kConflict:
      WriteError(fake::ConflictAnswer(operation, Parse(body), fault.choice),
                 response);
      return true;
    case FaultKind::kServerError:
      if (fault.after_effect) return false;
      WriteError(fake::ServerErrorAnswer(fault.choice), response);
      return true;
    case FaultKind::kExpireCredentials:
      // Accept has already refused known temporary credentials.
      AnswerError(400, "ExpiredTokenException",
                  "The security token included in the request is expired",
                  response);
      return true;
    default:
      return false;
  }
}

/// Applies the part of a fault that changes or loses the answer.
void FakeDynamo::MeetAfter(const Fault& fault, HttpResponse* response,
                           Outcome* outcome) {
  switch (fault.kind) {
    case FaultKind::kServerError:
      if (fault.after_effect) {
        WriteError(fake::ServerErrorAnswer(fault.choice), response);
      }
      break;
    case FaultKind::kSlowAnswer:
      outcome->delay += fault.duration;
      break;
    case FaultKind::kResetAnswer:
      outcome->way = Delivery::Way::kLostAnswer;
      outcome->body_bytes_max = fault.choice % (response->body.size() + 1);
      outcome->no_answer.message = "connection lost within the answer";
      break;
    case FaultKind::kTruncateBody:
      Truncate(fault.choice, response);
      break;
    case FaultKind::kGarbleBody:
      Garble(fault.choice, &response->body);
      break;
    default:
      break;
  }
}

/// The request arrives later, and its client gets no answer.
FakeDynamo::Outcome FakeDynamo::KeepForLater(const Fault& fault,
                                             const HttpRequest& request) {
  const int64_t now = settings_.unix_seconds();
  LateRequest late{fake::OperationOf(request), fake::StoredRequest(request), 0};
  Scheduler::Duration wait(0);
  if (settings_.scheduler != nullptr) wait = fault.duration;
  const int64_t signed_at =
      fake::ParseBasicTime(fake::HeaderOf(request, "X-Amz-Date"));
  {
    std::lock_guard<std::mutex> lock(mutex_);
    // A request that arrives after its signature expires has no effect.
    const std::chrono::seconds lives(signed_at + fake::kSignatureSeconds - 1 -
                                     now - clock_offset_);
    wait = std::max(Scheduler::Duration(0),
                    std::min<Scheduler::Duration>(wait, lives));
    late.unix_seconds =
        now + std::chrono::duration_cast<std::chrono::seconds>(wait).count();
    late_.emplace(Now() + wait, std::move(late));
  }
  Outcome outcome;
  outcome.way = Delivery::Way::kLostAnswer;
  outcome.body_bytes_max = 0;
  outcome.late = true;
  outcome.no_answer.message = "connection lost before the answer";
  // Half of the connections are lost at once; the others first stay silent.
  if (fault.choice % 2 == 0) outcome.delay = kSilence;
  return outcome;
}

/// Requires mutex_. Carries out the late requests that have arrived.
void FakeDynamo::CatchUp(Scheduler::TimePoint now) const {
  while (!late_.empty() && late_.begin()->first <= now) {
    const Scheduler::TimePoint arrived = late_.begin()->first;
    const LateRequest late = std::move(late_.begin()->second);
    late_.erase(late_.begin());
    const int64_t seconds = late.unix_seconds;
    if (fake::CheckRequest(late.request.View(), signatures_,
                           seconds + clock_offset_, seconds)
            .has_value()) {
      continue;
    }
    CallService(late.operation, Parse(late.request.body()), {seconds, arrived},
                CallFaults{});
  }
  service_->AdvanceTo(now);
}

/// Returns false if the request is refused; `*response` then says why.
bool FakeDynamo::Accept(const HttpRequest& request, HttpResponse* response) {
  const int64_t now = settings_.unix_seconds();
  int64_t clock_offset;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    clock_offset = clock_offset_;
  }
  const std::optional<ErrorAnswer> refusal =
      fake::CheckRequest(request, signatures_, now + clock_offset, now);
  if (refusal.has_value()) WriteError(*refusal, response);
  return !refusal.has_value();
}

std::optional<HttpResponse> FakeDynamo::Admit(const HttpRequest& head,
                                              bool is_large) {
  const int64_t now = settings_.unix_seconds();
  int64_t clock_offset;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    clock_offset = clock_offset_;
  }
  const std::optional<ErrorAnswer> refusal =
      fake::CheckHead(head, is_large, signatures_, now + clock_offset, now);
  if (!refusal.has_value()) return std::nullopt;
  HttpResponse response;
  WriteError(*refusal, &response);
  return response;
}

/// Calls the test's functions that choose unprocessed items and cut pages.
CallFaults FakeDynamo::DrawCallFaults(const std::optional<Fault>& fault,
                                      const std::string& operation,
                                      std::string_view body) {
  std::function<bool()> choose;
  std::function<size_t()> items_max;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    choose = choose_unprocessed_;
    items_max = page_items_max_;
  }
  CallFaults faults;
  if (items_max && (operation == "Query" || operation == "Scan")) {
    faults.page_items_max = items_max();
  }
  const bool leaves =
      fault.has_value() && fault->kind == FaultKind::kUnprocessed;
  if (choose || leaves) {
    const size_t size = fake::BatchSize(operation, Parse(body));
    if (leaves) {
      faults.unprocessed = fake::ChooseUnprocessed(size, fault->choice);
    }
    faults.unprocessed.resize(size, false);
    for (size_t i = 0; choose && i < size; ++i) {
      if (choose()) faults.unprocessed[i] = true;
    }
  }
  if (!fault.has_value()) return faults;
  if (fault->kind == FaultKind::kShortPage) {
    faults.page_items_max = 1 + fault->choice % kShortPageItemsMax;
  }
  if (fault->kind == FaultKind::kEmptyPage) faults.page_items_max = 0;
  if (fault->kind == FaultKind::kWrongAnswer) faults.wrong = fault->choice;
  if (fault->kind == FaultKind::kStaleRead) {
    faults.staleness = {fault->duration, fault->choice};
  }
  return faults;
}

/// Returns the time from the call until its answer is sent.
Scheduler::Duration FakeDynamo::Execute(const std::string& operation,
                                        std::string_view body,
                                        const CallFaults& faults,
                                        HttpResponse* response) {
  const Json request = Parse(body);
  ServiceAnswer answer;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const fake::Moment moment{settings_.unix_seconds(), Now()};
    CatchUp(moment.now);
    answer = CallService(operation, request, moment, faults);
  }
  Answer(answer.status, std::move(answer.body), response);
  return answer.takes;
}

/// Requires mutex_. The one place that catches a Refusal.
FakeDynamo::ServiceAnswer FakeDynamo::CallService(
    const std::string& operation, const Json& request,
    const fake::Moment& moment, const CallFaults& faults) const {
  fake::CallContext call{request, faults, moment, {}, {}};
  ServiceAnswer answer;
  try {
    if (request.is_discarded()) fake::RefuseMalformed("The body is no JSON");
    answer.status = 200;
    Json body = service_->Call(operation, &call);
    if (faults.wrong.has_value()) {
      fake::MakeWrong(operation, request,
                      KeyNamesOf(service_->TableOf(request)), *faults.wrong,
                      &body);
    }
    answer.body = body.dump();
  } catch (fake::Refusal& refusal) {
    answer.status = 400;
    answer.body =
        ErrorAnswer{400, std::move(refusal.code), std::move(refusal.message),
                    std::move(refusal.more)}
            .Body();
  }
  answer.takes = call.takes;
  read_units_ += call.consumed.read;
  write_units_ += call.consumed.write;
  return answer;
}

HttpResponse FakeDynamo::Carry(const std::string& operation,
                               const std::string& body) {
  HttpResponse response;
  Execute(operation, body, CallFaults{}, &response);
  return response;
}

// ------------------------------------------------------------------ answers

void FakeDynamo::WriteAnswer(int status, std::string body, bool from_service,
                             HttpResponse* response) {
  int64_t now = settings_.unix_seconds();
  uint64_t number;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    now += clock_offset_;
    number = ++answers_;
  }
  *response =
      fake::MakeAnswer(status, std::move(body), from_service, now, number);
}

void FakeDynamo::WriteError(const ErrorAnswer& answer, HttpResponse* response) {
  WriteAnswer(answer.status, answer.Body(), answer.is_from_service(), response);
}

void FakeDynamo::Answer(int status, std::string body, HttpResponse* response) {
  WriteAnswer(status, std::move(body), true, response);
}

void FakeDynamo::AnswerError(int status, const std::string& code,
                             const std::string& message,
                             HttpResponse* response) {
  Answer(status, ErrorAnswer{status, code, message, Json::object()}.Body(),
         response);
}

}  // namespace dynamodown
