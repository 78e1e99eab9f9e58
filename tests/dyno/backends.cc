#include "backends.h"

#include <atomic>
#include <random>
#include <stdexcept>
#include <utility>

#include "dynamodown/dyno.h"
#include "support/fake_environment.h"
#include "support/servers.h"
#include "support/temp_dir.h"

namespace dynamodown_test {
namespace {

using leveldb::Slice;
using leveldb::Status;

/// A backend that owns the database below it.
class Owning final : public dyno::Backend {
 public:
  Owning(std::unique_ptr<leveldb::DB> db,
         std::unique_ptr<dyno::Backend> backend)
      : db_(std::move(db)), backend_(std::move(backend)) {}

  bool shared() const override { return backend_->shared(); }
  size_t max_batch() const override { return backend_->max_batch(); }
  Status Range(const dyno::RangeOptions& options, const Slice& start,
               const Slice& limit, const Visitor& visit) override {
    return backend_->Range(options, start, limit, visit);
  }
  dyno::WriteResult Write(leveldb::WriteBatch* updates, bool sync) override {
    return backend_->Write(updates, sync);
  }
  dyno::WriteResult WriteUnordered(leveldb::WriteBatch* updates) override {
    return backend_->WriteUnordered(updates);
  }
  dyno::WriteResult WriteIf(leveldb::WriteBatch* updates,
                            const std::vector<dyno::Condition>& conditions,
                            bool sync) override {
    return backend_->WriteIf(updates, conditions, sync);
  }

 private:
  const std::unique_ptr<leveldb::DB> db_;
  const std::unique_ptr<dyno::Backend> backend_;
};

void ThrowUnlessOk(const Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

class LevelDbRecords final : public RecordStore {
 public:
  std::unique_ptr<dyno::Backend> Open() override {
    leveldb::Options options;
    options.create_if_missing = true;
    leveldb::DB* opened = nullptr;
    ThrowUnlessOk(leveldb::DB::Open(options, folder_.Child("db"), &opened));
    std::unique_ptr<leveldb::DB> db(opened);
    std::unique_ptr<dyno::Backend> backend(dyno::NewLevelDbBackend(opened));
    return std::make_unique<Owning>(std::move(db), std::move(backend));
  }

 private:
  TempDir folder_;
};

class DatabaseRecords final : public RecordStore {
 public:
  explicit DatabaseRecords(std::string location)
      : location_(std::move(location)) {
    if (location_.empty()) location_ = "leveldb:" + folder_.Child("db");
  }
  std::unique_ptr<dyno::Backend> Open() override {
    dynamodown::Options options;
    options.create_if_missing = true;
    dynamodown::Database* opened = nullptr;
    ThrowUnlessOk(dynamodown::Open(options, location_, &opened));
    std::unique_ptr<leveldb::DB> db(opened);
    std::unique_ptr<dyno::Backend> backend(dynamodown::NewDynoBackend(opened));
    return std::make_unique<Owning>(std::move(db), std::move(backend));
  }

 private:
  TempDir folder_;
  std::string location_;
};

class FakeRecords final : public RecordStore {
 public:
  std::unique_ptr<dyno::Backend> Open() override {
    std::unique_ptr<dynamodown::Database> db = environment_.Open("table/s");
    std::unique_ptr<dyno::Backend> backend(
        dynamodown::NewDynoBackend(db.get()));
    return std::make_unique<Owning>(std::move(db), std::move(backend));
  }

 private:
  FakeEnvironment environment_;
};

}  // namespace

const std::vector<std::string>& RecordStoreNames() {
  static const auto* names =
      new std::vector<std::string>{"leveldb", "embedded", "fake", "local"};
  return *names;
}

std::unique_ptr<RecordStore> NewRecordStore(const std::string& name) {
  if (name == "leveldb") return std::make_unique<LevelDbRecords>();
  if (name == "embedded") return std::make_unique<DatabaseRecords>("");
  if (name == "fake") return std::make_unique<FakeRecords>();
  if (name == "local") {
    return std::make_unique<DatabaseRecords>(NewLocalLocation());
  }
  throw std::runtime_error("there is no such store: " + name);
}

std::string NewLocalLocation() {
  static const unsigned run = std::random_device()();
  static std::atomic<int> count = 0;
  return "dynamodb://dyno/run-" + std::to_string(run) + "-" +
         std::to_string(++count) +
         "?region=us-east-1&endpoint=" + Endpoint("dynamodb-local");
}

}  // namespace dynamodown_test
