#include "fake/faults/faults.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace dynamodown {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;

constexpr std::array<std::string_view, kFaultKinds> kWords = {
    "throttle",          "server_error",  "unprocessed",  "conflict",
    "refuse_connection", "reset_request", "reset_answer", "slow_answer",
    "deliver_late",      "truncate_body", "garble_body",  "stale_read",
    "short_page",        "empty_page",    "clock_jump",   "expire_credentials",
    "wrong_answer"};

constexpr double kSecondsMax = 900;

bool IsOneOf(std::string_view operation,
             std::initializer_list<std::string_view> operations) {
  return std::find(operations.begin(), operations.end(), operation) !=
         operations.end();
}

/// Whether the operation can meet this kind of fault.
bool Meets(FaultKind kind, std::string_view operation) {
  switch (kind) {
    case FaultKind::kUnprocessed:
      return IsOneOf(operation, {"BatchGetItem", "BatchWriteItem"});
    case FaultKind::kConflict:
      return IsOneOf(operation, {"PutItem", "UpdateItem", "DeleteItem",
                                 "TransactWriteItems"});
    case FaultKind::kStaleRead:
      return IsOneOf(operation, {"GetItem", "BatchGetItem", "Query", "Scan"});
    case FaultKind::kShortPage:
    case FaultKind::kEmptyPage:
      return IsOneOf(operation, {"Query", "Scan"});
    default:
      return true;
  }
}

/// Whether the fake has this operation. Any other name in a plan is a mistake.
bool IsOperation(std::string_view name) {
  return IsOneOf(
      name, {"CreateTable", "DescribeTable", "DeleteTable", "ListTables",
             "GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan",
             "BatchGetItem", "BatchWriteItem", "TransactWriteItems"});
}

bool TakesTime(FaultKind kind) {
  return kind == FaultKind::kSlowAnswer || kind == FaultKind::kDeliverLate ||
         kind == FaultKind::kStaleRead || kind == FaultKind::kClockJump;
}

/// Sets the default duration.
void SetUsualTime(FaultRule* rule) {
  if (!TakesTime(rule->kind)) return;
  rule->least = milliseconds(100);
  rule->most = milliseconds(rule->kind == FaultKind::kClockJump     ? 900'000
                            : rule->kind == FaultKind::kDeliverLate ? 60'000
                                                                    : 8'000);
}

struct BadPlan {
  std::string message;
};

FaultKind KindOf(const Json& json) {
  const std::string word = json.value("kind", Json()).is_string()
                               ? json["kind"].get<std::string>()
                               : "";
  const auto found = std::find(kWords.begin(), kWords.end(), word);
  if (found == kWords.end()) {
    std::string words;
    for (const std::string_view one : kWords) {
      words.append(words.empty() ? "" : ", ").append(one);
    }
    throw BadPlan{"\"kind\" must be one of: " + words};
  }
  return static_cast<FaultKind>(found - kWords.begin());
}

std::vector<std::string> OperationsOf(const Json& operations, FaultKind kind) {
  if (!operations.is_array() || operations.empty() ||
      !std::all_of(operations.begin(), operations.end(), [&](const Json& o) {
        return o.is_string() && IsOperation(o.get<std::string>()) &&
               Meets(kind, o.get<std::string>());
      })) {
    throw BadPlan{
        "\"operations\" must be a list of names of operations, such "
        "as \"PutItem\", that \"" +
        std::string(WordOf(kind)) + "\" can meet"};
  }
  return operations.get<std::vector<std::string>>();
}

FaultRule::When WhenOf(const Json& when, FaultKind kind) {
  if (kind != FaultKind::kServerError ||
      (when != "before" && when != "after" && when != "either")) {
    throw BadPlan{
        "\"when\" must be before, after or either, and is for "
        "server_error only"};
  }
  return when == "before"  ? FaultRule::When::kBefore
         : when == "after" ? FaultRule::When::kAfter
                           : FaultRule::When::kEither;
}

void SetTime(const Json& seconds, FaultRule* rule) {
  if (!TakesTime(rule->kind) || !seconds.is_array() || seconds.size() != 2 ||
      !seconds[0].is_number() || !seconds[1].is_number() || seconds[0] < 0 ||
      seconds[1] < seconds[0] || seconds[1] > kSecondsMax) {
    throw BadPlan{
        "\"seconds\" must be two numbers, the least and the most, "
        "from 0 to 900, and is for slow_answer, deliver_late, "
        "stale_read and clock_jump only"};
  }
  rule->least = milliseconds(int64_t(seconds[0].get<double>() * 1000));
  rule->most = milliseconds(int64_t(seconds[1].get<double>() * 1000));
}

FaultRule RuleOf(const Json& json) {
  if (!json.is_object()) throw BadPlan{"it must be an object"};
  for (const auto& [name, value] : json.items()) {
    if (!IsOneOf(name, {"kind", "rate", "operations", "when", "seconds"})) {
      throw BadPlan{"there is no member \"" + name +
                    "\"; there are kind, rate, operations, when, seconds"};
    }
  }
  FaultRule rule;
  rule.kind = KindOf(json);
  SetUsualTime(&rule);
  if (!json.value("rate", Json()).is_number() || json["rate"] < 0 ||
      json["rate"] > 1) {
    throw BadPlan{"\"rate\" must be a number from 0 to 1"};
  }
  rule.rate = json["rate"];
  if (json.contains("operations")) {
    rule.operations = OperationsOf(json["operations"], rule.kind);
  }
  if (json.contains("when")) rule.when = WhenOf(json["when"], rule.kind);
  if (json.contains("seconds")) SetTime(json["seconds"], &rule);
  return rule;
}

}  // namespace

