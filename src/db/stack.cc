#include "db/stack.h"

#include <cstdarg>
#include <mutex>
#include <optional>
#include <utility>

#include "aws/chain.h"
#include "aws/url.h"
#include "base/printable.h"
#include "db/check_options.h"
#include "db/spelling.h"
#include "leveldb/env.h"
#include "transport/curl_transport.h"

namespace dynamodown {
namespace {

using leveldb::Status;

Error Invalid(std::string message) {
  return Error{ErrorKind::kInvalidArgument, std::move(message)};
}

/// Adapts the user's CredentialsProvider to a CredentialsSource.
class ProvidedCredentials final : public CredentialsSource {
 public:
  ProvidedCredentials(std::shared_ptr<CredentialsProvider> provider,
                      Spelling spelling)
      : provider_(std::move(provider)), spelling_(spelling) {}

  Result<std::shared_ptr<const SigningCredentials>> Get() override {
    Credentials fresh;
    const Status status = provider_->Get(&fresh);
    if (!status.ok()) return Error{ErrorKind::kCredentials, status.ToString()};
    if (fresh.access_key_id.empty() || fresh.secret_access_key.empty()) {
      return Error{ErrorKind::kCredentials,
                   "the credentials provider gave an empty key"};
    }
    SigningCredentials keys{std::move(fresh.access_key_id),
                            std::move(fresh.secret_access_key),
                            std::move(fresh.session_token)};
    std::lock_guard<std::mutex> lock(mutex_);
    if (kept_ == nullptr || *kept_ != keys) {
      kept_ = std::make_shared<const SigningCredentials>(std::move(keys));
    }
    return kept_;
  }
  void Expire(
      const std::shared_ptr<const SigningCredentials>& refused) override {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (refused != kept_) return;
    }
    provider_->Expire();
  }
  std::string Describe() const override {
    return SpelledOption("credentials_provider", spelling_);
  }

 private:
  const std::shared_ptr<CredentialsProvider> provider_;
  const Spelling spelling_;
  std::mutex mutex_;
  std::shared_ptr<const SigningCredentials> kept_;  // Guarded by mutex_.
};

/// A copy of leveldb::Log, which LevelDB's shared library does not export.
void LogText(leveldb::Logger* logger, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  logger->Logv(format, arguments);
  va_end(arguments);
}

/// Converts a meter's sums to the public API's Stats.
Stats StatsOf(const ClientStats& sums) {
  Stats stats;
  stats.requests = sums.requests;
  stats.retries = sums.retries;
  stats.ambiguous_retries = sums.ambiguous_retries;
  stats.throttles = sums.throttles;
  stats.unprocessed = sums.unprocessed;
  stats.bytes_sent = sums.bytes_sent;
  stats.bytes_received = sums.bytes_received;
  stats.read_units = sums.read_units;
  stats.write_units = sums.write_units;
  return stats;
}

Machine MachineOf(const OpenEnvironment& environment) {
  Machine machine = ThisMachine();
  if (environment.variables) machine.variables = environment.variables;
  if (environment.read_file) machine.read_file = environment.read_file;
  if (environment.run_command) machine.run_command = environment.run_command;
  return machine;
}

/// Returns the settings that the caller gives, in the location or the options.
AskedSettings Asked(const Location& location, const Options& options) {
  const auto asked_by = [&](std::string_view name, const std::string& value) {
    return Setting{value, location.Sets(name)
                              ? "the location"
                              : SpelledOption(name, options.spelling)};
  };
  const ConnectionOptions& connection = options.connection;
  AskedSettings asked;
  asked.region = asked_by("region", connection.region);
  asked.endpoint = asked_by("endpoint", connection.endpoint);
  asked.ca_bundle = asked_by("ca_bundle", connection.ca_bundle);
  asked.profile = asked_by("profile", connection.profile);
  asked.fips = connection.use_fips_endpoint;
  asked.dual_stack = connection.use_dualstack_endpoint;
  return asked;
}

/// The most bytes of an answer from a local address that is asked for
/// credentials. Credentials are small, but any program may answer there, with
/// an answer of any size.
constexpr size_t kLocalAnswerBytesMax = 1 << 20;

std::unique_ptr<Transport> MakeTransport(const ConnectionOptions& connection,
                                         const AwsSettings& settings,
                                         bool use_proxy) {
  CurlTransportOptions options;
  options.connect_timeout = connection.connect_timeout;
  options.ca_bundle = settings.ca_bundle.value;
  options.use_proxy = use_proxy;
  if (!use_proxy) options.response_bytes_max = kLocalAnswerBytesMax;
  return NewCurlTransport(options);
}

TableSettings SettingsOf(const std::string& table, const Options& options) {
  TableSettings settings;
  settings.table = table;
  settings.schema.keys.table = table;
  settings.schema.keys.hash_name = options.table.hash_key;
  settings.schema.keys.range_name = options.table.range_key;
  settings.schema.hash_binary = options.table.hash_key_type == KeyType::kBinary;
  settings.schema.range_utf8 = options.table.key_type == KeyType::kString;
  settings.schema.value_name = options.table.value_attribute;
  settings.schema_known = !options.table.hash_key.empty();
  settings.read_capacity_units = options.table.read_capacity_units;
  settings.write_capacity_units = options.table.write_capacity_units;
  settings.create_timeout = options.table.create_timeout;
  settings.limits = LimitsOf(options.limits);
  settings.schema.SetKeyForms(settings.limits);
  return settings;
}

}  // namespace

