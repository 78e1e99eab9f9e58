// The engines that the contract runs on, each with its capabilities.
//
// The contract is one suite. If an engine differs from LevelDB, the difference
// has a name here, and each name has two groups of tests: engines with the
// capability use it, and engines without it refuse. Nothing is skipped.

#ifndef DYNAMODOWN_TESTS_CONTRACT_ENGINE_H_
#define DYNAMODOWN_TESTS_CONTRACT_ENGINE_H_

#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "dynamodown/db.h"
#include "leveldb/db.h"

namespace dynamodown_test {

inline constexpr size_t kUnlimited = std::numeric_limits<size_t>::max();

struct Capabilities {
  /// Open returns a dynamodown::Database, not only a leveldb::DB.
  bool database = false;
  /// The store is DynamoDB's: requests are sent and counted.
  bool remote = false;
  /// Reads with GetSnapshot(), and iterators, see the store as it was.
  bool snapshots = false;
  /// Any comparator orders the keys, not only BytewiseComparator.
  bool any_comparator = false;
  /// Batches are all or nothing, and WriteIf works.
  bool atomic_batch = false;
  /// Batches of more than 100 keys are atomic, too.
  bool atomic_batch_unlimited = false;
  /// Keys are any bytes, not only UTF-8.
  bool binary_keys = false;
  /// Only one process may open a store at a time.
  bool exclusive_lock = false;
  /// The maximum of a key. For a key with only 00 bytes it is one less.
  size_t key_bytes_max = kUnlimited;
  /// The maximum of key, value and attribute names together.
  size_t item_bytes_max = kUnlimited;
};

/// An open store.
struct OpenStore {
  std::unique_ptr<leveldb::DB> db;
  /// The same store as a Database; null on engines that have none.
  dynamodown::Database* database = nullptr;
};

/// A way of opening stores.
///
/// **Thread-safety**: none.
class Engine {
 public:
  virtual ~Engine() = default;

  virtual Capabilities capabilities() const = 0;
  /// The options to open a store with; create_if_missing is set.
  virtual dynamodown::Options options() const = 0;
  /// Returns a location that no test has used.
  virtual std::string NewLocation() = 0;
  /// The bytes of an item beyond the stored key and the value.
  virtual size_t ItemOverhead(const std::string& location) const = 0;

  virtual leveldb::Status Open(const dynamodown::Options& options,
                               const std::string& location,
                               OpenStore* store) = 0;
  virtual leveldb::Status Destroy(const std::string& location) = 0;
};

/// "leveldb": LevelDB itself, the oracle. "embedded": `leveldb:PATH` through
/// dynamodown. "local-b", "local-s": DynamoDB Local with B and with S range
/// keys. "dynalite": dynalite, with B range keys.
const std::vector<std::string>& EngineNames();

Capabilities CapabilitiesOf(const std::string& name);

/// Returns the engine of that name, and makes it on the first call.
/// **Errors**: throws std::runtime_error, which fails the test with a message,
/// if its server is not running.
Engine& EngineNamed(const std::string& name);

using Opener = std::function<leveldb::Status(const dynamodown::Options& options,
                                             const std::string& location,
                                             dynamodown::Database** db)>;
/// Sets how engines open a dynamodown::Database. Default: dynamodown::Open.
void UseOpener(Opener opener);

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_CONTRACT_ENGINE_H_
