// An Env that verifies the checksum of every block of a table that is read.

#ifndef DYNAMODOWN_LEVELDB_UTIL_CHECKED_ENV_H_
#define DYNAMODOWN_LEVELDB_UTIL_CHECKED_ENV_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "leveldb/env.h"
#include "leveldb/status.h"

namespace dynamodown {

/// If a block is damaged, its read fails with a Corruption that names the file.
/// LevelDB's own check is off unless ReadOptions asks for it, and its message
/// names no file. Everything except the reads of tables is left to `target`.
///
/// **Thread-safety**: as thread-safe as `target`. **Ownership**: `target`
/// outlives this Env, and this Env outlives the files that it opens.
class CheckedEnv final : public leveldb::EnvWrapper {
 public:
  /// Called for each damaged block, with the file's path and the block's
  /// position in bytes. Several threads may call it at once.
  using OnDamage = std::function<void(const std::string& path, uint64_t offset,
                                      uint64_t bytes)>;

  explicit CheckedEnv(leveldb::Env* target, OnDamage on_damage = nullptr)
      : EnvWrapper(target), on_damage_(std::move(on_damage)) {}

  leveldb::Status NewRandomAccessFile(
      const std::string& path, leveldb::RandomAccessFile** file) override;

 private:
  const OnDamage on_damage_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_LEVELDB_UTIL_CHECKED_ENV_H_
