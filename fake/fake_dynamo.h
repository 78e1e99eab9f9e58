// DynamoDB in the memory of the process, for tests: strict, deterministic, and
// able to fail on demand.

#ifndef DYNAMODOWN_FAKE_FAKE_DYNAMO_H_
#define DYNAMODOWN_FAKE_FAKE_DYNAMO_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
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
#include "fake/faults.h"
#include "fake/partitions.h"
#include "fake/signature.h"
#include "transport/transport.h"

namespace dynamodown {

namespace fake {
struct Bend;
struct FaultAnswer;
struct Moment;
class Service;
}  // namespace fake

/// What it models: CreateTable, DescribeTable, DeleteTable, ListTables,
/// GetItem, PutItem, UpdateItem, DeleteItem, Query, Scan, BatchGetItem,
/// BatchWriteItem and TransactWriteItems (client tokens for 10 minutes), with
/// DynamoDB's expressions, limits, checks, errors, page cuts and units, and the
/// headers of its answers. A member of a request that it does not know is
/// refused, never ignored.
///
/// Signatures are verified once there are accounts. Tables are kept in the
/// order of their hash keys' digests. What Settings turn on: faults by a plan,
/// stale reads among them; transactions that take time, with their locks;
/// partitions that refuse what is more than they serve. Calls are carried out
/// one after the other.
///
/// What it does not: permissions, indexes, the parameters of the time before
/// expressions, parallel scans.
///
/// Faults of FailNext, LoseAnswersNext ... are used up in the order in which
/// they were asked for; each call meets one at most. "" as operation is any.
///
/// **Thread-safety**: all calls from any thread. No mutex is held while a hook
/// or one of the test's functions runs, so these may call the scheduler.
class FakeDynamo final : public Transport {
 public:
  using Account = fake::Account;

  struct Settings {
    /// The service's clock. Must be there, calls nothing of the double and does
    /// not wait.
    std::function<int64_t()> unix_seconds;
    /// For what takes time: faults, transactions, throttling by load. Null:
    /// then nothing takes time, and what is delivered late comes at once.
    /// Outlives the double.
    Scheduler* scheduler = nullptr;
    /// Empty: a signature must be there and of the right time, but nobody looks
    /// at it.
    std::vector<Account> accounts;
    /// What meets the requests of Send and Deliver; null: nothing. Outlives
    /// the double.
    FaultSource* faults = nullptr;
    /// How long each step of a transaction takes: to lock its items, to decide,
    /// and to show each of its writes to Query, Scan and BatchGetItem.
    Scheduler::Duration transaction_step{0};
    /// Whether partitions refuse what is more than they can serve.
    bool throttle_by_load = false;
    /// Whether seen() and count() are to know of requests: it copies them all.
    bool logs_requests = true;
    /// What a partition can.
    fake::PartitionLimits partition_limits;
    /// The only one that signatures may name; empty: any.
    std::string region;
  };

  /// What becomes of a request, for whoever carries the answer to its client.
  struct Delivery {
    enum class Way {
      kAnswer,       ///< It gets `answer`.
      kRefused,      ///< No connection.
      kLostRequest,  ///< The connection is closed before the request was whole.
      kLostAnswer,   ///< It is closed within the answer, or before it.
    };
    Way way = Way::kAnswer;
    HttpResponse answer;
    /// To be waited for before that.
    Scheduler::Duration delay{0};
    /// Of the answer's body, before the connection is closed.
    size_t body_bytes_max = SIZE_MAX;
    /// With kLostAnswer: the request has yet to reach the service, and what it
    /// does is yet to come. Else that is done when Deliver returns, or, of a
    /// transaction that takes time, when `delay` has passed.
    bool late = false;
  };

  struct Call {
    std::string operation;
    const HttpRequest* request;
    uint64_t number;  ///< Counts from 1.
  };
  /// What to return from Send instead; nothing: go on as usual.
  using Hook = std::function<std::optional<Result<void, NoAnswer>>(
      const Call& call, HttpResponse* response)>;

  /// One request as it was seen: every Send, those that a fault met as well.
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

  /// Believes these as well. With the first, signatures are verified.
  void AddAccount(Account account);

  /// The same for a door of one's own: carries out `request` with the faults
  /// that it meets, and says what its client is to see of that. `request` has
  /// a Host header, or a URL with a host. It does not wait.
  Delivery Deliver(const HttpRequest& request);

  /// Carries out an operation directly: no headers, no faults, no log, and the
  /// answer of what takes time at once.
  HttpResponse Carry(const std::string& operation, const std::string& body);

