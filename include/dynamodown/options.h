// Settings of a store, of a read and of a write.
//
// Thread-safety: plain values; do not change one while a call uses it.

#ifndef DYNAMODOWN_OPTIONS_H_
#define DYNAMODOWN_OPTIONS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "leveldb/options.h"
#include "leveldb/status.h"

namespace dynamodown {

/// How a read sees earlier writes.
enum class Consistency {
  kStoreDefault,  ///< In a ReadOptions: whatever Options::consistency says.
  kStrong,        ///< Sees every write that returned before. 1 unit per 4 KB.
  kEventual,      ///< May miss the last second's writes. Half the price.
};

/// How a leveldb::WriteBatch of more than one key is written.
enum class BatchMode {
  kStoreDefault,  ///< In a WriteOptions: whatever Options::batch says.
  kAtomic,        ///< All or nothing: up to 100 keys and 4 MB. 2x write units.
  kUnordered,     ///< Any size, not atomic, no order between keys. 1x units.
};

/// The type of the range key of a table that is created.
enum class KeyType {
  kBinary,  ///< B: keys of any bytes, as in LevelDB.
  kString,  ///< S: keys must be UTF-8; what the JavaScript libraries use.
};

/// How messages spell options. Each face of the library has names of its own
/// for them, and a message that advises one must name it as its reader knows
/// it.
enum class Spelling {
  kCpp,          ///< "Options::connection.region"
  kCommandLine,  ///< "--region"
  kJavaScript,   ///< "the option region"
};

/// AWS credentials: never written to a log or into a message.
struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  ///< Empty for long-term credentials.
};

/// Where credentials come from, when not from AWS's own places.
///
/// **Thread-safety**: both calls may come from many threads at once.
/// **Ownership**: shared with the stores that were opened with it.
/// **Cost**: Get is on the way of every request, and delays it.
/// **Errors**: a status other than OK is returned to the caller of the store,
/// as kind kCredentials, and nothing is sent.
class CredentialsProvider {
 public:
  virtual ~CredentialsProvider() = default;
  /// The credentials to sign the next request with. Called for every request:
  /// keep them, and look for new ones only before the old ones expire.
  virtual leveldb::Status Get(Credentials* credentials) = 0;
  /// DynamoDB said that the last ones have expired; the next Get should bring
  /// others. The request is then tried once more.
  virtual void Expire() {}
};

/// Where the table is and how it is reached.
struct ConnectionOptions {
  /// A profile of the shared config and credentials files (~/.aws/config and
  /// ~/.aws/credentials, or AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE).
  /// Default: empty, which means AWS_PROFILE, then "default". One that is named
  /// here comes before credentials in the environment.
  std::string profile;
  /// AWS region. Default: empty, which means AWS_REGION, AWS_DEFAULT_REGION,
  /// then the profile's. With an endpoint of one's own "us-east-1" stands in
  /// when none is set, since emulators take any.
  std::string region;
  /// URL, "http://127.0.0.1:8000". Default: empty, which means
  /// AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, the profile's, then the
  /// region's own HTTPS endpoint.
  std::string endpoint;
  /// The region's endpoint with FIPS 140 cryptography, or that with IPv6 beside
  /// IPv4. Default false, which means AWS_USE_FIPS_ENDPOINT and
  /// AWS_USE_DUALSTACK_ENDPOINT, then the profile's.
  bool use_fips_endpoint = false;
  bool use_dualstack_endpoint = false;
  /// PEM file of the authorities to trust instead of the system's. Default:
  /// empty, which means AWS_CA_BUNDLE, the profile's, then the system's.
  std::string ca_bundle;
  /// Default: null, which means where every AWS tool looks: the environment,
  /// the profile (keys, role_arn, IAM Identity Center, credential_process), web
  /// identity, the container's credentials, instance metadata (IMDSv2). Those
  /// that expire are renewed in time, in the background; closing the store
  /// waits for a renewal that is under way. A `credential_process` has 60 s, an
  /// empty standard input, and cannot ask on the terminal.
  std::shared_ptr<CredentialsProvider> credentials_provider;
  /// Default 1 s: a reachable endpoint connects in milliseconds.
  std::chrono::milliseconds connect_timeout{1000};
  /// Time for one attempt, from connecting to the last byte. Default 5 s: a
  /// page of 1 MB over a slow line still fits.
  std::chrono::milliseconds attempt_timeout{5000};
  /// Requests that one call keeps under way at once (unordered batches,
  /// MultiGet) and threads of the store for that and for read-ahead. 1 to 64.
  /// Default 12: by Little's law about what fills one partition.
  int max_parallel = 12;
};

/// The table and the names of what is in it.
struct TableOptions {
  /// Range key type of a table that Open creates. Default kBinary.
  KeyType key_type = KeyType::kBinary;
  /// Units a second of a table that Open creates; both 0, the default, creates
  /// it on demand, which costs nothing while idle. Ignored for a table that
  /// exists.
  int64_t read_capacity_units = 0;
  int64_t write_capacity_units = 0;
  /// How long Open waits for a table that it created, or found in creation, to
  /// become ACTIVE. Default 3 minutes.
  std::chrono::milliseconds create_timeout{180000};
  /// Attribute that holds the value. Default "value".
  std::string value_attribute = "value";
  /// Names of the table's keys. Default: empty, which means that Open asks with
  /// one DescribeTable. With both set it does not, and needs no permission to.
  /// A table that Open creates has these, or "hkey" and "rkey".
  std::string hash_key;
  std::string range_key;
  /// With hash_key and range_key set: the type of the table's hash key. (That
  /// of its range key is key_type.)
  KeyType hash_key_type = KeyType::kString;
};

