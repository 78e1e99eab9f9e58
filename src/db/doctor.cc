// Runs the doctor's checks. The credentials are checked even if the endpoint
// does not answer. The checks of the table, the schema and the store each need
// every earlier check: if an earlier check has failed, they are reported as
// skipped. If the schema is known and the store's name is valid, the
// permissions are tried one by one, whatever else has failed.

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "aws/endpoints.h"
#include "aws/url.h"
#include "base/clock.h"
#include "base/printable.h"
#include "base/shell_word.h"
#include "db/check_options.h"
#include "db/embedded_doctor.h"
#include "db/forgotten_scheme.h"
#include "db/open_environment.h"
#include "db/permission_trials.h"
#include "db/spelling.h"
#include "db/stack.h"
#include "db/to_status.h"
#include "dynamo/errors.h"
#include "dynamodown/doctor.h"

namespace dynamodown {
namespace {

using leveldb::Status;
using Outcome = Finding::Outcome;

/// If the time of a signature is off by more than this, AWS refuses the
/// signature. The limit is 5 minutes (docs.aws.amazon.com, "Troubleshoot
/// Signature Version 4 signing").
constexpr int64_t kSkewSecondsMax = 300;
/// A difference of at most this many seconds is normal.
constexpr int64_t kSkewSecondsNoted = 30;

constexpr char kSetTheClock[] = "set this machine's clock, by NTP for instance";

std::string Seconds(int64_t seconds) {
  return std::to_string(seconds) + (seconds == 1 ? " second" : " seconds");
}

class Examination {
 public:
  Examination(Prepared* prepared, const DoctorOptions& doctor,
              const Options& options, const std::string& location,
              std::vector<Finding>* findings)
      : prepared_(*prepared),
        doctor_(doctor),
        location_(ShellWord(location)),
        attempt_timeout_(options.connection.attempt_timeout),
        spelling_(options.spelling),
        findings_(*findings) {}

  void Run() {
    ReportSettings();
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
    CheckPermissions();
  }

 private:
  const ClientEnvironment& environment() const {
    return prepared_.stack->environment();
  }

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
  /// Makes an earlier check fail, because an answer of the service has shown
  /// what this machine could not find out by itself. Returns false.
  bool Blame(const char* check, std::string found, std::string advice) {
    for (Finding& finding : findings_) {
      if (finding.check != check) continue;
      finding = {check, Outcome::kFailed, std::move(found), std::move(advice)};
      return false;
    }
    return Fail(check, std::move(found), std::move(advice));
  }
  void Skip(std::string check) {
    findings_.push_back({std::move(check),
                         Outcome::kSkipped,
                         "not checked, since an earlier check failed",
                         {}});
  }

  /// Returns the message as a caller of the store would see it.
  std::string Text(const Error& error) const {
    return ToStatus(error, spelling_).ToString();
  }

  void ReportSettings() {
    const Endpoint& endpoint = prepared_.endpoint;
    Ok("region",
       endpoint.region.value + " (from " + endpoint.region.from + ")");
    Ok("endpoint", endpoint.url.value + " (from " + endpoint.url.from + ")");
  }

  /// Sends a GET of the endpoint's root. The GET needs no signature. A header
  /// of the answer has the service's time.
  bool CheckConnection() {
    const std::string url = prepared_.endpoint.url.value + "/";
    HttpRequest request;
    request.method = "GET";
    request.url = url;
    const Scheduler::TimePoint start = environment().scheduler->Now();
    const Result<void, NoAnswer> sent =
        environment().transport->Send(request, attempt_timeout_, &answer_);
    if (!sent.ok()) {
      const NoAnswer& no_answer = sent.error();
      return Fail(
          "connection",
          no_answer.message + SpelledAdvice(no_answer.advice, spelling_),
          ConnectionAdvice(no_answer));
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        environment().scheduler->Now() - start);
    const std::string text =
        "answered in " + std::to_string(took.count()) + " ms";
    if (answer_.proxy.empty()) return Ok("connection", text);
    if (answer_.status >= 500) {
      return Fail("connection",
                  "HTTP status " + std::to_string(answer_.status) +
                      ", perhaps by the proxy " + answer_.proxy,
                  "check the proxy (https_proxy, http_proxy, no_proxy)");
    }
    return Ok("connection", text + ", perhaps by the proxy " + answer_.proxy);
  }

