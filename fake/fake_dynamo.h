// An in-memory DynamoDB for tests: strict, deterministic, and able to fail on
// demand.

#ifndef DYNAMODOWN_FAKE_FAKE_DYNAMO_H_
#define DYNAMODOWN_FAKE_FAKE_DYNAMO_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/scheduler.h"
#include "fake/faults/fault_script.h"
#include "fake/faults/faults.h"
#include "fake/http/signature.h"
#include "fake/storage/partitions.h"
#include "transport/transport.h"

namespace dynamodown {

namespace fake {
struct CallFaults;
struct ErrorAnswer;
struct Moment;
class Service;
}  // namespace fake

/// Our DynamoDB fake.
///
/// It models CreateTable, DescribeTable, DeleteTable, ListTables, GetItem,
/// PutItem, UpdateItem, DeleteItem, Query, Scan, BatchGetItem, BatchWriteItem
/// and TransactWriteItems (client tokens live for 10 minutes), with DynamoDB's
/// expressions, limits, checks, errors, page boundaries, units and answer
/// headers. It refuses a request with an unknown member rather than ignore it.
///
/// It verifies signatures once it has an account. A Scan returns hash keys in
/// the order of their digests. Settings turn on random faults by a plan, stale
/// reads among them; transactions that take time and hold locks; and partitions
/// that throttle. The fake carries out one call after another.
///
/// It does not model permissions, indexes, the legacy parameters that
/// expressions replaced, or parallel scans.
///
/// Each request meets at most one of the faults that FailNext, LoseAnswersNext
/// ... ask for: the oldest that fits its operation. The operation "" stands for
/// any.
///
/// **Thread-safety**: all calls from any thread. The fake holds no mutex while
/// a hook or another function of the test runs, so these may call the
/// scheduler.
class FakeDynamo final : public Transport {
 public:
  using Account = fake::Account;

  struct Settings {
    /// The service's clock. Required. It must not call the fake or wait.
    std::function<int64_t()> unix_seconds;
    /// The clock of delays, transactions and throttling by load. If null,
    /// nothing takes time, and late requests arrive at once. Outlives the fake.
    Scheduler* scheduler = nullptr;
    /// If empty, the fake requires a signature with a valid time, but does not
    /// verify it.
    std::vector<Account> accounts;
    /// Draws the faults of Send and Deliver; null: none. Outlives the fake.
    FaultSource* faults = nullptr;
    /// The length of each step of a transaction: to lock its items, to decide,
    /// and to show each of its writes to Query, Scan and BatchGetItem.
    Scheduler::Duration transaction_step{0};
    /// Whether partitions throttle requests beyond their limits.
    bool throttle_by_load = false;
    /// Whether to copy all requests for seen() and count().
    bool logs_requests = true;
    /// The limits of a partition, for throttle_by_load.
    fake::PartitionLimits partition_limits;
    /// The only region that signatures may name; empty: any.
    std::string region;
  };

  /// The fate of a request, for the server that carries the answer to the
  /// client.
  struct Delivery {
    enum class Way {
      kAnswer,       ///< The client gets `answer`.
      kRefused,      ///< The connection is refused.
      kLostRequest,  ///< The connection closes before the request is complete.
      kLostAnswer,   ///< The connection closes before or within the answer.
    };
    Way way = Way::kAnswer;
    HttpResponse answer;
    /// How long to wait before the connection gets or loses the answer.
    Scheduler::Duration delay{0};
    /// How much of the answer's body to send before closing the connection.
    size_t body_bytes_max = SIZE_MAX;
    /// With kLostAnswer: the request has not yet reached the service, and will
    /// take effect later. Otherwise it has taken effect when Deliver returns,
    /// or, if it is a transaction that takes time, after `delay`.
    bool late = false;
  };

  struct Call {
    std::string operation;
    const HttpRequest* request;
    uint64_t number;  ///< Counts from 1.
  };
  /// If it returns a result, Send returns that; otherwise the call continues as
  /// usual.
  using Hook = std::function<std::optional<Result<void, NoAnswer>>(
      const Call& call, HttpResponse* response)>;

  /// A request as it was sent, including requests that met a fault.
  struct Seen {
    std::string operation;
    std::string body;
    std::string date;          ///< X-Amz-Date.
    std::string token_header;  ///< X-Amz-Security-Token; empty: none.
  };

  /// `unix_seconds` is the service's clock.
  explicit FakeDynamo(std::function<int64_t()> unix_seconds);
  explicit FakeDynamo(Settings settings);
  ~FakeDynamo() override;

  Result<void, NoAnswer> Send(const HttpRequest& request,
                              std::chrono::milliseconds timeout,
                              HttpResponse* response) override;

  /// Adds an account. Once there is one, the fake verifies signatures.
  void AddAccount(Account account);

  /// For your own server: call it before you read the body of a request. If the
  /// request must be refused, returns the answer; do not use the body then.
  /// `head` is the request without its body. Pass `is_large` if the body has
  /// more than 1 MB.
  std::optional<HttpResponse> Admit(const HttpRequest& head, bool is_large);

