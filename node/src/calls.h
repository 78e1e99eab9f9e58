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

// The calls of an open store that a thread of ours carries out. Flags are those
// of convert.h; `held` is null when there is no snapshot.

/// A value, or undefined; with `is_has` whether there is one. Those that read
/// in the same way, and no snapshot, are made as one.
std::unique_ptr<Task> NewGet(Napi::Env env, uint32_t flags,
                             std::shared_ptr<HeldSnapshot> held,
                             std::string key, bool is_has);
/// An array of these.
std::unique_ptr<Task> NewGetMany(Napi::Env env, uint32_t flags,
                                 std::shared_ptr<HeldSnapshot> held,
                                 std::vector<std::string> keys, bool is_has);

/// A put; a del without a value. Made as one where they can be, too.
std::unique_ptr<Task> NewWrite(Napi::Env env, uint32_t flags, std::string key,
                               std::optional<std::string> value);
std::unique_ptr<Task> NewBatch(Napi::Env env, uint32_t flags,
                               leveldb::WriteBatch updates);

/// What a clear deletes: from one end of the range, as many as `limit`.
struct Cleared {
  static constexpr uint64_t kAll = UINT64_MAX;
  dynamodown::Bounds bounds;
  bool is_reverse = false;
  uint64_t limit = kAll;
};
std::unique_ptr<Task> NewClear(Napi::Env env, uint32_t flags,
                               std::shared_ptr<HeldSnapshot> held,
                               Cleared cleared);

/// A number of bytes.
std::unique_ptr<Task> NewSize(Napi::Env env, std::string start,
                              std::string limit);
std::unique_ptr<Task> NewCompact(Napi::Env env, std::string start,
                                 std::string limit);

}  // namespace face

#endif  // DYNAMODOWN_NODE_CALLS_H_
