#ifndef DYNAMODOWN_NODE_SYNC_H_
#define DYNAMODOWN_NODE_SYNC_H_

#include "core.h"
#include "dyno/sync.h"
#include "napi.h"

namespace face {

/// Begins dyno::Sync of the items of two stores, which may be one, and promises
/// its SyncResult. It comes after all earlier writes in both, and what is
/// called later, of either, comes after it; so neither closes before it is
/// over.
///
/// `progress` is undefined, or a function of the script's: it is shown now and
/// then how far the Sync is, which waits for it. When it returns false the Sync
/// ends, with an AbortError; what it throws ends it too, and is the error. So
/// does the environment's end, without a word.
Napi::Value StartSync(Napi::Env env, Core* a, Core* b,
                      dyno::SyncOptions options, Napi::Value progress);

}  // namespace face

#endif  // DYNAMODOWN_NODE_SYNC_H_