  /// Like Send, for your own server: carries out `request` with its faults and
  /// returns its fate, without waiting. `request` needs a Host header, or a URL
  /// with a host.
  Delivery Deliver(const HttpRequest& request);

  /// Carries out an operation directly: without headers, faults or log. The
  /// answer comes at once, even if the operation takes time.
  HttpResponse Carry(const std::string& operation, const std::string& body);

  // Faults.

  /// The next `n` calls of `operation` have no effect and get this error.
  void FailNext(std::string operation, int n, int status, std::string code,
                std::string message);
  /// The next `n` transactions get a TransactionCanceledException with these
  /// codes as reasons.
  void CancelNext(int n, std::vector<std::string> codes);
  /// The next `n` calls of `operation` take effect, but their answers are lost.
  void LoseAnswersNext(std::string operation, int n);
  /// The next `n` calls of `operation` do not reach the service.
  void RefuseNext(std::string operation, int n);
  /// Calls `choose` for each item or key of a batch and leaves it unprocessed
  /// if `choose` returns true. If none is processed, the answer is
  /// ProvisionedThroughputExceededException, like DynamoDB's. An empty function
  /// turns this off.
  void LeaveUnprocessed(std::function<bool()> choose);
  /// Calls `items_max` for each page of Query or Scan, and limits the page to
  /// that many items; SIZE_MAX: no limit. At 0, a Query's page is empty and has
  /// a LastEvaluatedKey; if there is no key to name, the page has one item. An
  /// empty function turns this off.
  void CutPages(std::function<size_t()> items_max);
  void set_page_items_max(size_t n);
  /// Tables created from now on stay CREATING for `describes` DescribeTable
  /// calls.
  void set_table_ready_after(int describes);
  /// The hook runs before the request reaches the service.
  void set_before_hook(Hook hook);
  /// The hook runs after the effect. It gets the answer and may change it.
  void set_after_hook(Hook hook);
  /// Ends all scripted faults and hooks, and set_table_ready_after.
  void ClearFaults();

  // For hooks: set `*response` to an answer with all headers.

  void Answer(int status, std::string body, HttpResponse* response);
  void AnswerError(int status, const std::string& code,
                   const std::string& message, HttpResponse* response);

  // Observations.

  std::vector<Seen> seen() const;
  size_t count(std::string_view operation) const;  ///< "": all.
  void Clear();  ///< Forgets the requests and units so far.
  /// Units of all calls since Clear, whether or not their answers reported
  /// them.
  double read_units() const;
  double write_units() const;
  size_t ItemCount(const std::string& table) const;
  /// 0 without Settings::throttle_by_load.
  size_t PartitionCount(const std::string& table) const;

 private:
  struct LateRequest;
  struct Outcome;
  struct ServiceAnswer;

  // The path of a request, outermost first.
  Outcome Meet(const HttpRequest& request, HttpResponse* response);
  Outcome CarryOut(const std::optional<Fault>& fault,
                   const std::string& operation, const HttpRequest& request,
                   HttpResponse* response);
  Outcome KeepForLater(const Fault& fault, const HttpRequest& request);
  bool Accept(const HttpRequest& request, HttpResponse* response);
  bool AnswerInstead(const Fault& fault, const std::string& operation,
                     std::string_view body, HttpResponse* response);
  void MeetAfter(const Fault& fault, HttpResponse* response, Outcome* outcome);
  fake::CallFaults DrawCallFaults(const std::optional<Fault>& fault,
                                  const std::string& operation,
                                  std::string_view body);
  Scheduler::Duration Execute(const std::string& operation,
                              std::string_view body,
                              const fake::CallFaults& faults,
                              HttpResponse* response);
  ServiceAnswer CallService(const std::string& operation,
                            const nlohmann::json& request,
                            const fake::Moment& moment,
                            const fake::CallFaults& faults) const;
  void CatchUp(Scheduler::TimePoint now) const;

  void WriteAnswer(int status, std::string body, bool from_service,
                   HttpResponse* response);
  void WriteError(const fake::ErrorAnswer& answer, HttpResponse* response);
  Scheduler::TimePoint Now() const;

  const Settings settings_;
  fake::Signatures signatures_;

  mutable std::mutex mutex_;  // Guards the members below.
  std::unique_ptr<fake::Service> service_;
  // Late requests by their time of arrival. Mutable, like the units, because
  // const calls carry out the requests that have arrived.
  mutable std::multimap<Scheduler::TimePoint, LateRequest> late_;
  mutable double read_units_ = 0;
  mutable double write_units_ = 0;
  fake::FaultScript script_;
  int64_t clock_offset_ = 0;  // Seconds that the signatures' clock is ahead.
  std::function<bool()> choose_unprocessed_;
  std::function<size_t()> page_items_max_;
  Hook before_hook_;
  Hook after_hook_;
  std::vector<Seen> seen_;
  uint64_t calls_ = 0;
  uint64_t answers_ = 0;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_FAKE_FAKE_DYNAMO_H_
