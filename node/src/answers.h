// dyno's results as JavaScript objects, with the member names of index.d.ts.
// JSON stays text, which lib/dyno.js parses. Call these on the script's thread.

#ifndef DYNAMODOWN_NODE_ANSWERS_H_
#define DYNAMODOWN_NODE_ANSWERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "dyno/store.h"
#include "dyno/sync.h"
#include "napi.h"

namespace face {

Napi::Value ShowNothing(Napi::Env env, const char& nothing);
Napi::Value ShowText(Napi::Env env, const std::string& text);
Napi::Value ShowTexts(Napi::Env env, const std::vector<std::string>& texts);
Napi::Value ShowNumber(Napi::Env env, const uint64_t& number);
Napi::Value ShowItem(Napi::Env env, const dyno::Item& item);
Napi::Value ShowItems(Napi::Env env, const std::vector<dyno::Item>& items);
Napi::Value ShowHistory(Napi::Env env,
                        const std::vector<dyno::HistoryEntry>& entries);
Napi::Value ShowFlatten(Napi::Env env, const dyno::FlattenResult& result);
Napi::Value ShowProgress(Napi::Env env, const dyno::SyncProgress& progress);
Napi::Value ShowSync(Napi::Env env, const dyno::SyncResult& result);
Napi::Value ShowStatus(Napi::Env env, const dyno::StoreStatus& status);

}  // namespace face

#endif  // DYNAMODOWN_NODE_ANSWERS_H_
