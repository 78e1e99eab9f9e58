// A call passes, in this order: the log, the before-hook, what the test has
// asked for or what the plan of faults has drawn, the checks of its headers,
// the service, the rest of the fault, the after-hook. Whatever asks the test's
// code does so before or after mutex_ is held.
//
// Nothing here waits but Send, at its very end: what takes time is a Delivery's
// delay. A request that is delivered late lies in late_ until somebody comes
// after the time at which it arrives: whoever comes first has it carried out,
// as of that time, before anything else. Nobody can tell that from one that
// came by itself.

#include "fake/fake_dynamo.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/clock.h"
#include "base/crypto.h"
#include "fake/fault_answers.h"
#include "fake/service.h"

namespace dynamodown {
namespace {

using fake::Json;

constexpr size_t kBodyBytesMax = 16 << 20;
constexpr size_t kShortPageItemsMax = 10;
/// How long a client may wait for an answer that never comes, before its
/// connection is closed.
constexpr std::chrono::seconds kSilence(120);
constexpr std::string_view kTargetPrefix = "DynamoDB_20120810.";
constexpr std::string_view kContentType = "application/x-amz-json-1.0";

std::string Header(const HttpRequest& request, const char* name) {
  return std::string(fake::HeaderOf(request, name));
}

std::string OperationOf(const std::string& target) {
  return target.rfind(kTargetPrefix, 0) == 0
             ? target.substr(kTargetPrefix.size())
             : target;
}

/// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string HttpDate(int64_t unix_seconds) {
  static const char* const kDays[] = {"Thu", "Fri", "Sat", "Sun",
                                      "Mon", "Tue", "Wed"};
  static const char* const kMonths[] = {"Jan", "Feb", "Mar", "Apr",
                                        "May", "Jun", "Jul", "Aug",
                                        "Sep", "Oct", "Nov", "Dec"};
  const std::string text = FormatBasicTime(unix_seconds);
  const size_t month =
      static_cast<size_t>(std::atoi(text.substr(4, 2).c_str())) - 1;
  const int64_t day = (unix_seconds / 86400 % 7 + 7) % 7;
  return std::string(kDays[day]) + ", " + text.substr(6, 2) + " " +
         kMonths[month] + " " + text.substr(0, 4) + " " + text.substr(9, 2) +
         ":" + text.substr(11, 2) + ":" + text.substr(13, 2) + " GMT";
}

/// Which namespace the service gives an error's code.
std::string QualifiedCode(const std::string& code) {
  if (code == "ValidationException") {
    return "com.amazon.coral.validate#" + code;
  }
  for (const char* common :
       {"SerializationException", "UnknownOperationException",
        "MissingAuthenticationTokenException", "InvalidSignatureException",
        "IncompleteSignatureException", "UnrecognizedClientException",
        "AccessDeniedException", "ThrottlingException"}) {
    if (code == common) return "com.amazon.coral.service#" + code;
  }
  return "com.amazonaws.dynamodb.v20120810#" + code;
}

std::string ErrorBody(const std::string& code, const std::string& message,
                      Json more) {
  more["__type"] = QualifiedCode(code);
  more[code == "TransactionCanceledException" ? "Message" : "message"] =
      message;
  return more.dump();
}

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

}  // namespace

FakeDynamo::FakeDynamo(std::function<int64_t()> unix_seconds)
    : FakeDynamo(Settings{std::move(unix_seconds)}) {}

FakeDynamo::FakeDynamo(Settings settings)
    : settings_(std::move(settings)),
      signatures_("dynamodb", settings_.region, settings_.accounts),
      service_(std::make_unique<fake::Service>(ServiceSettingsOf(settings_))) {}

FakeDynamo::~FakeDynamo() = default;

/// What its client is to see of a request, but for the answer.
struct FakeDynamo::Outcome {
  Delivery::Way way = Delivery::Way::kAnswer;
  Scheduler::Duration delay{0};
  size_t body_bytes_max = SIZE_MAX;
  bool late = false;
  /// What Send says of it when it is no answer.
  NoAnswer no_answer{NoAnswer::Reason::kConnect, true, ""};
};

