// Credentials are looked for whether or not the endpoint answers. From then on
// each check stands on those before it: the first that fails ends the
// examination, and what follows is reported as skipped; permissions alone are
// tried each on its own.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "base/printable.h"
#include "db/open_environment.h"
#include "db/stack.h"
#include "db/to_status.h"
#include "dynamo/errors.h"
#include "dynamo/operations.h"
#include "dynamodown/doctor.h"

namespace dynamodown {
namespace {

using leveldb::Status;
using Outcome = Finding::Outcome;

/// A request signed further off than this is refused (docs.aws.amazon.com,
/// "Troubleshoot Signature Version 4 signing": 5 minutes).
constexpr int64_t kSkewMax = 300;
constexpr int64_t kSkewNoted = 30;

/// The message as a caller of the store would see it.
std::string Text(const Error& error) { return ToStatus(error).ToString(); }

/// The request was allowed, and its condition did not hold, as meant.
bool IsFailedCondition(const ServiceError& error) {
  return error.code == "ConditionalCheckFailedException" ||
         (error.code == "TransactionCanceledException" &&
          error.reasons == std::vector<std::string>{"ConditionalCheckFailed"});
}

std::string Seconds(int64_t seconds) {
  return std::to_string(seconds) + (seconds == 1 ? " second" : " seconds");
}

class Examination {
 public:
  Examination(Prepared* prepared, const DoctorOptions& doctor,
              std::chrono::milliseconds attempt_timeout,
              std::vector<Finding>* findings)
      : prepared_(*prepared),
        doctor_(doctor),
        attempt_timeout_(attempt_timeout),
        findings_(*findings) {}

  void Run() {
    TellSettings();
    const bool connected = CheckConnection();
    if (connected) {
      CheckClock();
    } else {
      Skip("clock");
    }
    bool well = CheckCredentials() && connected;
    const std::pair<const char*, bool (Examination::*)()> checks[] = {
        {"table", &Examination::CheckTable},
        {"schema", &Examination::CheckSchema},
        {"store", &Examination::CheckStore}};
    for (const auto& [name, check] : checks) {
      if (well) {
        well = (this->*check)();
      } else {
        Skip(name);
      }
    }
    TryPermissions();
  }

 private:
  const ClientEnvironment& world() const { return prepared_.stack->world(); }

  bool Ok(std::string check, std::string found) {
    findings_.push_back({std::move(check), Outcome::kOk, std::move(found), {}});
    return true;
  }
  bool Warn(std::string check, std::string found, std::string advice) {
    findings_.push_back({std::move(check), Outcome::kWarning, std::move(found),
                         std::move(advice)});
    return true;
  }
  bool Fail(std::string check, std::string found, std::string advice) {
    findings_.push_back({std::move(check), Outcome::kFailed, std::move(found),
                         std::move(advice)});
    return false;
  }
  void Skip(std::string check) {
    findings_.push_back({std::move(check),
                         Outcome::kSkipped,
                         "not checked, since something above it failed",
                         {}});
  }

  void TellSettings() {
    const Endpoint& endpoint = prepared_.endpoint;
    Ok("region",
       endpoint.region.value + " (from " + endpoint.region.from + ")");
    Ok("endpoint", endpoint.url.value + " (from " + endpoint.url.from + ")");
  }

  /// Anybody may ask for this page; its answer has the time.
  bool CheckConnection() {
    const std::string url = prepared_.endpoint.url.value + "/";
    HttpRequest request;
    request.method = "GET";
    request.url = url;
    const Scheduler::TimePoint start = world().scheduler->Now();
    const Result<void, NoAnswer> sent =
        world().transport->Send(request, attempt_timeout_, &answer_);
    if (!sent.ok()) {
      return Fail("connection", sent.error().message,
                  sent.error().reason == NoAnswer::Reason::kTls
                      ? "check which authorities are trusted (AWS_CA_BUNDLE, "
                        "ca_bundle), and the endpoint's name"
                      : "check the endpoint, the region, the network, and a "
                        "proxy (https_proxy, no_proxy) if there is one");
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        world().scheduler->Now() - start);
    const std::string text =
        "answered in " + std::to_string(took.count()) + " ms";
    if (answer_.proxy.empty()) return Ok("connection", text);
    if (answer_.status >= 500) {
      return Fail("connection",
                  "HTTP status " + std::to_string(answer_.status) +
                      ", perhaps by the proxy " + answer_.proxy,
                  "check the proxy (https_proxy, http_proxy, no_proxy)");
    }
    return Ok("connection", text + ", by the proxy " + answer_.proxy);
  }

