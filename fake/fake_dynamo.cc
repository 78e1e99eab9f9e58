// A call passes, in this order: the log, the before-hook, one fault, the checks
// of its headers, the service, the after-hook. Whatever asks the test's code
// does so before or after mutex_ is held.

#include "fake/fake_dynamo.h"

#include <strings.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/clock.h"
#include "base/crypto.h"
#include "fake/service.h"

namespace dynamodown {
namespace {

using fake::Json;

constexpr size_t kBodyBytesMax = 16 << 20;
constexpr int64_t kSignatureSeconds = 300;
constexpr std::string_view kTargetPrefix = "DynamoDB_20120810.";
constexpr std::string_view kContentType = "application/x-amz-json-1.0";

std::string Header(const HttpRequest& request, const char* name) {
  for (const HttpHeader& header : request.headers) {
    if (header.name.size() == std::string_view(name).size() &&
        strncasecmp(header.name.data(), name, header.name.size()) == 0) {
      return std::string(header.value);
    }
  }
  return {};
}

std::string OperationOf(const std::string& target) {
  return target.rfind(kTargetPrefix, 0) == 0
             ? target.substr(kTargetPrefix.size())
             : target;
}

/// Days since 1970-01-01 of a date in the proleptic Gregorian calendar: Howard
/// Hinnant's "chrono-compatible low-level date algorithms".
int64_t DaysSince1970(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year =
      (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

/// Of "20150830T123600Z"; -1 for what is not of that form.
int64_t ParseBasicTime(const std::string& text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return -1;
  for (size_t i = 0; i < 15; ++i) {
    if (i != 8 && (text[i] < '0' || text[i] > '9')) return -1;
  }
  const auto number = [&](size_t at, size_t n) {
    return std::strtoll(text.substr(at, n).c_str(), nullptr, 10);
  };
  return DaysSince1970(number(0, 4), number(4, 2), number(6, 2)) * 86400 +
         number(9, 2) * 3600 + number(11, 2) * 60 + number(13, 2);
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

}  // namespace

FakeDynamo::FakeDynamo(std::function<int64_t()> unix_seconds)
    : FakeDynamo(Settings{std::move(unix_seconds)}) {}

FakeDynamo::FakeDynamo(Settings settings)
    : settings_(std::move(settings)),
      service_(std::make_unique<fake::Service>()) {}

FakeDynamo::~FakeDynamo() = default;

Result<void, NoAnswer> FakeDynamo::Send(const HttpRequest& request,
                                        std::chrono::milliseconds,
                                        HttpResponse* response) {
  const std::string target = Header(request, "X-Amz-Target");
  const std::string date = Header(request, "X-Amz-Date");
  Call call{OperationOf(target), &request, 0};
  Hook before_hook;
  Hook after_hook;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    call.number = ++calls_;
    seen_.push_back({call.operation, std::string(request.body), date,
                     Header(request, "X-Amz-Security-Token")});
    before_hook = before_hook_;
    after_hook = after_hook_;
  }
  if (before_hook) {
    if (auto result = before_hook(call, response)) return *std::move(result);
  }
  const std::optional<Fault> fault = TakeFault(call.operation);
  if (fault.has_value() && fault->kind == Fault::Kind::kRefuse) {
    return NoAnswer{NoAnswer::Reason::kConnect, false, "connection refused"};
  }
  if (fault.has_value() && fault->kind == Fault::Kind::kAnswer) {
    Answer(fault->status, fault->body, response);
    return {};
  }
  if (Accept(request, date, target, response)) {
    Execute(call.operation, request.body, true, response);
  }
  if (after_hook) {
    if (auto result = after_hook(call, response)) return *std::move(result);
  }
  if (fault.has_value()) {
    *response = {};
    return NoAnswer{NoAnswer::Reason::kTimeout, true, "no answer in time"};
  }
  return {};
}

FakeDynamo::Delivery FakeDynamo::Deliver(const HttpRequest& request) {
  Delivery delivery;
  const Result<void, NoAnswer> sent =
      Send(request, std::chrono::milliseconds(0), &delivery.answer);
  if (!sent.ok()) {
    delivery.way = sent.error().sent ? Delivery::Way::kLostAnswer
                                     : Delivery::Way::kRefused;
  }
  return delivery;
}

HttpResponse FakeDynamo::Carry(const std::string& operation,
                               const std::string& body) {
  HttpResponse response;
  Execute(operation, body, false, &response);
  return response;
}

/// False: refused, and `*response` says why.
bool FakeDynamo::Accept(const HttpRequest& request, const std::string& date,
                        const std::string& target, HttpResponse* response) {
  const size_t host = request.url.find("://");
  const size_t path = host == std::string_view::npos
                          ? std::string_view::npos
                          : request.url.find('/', host + 3);
  if (request.method != "POST" || host == std::string_view::npos ||
      (path != std::string_view::npos && request.url.substr(path) != "/")) {
    AnswerError(404, "UnknownOperationException", "Only POST / is served",
                response);
    return false;
  }
  if (Header(request, "Content-Type") != kContentType ||
      target.rfind(kTargetPrefix, 0) != 0) {
    AnswerError(400, "UnknownOperationException",
                "No such Content-Type or X-Amz-Target", response);
    return false;
  }
  if (request.body.size() > kBodyBytesMax) {
    AnswerError(413, "RequestEntityTooLarge", "More than 16 MB", response);
    return false;
  }
  const std::string authorization = Header(request, "Authorization");
  if (authorization.empty()) {
    AnswerError(400, "MissingAuthenticationTokenException",
                "Request is missing Authentication Token", response);
    return false;
  }
  const int64_t signed_at = ParseBasicTime(date);
  if (authorization.rfind("AWS4-HMAC-SHA256 Credential=", 0) != 0 ||
      signed_at < 0) {
    AnswerError(400, "IncompleteSignatureException",
                "Authorization header requires 'Credential' parameter and "
                "existence of an 'X-Amz-Date' header. Authorization=" +
                    authorization,
                response);
    return false;
  }
  const int64_t now = settings_.unix_seconds();
  if (std::llabs(now - signed_at) > kSignatureSeconds) {
    const bool early = signed_at > now;
    AnswerError(
        400, "InvalidSignatureException",
        (early ? "Signature not yet current: " : "Signature expired: ") + date +
            (early ? " is still later than " : " is now earlier than ") +
            FormatBasicTime(now + (early ? 1 : -1) * kSignatureSeconds) + " (" +
            FormatBasicTime(now) + (early ? " + 5 min.)" : " - 5 min.)"),
        response);
    return false;
  }
  return true;
}

void FakeDynamo::Execute(const std::string& operation, std::string_view body,
                         bool bent, HttpResponse* response) {
  std::string answer;
  int status = 200;
  const Json request = Json::parse(body, nullptr, false);
  const fake::Bend bend =
      bent ? Draw(operation, fake::Service::BatchSize(operation, request))
           : fake::Bend{};
  const int64_t now = settings_.unix_seconds();
  try {
    if (request.is_discarded()) fake::RefuseMalformed("The body is no JSON");
    std::lock_guard<std::mutex> lock(mutex_);
    answer = service_->Call(operation, request, now, bend).dump();
  } catch (fake::Refusal& refusal) {
    status = 400;
    answer = ErrorBody(refusal.code, refusal.message, std::move(refusal.more));
  }
  Answer(status, std::move(answer), response);
}

fake::Bend FakeDynamo::Draw(const std::string& operation, size_t batch_size) {
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
  for (size_t i = 0; choose && i < batch_size; ++i) {
    bend.unprocessed.push_back(choose());
  }
  return bend;
}

void FakeDynamo::Answer(int status, std::string body, HttpResponse* response) {
  const int64_t now = settings_.unix_seconds();
  char id[53];
  {
    std::lock_guard<std::mutex> lock(mutex_);
    std::snprintf(id, sizeof(id), "%052llu",
                  static_cast<unsigned long long>(++answers_));
  }
  response->status = status;
  response->headers = "Server: Server\r\nDate: " + HttpDate(now) +
                      "\r\nContent-Type: " + std::string(kContentType) +
                      "\r\nContent-Length: " + std::to_string(body.size()) +
                      "\r\nConnection: keep-alive\r\nx-amzn-RequestId: " + id +
                      "\r\nx-amz-crc32: " + std::to_string(Crc32(body)) +
                      "\r\n";
  response->body = std::move(body);
}

void FakeDynamo::AnswerError(int status, const std::string& code,
                             const std::string& message,
                             HttpResponse* response) {
  Answer(status, ErrorBody(code, message, Json::object()), response);
}

void FakeDynamo::Add(Fault fault) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (fault.remaining > 0) faults_.push_back(std::move(fault));
}

std::optional<FakeDynamo::Fault> FakeDynamo::TakeFault(
    const std::string& operation) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found =
      std::find_if(faults_.begin(), faults_.end(), [&](const Fault& fault) {
        return fault.operation.empty() || fault.operation == operation;
      });
  if (found == faults_.end()) return {};
  Fault fault = *found;
  if (--found->remaining == 0) faults_.erase(found);
  return fault;
}

void FakeDynamo::FailNext(std::string operation, int n, int status,
                          std::string code, std::string message) {
  Add({std::move(operation), n, Fault::Kind::kAnswer, status,
       ErrorBody(code, message, Json::object())});
}

void FakeDynamo::CancelNext(int n, std::vector<std::string> codes) {
  std::string message =
      "Transaction cancelled, please refer cancellation reasons for specific "
      "reasons [";
  Json reasons = Json::array();
  for (const std::string& code : codes) {
    message += (reasons.empty() ? "" : ", ") + code;
    Json reason = {{"Code", code}};
    if (code != "None") reason["Message"] = "As the test wants it";
    reasons.push_back(std::move(reason));
  }
  Add({"TransactWriteItems", n, Fault::Kind::kAnswer, 400,
       ErrorBody("TransactionCanceledException", message + "]",
                 {{"CancellationReasons", std::move(reasons)}})});
}

void FakeDynamo::LoseAnswersNext(std::string operation, int n) {
  Add({std::move(operation), n, Fault::Kind::kLose, 0, ""});
}

void FakeDynamo::RefuseNext(std::string operation, int n) {
  Add({std::move(operation), n, Fault::Kind::kRefuse, 0, ""});
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
  faults_.clear();
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
  seen_.clear();
  read_units_before_ = service_->units().read;
  write_units_before_ = service_->units().write;
}

double FakeDynamo::read_units() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return service_->units().read - read_units_before_;
}

double FakeDynamo::write_units() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return service_->units().write - write_units_before_;
}

size_t FakeDynamo::ItemCount(const std::string& table) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return service_->ItemCount(table);
}

}  // namespace dynamodown
