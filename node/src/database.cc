#include "database.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "convert.h"
#include "dynamodown/db.h"
#include "dynamodown/status.h"
#include "leveldb/write_batch.h"
#include "snapshot.h"

namespace face {
namespace {

using leveldb::Slice;
using leveldb::Status;

// Calls that one store carries out at once, each on a thread of its own; what
// more there is waits in line. On DynamoDB a call is mostly waiting, and by
// Little's law a dozen of them fill a partition; on an embedded store it is
// work for a core.
constexpr size_t kThreadsMax = 16;
constexpr size_t kEmbeddedThreadsMax = 4;

// Calls that are made as one: what one BatchGetItem and one BatchWriteItem
// take.
constexpr size_t kGetsTogether = 100;
constexpr size_t kWritesTogether = 25;

// Of one write of a clear.
constexpr size_t kClearedAtOnce = 500;

// classic-level's default.
constexpr size_t kCacheBytes = 8 * 1024 * 1024;
constexpr int kFilterBitsPerKey = 10;

uint32_t Flags(Napi::Value value) {
  return value.IsNumber() ? value.As<Napi::Number>().Uint32Value() : 0;
}

Encoding EncodingOf(uint32_t flags) {
  return static_cast<Encoding>(flags & kEncodingMask);
}

/// The pending exception, as a promise that is rejected with it.
Napi::Value RejectedPending(Napi::Env env) {
  return Rejected(env, env.GetAndClearPendingException());
}

/// Whether what was asked for together may be allowed one by one.
bool IsRefusal(const Status& status) {
  const dynamodown::StatusKind kind = dynamodown::KindOf(status);
  return kind == dynamodown::StatusKind::kDenied ||
         kind == dynamodown::StatusKind::kRejected;
}

class OpenTask final : public Task {
 public:
  OpenTask(Napi::Env env, dynamodown::Options options, std::string location)
      : Task(env),
        options_(std::move(options)),
        location_(std::move(location)) {}

  void Run() override {
    dynamodown::Database* opened = nullptr;
    status = dynamodown::Open(options_, location_, &opened);
    db_.reset(opened);
  }
  void Over(Napi::Env /*env*/) override {
    core->db = std::move(db_);
    if (!status.ok()) core->Retire();
  }

 private:
  const dynamodown::Options options_;
  const std::string location_;
  std::unique_ptr<dynamodown::Database> db_;
};

class DestroyTask final : public Task {
 public:
  DestroyTask(Napi::Env env, dynamodown::Options options, std::string location,
              dynamodown::DestroyOptions destroy)
      : Task(env),
        options_(std::move(options)),
        location_(std::move(location)),
        destroy_(destroy) {}

  void Run() override {
    status = dynamodown::Destroy(options_, location_, destroy_);
  }
  void Over(Napi::Env /*env*/) override { core->Retire(); }

 private:
  const dynamodown::Options options_;
  const std::string location_;
  const dynamodown::DestroyOptions destroy_;
};

/// A read, with the snapshot that it keeps.
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
    Understand();
  }

  /// What reads in the same way, and no snapshot.
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
      get->Understand();
    }
  }
  Napi::Value Value(Napi::Env env) override {
    if (is_has_) return Napi::Boolean::New(env, is_there_);
    return is_there_ ? FromBytes(env, value_, encoding) : env.Undefined();
  }

 private:
  void Understand() {
    is_there_ = status.ok();
    if (status.IsNotFound()) status = Status::OK();
  }

  const std::string key_;
  const bool is_has_;
  std::string value_;
  bool is_there_ = false;
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
      const bool is_there = statuses_[i].ok();
      Napi::Value value = env.Undefined();
      if (is_has_) {
        value = Napi::Boolean::New(env, is_there);
      } else if (is_there) {
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
  /// Without a value: a del.
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

  // Never two on one key: the second waits for the first.
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
      // Nothing was sent, because of one of them.
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
  BatchTask(Napi::Env env, uint32_t flags)
      : Task(env), options_(WriteOptionsOf(flags)) {}
  void Run() override { status = core->db->Write(options_, &updates); }

  leveldb::WriteBatch updates;

 private:
  const dynamodown::WriteOptions options_;
};

