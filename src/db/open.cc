// Wires the whole stack, and alone does: reads the settings, makes what a store
// stands on, opens it. Top to bottom:
//
//     DynamoDatabase -> Store -> RetryingClient -> MeteredClient -> HttpClient
//                    -> CurlTransport

#include <cstdarg>
#include <memory>
#include <mutex>
#include <utility>

#include "base/utf8.h"
#include "db/dynamo_database.h"
#include "db/embedded_database.h"
#include "db/location.h"
#include "db/to_status.h"
#include "db/wiring.h"
#include "leveldb/comparator.h"
#include "leveldb/env.h"
#include "store/catalog.h"
#include "transport/curl_transport.h"

namespace dynamodown {
namespace {

using leveldb::Status;

Error Invalid(std::string message) {
  return Error{ErrorKind::kInvalidArgument, std::move(message)};
}

/// The user's provider as the inside sees one.
class ProvidedCredentials final : public CredentialsSource {
 public:
  explicit ProvidedCredentials(std::shared_ptr<CredentialsProvider> provider)
      : provider_(std::move(provider)) {}

  Result<std::shared_ptr<const SigningCredentials>> Get() override {
    Credentials fresh;
    const Status status = provider_->Get(&fresh);
    if (!status.ok()) return Error{ErrorKind::kCredentials, status.ToString()};
    if (fresh.access_key_id.empty() || fresh.secret_access_key.empty()) {
      return Error{ErrorKind::kCredentials,
                   "the credentials provider gave an empty key"};
    }
    std::lock_guard<std::mutex> lock(mutex_);
    if (kept_ == nullptr || kept_->access_key_id != fresh.access_key_id ||
        kept_->secret_access_key != fresh.secret_access_key ||
        kept_->session_token != fresh.session_token) {
      kept_ = std::make_shared<const SigningCredentials>(SigningCredentials{
          std::move(fresh.access_key_id), std::move(fresh.secret_access_key),
          std::move(fresh.session_token)});
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
    return "Options::connection.credentials_provider";
  }

 private:
  const std::shared_ptr<CredentialsProvider> provider_;
  std::mutex mutex_;
  std::shared_ptr<const SigningCredentials> kept_;  // Guarded by mutex_.
};

Result<void> CheckOptions(const Options& options) {
  if (options.comparator != nullptr &&
      std::string(options.comparator->Name()) !=
          leveldb::BytewiseComparator()->Name()) {
    return Error{ErrorKind::kNotSupported,
                 std::string("comparator ") + options.comparator->Name() +
                     ": DynamoDB orders keys by their bytes; use "
                     "leveldb::BytewiseComparator()"};
  }
  const auto positive = [](std::chrono::milliseconds t) {
    return t.count() > 0;
  };
  const ConnectionOptions& connection = options.connection;
  const RetryOptions& retry = options.retry;
  const TableOptions& table = options.table;
  if (!positive(connection.connect_timeout) ||
      !positive(connection.attempt_timeout) || !positive(retry.deadline) ||
      !positive(table.create_timeout)) {
    return Invalid(
        "options: connect_timeout, attempt_timeout, deadline and "
        "create_timeout must be more than 0");
  }
  if (retry.base_delay.count() < 0 || retry.max_delay.count() < 0) {
    return Invalid("options: retry delays must not be negative");
  }
  if (retry.deadline > std::chrono::minutes(9)) {
    return Invalid("options: retry.deadline must be at most 9 minutes");
  }
  if (retry.max_attempts < 1) {
    return Invalid("options: retry.max_attempts must be at least 1");
  }
  if (connection.max_parallel < 1 || connection.max_parallel > 64) {
    return Invalid("options: connection.max_parallel must be 1 to 64");
  }
  if (table.value_attribute.empty()) {
    return Invalid("options: table.value_attribute is empty");
  }
  if ((table.read_capacity_units > 0) != (table.write_capacity_units > 0) ||
      table.read_capacity_units < 0 || table.write_capacity_units < 0) {
    return Invalid(
        "options: table.read_capacity_units and write_capacity_units must "
        "both be 0 (on demand) or both be more");
  }
  if (table.hash_key.empty() != table.range_key.empty()) {
    return Invalid(
        "options: table.hash_key and table.range_key must be set both or "
        "neither");
  }
  if (table.value_attribute == table.hash_key ||
      table.value_attribute == table.range_key ||
      (!table.hash_key.empty() && table.hash_key == table.range_key)) {
    return Invalid(
        "options: table.hash_key, range_key and value_attribute must be three "
        "different names");
  }
  if (!IsUtf8(table.hash_key) || !IsUtf8(table.range_key) ||
      !IsUtf8(table.value_attribute)) {
    return Invalid("options: the names of attributes must be UTF-8");
  }
  const LimitOptions& limits = options.limits;
  if (limits.item_bytes == 0 || limits.range_key_bytes == 0 ||
      limits.hash_key_bytes < 64 || limits.batch_write_items == 0 ||
      limits.batch_get_keys == 0 || limits.batch_bytes == 0 ||
      limits.transaction_items == 0 || limits.transaction_bytes == 0) {
    return Invalid("options: every limit must be more than 0");
  }
  return {};
}

struct Endpoint {
  std::string region;
  std::string url;  // Without a path.
};

/// Scheme, host and port only: a path would not be signed.
bool IsEndpointUrl(const std::string& url) {
  const size_t scheme = url.rfind("http://", 0) == 0    ? 7
                        : url.rfind("https://", 0) == 0 ? 8
                                                        : 0;
  return scheme > 0 && url.size() > scheme &&
         url.find_first_of("/?#@ \t\r\n", scheme) == std::string::npos;
}

bool IsRegion(const std::string& region) {
  return !region.empty() && region.size() <= 64 &&
         region.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
             std::string::npos;
}

Result<Endpoint> FindEndpoint(const Location& location,
                              const ConnectionOptions& connection,
                              const Environment& environment) {
  const auto first = [](std::initializer_list<std::string> candidates) {
    for (const std::string& candidate : candidates) {
      if (!candidate.empty()) return candidate;
    }
    return std::string();
  };
  Endpoint endpoint;
  endpoint.region = first({location.region, connection.region,
                           environment("AWS_REGION").value_or(""),
                           environment("AWS_DEFAULT_REGION").value_or("")});
  endpoint.url = first({location.endpoint, connection.endpoint,
                        environment("AWS_ENDPOINT_URL_DYNAMODB").value_or(""),
                        environment("AWS_ENDPOINT_URL").value_or("")});
  while (!endpoint.url.empty() && endpoint.url.back() == '/') {
    endpoint.url.pop_back();
  }
  if (endpoint.region.empty() && !endpoint.url.empty()) {
    endpoint.region = "us-east-1";
  }
  if (endpoint.region.empty()) {
    return Invalid(
        "no AWS region: set AWS_REGION or Options::connection.region, or write "
        "the location as dynamodb://table/hash?region=...");
  }
  if (!IsRegion(endpoint.region)) {
    return Invalid("region " + Printable(endpoint.region) +
                   " is no region's name, such as eu-west-1");
  }
  if (endpoint.url.empty()) {
    const bool china = endpoint.region.rfind("cn-", 0) == 0;
    endpoint.url = "https://dynamodb." + endpoint.region + ".amazonaws.com" +
                   (china ? ".cn" : "");
  }
  // Not quoted: it may hold a password.
  if (!IsEndpointUrl(endpoint.url)) {
    return Invalid(
        "the endpoint must be http:// or https://, a host and perhaps a port, "
        "such as http://127.0.0.1:8000, and nothing else");
  }
  return endpoint;
}

/// leveldb::Log, which the shared library does not export.
void LogText(leveldb::Logger* logger, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  logger->Logv(format, arguments);
  va_end(arguments);
}

/// A meter's sums as the public API has them.
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

/// What a store stands on, made or borrowed.
class WiredStack final : public DynamoDatabase::Stack {
 public:
  WiredStack(const Outside& outside, const Options& options,
             const Environment& environment, const Endpoint& endpoint)
      : retry_{options.retry.max_attempts, options.retry.deadline,
               options.retry.base_delay, options.retry.max_delay,
               options.retry.budget} {
    world_.transport = outside.transport;
    world_.scheduler = outside.scheduler;
    world_.clock = outside.clock;
    world_.random = outside.random;
    if (world_.clock == nullptr) {
      clock_ = NewSystemClock();
      world_.clock = clock_.get();
    }
    if (world_.random == nullptr) {
      random_ = NewSystemRandom();
      world_.random = random_.get();
    }
    if (world_.transport == nullptr) {
      CurlTransportOptions transport;
      transport.connect_timeout = options.connection.connect_timeout;
      transport.ca_bundle = options.connection.ca_bundle.empty()
                                ? environment("AWS_CA_BUNDLE").value_or("")
                                : options.connection.ca_bundle;
      transport_ = NewCurlTransport(transport);
      world_.transport = transport_.get();
    }
    if (options.connection.credentials_provider != nullptr) {
      credentials_ = std::make_unique<ProvidedCredentials>(
          options.connection.credentials_provider);
    } else {
      credentials_ = NewEnvironmentCredentials(environment);
    }
    world_.credentials = credentials_.get();
    if (world_.scheduler == nullptr) {
      scheduler_ = NewThreadScheduler(options.connection.max_parallel);
      world_.scheduler = scheduler_.get();
    }

    LogLine log;
    if (options.info_log != nullptr) {
      log = [logger = options.info_log](const std::string& line) {
        LogText(logger, "%s", line.c_str());
      };
    }
    http_ = NewHttpClient(
        {endpoint.url, endpoint.region, options.connection.attempt_timeout},
        world_);
    metered_ = NewMeteredClient(http_.get(), &meter_, world_.scheduler, log);
    retrying_ = NewRetryingClient(metered_.get(), retry_, world_, &meter_);
  }