/// A request that outlives its Send.
struct FakeDynamo::LateRequest {
  std::string operation;
  std::string method;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  int64_t unix_seconds;  ///< When it arrives.
};

void FakeDynamo::AddAccount(Account account) {
  signatures_.Add(std::move(account));
}

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
  Call call{OperationOf(Header(request, "X-Amz-Target")), &request, 0};
  Hook before_hook;
  Hook after_hook;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    call.number = ++calls_;
    if (settings_.logs_requests) {
      seen_.push_back({call.operation, std::string(request.body),
                       Header(request, "X-Amz-Date"),
                       Header(request, "X-Amz-Security-Token")});
    }
    before_hook = before_hook_;
    after_hook = after_hook_;
  }
  const auto of_hook = [](Result<void, NoAnswer> result) {
    Outcome outcome;
    if (result.ok()) return outcome;
    outcome.way = result.error().sent ? Delivery::Way::kLostAnswer
                                      : Delivery::Way::kRefused;
    outcome.no_answer = std::move(result).error();
    return outcome;
  };
  const auto of_no_answer = [&](NoAnswer no_answer) {
    return of_hook(Result<void, NoAnswer>(std::move(no_answer)));
  };

  if (before_hook) {
    if (auto result = before_hook(call, response)) {
      return of_hook(*std::move(result));
    }
  }
  const std::optional<Scripted> scripted = TakeScripted(call.operation);
  if (scripted.has_value() && scripted->kind == Scripted::Kind::kRefuse) {
    return of_no_answer(
        {NoAnswer::Reason::kConnect, false, "connection refused"});
  }
  if (scripted.has_value() && scripted->kind == Scripted::Kind::kAnswer) {
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
      return of_hook(*std::move(result));
    }
  }
  if (scripted.has_value()) {
    return of_no_answer(
        {NoAnswer::Reason::kTimeout, true, "no answer in time"});
  }
  return outcome;
}

/// From the connection to the answer, with the fault that it meets.
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
        return KeepForLater(*fault, operation, request);
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
      outcome.delay = Execute(operation, request.body,
                              Draw(fault, operation, request.body), response);
    }
  }
  if (fault.has_value()) MeetAfter(*fault, response, &outcome);
  return outcome;
}

/// Whether the request has no effect and its answer is the fault's.
bool FakeDynamo::AnswerInstead(const Fault& fault, const std::string& operation,
                               std::string_view body, HttpResponse* response) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
      AnswerFault(
          fake::ThrottleAnswer(operation, Json::parse(body, nullptr, false),
                               fault.choice),
          response);
      return true;
    case FaultKind::kConflict:
      AnswerFault(
          fake::ConflictAnswer(operation, Json::parse(body, nullptr, false),
                               fault.choice),
          response);
      return true;
    case FaultKind::kServerError:
      if (fault.after_effect) return false;
      AnswerFault(fake::ServerErrorAnswer(fault.choice), response);
      return true;
    case FaultKind::kExpireCredentials:
      // Credentials that are known and can expire have been refused already.
      AnswerError(400, "ExpiredTokenException",
                  "The security token included in the request is expired",
                  response);
      return true;
    default:
      return false;
  }
}