std::string_view WordOf(FaultKind kind) {
  return kWords[static_cast<size_t>(kind)];
}

FaultPlan DefaultFaultPlan() {
  FaultPlan plan;
  for (size_t i = 0; i < kFaultKinds; ++i) {
    FaultRule rule;
    rule.kind = static_cast<FaultKind>(i);
    rule.rate = 0.01;
    SetUsualTime(&rule);
    switch (rule.kind) {
      case FaultKind::kUnprocessed:
      case FaultKind::kConflict:
      case FaultKind::kStaleRead:
      case FaultKind::kShortPage:
      case FaultKind::kEmptyPage:
        rule.rate = 0.05;  // Few requests are eligible; it does little harm.
        break;
      case FaultKind::kClockJump:
      case FaultKind::kExpireCredentials:
        rule.rate = 0.002;  // Their effect lasts.
        break;
      case FaultKind::kWrongAnswer:
        rule.rate = 0;  // Most clients believe such an answer.
        break;
      default:
        break;
    }
    plan.push_back(std::move(rule));
  }
  return plan;
}

Result<FaultPlan> ParseFaultPlan(std::string_view text) {
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::parse_error& error) {
    return Error{ErrorKind::kInvalidArgument,
                 "the plan of faults is not valid JSON from byte " +
                     std::to_string(error.byte) + " on"};
  }
  if (!json.is_object() || json.size() != 1 || !json.contains("faults") ||
      !json["faults"].is_array()) {
    return Error{ErrorKind::kInvalidArgument,
                 "a plan of faults is a JSON object with one member, "
                 "\"faults\", a list of rules"};
  }
  FaultPlan plan;
  for (const Json& rule : json["faults"]) {
    try {
      plan.push_back(RuleOf(rule));
    } catch (const BadPlan& bad) {
      return Error{ErrorKind::kInvalidArgument,
                   "rule " + std::to_string(plan.size() + 1) +
                       " of the plan of faults: " + bad.message};
    }
  }
  return plan;
}

FaultSource::FaultSource(FaultPlan plan, uint64_t seed)
    : plan_(std::move(plan)), engine_(seed) {}

std::optional<Fault> FaultSource::Draw(std::string_view operation) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!on_) return std::nullopt;
  for (const FaultRule& rule : plan_) {
    if (!Meets(rule.kind, operation)) continue;
    if (!rule.operations.empty() &&
        std::find(rule.operations.begin(), rule.operations.end(), operation) ==
            rule.operations.end()) {
      continue;
    }
    // std::uniform_real_distribution would differ between standard libraries.
    const double drawn = static_cast<double>(engine_() >> 11) * 0x1p-53;
    if (drawn >= rule.rate) continue;
    Fault fault{rule.kind};
    fault.choice = engine_();
    fault.after_effect =
        rule.when == FaultRule::When::kAfter ||
        (rule.when == FaultRule::When::kEither && engine_() % 2 == 0);
    fault.duration =
        rule.least +
        milliseconds(static_cast<int64_t>(
            engine_() %
            static_cast<uint64_t>((rule.most - rule.least).count() + 1)));
    ++counts_[static_cast<size_t>(rule.kind)];
    return fault;
  }
  return std::nullopt;
}

void FaultSource::set_on(bool on) {
  std::lock_guard<std::mutex> lock(mutex_);
  on_ = on;
}

milliseconds FaultSource::LongestOf(FaultKind kind) const {
  milliseconds longest(0);
  for (const FaultRule& rule : plan_) {
    if (rule.kind == kind && rule.rate > 0) {
      longest = std::max(longest, rule.most);
    }
  }
  return longest;
}

uint64_t FaultSource::count(FaultKind kind) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return counts_[static_cast<size_t>(kind)];
}

}  // namespace dynamodown
