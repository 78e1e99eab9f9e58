// An environment without network, real clock or real randomness: the whole
// library on the in-memory DynamoDB, for tests that look at requests.

#ifndef DYNAMODOWN_TESTS_SUPPORT_FAKE_ENVIRONMENT_H_
#define DYNAMODOWN_TESTS_SUPPORT_FAKE_ENVIRONMENT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/random.h"
#include "db/open_environment.h"
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

/// Fails if `message` contains a FakeEnvironment's credentials, or "TOPSECRET",
/// which stands for others in tests.
void ExpectNoSecrets(const std::string& message);

/// Names and types of a table's keys. Without a range name the table has no
/// range key.
struct KeyNames {
  std::string hash = "hkey";
  std::string hash_type = "S";
  std::string range = "rkey";
  std::string range_type = "B";
};

/// The parts in `open_environment` follow the seed. Time is virtual and passes
/// only in waits. Destroy a FakeEnvironment's databases before it.
struct FakeEnvironment {
  explicit FakeEnvironment(uint64_t seed = 1);
  FakeEnvironment(const FakeEnvironment&) = delete;
  FakeEnvironment& operator=(const FakeEnvironment&) = delete;

  dynamodown::SimScheduler scheduler;
  dynamodown::SimClock clock;
  dynamodown::Random random;
  dynamodown::FakeDynamo dynamo;
  /// Initially has credentials and a region.
  std::map<std::string, std::string> environment;
  dynamodown::OpenEnvironment open_environment;
  /// Initially create_if_missing.
  dynamodown::Options options;

  /// Opens the store at `location`. If it does not open, the test fails.
  std::unique_ptr<dynamodown::Database> Open(const std::string& location);
  /// Opens and closes the store.
  leveldb::Status TryOpen(const std::string& location);
  leveldb::Status Destroy(const std::string& location, bool force = false,
                          bool drop_table = false);

  // Requests of other programs, which are not counted.

  /// Returns the answer, which must be a success.
  Json Carry(const std::string& operation, const Json& request);
  void MakeTable(const std::string& table, const KeyNames& names = {});
  void PutItem(const std::string& table, const Json& item);
  /// Returns all items of a hash key (a JSON value) in a table with the default
  /// names.
  std::vector<Json> ItemsOf(const std::string& table, const Json& hash);
  /// Sets the attributes in `changes` in the descriptor of `store`, whose table
  /// has the default names. A null removes the attribute.
  void ChangeDescriptor(const std::string& table, const std::string& store,
                        const Json& changes);

  /// Returns the bodies of all requests of that operation.
  std::vector<Json> Bodies(const std::string& operation) const;
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_SUPPORT_FAKE_ENVIRONMENT_H_
