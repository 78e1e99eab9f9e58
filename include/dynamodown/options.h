// Options of a store, of a read and of a write.
//
// The comment of each option gives its default, its unit and, where needed, the
// reason for the default. Options that can be written as text are also rows of
// option_table.h, which lists them for locations, the command line and Node.js.
//
// Thread-safety: plain values. Do not change an options object while a call
// uses it.

#ifndef DYNAMODOWN_OPTIONS_H_
#define DYNAMODOWN_OPTIONS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "dynamodown/stats.h"
#include "leveldb/options.h"
#include "leveldb/status.h"

namespace dynamodown {

/// Which earlier writes a read sees.
enum class Consistency {
  kStoreDefault,  ///< In ReadOptions: as Options::consistency says.
  kStrong,        ///< Every write that has returned. 1 unit per 4 KB.
  kEventual,      ///< May miss the last second's writes. Half the price.
};

/// How a leveldb::WriteBatch of more than one key is written.
enum class BatchMode {
  kStoreDefault,  ///< In WriteOptions: as Options::batch says.
  kAtomic,        ///< All or nothing: up to 100 keys and 4 MB. 2x write units.
  kUnordered,     ///< Any size, not atomic, no order between keys. 1x units.
};

/// The type of a key attribute.
enum class KeyType {
  kBinary,  ///< B: keys of any bytes, as in LevelDB.
  kString,  ///< S: keys must be UTF-8. JavaScript libraries use this type.
};

/// How messages spell options. Each interface of the library has its own names
/// for the options, and a message that recommends an option must use the name
/// that the message's reader knows.
enum class Spelling {
  kCpp,          ///< "Options::connection.region"
  kCommandLine,  ///< "--region"
  kJavaScript,   ///< "the option region"
};

/// AWS credentials. They are never written to a log or into a message.
struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  ///< Empty for long-term credentials.
};

/// Supplies credentials from a source of your own, instead of the places where
/// AWS's tools look.
///
/// **Thread-safety**: Get and Expire must allow calls from many threads at the
/// same time.
/// **Ownership**: the caller shares the provider with the stores that were
/// opened with the provider.
/// **Errors**: if Get fails, the store does not send the request. The call that
/// needs the request fails with kind kCredentials and Get's message.
/// **Cost**: every request calls Get and waits for it.
class CredentialsProvider {
 public:
  virtual ~CredentialsProvider() = default;
  /// Sets `*credentials` to the credentials for signing the next request. Get
  /// should keep the credentials between calls, and fetch new ones only shortly
  /// before the old ones expire.
  virtual leveldb::Status Get(Credentials* credentials) = 0;
  /// Called when DynamoDB answers that the credentials of a request have
  /// expired. The next Get should then supply new credentials. The store sends
  /// the request once more, signed with these new credentials.
  virtual void Expire() {}
};

/// Where the table is and how to reach it.
struct ConnectionOptions {
  /// A profile of the shared config and credentials files (~/.aws/config and
  /// ~/.aws/credentials, or AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE).
  /// Empty (the default) means AWS_PROFILE, else AWS_DEFAULT_PROFILE, else
  /// "default". If this option names a profile, the profile's credentials take
  /// precedence over those in the environment, as in AWS's own tools.
  std::string profile;
  /// AWS region. Empty (the default) means AWS_REGION, else AWS_DEFAULT_REGION,
  /// else the profile's region. If all three are missing but an endpoint is
  /// set, the region is "us-east-1", because emulators accept any region.
  std::string region;
  /// URL of the server, such as "http://127.0.0.1:8000". Empty (the default)
  /// means AWS_ENDPOINT_URL_DYNAMODB, else AWS_ENDPOINT_URL, else the profile's
  /// endpoint, else the region's own HTTPS endpoint.
  std::string endpoint;
  /// Use the region's endpoint with FIPS 140 cryptography. If false (the
  /// default), AWS_USE_FIPS_ENDPOINT decides, else the profile's setting.
  bool use_fips_endpoint = false;
  /// Use the region's endpoint that offers IPv6 beside IPv4. If false
  /// (the default), AWS_USE_DUALSTACK_ENDPOINT decides, else the profile's
  /// setting.
  bool use_dualstack_endpoint = false;
  /// PEM file of the certificate authorities to trust instead of the system's.
  /// Empty (the default) means AWS_CA_BUNDLE, else the profile's file, else the
  /// system's authorities.
  std::string ca_bundle;
  /// The source of credentials. Null (the default) means the places where every
  /// AWS tool looks: the environment, the profile (keys, role_arn, IAM Identity
  /// Center, credential_process), web identity, the container's credentials,
  /// instance metadata (IMDSv2).
  /// Temporary credentials are renewed in the background before they expire;
  /// closing the store waits for a renewal under way. A `credential_process`
  /// must end within 60 s. It keeps this process's terminal, so it may ask a
  /// person there.
  std::shared_ptr<CredentialsProvider> credentials_provider;
  /// The most time for connecting. Default 1 s: a reachable endpoint connects
  /// in milliseconds.
  std::chrono::milliseconds connect_timeout{1000};
  /// The most time for one attempt, from connecting to the last byte. Default 5
  /// s: a page of 1 MB still fits through a slow line.
  std::chrono::milliseconds attempt_timeout{5000};
  /// The most requests that one call, such as an unordered batch or a MultiGet,
  /// keeps in flight. Also the number of threads that the store has for the
  /// requests of all such calls and for read-ahead. 1 to 64. Default 12: by
  /// Little's law, about as many requests in flight as one partition can serve.
  int max_parallel = 12;
};

