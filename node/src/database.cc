#include "database.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "calls.h"
#include "convert.h"
#include "dynamodown/db.h"
#include "errors.h"
#include "leveldb/write_batch.h"
#include "opening.h"
#include "snapshot.h"

namespace face {
namespace {

uint32_t Flags(Napi::Value value) {
  return value.IsNumber() ? value.As<Napi::Number>().Uint32Value() : 0;
}

/// Returns false, with an exception pending, for a snapshot that was released.
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
  options->spelling = dynamodown::Spelling::kJavaScript;
  const auto settings = info[1].As<Napi::Object>();
  if (!ToBytes(env, info[0], location) || !ToOptions(env, settings, options)) {
    return nullptr;
  }
  const std::shared_ptr<Core> core =
      NewCore(env, *location, settings, info[2], options);
  if (core == nullptr) return nullptr;
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
  return core->Start(NewOpen(env, std::move(options), std::move(location)));
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
  return core->Start(
      NewDestroy(env, std::move(options), std::move(location), destroy));
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
  auto task = NewGet(env, Flags(info[1]), std::move(held), key, is_has);
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
  const leveldb::Status status = core->db->Get(options, key, &value);
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
  auto task =
      NewGetMany(env, Flags(info[1]), std::move(held), std::move(keys), is_has);
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
  auto task = NewWrite(env, Flags(info[2]), key, std::move(value));
  core->ledger.Write(task.get(), {std::move(key)});
  return core->Start(std::move(task));
}

Napi::Value Database::Del(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<Core> core = OpenCore(info.This());
  if (core == nullptr) return Rejected(env, NotOpen(env));
  std::string key;
  if (!ToBytes(env, info[0], &key)) return RejectedPending(env);
  auto task = NewWrite(env, Flags(info[1]), key, std::nullopt);
  core->ledger.Write(task.get(), {std::move(key)});
  return core->Start(std::move(task));
}

Napi::Value Database::Batch(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<Core> core = OpenCore(info.This());
  if (core == nullptr) return Rejected(env, NotOpen(env));
  const auto operations = info[0].As<Napi::Array>();
  leveldb::WriteBatch updates;
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
      updates.Delete(keys[i]);
      continue;
    }
    if (!ToBytes(env, operation.Get("value"), &value)) {
      return RejectedPending(env);
    }
    updates.Put(keys[i], value);
  }
  auto task = NewBatch(env, Flags(info[1]), std::move(updates));
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
  Cleared cleared;
  double limit = -1;
  if (!ToBounds(env, range, &cleared.bounds) ||
      !Member(range, "reverse", &cleared.is_reverse) ||
      !Member(range, "limit", &limit)) {
    return RejectedPending(env);
  }
  if (limit >= 0) cleared.limit = static_cast<uint64_t>(limit);
  auto task =
      NewClear(env, Flags(info[1]), std::move(held), std::move(cleared));
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
  return core->Start(NewSize(env, std::move(start), std::move(limit)));
}

Napi::Value Database::CompactRange(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<Core> core = OpenCore(info.This());
  if (core == nullptr) return Rejected(env, NotOpen(env));
  std::string start, limit;
  if (!ToBytes(env, info[0], &start) || !ToBytes(env, info[1], &limit)) {
    return RejectedPending(env);
  }
  return core->Start(NewCompact(env, std::move(start), std::move(limit)));
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