  bool CheckClock() {
    const int64_t there = ParseHttpDate(std::string(answer_.Header("Date")));
    if (there < 0) {
      return Warn("clock", "the endpoint does not tell the time",
                  "set this machine's clock if signatures are refused");
    }
    const int64_t ahead = world().clock->UnixSeconds() - there;
    const int64_t off = ahead < 0 ? -ahead : ahead;
    const std::string text =
        Seconds(off) + (ahead < 0 ? " behind" : " ahead") + " of the service's";
    if (off <= kSkewNoted) return Ok("clock", off == 0 ? "right" : text);
    const std::string advice = "set this machine's clock, by NTP for instance";
    if (off < kSkewMax) return Warn("clock", text, advice);
    return Warn("clock",
                text +
                    ": each store's first request is refused, and "
                    "repeated with the service's time",
                advice);
  }

  bool CheckCredentials() {
    const auto credentials = world().credentials->Get();
    if (!credentials.ok()) {
      return Fail("credentials", credentials.error().message, "");
    }
    return Ok("credentials",
              "from " + world().credentials->Describe() +
                  ((*credentials)->session_token.empty() ? "" : ", temporary"));
  }

  bool CheckTable() {
    Result<std::optional<TableDescription>, ServiceError> description =
        prepared_.catalog->Describe();
    const TableSettings& settings = prepared_.catalog->settings();
    if (!description.ok()) {
      const ServiceError& error = description.error();
      if (IsDeniedAction(error) && settings.schema_known) {
        return Warn("table", "it may not be described: " + Text(error),
                    "nothing, since its keys are given");
      }
      return Fail("table", Text(error), AdviceFor(error));
    }
    if (!*description) {
      return Fail("table", "there is no table " + settings.table + " here",
                  "check the region and the name, or create the store");
    }
    description_ = std::move(**description);
    if (description_->status != "ACTIVE" &&
        description_->status != "UPDATING") {
      return Fail(
          "table", "it is " + description_->status,
          description_->status == "CREATING" ? "wait until it is ACTIVE" : "");
    }
    return Ok("table", settings.table + " is " + description_->status);
  }

  bool CheckSchema() {
    const TableSettings& settings = prepared_.catalog->settings();
    std::optional<Schema> actual;
    if (description_) {
      Result<Schema> schema = prepared_.catalog->SchemaOf(*description_);
      if (!schema.ok()) return Fail("schema", Text(schema.error()), "");
      actual = *std::move(schema);
    }
    schema_ = settings.schema_known ? settings.schema : *actual;
    const std::string text = Describe(*schema_);
    if (actual && Describe(*actual) != text) {
      return Fail("schema",
                  "the table has " + Describe(*actual) + ", and set is " + text,
                  "set table.hash_key, range_key and their types to the "
                  "table's, or leave them out");
    }
    return Ok("schema", text);
  }

  static std::string Describe(const Schema& schema) {
    return "hash key " + schema.keys.hash_name +
           (schema.hash_binary ? " (B)" : " (S)") + ", range key " +
           schema.keys.range_name + (schema.range_utf8 ? " (S)" : " (B)");
  }

