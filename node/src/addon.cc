// The addon's entry point: it defines the classes that lib/binding.js exports.
// Each class has its own file. core.h describes an open store, task.h how a
// call runs on a thread and returns, ledger.h the order in which calls take
// effect.

#include <memory>

#include "database.h"
#include "dynamodown/option_table.h"
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
  // The options that ToOptions knows, for lib/settings.js.
  auto names = Napi::Array::New(env);
  for (const dynamodown::OptionInfo& option : dynamodown::OptionTable()) {
    names.Set(names.Length(), Napi::String::New(env, option.javascript));
  }
  exports.Set("optionNames", names);
  // lib/binding.js calls this; see Environment::Finish.
  exports.Set("finish",
              Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                Environment::Of(info.Env())->Finish(info[0]);
              }));
  return exports;
}

}  // namespace

NODE_API_MODULE(dynamodown, Initialize)