class ClearTask final : public ReadTask {
 public:
  ClearTask(Napi::Env env, uint32_t flags, std::shared_ptr<HeldSnapshot> held)
      : ReadTask(env, flags, std::move(held)),
        write_options_(WriteOptionsOf(flags)) {
    bounds.keys_only = true;
    // It is not atomic as a whole, so its parts need not be.
    write_options_.batch = dynamodown::BatchMode::kUnordered;
  }

  void Run() override {
    if (limit != kAll) bounds.expected = limit;
    const std::unique_ptr<leveldb::Iterator> it(
        core->db->NewIterator(options, bounds));
    leveldb::WriteBatch updates;
    size_t in_batch = 0;
    uint64_t seen = 0;
    if (is_reverse) {
      it->SeekToLast();
    } else {
      it->SeekToFirst();
    }
    while (status.ok() && seen < limit && it->Valid()) {
      updates.Delete(it->key());
      ++seen;
      if (++in_batch == kClearedAtOnce) {
        status = core->db->Write(write_options_, &updates);
        updates.Clear();
        in_batch = 0;
      }
      if (seen == limit) break;  // The next entry may cost a request.
      if (is_reverse) {
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

  static constexpr uint64_t kAll = UINT64_MAX;
  dynamodown::Bounds bounds;
  bool is_reverse = false;
  uint64_t limit = kAll;

 private:
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

/// What lib/settings.js found; false with an exception pending.
bool Give(Napi::Object from, ScriptCredentials* to) {
  dynamodown::Credentials credentials;
  if (!Member(from, "accessKeyId", &credentials.access_key_id) ||
      !Member(from, "secretAccessKey", &credentials.secret_access_key) ||
      !Member(from, "sessionToken", &credentials.session_token)) {
    return false;
  }
  std::optional<ScriptCredentials::Time> until;
  const Napi::Value expires = from.Get("expires");
  if (expires.IsNumber()) {
    until = ScriptCredentials::Time(
        std::chrono::milliseconds(expires.As<Napi::Number>().Int64Value()));
  }
  to->Give(std::move(credentials), until);
  return true;
}

/// Asks with `function`, which is given another one to answer with: that one
/// takes (null, credentials) or (message).
std::function<void()> AskWith(Environment* environment,
                              const std::shared_ptr<ScriptCredentials>& to,
                              Napi::Function function) {
  const auto kept =
      std::make_shared<Napi::FunctionReference>(Napi::Persistent(function));
  // Weak: the credentials own what asks for them.
  const std::weak_ptr<ScriptCredentials> weak = to;
  return [environment, kept, weak] {
    environment->Post([kept, weak](Napi::Env env) {
      const auto answer = [weak](const Napi::CallbackInfo& info) {
        const std::shared_ptr<ScriptCredentials> asked = weak.lock();
        if (asked == nullptr) return;
        if (info[0].IsString()) {
          asked->Fail(info[0].As<Napi::String>().Utf8Value());
        } else if (!Give(info[1].As<Napi::Object>(), asked.get())) {
          asked->Fail(info.Env().GetAndClearPendingException().Message());
        }
      };
      // lib/settings.js does not throw; should the environment be ending, the
      // ones that wait are told so.
      kept->Call({Napi::Function::New(env, answer)});
      if (env.IsExceptionPending()) env.GetAndClearPendingException();
    });
  };
}

/// False, with an exception pending, for what is no snapshot of ours.
bool ToSnapshot(Napi::Value value, std::shared_ptr<HeldSnapshot>* held) {
  if (!value.IsObject()) return true;
  *held = Snapshot::From(value);
  return *held != nullptr;
}

bool ToKeys(Napi::Env env, Napi::Value value, std::vector<std::string>* keys) {
  const auto array = value.As<Napi::Array>();
  keys->resize(array.Length());
  for (uint32_t i = 0; i < keys->size(); ++i) {
    const Napi::HandleScope scope(env);
    if (!ToBytes(env, array.Get(i), &(*keys)[i])) return false;
  }
  return true;
}

}  // namespace

Napi::Error NotOpen(Napi::Env env) {
  return ToError(env, "LEVEL_DATABASE_NOT_OPEN", "Database is not open");
}

Napi::Function Database::Define(Napi::Env env) {
  return DefineClass(
      env, "Database",
      {InstanceMethod<&Database::Open>("open"),
       InstanceMethod<&Database::Close>("close"),
       InstanceMethod<&Database::Get>("get"),
       InstanceMethod<&Database::GetSync>("getSync"),
       InstanceMethod<&Database::GetMany>("getMany"),
       InstanceMethod<&Database::Has>("has"),
       InstanceMethod<&Database::HasMany>("hasMany"),
       InstanceMethod<&Database::Put>("put"),
       InstanceMethod<&Database::Del>("del"),
       InstanceMethod<&Database::Batch>("batch"),
       InstanceMethod<&Database::Clear>("clear"),
       InstanceMethod<&Database::ApproximateSize>("approximateSize"),
       InstanceMethod<&Database::CompactRange>("compactRange"),
       InstanceMethod<&Database::Property>("property"),
       InstanceMethod<&Database::Destroy>("destroy")});
}

Database::Database(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<Database>(info) {}

Database::~Database() {
  if (core_ != nullptr) core_->Forget(Env());
}

std::shared_ptr<Core> Database::OpenCore(Napi::Value database) {
  const std::shared_ptr<Core>& core =
      Unwrap(database.As<Napi::Object>())->core_;
  return core != nullptr && core->is_open() ? core : nullptr;
}

std::shared_ptr<Core> Database::Prepare(const Napi::CallbackInfo& info,
                                        dynamodown::Options* options,
                                        std::string* location) {
  const Napi::Env env = info.Env();
  if (Environment::Of(env)->is_finished()) {
    NotOpen(env).ThrowAsJavaScriptException();
    return nullptr;
  }
  if (core_ != nullptr && !core_->is_over()) {
    ToError(env, "LEVEL_DATABASE_NOT_CLOSED", "Database is open already")
        .ThrowAsJavaScriptException();
    return nullptr;
  }
  const auto settings = info[1].As<Napi::Object>();
  if (!ToBytes(env, info[0], location) || !ToOptions(env, settings, options)) {
    return nullptr;
  }
  const bool is_embedded = location->rfind("leveldb:", 0) == 0;
  double threads =
      static_cast<double>(is_embedded ? kEmbeddedThreadsMax : kThreadsMax);
  double cache_bytes = static_cast<double>(kCacheBytes);
  bool is_grouping = true;
  if (!Member(settings, "grouping", &is_grouping) ||
      !Member(settings, "concurrency", &threads) ||
      !Member(settings, "cacheSize", &cache_bytes)) {
    return nullptr;
  }
  if (threads < 1 || threads > 1024 || cache_bytes < 0) {
    Napi::RangeError::New(env,
                          "the option 'concurrency' must be 1 to 1024, and "
                          "'cacheSize' not negative")
        .ThrowAsJavaScriptException();
    return nullptr;
  }
  const auto core = std::make_shared<Core>(Environment::Of(env),
                                           static_cast<size_t>(threads));
  core->is_embedded = is_embedded;
  core->is_grouping = is_grouping;
  if (is_embedded) {
    core->block_cache.reset(
        leveldb::NewLRUCache(static_cast<size_t>(cache_bytes)));
    core->filter_policy.reset(leveldb::NewBloomFilterPolicy(kFilterBitsPerKey));
    options->block_cache = core->block_cache.get();
    options->filter_policy = core->filter_policy.get();
  }
  if (settings.Get("accessKeyId").IsString()) {
    core->credentials = std::make_shared<ScriptCredentials>();
    options->connection.credentials_provider = core->credentials;
    if (!Give(settings, core->credentials.get())) return nullptr;
    if (info[2].IsFunction()) {
      core->credentials->set_ask(AskWith(core->environment(), core->credentials,
                                         info[2].As<Napi::Function>()));
    }
  }
  core->environment()->Add(core);
  core_ = core;
  return core;
}

Napi::Value Database::Open(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  dynamodown::Options options;
  std::string location;
  const std::shared_ptr<Core> core = Prepare(info, &options, &location);
  if (core == nullptr) return RejectedPending(env);
  return core->Start(
      std::make_unique<OpenTask>(env, std::move(options), std::move(location)));
}

Napi::Value Database::Destroy(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  dynamodown::Options options;
  dynamodown::DestroyOptions destroy;
  std::string location;
  const std::shared_ptr<Core> core = Prepare(info, &options, &location);
  const auto settings = info[1].As<Napi::Object>();
  if (core == nullptr || !Member(settings, "force", &destroy.force) ||
      !Member(settings, "dropTable", &destroy.drop_table)) {
    if (core != nullptr) core->environment()->Remove(core);
    return RejectedPending(env);
  }
  return core->Start(std::make_unique<DestroyTask>(
      env, std::move(options), std::move(location), destroy));
}

Napi::Value Database::Close(const Napi::CallbackInfo& info) {
  if (core_ == nullptr) return Resolved(info.Env());
  return core_->Close(info.Env());
}

Napi::Value Database::ReadOne(const Napi::CallbackInfo& info, bool is_has) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<Core> core = OpenCore(info.This());
  if (core == nullptr) return Rejected(env, NotOpen(env));
  std::string key;
  std::shared_ptr<HeldSnapshot> held;
  if (!ToBytes(env, info[0], &key) || !ToSnapshot(info[2], &held)) {
    return RejectedPending(env);
  }
  auto task = std::make_unique<GetTask>(env, Flags(info[1]), std::move(held),
                                        key, is_has);
  core->ledger.Read(task.get(), key);
  return core->Start(std::move(task));
}

Napi::Value Database::Get(const Napi::CallbackInfo& info) {
  return ReadOne(info, false);
}

Napi::Value Database::Has(const Napi::CallbackInfo& info) {
  return ReadOne(info, true);
}

Napi::Value Database::GetSync(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<Core> core = OpenCore(info.This());
  if (core == nullptr) {
    NotOpen(env).ThrowAsJavaScriptException();
    return env.Undefined();
  }
  const uint32_t flags = Flags(info[1]);
  std::string key, value;
  std::shared_ptr<HeldSnapshot> held;
  if (!ToBytes(env, info[0], &key) || !ToSnapshot(info[2], &held)) {
    return env.Undefined();
  }
  dynamodown::ReadOptions options = ReadOptionsOf(flags);
  if (held != nullptr) options.snapshot = held->snapshot;
  const Status status = core->db->Get(options, key, &value);
  if (status.ok()) return FromBytes(env, value, EncodingOf(flags));
  if (!status.IsNotFound()) ToError(env, status).ThrowAsJavaScriptException();
  return env.Undefined();
}

Napi::Value Database::ReadMany(const Napi::CallbackInfo& info, bool is_has) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<Core> core = OpenCore(info.This());
  if (core == nullptr) return Rejected(env, NotOpen(env));
  std::vector<std::string> keys;
  std::shared_ptr<HeldSnapshot> held;
  if (!ToKeys(env, info[0], &keys) || !ToSnapshot(info[2], &held)) {
    return RejectedPending(env);
  }
  auto task = std::make_unique<GetManyTask>(
      env, Flags(info[1]), std::move(held), std::move(keys), is_has);
  core->ledger.ReadAll(task.get());
  return core->Start(std::move(task));
}

Napi::Value Database::GetMany(const Napi::CallbackInfo& info) {
  return ReadMany(info, false);
}

Napi::Value Database::HasMany(const Napi::CallbackInfo& info) {
  return ReadMany(info, true);
}

Napi::Value Database::Put(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<Core> core = OpenCore(info.This());
  if (core == nullptr) return Rejected(env, NotOpen(env));
  std::string key, value;
  if (!ToBytes(env, info[0], &key) || !ToBytes(env, info[1], &value)) {
    return RejectedPending(env);
  }
  auto task =
      std::make_unique<WriteTask>(env, Flags(info[2]), key, std::move(value));
  core->ledger.Write(task.get(), {std::move(key)});
  return core->Start(std::move(task));
}

Napi::Value Database::Del(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<Core> core = OpenCore(info.This());
  if (core == nullptr) return Rejected(env, NotOpen(env));
  std::string key;
  if (!ToBytes(env, info[0], &key)) return RejectedPending(env);
  auto task =
      std::make_unique<WriteTask>(env, Flags(info[1]), key, std::nullopt);
  core->ledger.Write(task.get(), {std::move(key)});
  return core->Start(std::move(task));
}

Napi::Value Database::Batch(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<Core> core = OpenCore(info.This());
  if (core == nullptr) return Rejected(env, NotOpen(env));
  const auto operations = info[0].As<Napi::Array>();
  auto task = std::make_unique<BatchTask>(env, Flags(info[1]));
  std::vector<std::string> keys(operations.Length());
  std::string value;
  for (uint32_t i = 0; i < keys.size(); ++i) {
    const Napi::HandleScope scope(env);
    const auto operation = operations.Get(i).As<Napi::Object>();
    std::string type;
    if (!Member(operation, "type", &type) ||
        !ToBytes(env, operation.Get("key"), &keys[i])) {
      return RejectedPending(env);
    }
    if (type == "del") {
      task->updates.Delete(keys[i]);
      continue;
    }
    if (!ToBytes(env, operation.Get("value"), &value)) {
      return RejectedPending(env);
    }
    task->updates.Put(keys[i], value);
  }
  core->ledger.Write(task.get(), std::move(keys));
  return core->Start(std::move(task));
}

Napi::Value Database::Clear(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<Core> core = OpenCore(info.This());
  if (core == nullptr) return Rejected(env, NotOpen(env));
  const auto range = info[0].As<Napi::Object>();
  std::shared_ptr<HeldSnapshot> held;
  if (!ToSnapshot(info[2], &held)) return RejectedPending(env);
  auto task = std::make_unique<ClearTask>(env, Flags(info[1]), std::move(held));
  double limit = -1;
  if (!ToBounds(env, range, &task->bounds) ||
      !Member(range, "reverse", &task->is_reverse) ||
      !Member(range, "limit", &limit)) {
    return RejectedPending(env);
  }
  if (limit >= 0) task->limit = static_cast<uint64_t>(limit);
  core->ledger.Barrier(task.get());
  return core->Start(std::move(task));
}

Napi::Value Database::ApproximateSize(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<Core> core = OpenCore(info.This());
  if (core == nullptr) return Rejected(env, NotOpen(env));
  std::string start, limit;
  if (!ToBytes(env, info[0], &start) || !ToBytes(env, info[1], &limit)) {
    return RejectedPending(env);
  }
  return core->Start(
      std::make_unique<SizeTask>(env, std::move(start), std::move(limit)));
}

Napi::Value Database::CompactRange(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<Core> core = OpenCore(info.This());
  if (core == nullptr) return Rejected(env, NotOpen(env));
  std::string start, limit;
  if (!ToBytes(env, info[0], &start) || !ToBytes(env, info[1], &limit)) {
    return RejectedPending(env);
  }
  return core->Start(
      std::make_unique<CompactTask>(env, std::move(start), std::move(limit)));
}

Napi::Value Database::Property(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<Core> core = OpenCore(info.This());
  std::string name, value;
  if (core == nullptr) {
    NotOpen(env).ThrowAsJavaScriptException();
    return env.Undefined();
  }
  if (!ToBytes(env, info[0], &name)) return env.Undefined();
  if (!core->db->GetProperty(name, &value)) return env.Undefined();
  return Napi::String::New(env, value);
}

}  // namespace face
