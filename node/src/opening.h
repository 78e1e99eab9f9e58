// Opening and destroying a store.

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

/// Creates the Core of a store at `location` from lib/settings.js's settings
/// and its function `ask` (or undefined). Sets the cache, the filter and the
/// credentials of `*options`, which the core owns. Returns null, with an
/// exception pending, for invalid settings.
std::shared_ptr<Core> NewCore(Napi::Env env, const std::string& location,
                              Napi::Object settings, Napi::Value ask,
                              dynamodown::Options* options);

/// Opens the store and hands it to its core, or retires the core.
std::unique_ptr<Task> NewOpen(Napi::Env env, dynamodown::Options options,
                              std::string location);
/// Destroys the store and retires its core, which never has a store.
std::unique_ptr<Task> NewDestroy(Napi::Env env, dynamodown::Options options,
                                 std::string location,
                                 dynamodown::DestroyOptions destroy);

}  // namespace face

#endif  // DYNAMODOWN_NODE_OPENING_H_
