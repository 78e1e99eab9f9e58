// How a call begins and ends, and whether its result is allowed.

#include "sim/workload.h"

#include <algorithm>

namespace dynamodown::sim {
namespace {

using leveldb::Status;

bool Has(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

bool SaysNothingWasWritten(const Status& status) {
  const std::string text = status.ToString();
  return Has(text, "nothing was written") ||
         Has(text, "nothing of the batch was written");
}

/// DynamoDB has no empty key, so the store adds a zero to a key of only zero
/// bytes.
std::string StoredKey(const std::string& key) {
  const bool zeros = key.find_first_not_of('\0') == std::string::npos;
  return zeros ? key + '\0' : key;
}

}  // namespace

Workload::Call Workload::Begin(const std::string& text) {
  return {environment_.history->Begin(environment_.client, text),
          std::make_shared<Traffic>()};
}

Ending Workload::End(const Call& call, const Status& status) {
  const Ending ending = Judge(call, status);
  environment_.history->End(call.entry, ending, status.ToString());
  return ending;
}

void Workload::EndRead(const Call& call, const Status& status) {
  End(call, status.IsNotFound() ? Status::OK() : status);
}

Ending Workload::Judge(const Call& call, const Status& status) {
  if (dead()) return Ending::kUnknown;
  ++(*environment_.counts)->calls;
  if (status.ok()) return Ending::kAcknowledged;
  ++(*environment_.counts)->failed;
  Explain(call, status);
  if (!SaysNothingWasWritten(status)) return Ending::kUnknown;
  if (call.traffic->done > 0 || call.traffic->unclear > 0) {
    environment_.violation("a failure says whether anything may be written",
                           call.entry->text + "\n" + status.ToString());
  }
  return Ending::kRefused;
}

/// The effects that the call's requests may have had on `key`. `once`: they
/// form one transaction, which takes effect at most once, however often it is
/// retried.
Effects Workload::EffectsOn(const Call& call, const std::string& key,
                            bool once) {
  const auto at = call.traffic->keys.find(StoredKey(key));
  if (at == call.traffic->keys.end()) return {};
  const KeyTraffic& traffic = at->second;
  const int effects = traffic.unclear + (traffic.done > 0);
  return {once ? std::min(1, effects) : effects, traffic.late};
}

/// Checks that a call may fail in this way, and that it was retried enough.
void Workload::Explain(const Call& call, const Status& status) {
  const std::string text = status.ToString();
  const auto violate = [&](const std::string& rule) {
    environment_.violation(rule, "#" + std::to_string(call.entry->number) +
                                     " " + environment_.client + ": " +
                                     call.entry->text + "\n" + text);
  };
  if (!*environment_.faults && environment_.usual_options) {
    violate("every call succeeds when nothing fails");
  }
  const bool one_attempt = environment_.options.retry.max_attempts == 1;
  switch (KindOf(status)) {
    case StatusKind::kThrottled:
    case StatusKind::kUnavailable:
    case StatusKind::kTimeout:
    case StatusKind::kConflict:
    case StatusKind::kCorruption:
      if (Has(text, "at the deadline")) {
        ++(*environment_.tally)["gave up: deadline"];
      } else if (Has(text, "too many calls are failing")) {
        ++(*environment_.tally)["gave up: budget"];
      } else if (Has(text, "; gave up after")) {
        ++(*environment_.tally)["gave up: attempts"];
      } else if (!one_attempt) {
        violate("a transient error is retried");
      }
      return;
    case StatusKind::kDenied:
    case StatusKind::kCredentials: {
      const Traffic& traffic = *call.traffic;
      const int least = one_attempt ? 1 : 2;
      if (traffic.clock_skews < least && traffic.expired_tokens < least) {
        violate("a wrong clock and an expired token are mended");
      }
      ++(*environment_.tally)["gave up: mended before"];
      return;
    }
    default:
      violate("a call fails only as its documentation says");
  }
}

/// Ends a call whose condition did not hold, which is an answer and not a
/// failure. An earlier attempt without an answer may still take effect.
void Workload::EndDenied(const Call& call, const Status& status) {
  ++(*environment_.counts)->calls;
  const bool certain = SaysNothingWasWritten(status);
  if (call.traffic->done > 0 || (certain && call.traffic->unclear > 0)) {
    environment_.violation("a conflict says whether anything may be written",
                           call.entry->text + "\n" + status.ToString());
  }
  environment_.history->End(call.entry,
                            certain ? Ending::kRefused : Ending::kUnknown,
                            status.ToString());
}

void Workload::NameConflict(const Call& call, const std::string& named) {
  environment_.violation("a conflict names the condition that did not hold",
                         call.entry->text + ": " + KeyText(named));
}

/// Corrects the clock for a client that may not retry and thus cannot correct
/// it itself.
void Workload::SetClock(const Traffic& traffic) {
  if (environment_.options.retry.max_attempts == 1 && traffic.clock_skews > 0) {
    environment_.clock->Set(traffic.service_time);
  }
}

/// Whether a condition, and not another transaction, denied the call. (The
/// conflict's key does not tell them apart: it may be the empty key.)
bool Workload::IsDenied(const Status& status) {
  return KindOf(status) == StatusKind::kConflict &&
         Has(status.ToString(), "the condition on key");
}

}  // namespace dynamodown::sim