/// The table and the names of its attributes.
struct TableOptions {
  /// Type of the range key of a table that Open creates. Default kBinary, as in
  /// LevelDB. If hash_key and range_key are set and the table exists, key_type
  /// must be the type of the table's range key.
  KeyType key_type = KeyType::kBinary;
  /// Capacity, in units a second, of a table that Open creates. Default: both
  /// 0, for on-demand billing, which costs nothing while idle. Set both or
  /// neither. Ignored if the table exists.
  int64_t read_capacity_units = 0;
  int64_t write_capacity_units = 0;
  /// How long Open waits for a new table to become ACTIVE, whether this Open or
  /// another client creates the table. Default 3 minutes.
  std::chrono::milliseconds create_timeout{180000};
  /// The attribute that holds the value. Default "value".
  std::string value_attribute = "value";
  /// Names of the table's key attributes. If both names are empty (the
  /// default), Open finds them with one DescribeTable, and names the keys of a
  /// table that it creates "hkey" and "rkey". If both names are set, Open sends
  /// no DescribeTable and needs no permission for it, and a table that Open
  /// creates gets these names.
  std::string hash_key;
  std::string range_key;
  /// If hash_key and range_key are set: the type of the table's hash key.
  /// Default kString.
  KeyType hash_key_type = KeyType::kString;
};

/// Limits on the units that all calls of the store together consume in one
/// second. The rest of the table's capacity is left to other clients.
///
/// A call waits for its turn; the wait does not count against any deadline.
/// Only the answer to a call tells the call's cost. So the store first
/// estimates the cost from earlier calls of the same kind, and corrects the
/// estimate when the answer arrives. Over a long run, the average is at most
/// the limit. A call waits until the limit allows for the units of all earlier
/// calls, but does not wait for its own units. So a short run may exceed the
/// limit: one request may consume more than a second's units (a full page is
/// 257 read units).
struct RateOptions {
  /// Units a second, 0.1 to 1e9. Default 0: no limit.
  double read_units = 0;
  double write_units = 0;
};

/// How to retry transient failures. Whenever a part of a call's work is done,
/// the count for `max_attempts` and the time for `deadline` start again at
/// zero.
///
/// A service that throttles asks for slower sending. So if the service
/// throttles a request, or leaves a part of a batch undone, the call is retried
/// until its deadline, with growing waits. Such a retry does not count towards
/// `max_attempts`, and takes no tokens. To avoid throttling, cap the rate with
/// Options::rate.
struct RetryOptions {
  /// The most requests for one call, including the first request. Requests that
  /// were throttled do not count. Default 10. With 1, nothing is ever sent
  /// twice, not even after throttling, so no write can take effect twice.
  int max_attempts = 10;
  /// A call that makes no progress for this long fails. Default 60 s. The
  /// deadline may be at most 9 minutes, because a transaction's idempotency
  /// token is valid for 10 minutes.
  std::chrono::milliseconds deadline{60000};
  /// The wait before the n-th retry is random: at least 0, and at most
  /// base_delay * 2^(n-1), max_delay or a quarter of the deadline, whichever is
  /// least. Defaults 25 ms and 5 s.
  std::chrono::milliseconds base_delay{25};
  std::chrono::milliseconds max_delay{5000};
  /// The number of tokens that the store has for retries. The tokens keep
  /// retries from amplifying an outage. A retry takes 5 tokens, except after
  /// throttling. A call that succeeds gives back 5 tokens if it took any, else
  /// 1 token. The store starts with `budget` tokens, and never has more.
  /// Default 500.
  int budget = 500;
};

/// Limits of the service. The defaults are DynamoDB's. Other services that
/// speak DynamoDB's protocol have other limits.
struct LimitOptions {
  size_t item_bytes = 400 * 1024;  ///< An item, attribute names included.
  /// A key as it is stored. This limit may be at most 64 KB.
  size_t range_key_bytes = 1024;
  /// A hash key: the name of a store, plus a suffix if the item is the store's
  /// descriptor. This limit must be at least 64 bytes.
  size_t hash_key_bytes = 2048;
  size_t batch_write_items = 25;  ///< Items in a BatchWriteItem.
  size_t batch_get_keys = 100;    ///< Keys in a BatchGetItem.
  /// Bytes in a BatchWriteItem or a BatchGetItem.
  size_t batch_bytes = 16 * 1024 * 1024;
  size_t transaction_items = 100;  ///< Items in a TransactWriteItems.
  /// Bytes in a TransactWriteItems.
  size_t transaction_bytes = 4 * 1024 * 1024;
};