  std::string ConnectionAdvice(const NoAnswer& no_answer) {
    if (AnswersWithoutTls(no_answer.reason)) {
      return "write http:// instead of https:// in the endpoint, or give the "
             "port for TLS: this port answers HTTP without TLS";
    }
    if (no_answer.reason != NoAnswer::Reason::kTls) {
      return "check the endpoint, the region, the network, and a proxy "
             "(https_proxy, no_proxy) if there is one";
    }
    return "check which authorities are trusted (AWS_CA_BUNDLE, " +
           SpelledOption("ca_bundle", spelling_) + "), and the endpoint's name";
  }

  /// Whether the port of an https:// endpoint serves HTTP without TLS. A
  /// region's own endpoint does not, so only an endpoint of the user's is
  /// asked. If a server without TLS gets a TLS handshake, it answers in HTTP,
  /// hangs up, or waits for the rest of a request. On a port for TLS, some
  /// servers answer the GET with status 400. Their answer lacks AWS's header.
  bool AnswersWithoutTls(NoAnswer::Reason reason) {
    const std::optional<Url> url = ReadUrl(prepared_.endpoint.url.value);
    if (prepared_.settings.endpoint.value.empty() || !url ||
        url->scheme != "https" ||
        (reason != NoAnswer::Reason::kTls &&
         reason != NoAnswer::Reason::kConnect &&
         reason != NoAnswer::Reason::kTimeout)) {
      return false;
    }
    // A URL without a port would mean another port with http://.
    const bool has_port = url->authority.find(':', url->authority.rfind(']') +
                                                       1) != std::string::npos;
    const std::string plain =
        "http://" + url->authority + (has_port ? "/" : ":443/");
    HttpRequest request;
    request.method = "GET";
    request.url = plain;
    HttpResponse answer;
    return environment()
               .transport->Send(request, attempt_timeout_, &answer)
               .ok() &&
           answer.proxy.empty() &&
           (answer.status != 400 || !answer.Header("x-amzn-RequestId").empty());
  }

  bool CheckClock() {
    const int64_t there = ParseHttpDate(std::string(answer_.Header("Date")));
    if (there < 0) {
      return Warn("clock", "the endpoint's answer has no time",
                  "set this machine's clock if signatures are refused");
    }
    const int64_t ahead = environment().clock->UnixSeconds() - there;
    const int64_t off = ahead < 0 ? -ahead : ahead;
    const std::string text = Seconds(off) +
                             (ahead < 0 ? " behind" : " ahead of") +
                             " the service's clock";
    if (off <= kSkewSecondsNoted) return Ok("clock", off == 0 ? "right" : text);
    if (off < kSkewSecondsMax) return Warn("clock", text, kSetTheClock);
    return Warn(
        "clock",
        text +
            ": if the service's clock is right, it refuses each store's "
            "first request, which is repeated with the service's time",
        kSetTheClock);
  }

  bool CheckCredentials() {
    const auto credentials = environment().credentials->Get();
    if (!credentials.ok()) {
      const Error& error = credentials.error();
      const std::string remedy = SpelledRemedy(error, spelling_);
      return Fail("credentials", Escaped(error.message),
                  !remedy.empty()
                      ? remedy
                      : "correct the setting, the file or the service that the "
                        "message names, or choose another profile "
                        "(AWS_PROFILE)");
    }
    const std::string found =
        "from " + environment().credentials->Describe() +
        ((*credentials)->session_token.empty() ? "" : ", temporary");
    const std::optional<int64_t> expires = environment().credentials->Expires();
    if (!expires) return Ok("credentials", found);
    if (environment().clock->UnixSeconds() < *expires) {
      return Ok("credentials", found + ", valid until " + FormatTime(*expires));
    }
    return Warn("credentials", found + ", expired at " + FormatTime(*expires),
                "get new temporary credentials: the service will refuse these, "
                "unless this machine's clock is wrong");
  }

  bool CheckTable() {
    Result<std::optional<TableDescription>, ServiceError> description =
        prepared_.catalog->Describe();
    const TableSettings& settings = prepared_.catalog->settings();
    if (!description.ok()) {
      const ServiceError& error = description.error();
      if (IsDeniedAction(error) && settings.schema_known) {
        return Warn(
            "table",
            "the credentials do not allow describing the table: " + Text(error),
            "nothing to do, since the options give the table's keys");
      }
      // This is the first signed request, so it is the first to be refused for
      // wrong credentials or a wrong clock.
      if (error.kind == ErrorKind::kCredentials ||
          error.retry == RetryClass::kClockSkew) {
        Skip("table");
        return error.retry == RetryClass::kClockSkew
                   ? Blame("clock", Text(error), kSetTheClock)
                   : Blame("credentials", Text(error), AdviceFor(error));
      }
      return Fail("table", Text(error), AdviceFor(error));
    }
    if (!*description) {
      return Fail("table", "there is no table " + settings.table + " here",
                  "check the region and the name, or create the store: "
                  "dynamodown create " +
                      location_);
    }
    description_ = std::move(**description);
    if (description_->status != "ACTIVE" &&
        description_->status != "UPDATING") {
      return Fail("table", "the table is " + description_->status,
                  description_->status == "CREATING" ? "wait until it is ACTIVE"
                  : description_->status == "DELETING"
                      ? "wait until it is gone, and "
                        "create the store again"
                      : "look at the table in the AWS "
                        "console");
    }
    return Ok("table", settings.table + " is " + description_->status);
  }