/// What befalls the answer.
void FakeDynamo::MeetAfter(const Fault& fault, HttpResponse* response,
                           Outcome* outcome) {
  switch (fault.kind) {
    case FaultKind::kServerError:
      if (fault.after_effect) {
        AnswerFault(fake::ServerErrorAnswer(fault.choice), response);
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
    case FaultKind::kTruncateBody: {
      // As by something on the way that makes a whole answer of what it got.
      std::string& body = response->body;
      const std::string before =
          "Content-Length: " + std::to_string(body.size());
      if (!body.empty()) body.resize(fault.choice % body.size());
      response->headers.replace(
          response->headers.find(before), before.size(),
          "Content-Length: " + std::to_string(body.size()));
      break;
    }
    case FaultKind::kGarbleBody: {
      std::string& body = response->body;
      if (body.empty()) break;
      char& byte = body[fault.choice % body.size()];
      byte = static_cast<char>(byte ^ (1 + fault.choice / body.size() % 255));
      break;
    }
    default:
      break;
  }
}

/// It arrives when its client has given it up.
FakeDynamo::Outcome FakeDynamo::KeepForLater(const Fault& fault,
                                             const std::string& operation,
                                             const HttpRequest& request) {
  const int64_t now = settings_.unix_seconds();
  LateRequest late{
      operation, std::string(request.method), std::string(request.url),
      {},        std::string(request.body),   0};
  for (const HttpHeader& header : request.headers) {
    late.headers.emplace_back(header.name, header.value);
  }
  Scheduler::Duration wait(0);
  if (settings_.scheduler != nullptr) wait = fault.duration;
  const int64_t signed_at =
      fake::ParseBasicTime(fake::HeaderOf(request, "X-Amz-Date"));
  {
    std::lock_guard<std::mutex> lock(mutex_);
    // Later than its signature lives it would have no effect.
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
  // Half of the clients are told at once, the others hear nothing.
  if (fault.choice % 2 == 0) outcome.delay = kSilence;
  return outcome;
}

/// With mutex_ held: all that should have happened by now has.
void FakeDynamo::CatchUp(Scheduler::TimePoint now) const {
  while (!late_.empty() && late_.begin()->first <= now) {
    const Scheduler::TimePoint arrived = late_.begin()->first;
    const LateRequest late = std::move(late_.begin()->second);
    late_.erase(late_.begin());
    HttpRequest request{late.method, late.url, {}, late.body};
    for (const auto& [name, value] : late.headers) {
      request.headers.push_back({name, value});
    }
    if (RefusalOf(request, late.unix_seconds, clock_offset_).has_value()) {
      continue;
    }
    CallService(late.operation, Json::parse(late.body, nullptr, false),
                {late.unix_seconds, arrived}, fake::Bend{});
  }
  service_->AdvanceTo(now);
}

HttpResponse FakeDynamo::Carry(const std::string& operation,
                               const std::string& body) {
  HttpResponse response;
  Execute(operation, body, fake::Bend{}, &response);
  return response;
}

/// Why a request is not carried out, as far as its headers say. Nothing: it is.
std::optional<fake::FaultAnswer> FakeDynamo::RefusalOf(
    const HttpRequest& request, int64_t now, int64_t clock_offset) const {
  const auto refused = [](int status, const char* code, std::string message) {
    return fake::FaultAnswer{status, code, std::move(message), Json::object()};
  };
  const size_t host = request.url.find("://");
  const size_t path = host == std::string_view::npos
                          ? std::string_view::npos
                          : request.url.find('/', host + 3);
  if (request.method != "POST" || host == std::string_view::npos ||
      (path != std::string_view::npos && request.url.substr(path) != "/")) {
    return refused(404, "UnknownOperationException", "Only POST / is served");
  }
  if (Header(request, "Content-Type") != kContentType ||
      Header(request, "X-Amz-Target").rfind(kTargetPrefix, 0) != 0) {
    return refused(400, "UnknownOperationException",
                   "No such Content-Type or X-Amz-Target");
  }
  if (request.body.size() > kBodyBytesMax) {
    return refused(413, "RequestEntityTooLarge", "More than 16 MB");
  }
  auto refusal = signatures_.Check(request, now + clock_offset, now);
  if (!refusal.has_value()) return std::nullopt;
  return refused(400, refusal->code.c_str(), std::move(refusal->message));
}

/// False: refused, and `*response` says why.
bool FakeDynamo::Accept(const HttpRequest& request, HttpResponse* response) {
  const int64_t now = settings_.unix_seconds();
  int64_t clock_offset;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    clock_offset = clock_offset_;
  }
  const std::optional<fake::FaultAnswer> refusal =
      RefusalOf(request, now, clock_offset);
  if (refusal.has_value()) AnswerFault(*refusal, response);
  return !refusal.has_value();
}

/// How long after it its answer comes.
Scheduler::Duration FakeDynamo::Execute(const std::string& operation,
                                        std::string_view body,
                                        const fake::Bend& bend,
                                        HttpResponse* response) {
  const Json request = Json::parse(body, nullptr, false);
  std::pair<int, std::string> answer;
  Scheduler::Duration takes;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const fake::Moment moment{settings_.unix_seconds(), Now()};
    CatchUp(moment.now);
    answer = CallService(operation, request, moment, bend);
    takes = service_->takes();
  }
  Answer(answer.first, std::move(answer.second), response);
  return takes;
}

