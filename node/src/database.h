// The script's object for a store.

#ifndef DYNAMODOWN_NODE_DATABASE_H_
#define DYNAMODOWN_NODE_DATABASE_H_

#include <memory>

#include "core.h"
#include "napi.h"

namespace face {

/// The script's object for a store. Keys and values are strings or typed
/// arrays, flags are those of convert.h. All calls but getSync and property
/// return a promise.
///
///     open(location, settings, ask)   ask: see lib/settings.js, or undefined
///     close()
///     get(key, flags, snapshot)       undefined if the key is missing
///     getSync(key, flags, snapshot)
///     getMany(keys, flags, snapshot)
///     has(key, flags, snapshot), hasMany(keys, flags, snapshot)
///     put(key, value, flags), del(key, flags)
///     batch([{type, key, value}], flags)
///     clear(range, flags, snapshot)
///     approximateSize(start, end), compactRange(start, end)
///     property(name)
///     destroy(location, settings, ask)   for a Database that is not open
///
/// Calls take effect in order even if the caller does not wait for them: see
/// Ledger. A put, del, batch or get comes after earlier writes of its keys.
/// getMany, hasMany and an iterator's first page come after all earlier writes.
/// A clear comes after all earlier writes and before all later calls.
class Database final : public Napi::ObjectWrap<Database> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit Database(const Napi::CallbackInfo& info);
  ~Database() override;

  /// The store of a Database object, or null if it is not open.
  static std::shared_ptr<Core> OpenCore(Napi::Value database);

 private:
  Napi::Value Open(const Napi::CallbackInfo& info);
  Napi::Value Close(const Napi::CallbackInfo& info);
  Napi::Value Get(const Napi::CallbackInfo& info);
  Napi::Value GetSync(const Napi::CallbackInfo& info);
  Napi::Value GetMany(const Napi::CallbackInfo& info);
  Napi::Value Has(const Napi::CallbackInfo& info);
  Napi::Value HasMany(const Napi::CallbackInfo& info);
  Napi::Value Put(const Napi::CallbackInfo& info);
  Napi::Value Del(const Napi::CallbackInfo& info);
  Napi::Value Batch(const Napi::CallbackInfo& info);
  Napi::Value Clear(const Napi::CallbackInfo& info);
  Napi::Value ApproximateSize(const Napi::CallbackInfo& info);
  Napi::Value CompactRange(const Napi::CallbackInfo& info);
  Napi::Value Property(const Napi::CallbackInfo& info);
  Napi::Value Destroy(const Napi::CallbackInfo& info);

  Napi::Value ReadOne(const Napi::CallbackInfo& info, bool is_has);
  Napi::Value ReadMany(const Napi::CallbackInfo& info, bool is_has);
  /// The common part of open and destroy. Returns null with an exception
  /// pending.
  std::shared_ptr<Core> Prepare(const Napi::CallbackInfo& info,
                                dynamodown::Options* options,
                                std::string* location);

  std::shared_ptr<Core> core_;
};

}  // namespace face

#endif  // DYNAMODOWN_NODE_DATABASE_H_
