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
  /// Called for each read of a table that fails, with the position in bytes and
  /// the error. Several threads may call it at once.
  using OnFailure = std::function<void(uint64_t offset, uint64_t bytes,
                                       const leveldb::Status& error)>;

  explicit CheckedEnv(leveldb::Env* target, OnFailure on_failure = nullptr)
      : EnvWrapper(target), on_failure_(std::move(on_failure)) {}

  leveldb::Status NewRandomAccessFile(
      const std::string& path, leveldb::RandomAccessFile** file) override;

 private:
  const OnFailure on_failure_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_LEVELDB_UTIL_CHECKED_ENV_H_