/// With mutex_ held: the answer's status and body.
std::pair<int, std::string> FakeDynamo::CallService(
    const std::string& operation, const Json& request,
    const fake::Moment& moment, const fake::Bend& bend) const {
  try {
    if (request.is_discarded()) fake::RefuseMalformed("The body is no JSON");
    return {200, service_->Call(operation, request, moment, bend).dump()};
  } catch (fake::Refusal& refusal) {
    return {400,
            ErrorBody(refusal.code, refusal.message, std::move(refusal.more))};
  }
}

fake::Bend FakeDynamo::Draw(const std::optional<Fault>& fault,
                            const std::string& operation,
                            std::string_view body) {
  std::function<bool()> choose;
  std::function<size_t()> items_max;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    choose = choose_unprocessed_;
    items_max = page_items_max_;
  }
  fake::Bend bend;
  if (items_max && (operation == "Query" || operation == "Scan")) {
    bend.page_items_max = items_max();
  }
  const bool leaves =
      fault.has_value() && fault->kind == FaultKind::kUnprocessed;
  if (choose || leaves) {
    const size_t size =
        fake::Service::BatchSize(operation, Json::parse(body, nullptr, false));
    if (leaves) {
      bend.unprocessed = fake::ChooseUnprocessed(size, fault->choice);
    }
    bend.unprocessed.resize(size, false);
    for (size_t i = 0; choose && i < size; ++i) {
      if (choose()) bend.unprocessed[i] = true;
    }
  }
  if (!fault.has_value()) return bend;
  if (fault->kind == FaultKind::kShortPage) {
    bend.page_items_max = 1 + fault->choice % kShortPageItemsMax;
  }
  if (fault->kind == FaultKind::kEmptyPage) bend.page_items_max = 0;
  if (fault->kind == FaultKind::kStaleRead) {
    bend.staleness = {fault->duration, fault->choice};
  }
  return bend;
}

void FakeDynamo::Answer(int status, std::string body, HttpResponse* response) {
  WriteAnswer(status, std::move(body), true, response);
}

void FakeDynamo::WriteAnswer(int status, std::string body, bool from_service,
                             HttpResponse* response) {
  int64_t now = settings_.unix_seconds();
  char id[53];
  {
    std::lock_guard<std::mutex> lock(mutex_);
    now += clock_offset_;
    std::snprintf(id, sizeof(id), "%052llu",
                  static_cast<unsigned long long>(++answers_));
  }
  response->status = status;
  response->headers = "Server: Server\r\nDate: " + HttpDate(now) +
                      "\r\nContent-Type: " +
                      std::string(from_service ? kContentType : "text/html") +
                      "\r\nContent-Length: " + std::to_string(body.size()) +
                      "\r\nConnection: keep-alive\r\n";
  if (from_service) {
    response->headers += std::string("x-amzn-RequestId: ") + id +
                         "\r\nx-amz-crc32: " + std::to_string(Crc32(body)) +
                         "\r\n";
  }
  response->body = std::move(body);
}

void FakeDynamo::AnswerFault(const fake::FaultAnswer& answer,
                             HttpResponse* response) {
  const bool from_service = !answer.code.empty();
  WriteAnswer(answer.status,
              from_service ? ErrorBody(answer.code, answer.message, answer.more)
                           : answer.message,
              from_service, response);
}

void FakeDynamo::AnswerError(int status, const std::string& code,
                             const std::string& message,
                             HttpResponse* response) {
  Answer(status, ErrorBody(code, message, Json::object()), response);
}

