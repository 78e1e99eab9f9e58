#include "calls.h"

#include <utility>

#include "convert.h"
#include "core.h"
#include "dynamodown/status.h"

namespace face {
namespace {

using leveldb::Slice;
using leveldb::Status;

// Calls that are sent together: as many as one BatchGetItem and one
// BatchWriteItem take.
constexpr size_t kGetsTogether = 100;
constexpr size_t kWritesTogether = 25;

// Deletions in one write of a clear.
constexpr size_t kClearedAtOnce = 500;

/// Whether the service refused to take the calls together, but may allow them
/// one by one.
bool IsRefusal(const Status& status) {
  const dynamodown::StatusKind kind = dynamodown::KindOf(status);
  return kind == dynamodown::StatusKind::kDenied ||
         kind == dynamodown::StatusKind::kRejected;
}

/// A read. It keeps its snapshot until it is over.
class ReadTask : public Task {
 public:
  ReadTask(Napi::Env env, uint32_t flags, std::shared_ptr<HeldSnapshot> held)
      : Task(env),
        options(ReadOptionsOf(flags)),
        encoding(EncodingOf(flags)),
        held_(std::move(held)) {
    if (held_ != nullptr) options.snapshot = held_->snapshot;
  }

  dynamodown::ReadOptions options;
  const Encoding encoding;

 private:
  const std::shared_ptr<HeldSnapshot> held_;
};

class GetTask final : public ReadTask {
 public:
  GetTask(Napi::Env env, uint32_t flags, std::shared_ptr<HeldSnapshot> held,
          std::string key, bool is_has)
      : ReadTask(env, flags, std::move(held)),
        key_(std::move(key)),
        is_has_(is_has) {}

  void Run() override {
    status = core->db->Get(options, key_, &value_);
    TakeStatus();
  }

  /// Gets with the same options and no snapshot.
  bool TakesAlong(const Job& other) const override {
    const auto* get = dynamic_cast<const GetTask*>(&other);
    return get != nullptr && options.snapshot == nullptr &&
           get->options.snapshot == nullptr &&
           get->options.consistency == options.consistency &&
           get->options.fill_cache == options.fill_cache;
  }
  size_t together_max() const override {
    return core->is_grouping ? kGetsTogether : 1;
  }
  void RunTogether(const std::vector<Job*>& jobs) override {
    std::vector<Slice> keys;
    for (Job* job : jobs) keys.push_back(static_cast<GetTask*>(job)->key_);
    std::vector<std::string> values;
    std::vector<Status> statuses;
    const Status all = core->db->MultiGet(options, keys, &values, &statuses);
    if (IsRefusal(all)) {
      core->is_grouping = false;
      Job::RunTogether(jobs);
      return;
    }
    for (size_t i = 0; i < jobs.size(); ++i) {
      auto* get = static_cast<GetTask*>(jobs[i]);
      get->status = statuses[i];
      get->value_ = std::move(values[i]);
      get->TakeStatus();
    }
  }
  Napi::Value Value(Napi::Env env) override {
    if (is_has_) return Napi::Boolean::New(env, exists_);
    return exists_ ? FromBytes(env, value_, encoding) : env.Undefined();
  }

 private:
  /// A missing key is a result, not an error.
  void TakeStatus() {
    exists_ = status.ok();
    if (status.IsNotFound()) status = Status::OK();
  }

  const std::string key_;
  const bool is_has_;
  std::string value_;
  bool exists_ = false;
};

class GetManyTask final : public ReadTask {
 public:
  GetManyTask(Napi::Env env, uint32_t flags, std::shared_ptr<HeldSnapshot> held,
              std::vector<std::string> keys, bool is_has)
      : ReadTask(env, flags, std::move(held)),
        keys_(std::move(keys)),
        is_has_(is_has) {}

  void Run() override {
    const std::vector<Slice> keys(keys_.begin(), keys_.end());
    status = core->db->MultiGet(options, keys, &values_, &statuses_);
  }
  Napi::Value Value(Napi::Env env) override {
    const auto values = Napi::Array::New(env, keys_.size());
    for (size_t i = 0; i < keys_.size(); ++i) {
      const Napi::HandleScope scope(env);
      const bool exists = statuses_[i].ok();
      Napi::Value value = env.Undefined();
      if (is_has_) {
        value = Napi::Boolean::New(env, exists);
      } else if (exists) {
        value = FromBytes(env, values_[i], encoding);
        if (env.IsExceptionPending()) return env.Undefined();
      }
      values.Set(static_cast<uint32_t>(i), value);
    }
    return values;
  }

 private:
  const std::vector<std::string> keys_;
  const bool is_has_;
  std::vector<std::string> values_;
  std::vector<Status> statuses_;
};

/// A put or a del.
class WriteTask final : public Task {
 public:
  /// Without a value it is a del.
  WriteTask(Napi::Env env, uint32_t flags, std::string key,
            std::optional<std::string> value)
      : Task(env),
        options_(WriteOptionsOf(flags)),
        key_(std::move(key)),
        value_(std::move(value)) {}

  void Run() override {
    status = value_ ? core->db->Put(options_, key_, *value_)
                    : core->db->Delete(options_, key_);
  }