Error NoRegion(const std::string& name) {
  return Invalid("region " + Printable(name) +
                 " is not a region: a region is named like eu-west-1");
}

Result<Endpoint> FindEndpoint(const AwsSettings& settings, Spelling spelling) {
  Endpoint endpoint;
  endpoint.region = settings.region;
  endpoint.url = settings.endpoint;
  if (endpoint.region.value.empty() && !endpoint.url.value.empty()) {
    endpoint.region = {"us-east-1", "the default if an endpoint is set"};
  }
  if (endpoint.region.value.empty()) {
    return Invalid("no AWS region: set AWS_REGION, the profile's region or " +
                   SpelledOption("region", spelling) +
                   ", or write the location as "
                   "dynamodb://table/hash?region=..." +
                   settings.profiles.Hint(settings.profile));
  }
  if (!IsRegion(endpoint.region.value)) {
    return NoRegion(endpoint.region.value);
  }
  if (endpoint.url.value.empty()) {
    Result<std::string> url = EndpointOf(
        AwsService::kDynamoDb, endpoint.region.value, settings.variant);
    if (!url.ok()) return std::move(url).error();
    endpoint.url = {*std::move(url), "the region's own"};
  }
  const std::optional<Url> url = ReadUrl(endpoint.url.value);
  // A path would not be signed.
  if (!url || url->path.find_first_not_of('/') != std::string::npos) {
    return Invalid(
        "the endpoint must be http:// or https://, a host and perhaps a port, "
        "such as http://127.0.0.1:8000, and nothing else");
  }
  endpoint.url.value = url->origin();
  return endpoint;
}

