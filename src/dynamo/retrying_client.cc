// The only loop that retries operations. aws/retry.cc decides whether and when
// to retry, and this file waits and sends.

#include <algorithm>
#include <chrono>

#include "aws/retry.h"
#include "dynamo/client_stack.h"

namespace dynamodown {
namespace {

using std::chrono::milliseconds;

/// DynamoDB remembers a transaction's token for 10 minutes. After that, it
/// would apply a repeated transaction a second time.
constexpr milliseconds kDeadlineMax = std::chrono::minutes(9);

/// The error of a call whose deadline passed before the call began. Each of the
/// earlier calls that share the deadline succeeded, but made no progress.
ServiceError OnlyEmptyPages(Scheduler::Duration since) {
  ServiceError error;
  error.kind = ErrorKind::kTimeout;
  error.message =
      "no progress in " +
      std::to_string(
          std::chrono::duration_cast<std::chrono::seconds>(since).count()) +
      " s: the service has sent only empty pages, each of which says that more "
      "follow";
  return error;
}

/// The advice to stay below the rate at which the service throttles. The limits
/// of a partition are from the Developer Guide, "Best practices for designing
/// and using partition keys effectively". There is no advice for calls about
/// tables, which consume no units.
Advice SlowerAdvice(const Operation& operation) {
  if (operation.name().find("Table") != std::string_view::npos) return {};
  if (operation.writes()) {
    return {Advice::Kind::kSet, "max_write_units", "1000",
            "; a partition takes at most 1,000 write units a second: ",
            ", or less"};
  }
  return {
      Advice::Kind::kSet, "max_read_units", "3000",
      "; a partition gives at most 3,000 read units a second: ", ", or less"};
}

/// Appends to a timeout that the call had less time because of empty pages
/// before it. `before` is the time that these took.
void NameEmptyPages(Scheduler::Duration before, ServiceError* error) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(before);
  if (error->kind != ErrorKind::kTimeout || seconds.count() == 0) return;
  error->Append("; in the " + std::to_string(seconds.count()) +
                " s before, the service sent only empty pages");
}

class RetryingClient final : public Client {
 public:
  RetryingClient(Client* next, const RetrySettings& settings,
                 const ClientEnvironment& environment, Meter* meter)
      : next_(next),
        settings_(settings),
        environment_(environment),
        meter_(meter),
        budget_(settings.budget) {}

  Result<void, ServiceError> Send(Operation* operation,
                                  const CallOptions& options,
                                  Traffic* traffic) override {
    const milliseconds deadline = std::min(
        kDeadlineMax,
        options.deadline.count() > 0 ? options.deadline : settings_.deadline);
    const Scheduler::TimePoint progress_at =
        options.progress_at.value_or(environment_.scheduler->Now());
    RetryState state(settings_, deadline, progress_at);
    if (!PauseAfterEmptyPage(progress_at, state)) {
      return OnlyEmptyPages(environment_.scheduler->Now() - progress_at);
    }
    const Scheduler::TimePoint began = environment_.scheduler->Now();
    size_t undone = operation->unprocessed();
    bool ambiguous = false;
    for (;;) {
      CallOptions attempt;
      attempt.deadline = std::max(
          milliseconds(1), std::chrono::duration_cast<milliseconds>(
                               state.Remaining(environment_.scheduler->Now())));
      Result<void, ServiceError> result =
          next_->Send(operation, attempt, traffic);

      ServiceError error;
      std::optional<RetryState::Duration> delay;
      ClientStats stats;
      if (!result.ok()) {
        error = std::move(result).error();
        ambiguous = ambiguous || error.ambiguous;
        delay = state.OnFailure(environment_.scheduler->Now(), &budget_,
                                environment_.random, &error);
        if (delay) {
          stats.ambiguous_retries = error.ambiguous && !operation->repeatable();
        }
      } else if (operation->unprocessed() == 0) {
        budget_.GiveBack(state.took_tokens());
        return {};
      } else {
        const bool progress = operation->unprocessed() < undone;
        undone = operation->unprocessed();
        error.kind = ErrorKind::kThrottled;
        error.message =
            std::to_string(undone) + " items of a batch were left unprocessed";
        delay = state.OnUnprocessed(environment_.scheduler->Now(), progress,
                                    environment_.random, &error);
        if (delay) stats.unprocessed = undone;
      }
      if (!delay) {
        error.ambiguous = ambiguous;
        NameEmptyPages(began - progress_at, &error);
        if (error.kind == ErrorKind::kThrottled && settings_.max_attempts > 1) {
          error.advice = SlowerAdvice(*operation);
        }
        return error;
      }
      stats.retries = 1;
      meter_->Add(stats);
      if (delay->count() > 0) environment_.scheduler->Sleep(*delay);
    }
  }

 private:
  /// If this call shares its deadline with earlier calls that made no progress,
  /// waits as long as these have taken, but at most kPauseMax. So a service
  /// that sends only empty pages gets requests less and less often. Returns
  /// false if the deadline has passed.
  bool PauseAfterEmptyPage(Scheduler::TimePoint progress_at,
                           const RetryState& state) {
    constexpr milliseconds kPauseMin{2};
    constexpr milliseconds kPauseMax{1000};
    const Scheduler::TimePoint now = environment_.scheduler->Now();
    const Scheduler::Duration since = now - progress_at;
    if (since < kPauseMin) return true;
    const Scheduler::Duration pause =
        std::min<Scheduler::Duration>({since, kPauseMax, state.Remaining(now)});
    if (pause.count() > 0) environment_.scheduler->Sleep(pause);
    return state.Remaining(environment_.scheduler->Now()).count() > 0;
  }

  Client* const next_;
  const RetrySettings settings_;
  const ClientEnvironment environment_;
  Meter* const meter_;
  RetryBudget budget_;
};

}  // namespace

std::unique_ptr<Client> NewRetryingClient(Client* next,
                                          const RetrySettings& settings,
                                          const ClientEnvironment& environment,
                                          Meter* meter) {
  return std::make_unique<RetryingClient>(next, settings, environment, meter);
}

}  // namespace dynamodown
