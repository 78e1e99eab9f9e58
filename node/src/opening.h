#ifndef DYNAMODOWN_NODE_OPENING_H_
#define DYNAMODOWN_NODE_OPENING_H_

#include <memory>
#include <string>

#include "core.h"
#include "dynamodown/db.h"
#include "dynamodown/options.h"
#include "napi.h"
#include "task.h"

namespace face {

/// What a store at `location` will consist of, from the settings and the
/// function of lib/settings.js (`ask`, or undefined). Gives `*options` what is
/// of this process: cache, filter, credentials; they stay the core's. Null,
/// with an exception pending, for settings that are wrong.
std::shared_ptr<Core> NewCore(Napi::Env env, const std::string& location,
                              Napi::Object settings, Napi::Value ask,
                              dynamodown::Options* options);

/// Gives its core the store, or retires it.
std::unique_ptr<Task> NewOpen(Napi::Env env, dynamodown::Options options,
                              std::string location);
/// Retires its core, which never has a store.
std::unique_ptr<Task> NewDestroy(Napi::Env env, dynamodown::Options options,
                                 std::string location,
                                 dynamodown::DestroyOptions destroy);

}  // namespace face

#endif  // DYNAMODOWN_NODE_OPENING_H_
