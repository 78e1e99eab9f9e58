// The script's object for dyno on a store.

#ifndef DYNAMODOWN_NODE_ITEMS_H_
#define DYNAMODOWN_NODE_ITEMS_H_

#include <memory>

#include "core.h"
#include "napi.h"

namespace face {

/// The script's object for dyno on a store. All calls return a promise. JSON
/// goes in and out as text, which lib/dyno.js converts.
///
///     new Items(database)
///     open(options)               replicated, replica
///     write(operation, name, argument, options)     the timestamp
///     getItem(name, asOf)
///     history(name)
///     query(options), names(options), count(options)
///     flatten(name, options)      timestamp or hash
///     flattenAll(timestamp)
///     newTimestamp()
///     replica()                   at once
///     sync(items, options)        with a store of this environment
///     status()
///     administer(operation)       replicate, newReplica or markRestored
///     forget(replica), closeWriter(slot)
///     close()                     gives the writer's slot back
///
/// Calls take effect in order: calls on one name one after another, calls that
/// read several names after all writes.
///
/// All Items on a store share its one dyno::Store.
class Items final : public Napi::ObjectWrap<Items> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit Items(const Napi::CallbackInfo& info);

 private:
  Napi::Value Open(const Napi::CallbackInfo& info);
  Napi::Value Write(const Napi::CallbackInfo& info);
  Napi::Value GetItem(const Napi::CallbackInfo& info);
  Napi::Value History(const Napi::CallbackInfo& info);
  Napi::Value Query(const Napi::CallbackInfo& info);
  Napi::Value Names(const Napi::CallbackInfo& info);
  Napi::Value Count(const Napi::CallbackInfo& info);
  Napi::Value Flatten(const Napi::CallbackInfo& info);
  Napi::Value FlattenAll(const Napi::CallbackInfo& info);
  Napi::Value NewTimestamp(const Napi::CallbackInfo& info);
  Napi::Value Replica(const Napi::CallbackInfo& info);
  Napi::Value Sync(const Napi::CallbackInfo& info);
  Napi::Value Status(const Napi::CallbackInfo& info);
  Napi::Value Administer(const Napi::CallbackInfo& info);
  Napi::Value Forget(const Napi::CallbackInfo& info);
  Napi::Value CloseWriter(const Napi::CallbackInfo& info);
  Napi::Value Close(const Napi::CallbackInfo& info);

  /// The store, or null if calls cannot be made.
  Core* Usable() const;

  const std::shared_ptr<Core> core_;
};

}  // namespace face

#endif  // DYNAMODOWN_NODE_ITEMS_H_