  bool CheckStore() {
    const std::string& store = prepared_.location.store;
    Result<void> name = prepared_.catalog->CheckName(store);
    if (name.ok()) name = prepared_.catalog->CheckNameIn(*schema_, store);
    if (!name.ok()) {
      nameless_ = true;
      return Fail("store", Text(name.error()), "");
    }
    const std::string create =
        "create it: dynamodown create, or "
        "Options::create_if_missing";
    Result<std::optional<Descriptor>> descriptor =
        prepared_.catalog->ReadDescriptor(*schema_, store);
    if (!descriptor.ok()) {
      return Fail("store", Text(descriptor.error()), "");
    }
    if (*descriptor) {
      const Result<void> usable = CheckDescriptor(**descriptor);
      if (!usable.ok()) return Fail("store", Text(usable.error()), "");
      return Ok("store", "created " + (*descriptor)->created + ", mode " +
                             (*descriptor)->mode);
    }
    const Result<bool> foreign = prepared_.catalog->HasKeys(*schema_, store);
    if (!foreign.ok()) {
      return Fail("store", Text(foreign.error()), "");
    }
    if (!*foreign) return Fail("store", "it does not exist", create);
    return Ok("store", "another library's: it has keys and no descriptor");
  }

  /// One request for each action that the store's calls need.
  void TryPermissions() {
    const bool writes = doctor_.access != Access::kRead;
    Try("dynamodb:GetItem", [this] { return TryGet(); });
    Try("dynamodb:BatchGetItem", [this] { return TryBatchGet(); });
    Try("dynamodb:Query", [this] { return TryQuery(); });
    if (!writes) return;
    Try("dynamodb:PutItem", [this] { return TryPut(); });
    Try("dynamodb:DeleteItem", [this] { return TryDelete(); });
    Try("dynamodb:BatchWriteItem", [this] { return TryBatchWrite(); });
    Try("dynamodb:ConditionCheckItem", [this] { return TryTransaction(); });
    if (doctor_.access != Access::kManage) return;
    Try("dynamodb:UpdateItem", [this] { return TryUpdate(); });
    Try("dynamodb:Scan", [this] { return TryScan(); });
    for (const char* action :
         {"dynamodb:CreateTable", "dynamodb:DeleteTable"}) {
      findings_.push_back(
          {action, Outcome::kSkipped, "cannot be tried without doing it", {}});
    }
  }

  void Try(const std::string& action,
           const std::function<Result<void, ServiceError>()>& request) {
    if (!schema_ || nameless_) return Skip(action);
    const Result<void, ServiceError> sent = request();
    if (sent.ok() || IsFailedCondition(sent.error())) {
      Ok(action, "allowed");
    } else {
      Fail(action, Text(sent.error()), AdviceFor(sent.error()));
    }
  }

  static std::string AdviceFor(const ServiceError& error) {
    if (!IsDeniedAction(error)) return "";
    return "allow it; for a whole policy: dynamodown iam, or IamPolicy()";
  }

  /// Of a range key that nobody has: "dynamodown-doctor-" and an id.
  Key ChanceKey() const {
    const std::string text = "dynamodown-doctor-" + world().random->Id();
    return {Hash(), schema_->range_utf8 ? AttributeValue::S(text)
                                        : AttributeValue::B(text)};
  }
  AttributeValue Hash() const {
    const std::string& store = prepared_.location.store;
    return schema_->hash_binary ? AttributeValue::B(store)
                                : AttributeValue::S(store);
  }
  Item ItemUnder(const Key& key) const {
    return {{schema_->keys.hash_name, key.hash},
            {schema_->keys.range_name, key.range}};
  }
  /// Does not hold where there is no item.
  ConditionExpression Exists() const {
    return {
        {{ConditionExpression::Kind::kExists, schema_->keys.hash_name, {}}}};
  }
  template <class T>
  T Make() const {
    T operation;
    operation.table = schema_->keys;
    return operation;
  }
  Result<void, ServiceError> Send(Operation* operation) {
    return prepared_.stack->client()->Send(operation);
  }