  // The line never holds two on one key: the second waits for the first.
  bool TakesAlong(const Job& other) const override {
    const auto* write = dynamic_cast<const WriteTask*>(&other);
    return write != nullptr && write->options_.sync == options_.sync;
  }
  size_t together_max() const override {
    return core->is_grouping ? kWritesTogether : 1;
  }
  void RunTogether(const std::vector<Job*>& jobs) override {
    leveldb::WriteBatch updates;
    for (Job* job : jobs) {
      const auto* write = static_cast<WriteTask*>(job);
      if (write->value_) {
        updates.Put(write->key_, *write->value_);
      } else {
        updates.Delete(write->key_);
      }
    }
    dynamodown::WriteOptions options = options_;
    options.batch = dynamodown::BatchMode::kUnordered;
    const Status all = core->db->Write(options, &updates);
    if (IsRefusal(all)) {
      core->is_grouping = false;
      Job::RunTogether(jobs);
    } else if (all.IsInvalidArgument()) {
      // One of them is invalid, so nothing was sent.
      Job::RunTogether(jobs);
    } else {
      for (Job* job : jobs) static_cast<WriteTask*>(job)->status = all;
    }
  }

 private:
  const dynamodown::WriteOptions options_;
  const std::string key_;
  const std::optional<std::string> value_;
};

class BatchTask final : public Task {
 public:
  BatchTask(Napi::Env env, uint32_t flags, leveldb::WriteBatch updates)
      : Task(env),
        options_(WriteOptionsOf(flags)),
        updates_(std::move(updates)) {}
  void Run() override { status = core->db->Write(options_, &updates_); }

 private:
  const dynamodown::WriteOptions options_;
  leveldb::WriteBatch updates_;
};

class ClearTask final : public ReadTask {
 public:
  ClearTask(Napi::Env env, uint32_t flags, std::shared_ptr<HeldSnapshot> held,
            Cleared cleared)
      : ReadTask(env, flags, std::move(held)),
        cleared_(std::move(cleared)),
        write_options_(WriteOptionsOf(flags)) {
    cleared_.bounds.keys_only = true;
    if (cleared_.limit != Cleared::kAll) {
      cleared_.bounds.expected = cleared_.limit;
    }
    // A clear is not atomic, so its parts need not be.
    write_options_.batch = dynamodown::BatchMode::kUnordered;
  }

  void Run() override {
    const std::unique_ptr<leveldb::Iterator> it(
        core->db->NewIterator(options, cleared_.bounds));
    leveldb::WriteBatch updates;
    size_t in_batch = 0;
    uint64_t seen = 0;
    if (cleared_.is_reverse) {
      it->SeekToLast();
    } else {
      it->SeekToFirst();
    }
    while (status.ok() && seen < cleared_.limit && it->Valid()) {
      updates.Delete(it->key());
      ++seen;
      if (++in_batch == kClearedAtOnce) {
        status = core->db->Write(write_options_, &updates);
        updates.Clear();
        in_batch = 0;
      }
      if (seen == cleared_.limit) break;  // The next entry may cost a request.
      if (cleared_.is_reverse) {
        it->Prev();
      } else {
        it->Next();
      }
    }
    if (status.ok() && in_batch > 0) {
      status = core->db->Write(write_options_, &updates);
    }
    if (status.ok()) status = it->status();
  }

 private:
  Cleared cleared_;
  dynamodown::WriteOptions write_options_;
};

class SizeTask final : public Task {
 public:
  SizeTask(Napi::Env env, std::string start, std::string limit)
      : Task(env), start_(std::move(start)), limit_(std::move(limit)) {}
  void Run() override {
    status = core->db->ApproximateSize(leveldb::Range(start_, limit_), &bytes_,
                                       nullptr);
  }
  Napi::Value Value(Napi::Env env) override {
    return Napi::Number::New(env, static_cast<double>(bytes_));
  }

 private:
  const std::string start_;
  const std::string limit_;
  uint64_t bytes_ = 0;
};

class CompactTask final : public Task {
 public:
  CompactTask(Napi::Env env, std::string start, std::string limit)
      : Task(env), start_(std::move(start)), limit_(std::move(limit)) {}
  void Run() override {
    const Slice start = start_, limit = limit_;
    core->db->CompactRange(&start, &limit);
  }

 private:
  const std::string start_;
  const std::string limit_;
};

}  // namespace

std::unique_ptr<Task> NewGet(Napi::Env env, uint32_t flags,
                             std::shared_ptr<HeldSnapshot> held,
                             std::string key, bool is_has) {
  return std::make_unique<GetTask>(env, flags, std::move(held), std::move(key),
                                   is_has);
}

std::unique_ptr<Task> NewGetMany(Napi::Env env, uint32_t flags,
                                 std::shared_ptr<HeldSnapshot> held,
                                 std::vector<std::string> keys, bool is_has) {
  return std::make_unique<GetManyTask>(env, flags, std::move(held),
                                       std::move(keys), is_has);
}

std::unique_ptr<Task> NewWrite(Napi::Env env, uint32_t flags, std::string key,
                               std::optional<std::string> value) {
  return std::make_unique<WriteTask>(env, flags, std::move(key),
                                     std::move(value));
}

std::unique_ptr<Task> NewBatch(Napi::Env env, uint32_t flags,
                               leveldb::WriteBatch updates) {
  return std::make_unique<BatchTask>(env, flags, std::move(updates));
}

std::unique_ptr<Task> NewClear(Napi::Env env, uint32_t flags,
                               std::shared_ptr<HeldSnapshot> held,
                               Cleared cleared) {
  return std::make_unique<ClearTask>(env, flags, std::move(held),
                                     std::move(cleared));
}

std::unique_ptr<Task> NewSize(Napi::Env env, std::string start,
                              std::string limit) {
  return std::make_unique<SizeTask>(env, std::move(start), std::move(limit));
}

std::unique_ptr<Task> NewCompact(Napi::Env env, std::string start,
                                 std::string limit) {
  return std::make_unique<CompactTask>(env, std::move(start), std::move(limit));
}

}  // namespace face
