// The stores below dyno, for tests that run on each of them.

#ifndef DYNAMODOWN_TESTS_DYNO_BACKENDS_H_
#define DYNAMODOWN_TESTS_DYNO_BACKENDS_H_

#include <memory>
#include <string>
#include <vector>

#include "dyno/backend.h"

namespace dynamodown_test {

/// A new, empty store of records.
///
/// **Thread-safety**: none.
class RecordStore {
 public:
  virtual ~RecordStore() = default;
  /// A backend on it, which must be deleted before the store. If it is not
  /// shared, there is only one at a time.
  virtual std::unique_ptr<dyno::Backend> Open() = 0;
};

/// "leveldb": dyno's own backend on LevelDB. "embedded", "fake", "local":
/// DynamoDOWN's on a LevelDB directory, on the in-memory DynamoDB and on
/// DynamoDB Local.
const std::vector<std::string>& RecordStoreNames();

/// **Errors**: throws std::runtime_error if its server is not running.
std::unique_ptr<RecordStore> NewRecordStore(const std::string& name);

/// A location on DynamoDB Local that no test has used, with its settings.
std::string NewLocalLocation();

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_DYNO_BACKENDS_H_
