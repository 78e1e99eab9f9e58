// Counts and logs each attempt.

#include <cstdio>

#include "dynamo/client_stack.h"

namespace dynamodown {
namespace {

class MeteredClient final : public Client {
 public:
  MeteredClient(Client* next, Meter* meter, Scheduler* scheduler, LogLine log)
      : next_(next),
        meter_(meter),
        scheduler_(scheduler),
        log_(std::move(log)) {}

  Result<void, ServiceError> Send(Operation* operation,
                                  const CallOptions& options,
                                  Traffic* traffic) override {
    const Scheduler::TimePoint start =
        log_ ? scheduler_->Now() : Scheduler::TimePoint();
    Traffic attempt;
    Result<void, ServiceError> result =
        next_->Send(operation, options, &attempt);
    traffic->Add(attempt);

    ClientStats stats;
    stats.requests = attempt.sent > 0;
    stats.bytes_sent = attempt.sent;
    stats.bytes_received = attempt.received;
    stats.read_units = attempt.read_units;
    stats.write_units = attempt.write_units;
    stats.throttles =
        !result.ok() && result.error().kind == ErrorKind::kThrottled;
    meter_->Add(stats);
    if (log_) Log(*operation, stats, result, scheduler_->Now() - start);
    return result;
  }

 private:
  void Log(const Operation& operation, const ClientStats& stats,
           const Result<void, ServiceError>& result,
           Scheduler::Duration elapsed) {
    char numbers[160];
    snprintf(numbers, sizeof numbers,
             " %.1f ms, %g read unit%s, %g write unit%s, sent %llu, received "
             "%llu bytes",
             static_cast<double>(elapsed.count()) / 1e6, stats.read_units,
             stats.read_units == 1 ? "" : "s", stats.write_units,
             stats.write_units == 1 ? "" : "s",
             static_cast<unsigned long long>(stats.bytes_sent),
             static_cast<unsigned long long>(stats.bytes_received));
    std::string line(operation.name());
    if (stats.requests == 0) {
      log_(line.append(" not sent"));
      return;
    }
    line.append(result.ok() ? " ok" : " failed").append(numbers);
    if (result.ok() && operation.unprocessed() > 0) {
      line.append(", unprocessed ")
          .append(std::to_string(operation.unprocessed()));
    }
    // Log only an error's code, since its message may quote keys.
    if (!result.ok()) {
      const std::string& code = result.error().code;
      line.append(": ").append(code.empty() ? "no usable answer" : code);
    }
    log_(line);
  }

  Client* const next_;
  Meter* const meter_;
  Scheduler* const scheduler_;
  const LogLine log_;
};

}  // namespace

void Meter::Add(const ClientStats& more) {
  if (also_) also_(more);
  std::lock_guard<std::mutex> lock(mutex_);
  sums_.requests += more.requests;
  sums_.retries += more.retries;
  sums_.ambiguous_retries += more.ambiguous_retries;
  sums_.throttles += more.throttles;
  sums_.unprocessed += more.unprocessed;
  sums_.bytes_sent += more.bytes_sent;
  sums_.bytes_received += more.bytes_received;
  sums_.read_units += more.read_units;
  sums_.write_units += more.write_units;
}

ClientStats Meter::Read() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return sums_;
}

std::unique_ptr<Client> NewMeteredClient(Client* next, Meter* meter,
                                         Scheduler* scheduler, LogLine log) {
  return std::make_unique<MeteredClient>(next, meter, scheduler,
                                         std::move(log));
}

}  // namespace dynamodown
