// A sync between the items of two stores.

#ifndef DYNAMODOWN_NODE_SYNC_H_
#define DYNAMODOWN_NODE_SYNC_H_

#include "core.h"
#include "dyno/sync.h"
#include "napi.h"

namespace face {

/// Starts dyno::Sync on the items of two stores, which may be the same, and
/// promises its SyncResult. The Sync comes after all earlier writes in both
/// stores and before all later calls of either, so neither closes before it is
/// over.
///
/// `progress` is undefined or a function of the script, which is called with
/// the progress now and then; the Sync waits for it. If it returns false, the
/// Sync ends with an AbortError. If it throws, the Sync ends with that error.
/// The environment's end also ends the Sync, without an error.
Napi::Value StartSync(Napi::Env env, Core* a, Core* b,
                      dyno::SyncOptions options, Napi::Value progress);

}  // namespace face

#endif  // DYNAMODOWN_NODE_SYNC_H_
