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
    const double least = operation->units_min();
    const double estimate = WaitForTurn(*operation);
    CallOptions rest = options;
    if (rest.progress_at) *rest.progress_at += scheduler_->Now() - arrived;
    Traffic call;
    Result<void, ServiceError> result = next_->Send(operation, rest, &call);
    Settle(*operation, least, estimate, call, result.ok());
    traffic->Add(call);
    return result;
  }

 private:
  std::optional<Pace>& PaceOf(const Operation& operation) {
    return operation.writes() ? writes_ : reads_;
  }

  /// Returns the units that count for a call that takes at least `least` units.
  /// A wrong report must neither turn the limit off nor stop all calls for
  /// hours. A read takes at most a few hundred units. A write may take many
  /// thousands, so the report of a write counts in full only if the size of the
  /// request explains it, or if an earlier call of the operation reported as
  /// much. The lock is held.
  double UnitsOf(const Operation& operation, double least, double estimate,
                 const Traffic& call, bool ok) {
    const bool writes = operation.writes();
    const double consumed = writes ? call.write_units : call.read_units;
    if (ok && consumed == 0) return estimate;
    double believed = std::min(consumed, operation.units_max());
    if (writes) {
      double& highest = highest_[operation.name()];
      believed = std::min(believed, std::max(least, highest));
      highest = std::max(highest, consumed);
    }
    // An answer that reports an error reports no units.
    return std::max(ok ? least : estimate, believed);
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
                          operation.units_min());
      begin = PaceOf(operation)->Reserve(now, estimate);
    }
    if (begin > now) scheduler_->Sleep(begin - now);
    return estimate;
  }

  void Settle(const Operation& operation, double least, double estimate,
              const Traffic& call, bool ok) {
    std::lock_guard<std::mutex> lock(mutex_);
    const double actual = UnitsOf(operation, least, estimate, call, ok);
    PaceOf(operation)->Settle(estimate, actual);
    if (ok) consumed_[operation.name()] = actual;
  }

  Client* const next_;
  Scheduler* const scheduler_;
  std::mutex mutex_;  // Guards the content of the four members below.
  // Empty if there is no limit. Only the constructor creates a Pace.
  std::optional<Pace> reads_;
  std::optional<Pace> writes_;
  // The units that count for the last call of each operation, and the most
  // units that a call of each write has reported. The keys are string literals.
  std::map<std::string_view, double> consumed_;
  std::map<std::string_view, double> highest_;
};

}  // namespace

std::unique_ptr<Client> NewPacedClient(Client* next,
                                       const PaceSettings& settings,
                                       Scheduler* scheduler) {
  return std::make_unique<PacedClient>(next, settings, scheduler);
}

}  // namespace dynamodown