  Result<void, ServiceError> TryGet() {
    GetItem get = Make<GetItem>();
    get.key = ChanceKey();
    return Send(&get);
  }
  Result<void, ServiceError> TryBatchGet() {
    BatchGetItem get = Make<BatchGetItem>();
    get.hash = Hash();
    get.ranges = {ChanceKey().range};
    get.projection = {schema_->keys.range_name};
    return Send(&get);
  }
  Result<void, ServiceError> TryQuery() {
    Query query = Make<Query>();
    query.hash = Hash();
    // A key that nobody has: what is there may be large, and costs.
    query.lower = ChanceKey().range;
    query.upper = query.lower;
    query.limit = 1;
    query.projection = {schema_->keys.range_name};
    return Send(&query);
  }
  Result<void, ServiceError> TryPut() {
    PutItem put = Make<PutItem>();
    put.item = ItemUnder(ChanceKey());
    put.condition = Exists();
    return Send(&put);
  }
  Result<void, ServiceError> TryDelete() {
    DeleteItem remove = Make<DeleteItem>();
    remove.key = ChanceKey();
    remove.condition = Exists();
    return Send(&remove);
  }
  Result<void, ServiceError> TryUpdate() {
    UpdateItem update = Make<UpdateItem>();
    update.key = ChanceKey();
    update.set = {{schema_->value_name, AttributeValue::S("")}};
    update.condition = Exists();
    return Send(&update);
  }
  Result<void, ServiceError> TryScan() {
    Scan scan = Make<Scan>();
    scan.limit = 1;
    scan.projection = {schema_->keys.hash_name};
    return Send(&scan);
  }
  Result<void, ServiceError> TryBatchWrite() {
    BatchWriteItem write = Make<BatchWriteItem>();
    write.hash = Hash();
    write.requests = {{ChanceKey().range, std::nullopt}};
    return Send(&write);
  }
  Result<void, ServiceError> TryTransaction() {
    using Write = TransactWriteItems::Write;
    TransactWriteItems transaction = Make<TransactWriteItems>();
    transaction.writes_in_order = {
        Write{Write::Kind::kConditionCheck, ChanceKey(), {}, Exists()}};
    transaction.client_request_token = world().random->Id();
    return Send(&transaction);
  }

  Prepared& prepared_;
  const DoctorOptions& doctor_;
  const std::chrono::milliseconds attempt_timeout_;
  std::vector<Finding>& findings_;
  HttpResponse answer_;
  std::optional<TableDescription> description_;
  std::optional<Schema> schema_;
  bool nameless_ = false;  // No store can be called so: nothing to try.
};

void ExamineEmbedded(const Options& options, const std::string& text,
                     std::vector<Finding>* findings) {
  Options existing = options;
  existing.create_if_missing = false;
  existing.error_if_exists = false;
  Database* db = nullptr;
  const Status status = Open(existing, text, &db);
  const std::unique_ptr<Database> closed(db);
  if (status.ok()) {
    findings->push_back({"store", Outcome::kOk, "it opens", {}});
  } else {
    findings->push_back(
        {"store", Outcome::kFailed, status.ToString(),
         "check the path; LevelDB lets one process at a time open it"});
  }
}

}  // namespace

Status DiagnoseIn(const OpenEnvironment& environment, const Options& caller,
                  const std::string& text, const DoctorOptions& doctor,
                  std::vector<Finding>* findings, Stats* stats) {
  findings->clear();
  if (stats != nullptr) *stats = Stats();
  Result<Place> place = PlaceOf(caller, text);
  if (!place.ok()) return ToStatus(place.error());
  const Options& options = place->options;
  if (place->location.embedded) {
    ExamineEmbedded(options, text, findings);
    return Status::OK();
  }
  Result<Prepared> prepared = Prepare(environment, options, place->location);
  if (!prepared.ok()) {
    findings->push_back(
        {"settings", Outcome::kFailed, Text(prepared.error()), {}});
    return Status::OK();
  }
  Examination(&*prepared, doctor, options.connection.attempt_timeout, findings)
      .Run();
  if (stats != nullptr) *stats = prepared->stack->stats();
  return Status::OK();
}

Status Diagnose(const Options& options, const std::string& location,
                const DoctorOptions& doctor, std::vector<Finding>* findings,
                Stats* stats) {
  return DiagnoseIn(OpenEnvironment(), options, location, doctor, findings,
                    stats);
}

}  // namespace dynamodown
