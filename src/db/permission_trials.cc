#include "db/permission_trials.h"

#include <optional>
#include <utility>

#include "dynamo/errors.h"
#include "dynamo/operations.h"

namespace dynamodown {
namespace {

using Outcome = Result<void, ServiceError>;

/// Returns whether the service allowed the request. Then the only error is that
/// the request's condition did not hold, as intended.
bool IsAllowed(const ServiceError& error) {
  return IsFailedCondition(error) ||
         (error.code == "TransactionCanceledException" &&
          error.reasons == std::vector<std::string>{"ConditionalCheckFailed"});
}

class Trials {
 public:
  explicit Trials(const TrialSubject& subject) : subject_(subject) {}

  Outcome TryGet() {
    GetItem get = Make<GetItem>();
    get.key = RandomKey();
    return Send(&get);
  }
  Outcome TryBatchGet() {
    BatchGetItem get = Make<BatchGetItem>();
    get.hash = Hash();
    get.ranges = {RandomKey().range};
    get.projection = {keys().range_name};
    return Send(&get);
  }
  Outcome TryQuery() {
    Query query = Make<Query>();
    query.hash = Hash();
    // Query a key that does not exist, since an existing item may be large and
    // cost more.
    query.lower = RandomKey().range;
    query.upper = query.lower;
    query.limit = 1;
    query.projection = {keys().range_name};
    return Send(&query);
  }
  Outcome TryPut() {
    PutItem put = Make<PutItem>();
    put.item = ItemUnder(RandomKey());
    put.condition = Exists();
    return SendConditional(&put);
  }
  Outcome TryDelete() {
    DeleteItem remove = Make<DeleteItem>();
    remove.key = RandomKey();
    remove.condition = Exists();
    return SendConditional(&remove);
  }
  Outcome TryBatchWrite() {
    BatchWriteItem write = Make<BatchWriteItem>();
    write.hash = Hash();
    write.requests = {{RandomKey().range, std::nullopt}};
    return Send(&write);
  }
  Outcome TryConditionCheck() {
    using Write = TransactWriteItems::Write;
    TransactWriteItems transaction = Make<TransactWriteItems>();
    transaction.writes_in_order = {
        Write{Write::Kind::kConditionCheck, RandomKey(), {}, Exists()}};
    transaction.client_request_token = subject_.random->Id();
    return SendConditional(&transaction);
  }
  Outcome TryUpdate() {
    UpdateItem update = Make<UpdateItem>();
    update.key = RandomKey();
    update.set = {{subject_.schema.value_name, AttributeValue::S("")}};
    update.condition = Exists();
    return SendConditional(&update);
  }
  Outcome TryScan() {
    Scan scan = Make<Scan>();
    scan.limit = 1;
    scan.projection = {keys().hash_name};
    return Send(&scan);
  }

 private:
  const TableKeys& keys() const { return subject_.schema.keys; }

  /// Returns a key that does not exist: "dynamodown-doctor-" and a random id.
  Key RandomKey() const {
    return {Hash(), subject_.schema.RangeValue("dynamodown-doctor-" +
                                               subject_.random->Id())};
  }
  AttributeValue Hash() const {
    return subject_.schema.HashValue(subject_.store);
  }
  Item ItemUnder(const Key& key) const {
    return {{keys().hash_name, key.hash}, {keys().range_name, key.range}};
  }
  /// Returns a condition that does not hold if the key has no item.
  ConditionExpression Exists() const {
    return {{{ConditionExpression::Kind::kExists, keys().hash_name, {}}}};
  }
  template <class T>
  T Make() const {
    T operation;
    operation.table = keys();
    return operation;
  }
  Outcome Send(Operation* operation) {
    return subject_.client->Send(operation);
  }

  /// Sends a request whose condition does not hold. If it succeeds, the service
  /// ignores conditions, so no further request with a condition is sent.
  Outcome SendConditional(Operation* operation) {
    if (conditions_are_ignored_) return IgnoresConditions();
    Outcome sent = subject_.client->Send(operation);
    if (!sent.ok()) return IsAllowed(sent.error()) ? Outcome() : sent;
    conditions_are_ignored_ = true;
    return IgnoresConditions();
  }
  static ServiceError IgnoresConditions() {
    ServiceError error;
    error.kind = ErrorKind::kRejected;
    error.message =
        "the service ignores conditions: a write succeeded although its "
        "condition did not hold; delete the item whose key begins with "
        "dynamodown-doctor-, if there is one";
    return error;
  }

  const TrialSubject& subject_;
  bool conditions_are_ignored_ = false;
};

constexpr struct {
  const char* action;
  Access access;  // The least access that needs the action.
  Outcome (Trials::*request)();
} kActions[] = {
    {"dynamodb:GetItem", Access::kRead, &Trials::TryGet},
    {"dynamodb:BatchGetItem", Access::kRead, &Trials::TryBatchGet},
    {"dynamodb:Query", Access::kRead, &Trials::TryQuery},
    {"dynamodb:PutItem", Access::kWrite, &Trials::TryPut},
    {"dynamodb:DeleteItem", Access::kWrite, &Trials::TryDelete},
    {"dynamodb:BatchWriteItem", Access::kWrite, &Trials::TryBatchWrite},
    {"dynamodb:ConditionCheckItem", Access::kWrite, &Trials::TryConditionCheck},
    {"dynamodb:UpdateItem", Access::kManage, &Trials::TryUpdate},
    {"dynamodb:Scan", Access::kManage, &Trials::TryScan},
};

}  // namespace

std::vector<std::string> TriableActions(Access access) {
  std::vector<std::string> actions;
  for (const auto& each : kActions) {
    if (each.access <= access) actions.emplace_back(each.action);
  }
  return actions;
}

std::vector<std::string> UntriableActions(Access access) {
  if (access != Access::kManage) return {};
  return {"dynamodb:CreateTable", "dynamodb:DeleteTable"};
}

std::vector<Trial> TryActions(const TrialSubject& subject, Access access) {
  Trials trials(subject);
  std::vector<Trial> outcomes;
  for (const auto& each : kActions) {
    if (each.access > access) continue;
    outcomes.push_back({each.action, (trials.*each.request)()});
  }
  return outcomes;
}

}  // namespace dynamodown
