// Delays calls to limit the units per second. pace.cc decides when a call may
// begin, and PacedClient waits. PacedClient calls RetryingClient only after the
// wait, and adds the wait to CallOptions::progress_at, so the wait does not
// count towards RetryingClient's deadline.

#include <algorithm>
#include <map>
#include <optional>

#include "dynamo/client_stack.h"
#include "dynamo/pace.h"

namespace dynamodown {
namespace {

class PacedClient final : public Client {
 public:
  PacedClient(Client* next, const PaceSettings& settings, Scheduler* scheduler)
      : next_(next), scheduler_(scheduler) {
    if (settings.read_units > 0) reads_.emplace(settings.read_units);
    if (settings.write_units > 0) writes_.emplace(settings.write_units);
  }

  Result<void, ServiceError> Send(Operation* operation,
                                  const CallOptions& options,
                                  Traffic* traffic) override {
    if (!PaceOf(*operation)) return next_->Send(operation, options, traffic);
    const Scheduler::TimePoint arrived = scheduler_->Now();
    const double items =
        std::max(1.0, static_cast<double>(operation->unprocessed()));
    const double estimate = WaitForTurn(*operation);
    CallOptions rest = options;
    if (rest.progress_at) *rest.progress_at += scheduler_->Now() - arrived;
    Traffic call;
    Result<void, ServiceError> result = next_->Send(operation, rest, &call);
    const double consumed =
        operation->writes() ? call.write_units : call.read_units;
    Settle(*operation, estimate,
           UnitsOf(*operation, items, estimate, consumed, result.ok()),
           result.ok());
    traffic->Add(call);
    return result;
  }

 private:
  std::optional<Pace>& PaceOf(const Operation& operation) {
    return operation.writes() ? writes_ : reads_;
  }

  /// Returns the units that count for a call with `items` items, whose answers
  /// report `consumed` units. A wrong report must neither turn the limit off
  /// nor stop all calls for hours.
  static double UnitsOf(const Operation& operation, double items,
                        double estimate, double consumed, bool ok) {
    const double most = operation.units_max();
    // An answer that reports an error reports no units.
    if (!ok) return std::max(estimate, std::min(consumed, most));
    if (consumed == 0) return estimate;
    return std::min(most, std::max(items * LeastUnits(operation), consumed));
  }

  /// The units of the smallest item (docs.aws.amazon.com, "DynamoDB throughput
  /// capacity").
  static double LeastUnits(const Operation& operation) {
    return operation.writes() ? 1 : 0.5;
  }

  /// Waits until the operation may begin. Returns the units that are reserved
  /// for the operation.
  double WaitForTurn(const Operation& operation) {
    const Scheduler::TimePoint now = scheduler_->Now();
    double estimate = 0;
    Scheduler::TimePoint begin = now;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      const auto last = consumed_.find(operation.name());
      estimate = std::max(last == consumed_.end() ? 1 : last->second,
                          static_cast<double>(operation.unprocessed()));
      begin = PaceOf(operation)->Reserve(now, estimate);
    }
    if (begin > now) scheduler_->Sleep(begin - now);
    return estimate;
  }

  void Settle(const Operation& operation, double estimate, double actual,
              bool known) {
    std::lock_guard<std::mutex> lock(mutex_);
    PaceOf(operation)->Settle(estimate, actual);
    if (known) consumed_[operation.name()] = actual;
  }

  Client* const next_;
  Scheduler* const scheduler_;
  std::mutex mutex_;  // Guards the content of the three members below.
  // Empty if there is no limit. Only the constructor creates a Pace.
  std::optional<Pace> reads_;
  std::optional<Pace> writes_;
  // The units that the last call of each operation consumed. The keys are
  // string literals.
  std::map<std::string_view, double> consumed_;
};

}  // namespace

std::unique_ptr<Client> NewPacedClient(Client* next,
                                       const PaceSettings& settings,
                                       Scheduler* scheduler) {
  return std::make_unique<PacedClient>(next, settings, scheduler);
}

}  // namespace dynamodown
