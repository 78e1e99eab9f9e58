// A world without a network, a clock or chance: the whole library on the
// in-memory DynamoDB, for tests that look at what is sent.

#ifndef DYNAMODOWN_TESTS_SUPPORT_FAKE_WORLD_H_
#define DYNAMODOWN_TESTS_SUPPORT_FAKE_WORLD_H_

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/random.h"
#include "db/wiring.h"
#include "dynamodown/db.h"
#include "fake/fake_dynamo.h"
#include "sim/sim_scheduler.h"

namespace dynamodown_test {

using Json = nlohmann::json;

/// An attribute value in DynamoDB's JSON.
Json S(const std::string& text);
Json B(const std::string& bytes);
Json N(const std::string& number);
Json Null();

/// Fails when `message` holds a FakeWorld's credentials, or "TOPSECRET", which
/// stands for others in tests.
void ExpectNoSecrets(const std::string& message);

/// Names and types of a table's keys; without a range name it has none.
struct KeyNames {
  std::string hash = "hkey";
  std::string hash_type = "S";
  std::string range = "rkey";
  std::string range_type = "B";
};

/// What `outside` points to goes by the seed; time is virtual and passes only
/// in waits. Databases of this world die before it.
struct FakeWorld {
  explicit FakeWorld(uint64_t seed = 1);
  FakeWorld(const FakeWorld&) = delete;
  FakeWorld& operator=(const FakeWorld&) = delete;

  dynamodown::SimScheduler scheduler;
  dynamodown::SimClock clock;
  dynamodown::Random random;
  dynamodown::FakeDynamo dynamo;
  /// At first: credentials and a region.
  std::map<std::string, std::string> environment;
  dynamodown::Outside outside;
  /// At first: create_if_missing.
  dynamodown::Options options;

  /// The store at `location`; the test fails when it does not open.
  std::unique_ptr<dynamodown::Database> Open(const std::string& location);
  /// Opens and closes it.
  leveldb::Status TryOpen(const std::string& location);
  leveldb::Status Destroy(const std::string& location, bool force = false,
                          bool drop_table = false);

  // What other programs do: no request that is counted.

  /// The answer, which must be a success.
  Json Carry(const std::string& operation, const Json& request);
  void MakeTable(const std::string& table, const KeyNames& names = {});
  void PutItem(const std::string& table, const Json& item);
  /// All items of a hash key (a JSON value) in a table named as by default.
  std::vector<Json> ItemsOf(const std::string& table, const Json& hash);
  /// Makes the attributes in `changes` those of the descriptor of `store`,
  /// whose table is named as by default; a null one is removed.
  void ChangeDescriptor(const std::string& table, const std::string& store,
                        const Json& changes);

  /// The bodies of all requests of that operation.
  std::vector<Json> Bodies(const std::string& operation) const;
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_SUPPORT_FAKE_WORLD_H_
