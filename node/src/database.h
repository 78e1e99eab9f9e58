#ifndef DYNAMODOWN_NODE_DATABASE_H_
#define DYNAMODOWN_NODE_DATABASE_H_

#include <memory>

#include "core.h"
#include "napi.h"

namespace face {

/// The script's object for a store. Keys and values are strings or typed
/// arrays; flags are those of convert.h; everything but getSync and property
/// returns a promise.
///
///     open(location, settings, ask)   ask: see lib/settings.js, or undefined
///     close()
///     get(key, flags, snapshot)       undefined when it is not there
///     getSync(key, flags, snapshot)
///     getMany(keys, flags, snapshot)
///     has(key, flags, snapshot), hasMany(keys, flags, snapshot)
///     put(key, value, flags), del(key, flags)
///     batch([{type, key, value}], flags)
///     clear(range, flags, snapshot)
///     approximateSize(start, end), compactRange(start, end)
///     property(name)
///     destroy(location, settings, ask)   of a Database that is not open
///
/// Calls whose caller does not wait take effect in order: see Ledger. A put, a
/// del, a batch and a get come after earlier writes of their keys; getMany,
/// hasMany and an iterator's first page after all earlier writes; a clear after
/// all of them, and what is called later after it.
class Database final : public Napi::ObjectWrap<Database> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit Database(const Napi::CallbackInfo& info);
  ~Database() override;

  /// Of a Database object; null when it is not open.
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
  /// What open and destroy have in common; null with an exception pending.
  std::shared_ptr<Core> Prepare(const Napi::CallbackInfo& info,
                                dynamodown::Options* options,
                                std::string* location);

  std::shared_ptr<Core> core_;
};

}  // namespace face

#endif  // DYNAMODOWN_NODE_DATABASE_H_