  bool CheckSchema() {
    const TableSettings& settings = prepared_.catalog->settings();
    std::optional<Schema> actual;
    if (description_) {
      Result<Schema> schema = prepared_.catalog->SchemaOf(*description_);
      if (!schema.ok()) {
        return Fail("schema", Text(schema.error()),
                    "use another table, or let dynamodown create make one");
      }
      actual = *std::move(schema);
    }
    schema_ = settings.schema_known ? settings.schema : *actual;
    const std::string text = Describe(*schema_);
    if (actual && Describe(*actual) != text) {
      return Fail("schema",
                  "the table has " + Describe(*actual) +
                      ", but the options give " + text,
                  "set " + SpelledField("hash_key", spelling_) + ", " +
                      SpelledField("range_key", spelling_) +
                      " and their types to the table's, or leave them out");
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
      has_valid_name_ = false;
      return Fail("store", Text(name.error()),
                  "use another name for the store");
    }
    auto descriptor = prepared_.catalog->ReadDescriptor(*schema_, store);
    if (!descriptor.ok()) {
      const ServiceError& error = descriptor.error();
      return Fail("store", Text(error),
                  IsDamagedDescriptor(error)
                      ? "restore the descriptor's item from a backup of the "
                        "table"
                      : AdviceFor(error));
    }
    if (*descriptor) {
      const Result<void> usable = CheckDescriptor(**descriptor);
      if (!usable.ok()) {
        return Fail("store", Text(usable.error()), AdviceFor(usable.error()));
      }
      return Ok("store", "created " + (*descriptor)->created + ", mode " +
                             (*descriptor)->mode);
    }
    const Result<bool> foreign = prepared_.catalog->HasKeys(*schema_, store);
    if (!foreign.ok()) {
      return Fail("store", Text(foreign.error()), AdviceFor(foreign.error()));
    }
    if (!*foreign)
      return Fail("store", "the store does not exist", CreateAdvice());
    return Ok("store",
              "another library's store: it has keys and no descriptor");
  }

  void CheckPermissions() {
    const Access access = doctor_.access;
    if (!schema_ || !has_valid_name_) {
      for (const std::string& action : TriableActions(access)) Skip(action);
    } else {
      const TrialSubject subject{prepared_.stack->client(),
                                 environment().random, *schema_,
                                 prepared_.location.store};
      for (const Trial& trial : TryActions(subject, access)) {
        if (trial.outcome.ok()) {
          Ok(trial.action, "allowed");
        } else {
          Fail(trial.action, Text(trial.outcome.error()),
               AdviceFor(trial.outcome.error()));
        }
      }
    }
    for (const std::string& action : UntriableActions(access)) {
      findings_.push_back({action,
                           Outcome::kSkipped,
                           "cannot be tried without taking effect",
                           {}});
    }
  }

