// Input that must be refused, and how.

#ifndef DYNAMODOWN_TESTS_BAD_INPUT_CASES_H_
#define DYNAMODOWN_TESTS_BAD_INPUT_CASES_H_

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "leveldb/write_batch.h"
#include "support/fake_environment.h"

namespace dynamodown_test {

/// The environment of a case. `db` is open if Case::before says so.
struct Scene {
  FakeEnvironment world;
  std::unique_ptr<dynamodown::Database> db;

  leveldb::Status Open(const std::string& location) {
    return world.TryOpen(location);
  }
  leveldb::Status Put(const std::string& key, const std::string& value) {
    return db->Put(dynamodown::WriteOptions(), key, value);
  }
  leveldb::Status Get(const std::string& key) {
    std::string value;
    return db->Get(dynamodown::ReadOptions(), key, &value);
  }
  /// Writes a batch that puts these keys and then `last`.
  leveldb::Status Write(dynamodown::BatchMode mode, int keys,
                        const std::string& last, size_t value_bytes = 1) {
    dynamodown::WriteOptions options;
    options.batch = mode;
    leveldb::WriteBatch batch = Batch(keys, last, value_bytes);
    return db->Write(options, &batch);
  }
  leveldb::Status WriteIf(
      int keys, const std::string& last,
      const std::vector<dynamodown::Condition>& conditions) {
    leveldb::WriteBatch batch = Batch(keys, last, 1);
    return db->WriteIf(dynamodown::WriteOptions(), &batch, conditions);
  }
  leveldb::Status Scan() {
    const std::unique_ptr<leveldb::Iterator> i(
        db->NewIterator(dynamodown::ReadOptions(), dynamodown::Bounds()));
    for (i->SeekToFirst(); i->Valid(); i->Next()) {
    }
    return i->status();
  }
  /// Puts an item as another program would.
  void PutForeign(const std::string& key, const Json& value) {
    Json item = {{"hkey", S("store")}, {"rkey", B(key)}};
    if (!value.is_null()) item["value"] = value;
    world.PutItem("table", item);
  }
  /// Replaces the body of every answer of `operation` by the result of
  /// `change`. If `checksum`, the answer has the new body's checksum, else
  /// none.
  void Garble(const std::string& operation,
              const std::function<void(std::string*)>& change,
              bool checksum = true, int status = 200) {
    world.dynamo.set_after_hook(
        [this, operation, change, checksum, status](
            const dynamodown::FakeDynamo::Call& call,
            dynamodown::HttpResponse* response)
            -> std::optional<dynamodown::Result<void, dynamodown::NoAnswer>> {
          if (call.operation != operation) return std::nullopt;
          std::string body = response->body;
          change(&body);
          world.dynamo.Answer(status, body, response);
          if (!checksum) response->headers.clear();
          return std::nullopt;
        });
  }

 private:
  static leveldb::WriteBatch Batch(int keys, const std::string& last,
                                   size_t value_bytes) {
    leveldb::WriteBatch batch;
    const std::string value(value_bytes, 'v');
    for (int i = 1; i < keys; ++i) batch.Put("k" + std::to_string(i), value);
    batch.Put(last, value);
    return batch;
  }
};

enum class Before {
  kNothing,       // No table.
  kOpen,          // `db` is the store in a table with a B range key.
  kOpenOnString,  // The same with an S range key.
  kClosed,        // The store exists.
};

struct Case {
  std::string name;
  Before before;
  std::function<leveldb::Status(Scene*)> run;
  dynamodown::StatusKind kind;
  std::vector<std::string> words;
  size_t requests;  // Sent by `run`.
};

inline void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

/// Keys, batches and snapshots.
std::vector<Case> CallCases();
/// Locations, names of stores and settings.
std::vector<Case> OpenCases();
/// Tables and stores.
std::vector<Case> TableCases();
/// Items and answers.
std::vector<Case> AnswerCases();

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_BAD_INPUT_CASES_H_
