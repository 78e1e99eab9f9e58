// Tasks for the calls of an open store, which one of the pool's threads runs.
// Flags are those of convert.h; `held` is null without a snapshot.

#ifndef DYNAMODOWN_NODE_CALLS_H_
#define DYNAMODOWN_NODE_CALLS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dynamodown/db.h"
#include "leveldb/write_batch.h"
#include "napi.h"
#include "snapshot.h"
#include "task.h"

namespace face {

/// Resolves to the value or undefined; with `is_has`, to whether the key
/// exists. Gets with the same options and no snapshot are sent together.
std::unique_ptr<Task> NewGet(Napi::Env env, uint32_t flags,
                             std::shared_ptr<HeldSnapshot> held,
                             std::string key, bool is_has);
/// Resolves to an array of the same.
std::unique_ptr<Task> NewGetMany(Napi::Env env, uint32_t flags,
                                 std::shared_ptr<HeldSnapshot> held,
                                 std::vector<std::string> keys, bool is_has);

/// A put, or without a value a del. Writes that can go together are sent
/// together.
std::unique_ptr<Task> NewWrite(Napi::Env env, uint32_t flags, std::string key,
                               std::optional<std::string> value);
std::unique_ptr<Task> NewBatch(Napi::Env env, uint32_t flags,
                               leveldb::WriteBatch updates);

/// The entries that a clear deletes: up to `limit`, from one end of the range.
struct Cleared {
  static constexpr uint64_t kAll = UINT64_MAX;
  dynamodown::Bounds bounds;
  bool is_reverse = false;
  uint64_t limit = kAll;
};
std::unique_ptr<Task> NewClear(Napi::Env env, uint32_t flags,
                               std::shared_ptr<HeldSnapshot> held,
                               Cleared cleared);

/// Resolves to a number of bytes.
std::unique_ptr<Task> NewSize(Napi::Env env, std::string start,
                              std::string limit);
std::unique_ptr<Task> NewCompact(Napi::Env env, std::string start,
                                 std::string limit);

}  // namespace face

#endif  // DYNAMODOWN_NODE_CALLS_H_