void FakeDynamo::Add(Scripted scripted) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (scripted.remaining > 0) scripted_.push_back(std::move(scripted));
}

std::optional<FakeDynamo::Scripted> FakeDynamo::TakeScripted(
    const std::string& operation) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found =
      std::find_if(scripted_.begin(), scripted_.end(), [&](const auto& one) {
        return one.operation.empty() || one.operation == operation;
      });
  if (found == scripted_.end()) return {};
  Scripted scripted = *found;
  if (--found->remaining == 0) scripted_.erase(found);
  return scripted;
}

void FakeDynamo::FailNext(std::string operation, int n, int status,
                          std::string code, std::string message) {
  Add({std::move(operation), n, Scripted::Kind::kAnswer, status,
       ErrorBody(code, message, Json::object())});
}

void FakeDynamo::CancelNext(int n, std::vector<std::string> codes) {
  const fake::FaultAnswer cancelled =
      fake::CancelledAnswer(codes, "As the test wants it");
  Add({"TransactWriteItems", n, Scripted::Kind::kAnswer, cancelled.status,
       ErrorBody(cancelled.code, cancelled.message, cancelled.more)});
}

void FakeDynamo::LoseAnswersNext(std::string operation, int n) {
  Add({std::move(operation), n, Scripted::Kind::kLose, 0, ""});
}

void FakeDynamo::RefuseNext(std::string operation, int n) {
  Add({std::move(operation), n, Scripted::Kind::kRefuse, 0, ""});
}

void FakeDynamo::LeaveUnprocessed(std::function<bool()> choose) {
  std::lock_guard<std::mutex> lock(mutex_);
  choose_unprocessed_ = std::move(choose);
}

void FakeDynamo::CutPages(std::function<size_t()> items_max) {
  std::lock_guard<std::mutex> lock(mutex_);
  page_items_max_ = std::move(items_max);
}

void FakeDynamo::set_page_items_max(size_t n) {
  CutPages([n] { return n; });
}

void FakeDynamo::set_table_ready_after(int describes) {
  std::lock_guard<std::mutex> lock(mutex_);
  service_->set_table_ready_after(describes);
}

void FakeDynamo::set_before_hook(Hook hook) {
  std::lock_guard<std::mutex> lock(mutex_);
  before_hook_ = std::move(hook);
}

void FakeDynamo::set_after_hook(Hook hook) {
  std::lock_guard<std::mutex> lock(mutex_);
  after_hook_ = std::move(hook);
}

void FakeDynamo::ClearFaults() {
  std::lock_guard<std::mutex> lock(mutex_);
  scripted_.clear();
  choose_unprocessed_ = nullptr;
  page_items_max_ = nullptr;
  before_hook_ = nullptr;
  after_hook_ = nullptr;
  service_->set_table_ready_after(0);
}

std::vector<FakeDynamo::Seen> FakeDynamo::seen() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return seen_;
}

size_t FakeDynamo::count(std::string_view operation) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<size_t>(
      std::count_if(seen_.begin(), seen_.end(), [&](const Seen& seen) {
        return operation.empty() || seen.operation == operation;
      }));
}

void FakeDynamo::Clear() {
  std::lock_guard<std::mutex> lock(mutex_);
  CatchUp(Now());
  seen_.clear();
  read_units_before_ = service_->units().read;
  write_units_before_ = service_->units().write;
}

double FakeDynamo::read_units() const {
  std::lock_guard<std::mutex> lock(mutex_);
  CatchUp(Now());
  return service_->units().read - read_units_before_;
}

double FakeDynamo::write_units() const {
  std::lock_guard<std::mutex> lock(mutex_);
  CatchUp(Now());
  return service_->units().write - write_units_before_;
}

size_t FakeDynamo::ItemCount(const std::string& table) const {
  std::lock_guard<std::mutex> lock(mutex_);
  CatchUp(Now());
  return service_->ItemCount(table);
}

size_t FakeDynamo::PartitionCount(const std::string& table) const {
  std::lock_guard<std::mutex> lock(mutex_);
  CatchUp(Now());
  return service_->PartitionCount(table);
}

}  // namespace dynamodown
