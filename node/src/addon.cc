// The addon: the classes of lib/binding.js. A file each has a class; core.h
// says what an open store consists of, task.h how a call gets to a thread and
// back, ledger.h in which order calls take effect.

#include <memory>

#include "database.h"
#include "environment.h"
#include "items.h"
#include "iterator.h"
#include "napi.h"
#include "snapshot.h"

namespace {

using face::Environment;

Napi::Object Initialize(Napi::Env env, Napi::Object exports) {
  std::unique_ptr<Environment> environment = Environment::New(env);
  if (environment == nullptr) return exports;
  env.SetInstanceData<Environment>(environment.release());
  exports.Set("Database", face::Database::Define(env));
  exports.Set("Iterator", face::Iterator::Define(env));
  exports.Set("Snapshot", face::Snapshot::Define(env));
  exports.Set("Items", face::Items::Define(env));
  // For lib/binding.js; see Environment::Finish.
  exports.Set("finish",
              Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                Environment::Of(info.Env())->Finish(info[0]);
              }));
  return exports;
}

}  // namespace

NODE_API_MODULE(dynamodown, Initialize)