  Stats stats() const override { return StatsOf(meter_.Read()); }
  Client* client() { return retrying_.get(); }
  const World& world() const { return world_; }

 private:
  Meter meter_;
  const RetrySettings retry_;
  World world_;
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<Random> random_;
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<CredentialsSource> credentials_;
  std::unique_ptr<Client> http_;
  std::unique_ptr<Client> metered_;
  std::unique_ptr<Client> retrying_;
  // Last, so that it is destroyed first: its threads may be using the others.
  std::unique_ptr<Scheduler> scheduler_;
};

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

TableSettings SettingsOf(const std::string& table, const Options& options) {
  TableSettings settings;
  settings.table = table;
  settings.schema.keys = {table, options.table.hash_key,
                          options.table.range_key};
  settings.schema.hash_binary = options.table.hash_key_type == KeyType::kBinary;
  settings.schema.range_utf8 = options.table.key_type == KeyType::kString;
  settings.schema.value_name = options.table.value_attribute;
  settings.schema_known = !options.table.hash_key.empty();
  settings.create_utf8 = options.table.key_type == KeyType::kString;
  settings.read_capacity_units = options.table.read_capacity_units;
  settings.write_capacity_units = options.table.write_capacity_units;
  settings.create_timeout = options.table.create_timeout;
  settings.limits = LimitsOf(options.limits);
  return settings;
}

/// Everything up to the first request.
struct Prepared {
  Location location;
  Endpoint endpoint;
  std::unique_ptr<WiredStack> stack;
  std::unique_ptr<Catalog> catalog;
};

Result<Prepared> Prepare(const Outside& outside, const Options& options,
                         Location location) {
  const Environment environment =
      outside.environment ? outside.environment : ThisMachine().environment;
  Result<void> checked = CheckOptions(options);
  if (!checked.ok()) return std::move(checked).error();
  Result<Endpoint> endpoint =
      FindEndpoint(location, options.connection, environment);
  if (!endpoint.ok()) return std::move(endpoint).error();
  Prepared prepared;
  prepared.location = std::move(location);
  prepared.endpoint = *std::move(endpoint);
  prepared.stack = std::make_unique<WiredStack>(outside, options, environment,
                                                prepared.endpoint);
  const World& world = prepared.stack->world();
  prepared.catalog = std::make_unique<Catalog>(
      SettingsOf(prepared.location.table, options),
      Catalog::Tools{prepared.stack->client(), world.scheduler, world.clock,
                     world.random});
  return prepared;
}

StoreInfo InfoOf(const Prepared& prepared, const OpenedStore& opened) {
  StoreInfo info;
  info.location = prepared.location.table + "/" + prepared.location.store;
  info.engine = "dynamodb";
  info.endpoint = prepared.endpoint.url;
  info.region = prepared.endpoint.region;
  info.hash_key = opened.schema.keys.hash_name;
  info.hash_key_type = opened.schema.hash_binary ? "B" : "S";
  info.range_key = opened.schema.keys.range_name;
  info.range_key_type = opened.schema.range_utf8 ? "S" : "B";
  info.value_attribute = opened.schema.value_name;
  info.foreign = !opened.descriptor.has_value();
  info.mode = "shared";
  if (opened.descriptor) {
    info.id = opened.descriptor->id;
    info.created = opened.descriptor->created;
  }
  return info;
}

}  // namespace

Status OpenIn(const Outside& outside, const Options& options,
              const std::string& text, Database** db) {
  *db = nullptr;
  Result<Location> location = ParseLocation(text);
  if (!location.ok()) return ToStatus(location.error());
  if (location->embedded) return OpenEmbedded(options, location->path, db);
  Result<Prepared> prepared = Prepare(outside, options, *std::move(location));
  if (!prepared.ok()) return ToStatus(prepared.error());
  Result<OpenedStore> opened = prepared->catalog->Open(
      prepared->location.store, options.create_if_missing,
      options.error_if_exists);
  if (!opened.ok()) return ToStatus(opened.error());

  const World& world = prepared->stack->world();
  const Limits limits = LimitsOf(options.limits);
  auto store = std::make_unique<Store>(
      ItemCodec(opened->schema, prepared->location.store, limits), limits,
      options.connection.max_parallel,
      Store::Tools{prepared->stack->client(), world.scheduler, world.random});
  StoreInfo info = InfoOf(*prepared, *opened);
  *db = new DynamoDatabase(
      std::move(prepared->stack), std::move(store),
      {options.consistency, options.batch, options.paranoid_checks},
      std::move(info));
  return Status::OK();
}

Status DestroyIn(const Outside& outside, const Options& options,
                 const std::string& text, const DestroyOptions& destroy,
                 Stats* stats) {
  if (stats != nullptr) *stats = Stats();
  Result<Location> location = ParseLocation(text);
  if (!location.ok()) return ToStatus(location.error());
  if (location->embedded) return DestroyEmbedded(options, location->path);
  Result<Prepared> prepared = Prepare(outside, options, *std::move(location));
  if (!prepared.ok()) return ToStatus(prepared.error());
  const Result<void> destroyed = prepared->catalog->Destroy(
      prepared->location.store, destroy.force, destroy.drop_table,
      options.connection.max_parallel);
  if (stats != nullptr) *stats = prepared->stack->stats();
  return ToStatus(destroyed);
}

Status ListStoresIn(const Outside& outside, const Options& options,
                    const std::string& text, std::vector<StoreSummary>* stores,
                    Stats* stats) {
  if (stats != nullptr) *stats = Stats();
  stores->clear();
  Result<Location> location = ParseLocation(text);
  if (!location.ok()) return ToStatus(location.error());
  if (location->embedded) {
    return Status::NotSupported(
        "a leveldb: location is one store; there is no table to list");
  }
  Result<Prepared> prepared = Prepare(outside, options, *std::move(location));
  if (!prepared.ok()) return ToStatus(prepared.error());
  Result<std::vector<ListedStore>> listed = prepared->catalog->List();
  if (stats != nullptr) *stats = prepared->stack->stats();
  if (!listed.ok()) return ToStatus(listed.error());
  for (const ListedStore& store : *listed) {
    stores->push_back({prepared->location.table + "/" + store.store,
                       store.foreign, store.destroying});
  }
  return Status::OK();
}

Status Open(const Options& options, const std::string& location,
            Database** db) {
  return OpenIn(Outside(), options, location, db);
}

Status Open(const Options& options, const std::string& location,
            leveldb::DB** db) {
  *db = nullptr;
  Database* opened = nullptr;
  const Status status = Open(options, location, &opened);
  if (status.ok()) *db = opened;
  return status;
}

Status Destroy(const Options& options, const std::string& location,
               const DestroyOptions& destroy, Stats* stats) {
  return DestroyIn(Outside(), options, location, destroy, stats);
}

Status Create(const Options& options, const std::string& location) {
  Options create = options;
  create.create_if_missing = true;
  create.error_if_exists = true;
  Database* db = nullptr;
  const Status status = Open(create, location, &db);
  delete db;
  return status;
}

Status ListStores(const Options& options, const std::string& location,
                  std::vector<StoreSummary>* stores, Stats* stats) {
  return ListStoresIn(Outside(), options, location, stores, stats);
}

}  // namespace dynamodown
