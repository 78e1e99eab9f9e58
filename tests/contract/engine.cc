#include "contract/engine.h"

#include <map>
#include <random>
#include <stdexcept>
#include <utility>

#include "support/servers.h"
#include "support/temp_dir.h"

namespace dynamodown_test {
namespace {

// The attribute names of a table that Open creates.
constexpr size_t kNamesBytes =
    sizeof("hkey") + sizeof("rkey") + sizeof("value") - 3;

Capabilities LevelDbCapabilities() {
  Capabilities c;
  c.snapshots = true;
  c.any_comparator = true;
  c.atomic_batch = true;
  c.atomic_batch_unlimited = true;
  c.binary_keys = true;
  c.exclusive_lock = true;
  return c;
}

Capabilities DynamoDbCapabilities() {
  Capabilities c;
  c.database = true;
  c.remote = true;
  c.atomic_batch = true;
  c.binary_keys = true;
  c.key_bytes_max = 1024;
  c.item_bytes_max = 409600;
  return c;
}

const std::map<std::string, Capabilities>& AllCapabilities() {
  static const auto* all = [] {
    auto* made = new std::map<std::string, Capabilities>;
    (*made)["leveldb"] = LevelDbCapabilities();
    (*made)["embedded"] = LevelDbCapabilities();
    (*made)["embedded"].database = true;
    (*made)["local-b"] = DynamoDbCapabilities();
    (*made)["local-s"] = DynamoDbCapabilities();
    (*made)["local-s"].binary_keys = false;
    (*made)["dynalite"] = DynamoDbCapabilities();
    (*made)["dynalite"].atomic_batch = false;  // No TransactWriteItems.
    return made;
  }();
  return *all;
}

/// Numbers the stores of this run. Other runs may use the same table.
class Names {
 public:
  std::string Next() {
    return "run-" + std::to_string(run_) + "-" + std::to_string(++count_);
  }

 private:
  unsigned run_ = std::random_device()();
  int count_ = 0;
};

class LevelDbEngine : public Engine {
 public:
  Capabilities capabilities() const override {
    return CapabilitiesOf("leveldb");
  }
  dynamodown::Options options() const override {
    dynamodown::Options options;
    options.create_if_missing = true;
    return options;
  }
  std::string NewLocation() override { return folder_.Child(names_.Next()); }
  size_t ItemOverhead(const std::string&) const override { return 0; }
  leveldb::Status Open(const dynamodown::Options& options,
                       const std::string& location, OpenStore* store) override {
    *store = OpenStore();
    leveldb::DB* db = nullptr;
    leveldb::Status status = leveldb::DB::Open(options, location, &db);
    store->db.reset(db);
    return status;
  }
  leveldb::Status Destroy(const std::string& location) override {
    return leveldb::DestroyDB(location, options());
  }

 private:
  TempDir folder_;
  Names names_;
};

Opener& OpenerInUse() {
  static Opener opener = [](const dynamodown::Options& options,
                            const std::string& location,
                            dynamodown::Database** db) {
    return dynamodown::Open(options, location, db);
  };
  return opener;
}

class DatabaseEngine : public Engine {
 public:
  /// Locations begin with `places`: "leveldb:FOLDER/", "TABLE/".
  DatabaseEngine(const Capabilities& capabilities,
                 const dynamodown::Options& options, std::string places)
      : capabilities_(capabilities),
        options_(options),
        places_(std::move(places)) {}

  Capabilities capabilities() const override { return capabilities_; }
  dynamodown::Options options() const override { return options_; }
  std::string NewLocation() override { return places_ + names_.Next(); }
  size_t ItemOverhead(const std::string& location) const override {
    return kNamesBytes + location.size() - places_.size();
  }
  leveldb::Status Open(const dynamodown::Options& options,
                       const std::string& location, OpenStore* store) override {
    *store = OpenStore();
    const leveldb::Status status =
        OpenerInUse()(options, location, &store->database);
    store->db.reset(store->database);
    return status;
  }
  leveldb::Status Destroy(const std::string& location) override {
    return dynamodown::Destroy(options_, location);
  }

 private:
  Capabilities capabilities_;
  dynamodown::Options options_;
  std::string places_;
  Names names_;
};

std::unique_ptr<Engine> MakeEmbedded() {
  static TempDir folder;
  dynamodown::Options options;
  options.create_if_missing = true;
  return std::make_unique<DatabaseEngine>(CapabilitiesOf("embedded"), options,
                                          "leveldb:" + folder.Child(""));
}

std::unique_ptr<Engine> MakeRemote(const std::string& name) {
  const Capabilities capabilities = CapabilitiesOf(name);
  dynamodown::Options options;
  options.create_if_missing = true;
  options.connection.region = "us-east-1";
  options.connection.endpoint =
      Endpoint(name == "dynalite" ? "dynalite" : "dynamodb-local");
  if (!capabilities.binary_keys) {
    options.table.key_type = dynamodown::KeyType::kString;
  }
  if (!capabilities.atomic_batch) {
    options.batch = dynamodown::BatchMode::kUnordered;
  }
  return std::make_unique<DatabaseEngine>(capabilities, options,
                                          "contract-" + name + "/");
}

}  // namespace

const std::vector<std::string>& EngineNames() {
  static const auto* names = new std::vector<std::string>{
      "leveldb", "embedded", "local-b", "local-s", "dynalite"};
  return *names;
}

void UseOpener(Opener opener) { OpenerInUse() = std::move(opener); }

Capabilities CapabilitiesOf(const std::string& name) {
  const auto found = AllCapabilities().find(name);
  if (found == AllCapabilities().end()) {
    throw std::runtime_error("there is no engine " + name);
  }
  return found->second;
}

Engine& EngineNamed(const std::string& name) {
  static std::map<std::string, std::unique_ptr<Engine>> engines;
  std::unique_ptr<Engine>& engine = engines[name];
  if (engine == nullptr) {
    if (name == "leveldb") {
      engine = std::make_unique<LevelDbEngine>();
    } else if (name == "embedded") {
      engine = MakeEmbedded();
    } else {
      engine = MakeRemote(name);
    }
  }
  return *engine;
}

}  // namespace dynamodown_test