ClientStack::ClientStack(const OpenEnvironment& environment,
                         const Options& options, const AwsSettings& settings,
                         const Endpoint& endpoint)
    : meter_(AlsoFor(options)),
      retry_{options.retry.max_attempts, options.retry.deadline,
             options.retry.base_delay, options.retry.max_delay,
             options.retry.budget} {
  environment_.transport = environment.transport;
  environment_.scheduler = environment.scheduler;
  environment_.clock = environment.clock;
  environment_.random = environment.random;
  if (environment_.clock == nullptr) {
    clock_ = NewSystemClock();
    environment_.clock = clock_.get();
  }
  service_clock_ = std::make_unique<ServiceClock>(environment_.clock);
  environment_.service_clock = service_clock_.get();
  if (environment_.random == nullptr) {
    random_ = NewSystemRandom();
    environment_.random = random_.get();
  }
  const ConnectionOptions& connection = options.connection;
  Transport* local_transport = environment.transport;
  if (environment_.transport == nullptr) {
    transport_ = MakeTransport(connection, settings, true);
    local_transport_ = MakeTransport(connection, settings, false);
    environment_.transport = transport_.get();
    local_transport = local_transport_.get();
  }
  if (environment_.scheduler == nullptr) {
    scheduler_ = NewThreadScheduler(connection.max_parallel);
    environment_.scheduler = scheduler_.get();
  }
  if (connection.credentials_provider != nullptr) {
    credentials_ = std::make_unique<ProvidedCredentials>(
        connection.credentials_provider, options.spelling);
  } else {
    credentials_ = NewDefaultCredentials(
        settings,
        {MachineOf(environment), environment_.transport, local_transport,
         environment_.scheduler, environment_.clock, environment_.random});
  }
  environment_.credentials = credentials_.get();

  LogLine log;
  if (options.info_log != nullptr) {
    log = [logger = options.info_log](const std::string& line) {
      LogText(logger, "%s", line.c_str());
    };
  }
  http_ = NewHttpClient(
      {endpoint.url.value, endpoint.region.value, connection.attempt_timeout},
      environment_);
  metered_ =
      NewMeteredClient(http_.get(), &meter_, environment_.scheduler, log);
  retrying_ = NewRetryingClient(metered_.get(), retry_, environment_, &meter_);
  paced_ = NewPacedClient(retrying_.get(),
                          {options.rate.read_units, options.rate.write_units},
                          environment_.scheduler);
}

ClientStack::~ClientStack() {
  // The credentials' destructor waits for a renewal in the background, so the
  // scheduler must still exist.
  credentials_.reset();
}

Meter::Also ClientStack::AlsoFor(const Options& options) const {
  if (options.stats_sum == nullptr) return nullptr;
  return [this, sum = options.stats_sum](const ClientStats& more) {
    Stats stats = StatsOf(more);
    SetClock(&stats);
    sum->Add(stats);
  };
}

void ClientStack::SetClock(Stats* stats) const {
  if (const std::optional<ClockOffset> offset = service_clock_->offset()) {
    stats->clock_offset_ms = offset->offset_ms;
    stats->clock_error_ms = offset->error_ms;
  }
}

Stats ClientStack::stats() const {
  Stats stats = StatsOf(meter_.Read());
  SetClock(&stats);
  return stats;
}

Limits LimitsOf(const LimitOptions& options) {
  Limits limits;
  limits.item_bytes = options.item_bytes;
  limits.range_key_bytes = options.range_key_bytes;
  limits.hash_key_bytes = options.hash_key_bytes;
  limits.batch_write_items = options.batch_write_items;
  limits.batch_get_keys = options.batch_get_keys;
  limits.batch_bytes = options.batch_bytes;
  limits.transaction_items = options.transaction_items;
  limits.transaction_bytes = options.transaction_bytes;
  return limits;
}

Result<AwsSettings> SettingsFor(const OpenEnvironment& environment,
                                const Options& options,
                                const Location& location) {
  return FindSettings(Asked(location, options), MachineOf(environment));
}

Result<Prepared> Prepare(const OpenEnvironment& environment,
                         const Options& options, Location location,
                         std::string no_new_table) {
  Result<void> checked = CheckOptions(options);
  if (!checked.ok()) return std::move(checked).error();
  Result<AwsSettings> settings = SettingsFor(environment, options, location);
  if (!settings.ok()) return std::move(settings).error();
  Result<Endpoint> endpoint = FindEndpoint(*settings, options.spelling);
  if (!endpoint.ok()) return std::move(endpoint).error();
  Prepared prepared;
  prepared.location = std::move(location);
  prepared.settings = *std::move(settings);
  prepared.endpoint = *std::move(endpoint);
  prepared.stack = std::make_unique<ClientStack>(
      environment, options, prepared.settings, prepared.endpoint);
  const ClientEnvironment& client = prepared.stack->environment();
  TableSettings table = SettingsOf(prepared.location.table, options);
  table.no_new_table = std::move(no_new_table);
  prepared.catalog = std::make_unique<Catalog>(
      std::move(table),
      Catalog::Environment{prepared.stack->client(), client.scheduler,
                           client.clock, client.random});
  return prepared;
}

}  // namespace dynamodown