  // Faults.

  /// The next `n` such calls have no effect and this answer.
  void FailNext(std::string operation, int n, int status, std::string code,
                std::string message);
  /// A TransactionCanceledException with these reasons' codes.
  void CancelNext(int n, std::vector<std::string> codes);
  /// They take effect, then there is no answer.
  void LoseAnswersNext(std::string operation, int n);
  /// They have no effect and do not reach the service.
  void RefuseNext(std::string operation, int n);
  /// Whether an item or key of a batch is left undone, asked for each. Should
  /// it be all of them, the answer is ProvisionedThroughputExceededException,
  /// as the service's would be. An empty function ends it.
  void LeaveUnprocessed(std::function<bool()> choose);
  /// Items in a page of Query or Scan at most, asked for each page; SIZE_MAX:
  /// as many as the service would. At 0 a Query's page is empty, with a
  /// LastEvaluatedKey, wherever there is a key to name, and has one item where
  /// not. An empty function ends it.
  void CutPages(std::function<size_t()> items_max);
  void set_page_items_max(size_t n);
  /// Tables are then CREATING until that many DescribeTable have been answered.
  void set_table_ready_after(int describes);
  /// Before the service has the request; a value returned is Send's.
  void set_before_hook(Hook hook);
  /// After the effect, with the answer, which it may change.
  void set_after_hook(Hook hook);
  /// Ends all faults and hooks, and a pending readiness.
  void ClearFaults();

  /// Makes `*response` an answer with all headers, or an error of the service.
  void Answer(int status, std::string body, HttpResponse* response);
  void AnswerError(int status, const std::string& code,
                   const std::string& message, HttpResponse* response);

  // What happened.

  std::vector<Seen> seen() const;
  size_t count(std::string_view operation) const;  ///< "": all.
  void Clear();  ///< Forgets the requests seen and the units.
  /// Of all calls since Clear, whether or not their answers said so.
  double read_units() const;
  double write_units() const;
  size_t ItemCount(const std::string& table) const;
  /// 0 without Settings::throttle_by_load.
  size_t PartitionCount(const std::string& table) const;

 private:
  /// A fault that a test asked for.
  struct Scripted {
    enum class Kind { kAnswer, kLose, kRefuse };
    std::string operation;
    int remaining;
    Kind kind;
    int status = 0;
    std::string body;
  };
  struct LateRequest;
  struct Outcome;

  Outcome Meet(const HttpRequest& request, HttpResponse* response);
  Outcome CarryOut(const std::optional<Fault>& fault,
                   const std::string& operation, const HttpRequest& request,
                   HttpResponse* response);
  bool AnswerInstead(const Fault& fault, const std::string& operation,
                     std::string_view body, HttpResponse* response);
  Outcome KeepForLater(const Fault& fault, const std::string& operation,
                       const HttpRequest& request);
  void CatchUp(Scheduler::TimePoint now) const;
  void MeetAfter(const Fault& fault, HttpResponse* response, Outcome* outcome);
  void WriteAnswer(int status, std::string body, bool from_service,
                   HttpResponse* response);
  void Add(Scripted scripted);
  std::optional<Scripted> TakeScripted(const std::string& operation);
  bool Accept(const HttpRequest& request, HttpResponse* response);
  Scheduler::Duration Execute(const std::string& operation,
                              std::string_view body, const fake::Bend& bend,
                              HttpResponse* response);
  std::pair<int, std::string> CallService(const std::string& operation,
                                          const nlohmann::json& request,
                                          const fake::Moment& moment,
                                          const fake::Bend& bend) const;
  fake::Bend Draw(const std::optional<Fault>& fault,
                  const std::string& operation, std::string_view body);
  void AnswerFault(const fake::FaultAnswer& answer, HttpResponse* response);
  Scheduler::TimePoint Now() const;

  std::optional<fake::FaultAnswer> RefusalOf(const HttpRequest& request,
                                             int64_t now,
                                             int64_t clock_offset) const;

  const Settings settings_;
  fake::Signatures signatures_;

  mutable std::mutex mutex_;  // Guards what follows.
  std::unique_ptr<fake::Service> service_;
  double read_units_before_ = 0;  // At the last Clear, as the next.
  double write_units_before_ = 0;
  std::list<Scripted> scripted_;
  // By when they arrive. Mutable: whoever looks finds what has arrived.
  mutable std::multimap<Scheduler::TimePoint, LateRequest> late_;
  int64_t clock_offset_ = 0;  // Seconds that signatures' clock is ahead.
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