/// How many units a second this store may consume at most, in all its calls
/// together: what is left of the table's capacity is for others. A call waits
/// for its turn, which does not count against any deadline. What it will
/// consume is not known before: the estimate, from calls of its kind before it,
/// is set right afterwards, so that the average holds; one request may consume
/// more than a second's (a full page 257 read units).
struct RateOptions {
  /// Units a second, 0.1 to 1e9. Default 0: no limit.
  double read_units = 0;
  double write_units = 0;
};

/// How failures that may pass are met. Attempts and time count anew whenever
/// part of the work gets done.
struct RetryOptions {
  /// Requests for one call, the first included. Default 10. With 1 nothing is
  /// ever sent twice, so that no write can take effect twice.
  int max_attempts = 10;
  /// A call that makes no progress for this long fails. Default 60 s, at most
  /// 9 minutes (a transaction's idempotency token is valid for 10).
  std::chrono::milliseconds deadline{60000};
  /// The n-th wait is random between 0 and base_delay * 2^n, at most max_delay.
  /// Defaults 25 ms and 5 s.
  std::chrono::milliseconds base_delay{25};
  std::chrono::milliseconds max_delay{5000};
  /// Retries that this store may have in hand, so that an outage is not
  /// amplified: a retry takes 5, each call that succeeds at once returns 1.
  /// Default 500.
  int budget = 500;
};

/// Limits of the service, DynamoDB's by default. Other services that speak its
/// protocol have others.
struct LimitOptions {
  size_t item_bytes = 400 * 1024;              ///< Attribute names included.
  size_t range_key_bytes = 1024;               ///< Of the key as stored.
  size_t hash_key_bytes = 2048;                ///< Of the store's name.
  size_t batch_write_items = 25;               ///< A BatchWriteItem.
  size_t batch_get_keys = 100;                 ///< A BatchGetItem.
  size_t batch_bytes = 16 * 1024 * 1024;       ///< Either.
  size_t transaction_items = 100;              ///< A TransactWriteItems.
  size_t transaction_bytes = 4 * 1024 * 1024;  ///< Likewise.
};

/// Settings of a store. Of LevelDB's own fields,
///
/// * `comparator` must be named as BytewiseComparator() is; another one is
///   NotSupported, since DynamoDB orders keys as unsigned bytes.
/// * `create_if_missing` creates the table, if need be, and the store.
/// * `error_if_exists` means the store, not the table.
/// * `paranoid_checks` makes an iterator end at the first item that it cannot
///   read; otherwise it skips it and reports it in status().
/// * `info_log` gets one line a request: operation, outcome, time, units and
///   bytes, never keys, values or credentials. Null, the default, is silent.
/// * `env`, `write_buffer_size`, `max_open_files`, `block_cache`, `block_size`,
///   `block_restart_interval`, `max_file_size`, `compression`, `reuse_logs` and
///   `filter_policy` are about local files and are ignored on DynamoDB.
///
/// An embedded store (`leveldb:PATH`) gives all of them to LevelDB, and ignores
/// `connection`, `table`, `rate`, `retry`, `consistency`, `limits` and `batch`:
/// it takes larger keys, values and batches than DynamoDB does.
struct Options : leveldb::Options {
  ConnectionOptions connection;
  TableOptions table;
  RateOptions rate;
  RetryOptions retry;
  LimitOptions limits;
  /// Default kStrong: code written for LevelDB expects to read what it wrote.
  Consistency consistency = Consistency::kStrong;
  /// Default kAtomic, as in LevelDB.
  BatchMode batch = BatchMode::kAtomic;
  /// How messages spell options. Default kCpp. A face that is built on this API
  /// sets its own, so that its users read names that they can set.
  Spelling spelling = Spelling::kCpp;
};

/// How to read. Of LevelDB's own fields, `snapshot` must be null on DynamoDB
/// (else NotSupported: property "dynamodown.supports" tells beforehand), and
/// `verify_checksums` and `fill_cache` are ignored there: an answer's checksum
/// is always verified, and nothing is cached.
struct ReadOptions : leveldb::ReadOptions {
  ReadOptions() = default;
  ReadOptions(const leveldb::ReadOptions& options)  // NOLINT: as LevelDB's
      : leveldb::ReadOptions(options) {}
  Consistency consistency = Consistency::kStoreDefault;
  /// For this call: see RetryOptions::deadline. Default 0, which means that.
  std::chrono::milliseconds deadline{0};
};

/// What a write left behind.
enum class WriteOutcome {
  kUnknown,         ///< Some of it may have been written, or may yet be.
  kNothingWritten,  ///< Nothing was written, and nothing will be.
  kAllWritten,      ///< Everything was written.
};

/// How to write. LevelDB's `sync` is ignored on DynamoDB: every write is
/// durable when it returns.
struct WriteOptions : leveldb::WriteOptions {
  WriteOptions() = default;
  WriteOptions(const leveldb::WriteOptions& options)  // NOLINT: as LevelDB's
      : leveldb::WriteOptions(options) {}
  BatchMode batch = BatchMode::kStoreDefault;
  /// For this call: see RetryOptions::deadline. Default 0, which means that.
  std::chrono::milliseconds deadline{0};
  /// Receives what the write left behind: kAllWritten if it returns OK. Default
  /// null.
  WriteOutcome* outcome = nullptr;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_OPTIONS_H_