/// Options of a store. LevelDB's own fields on DynamoDB:
///
/// * `comparator` must have the name of BytewiseComparator(), since DynamoDB
///   orders keys as unsigned bytes. Any other comparator is NotSupported.
/// * `create_if_missing` creates the store and, if need be, the table.
/// * `error_if_exists` is about the store, not the table.
/// * `paranoid_checks` makes an iterator end at the first item that it cannot
///   read, also in an embedded store. Without `paranoid_checks` an iterator
///   skips such an item and reports it in status().
/// * `info_log` gets one line per request: operation, outcome, time, units and
///   bytes, never keys, values or credentials. Default: null, no log.
/// * `env`, `write_buffer_size`, `max_open_files`, `block_cache`, `block_size`,
///   `block_restart_interval`, `max_file_size`, `compression`, `reuse_logs` and
///   `filter_policy` are about local files and are ignored.
///
/// An embedded store (`leveldb:PATH`) passes all of LevelDB's own fields to
/// LevelDB (see `check_files` for `paranoid_checks`), and ignores `connection`,
/// `table`, `rate`, `retry`, `limits`, `consistency` and `batch`. An embedded
/// store takes larger keys, values and batches than DynamoDB does.
///
/// A leveldb::Options converts to Options, so a program for LevelDB passes its
/// options to Open as they are.
struct Options : leveldb::Options {
  Options() = default;
  Options(const leveldb::Options& options)  // NOLINT: as ReadOptions
      : leveldb::Options(options) {}
  ConnectionOptions connection;
  TableOptions table;
  RateOptions rate;
  RetryOptions retry;
  LimitOptions limits;
  /// Default kStrong, because code written for LevelDB expects to read what it
  /// wrote.
  Consistency consistency = Consistency::kStrong;
  /// Default kAtomic, as in LevelDB.
  BatchMode batch = BatchMode::kAtomic;
  /// For embedded stores only. Default true: Open checks the list of files and
  /// the logs. If they are damaged, Open changes nothing, and fails with a
  /// Corruption that names the file. The check reads the logs once more than
  /// LevelDB itself does. It reads no tables; Verify (verify.h) reads them.
  /// LevelDB then runs with `paranoid_checks`, and each read verifies the
  /// checksums of its blocks, whatever ReadOptions say. If check_files is
  /// false, LevelDB's own defaults apply: when LevelDB opens a damaged store,
  /// it may drop records without an error, and rewrite the files.
  bool check_files = true;
  /// How messages spell options. Default kCpp. An interface that is built on
  /// this API sets its own spelling, so that messages name options as the users
  /// of the interface know them.
  Spelling spelling = Spelling::kCpp;
  /// Counts the requests of Open and of every other call with these options,
  /// and the requests of the opened store. Several stores may share it. Default
  /// null. An embedded store sends nothing, so it adds nothing.
  std::shared_ptr<StatsSum> stats_sum;
};

/// How to read. On DynamoDB `snapshot` must be null, else the read is
/// NotSupported (the property "dynamodown.supports" tells beforehand whether a
/// store has snapshots). On DynamoDB `verify_checksums` and `fill_cache` are
/// ignored: an answer's checksum is always verified, and nothing is cached.
///
/// Call through a `Database*`. A call through a `leveldb::DB*` passes only
/// LevelDB's part of these options, so `consistency` and `deadline` are lost.
struct ReadOptions : leveldb::ReadOptions {
  ReadOptions() = default;
  ReadOptions(const leveldb::ReadOptions& options)  // NOLINT: as LevelDB's
      : leveldb::ReadOptions(options) {}
  Consistency consistency = Consistency::kStoreDefault;
  /// As RetryOptions::deadline, but for this call only. At most 9 minutes.
  /// Default 0: the store's deadline.
  std::chrono::milliseconds deadline{0};
};

/// The effect of a write.
enum class WriteOutcome {
  kUnknown,         ///< All or a part may be written, now or later.
  kNothingWritten,  ///< Nothing was written, and nothing will be.
  kAllWritten,      ///< Everything was written.
};

/// How to write. On DynamoDB `sync` is ignored: every write is durable when it
/// returns.
///
/// Call through a `Database*`. A call through a `leveldb::DB*` passes only
/// LevelDB's part of these options, so `batch`, `deadline` and `outcome` are
/// lost.
struct WriteOptions : leveldb::WriteOptions {
  WriteOptions() = default;
  WriteOptions(const leveldb::WriteOptions& options)  // NOLINT: as LevelDB's
      : leveldb::WriteOptions(options) {}
  BatchMode batch = BatchMode::kStoreDefault;
  /// As RetryOptions::deadline, but for this call only. At most 9 minutes.
  /// Default 0: the store's deadline.
  std::chrono::milliseconds deadline{0};
  /// Receives the effect of the write: kAllWritten if the write returns OK.
  /// Default null.
  WriteOutcome* outcome = nullptr;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_OPTIONS_H_