  std::string CreateAdvice() const {
    const std::string option = SpelledOption("create_if_missing", spelling_);
    return "create it: dynamodown create " + location_ +
           (option.empty() ? "" : ", or " + option);
  }
  std::string AdviceFor(const ServiceError& error) const {
    if (error.kind == ErrorKind::kCredentials) {
      return CredentialsAdvice(error.code);
    }
    if (!IsDeniedAction(error)) return AdviceFor(static_cast<Error>(error));
    return std::string(
               "allow the action; for a whole policy, use dynamodown iam") +
           (spelling_ == Spelling::kCpp ? ", or IamPolicy()" : "");
  }
  std::string AdviceFor(const Error& error) const {
    switch (error.kind) {
      case ErrorKind::kDestroying:
        return "finish destroying it: dynamodown destroy " + location_;
      case ErrorKind::kCorruption:
        // The store itself may be undamaged, so do not advise changing it.
        return "the endpoint gives wrong answers: check that it is DynamoDB, "
               "and check any proxy between it and this machine";
      case ErrorKind::kNotSupported:
        return "use a newer version of DynamoDOWN";
      case ErrorKind::kThrottled:
        return "try again later, or give the table more units";
      case ErrorKind::kUnavailable:
      case ErrorKind::kTimeout:
        return "try again; if it fails again, check the network and the "
               "service's health";
      case ErrorKind::kDenied:
        return "check what these credentials are allowed to do, and this "
               "machine's clock";
      case ErrorKind::kCredentials:
        return CredentialsAdvice("");
      case ErrorKind::kInvalidArgument:
      case ErrorKind::kConflict:
      case ErrorKind::kRejected:
      case ErrorKind::kForked:
        break;
    }
    return "check that the endpoint is DynamoDB, and that the options suit it";
  }
  /// Returns what to do after the service has refused the credentials. The
  /// codes are in the API reference, "Common errors".
  std::string CredentialsAdvice(std::string_view code) const {
    if (code == "ExpiredTokenException" || code == "ExpiredToken") {
      return "get new temporary credentials, with aws sso login for instance; "
             "an old AWS_SESSION_TOKEN must be replaced or unset";
    }
    if (code == "InvalidSignatureException" ||
        code == "SignatureDoesNotMatch") {
      return "check the secret access key: it does not belong to the access "
             "key";
    }
    return "check the access key and, for temporary credentials, the session "
           "token; they must belong to an account in this region's partition";
  }

  Prepared& prepared_;
  const DoctorOptions& doctor_;
  const std::string location_;  // As a command that is advised takes it.
  const std::chrono::milliseconds attempt_timeout_;
  const Spelling spelling_;
  std::vector<Finding>& findings_;
  HttpResponse answer_;
  std::optional<TableDescription> description_;
  std::optional<Schema> schema_;
  bool has_valid_name_ = true;  // If false, no action can be tried.
};

/// Returns the finding about settings with which no client can be made.
/// `error` is the error of Prepare.
Finding FindingOfSettings(const OpenEnvironment& environment,
                          const Options& options, const Location& location,
                          const Error& error) {
  Finding finding{"settings", Outcome::kFailed,
                  ToStatus(error, options.spelling).ToString(),
                  "correct the option that the message names"};
  if (!CheckOptions(options).ok()) return finding;
  const Result<AwsSettings> settings =
      SettingsFor(environment, options, location);
  if (!settings.ok()) {
    finding.advice =
        "correct the file or the variable that the message names; aws "
        "configure list shows from where AWS's own command line takes them";
    return finding;
  }
  const std::string& region = settings->region.value;
  const std::string option = SpelledOption("region", options.spelling);
  const bool is_region =
      region.empty() ? !settings->endpoint.value.empty() : IsRegion(region);
  finding.check = is_region ? "endpoint" : "region";
  finding.advice =
      is_region ? "correct the endpoint, or leave it out to use the "
                  "region's own"
                : "name the region of the table, such as eu-west-1, in " +
                      option + ", AWS_REGION or the profile";
  return finding;
}

/// If the location is the path of a directory, puts this before the advice on
/// the first check that failed.
void AdviseScheme(const OpenEnvironment& environment, const std::string& text,
                  std::vector<Finding>* findings) {
  const std::string hint = ForgottenScheme(environment, text);
  if (hint.empty()) return;
  for (Finding& finding : *findings) {
    if (finding.outcome != Outcome::kFailed) continue;
    finding.advice = hint + " If not, " + finding.advice;
    return;
  }
}

}  // namespace

Status DiagnoseIn(const OpenEnvironment& environment, const Options& caller,
                  const std::string& text, const DoctorOptions& doctor,
                  std::vector<Finding>* findings, Stats* stats) {
  findings->clear();
  if (stats != nullptr) *stats = Stats();
  Result<Place> place = PlaceOf(caller, text);
  if (!place.ok()) {
    return ToStatus(WithForgottenScheme(environment, text, place.error()),
                    caller.spelling);
  }
  const Options& options = place->options;
  if (place->location.embedded) {
    ExamineEmbedded(options, place->location.path, text, findings);
    return Status::OK();
  }
  Result<Prepared> prepared = Prepare(environment, options, place->location);
  if (!prepared.ok()) {
    findings->push_back(FindingOfSettings(environment, options, place->location,
                                          prepared.error()));
    AdviseScheme(environment, text, findings);
    return Status::OK();
  }
  Examination(&*prepared, doctor, options, text, findings).Run();
  AdviseScheme(environment, text, findings);
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
