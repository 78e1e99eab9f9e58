// An Env with checks that LevelDB lacks.

#ifndef DYNAMODOWN_LEVELDB_UTIL_CHECKED_ENV_H_
#define DYNAMODOWN_LEVELDB_UTIL_CHECKED_ENV_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "leveldb/env.h"
#include "leveldb/status.h"
#include "leveldb_util/manifest.h"

namespace dynamodown {

/// If a block is damaged, its read fails with a Corruption that names the file.
/// LevelDB's own check is off unless ReadOptions asks for it, and its message
/// names no file. If another table has the name of a table that the MANIFEST
/// lists, each open of this file fails with a Corruption. If a write to a file
/// fails, all later writes to this file fail, too. A new file replaces an old
/// file of the same name; LevelDB alone would write into the old file.
/// Everything else is left to `target`.
///
/// **Cost**: the open of a listed table reads its index, and its first and last
/// block, once more.
///
/// **Thread-safety**: as thread-safe as `target`. **Ownership**: `target`
/// outlives this Env, and this Env outlives the files that it opens.
class CheckedEnv final : public leveldb::EnvWrapper {
 public:
  /// Called for each read of a table, with the read's position in bytes and its
  /// result. Several threads may call it at once.
  using OnRead = std::function<void(uint64_t offset, uint64_t bytes,
                                    const leveldb::Status& status)>;

  /// `listed` has the tables of the MANIFEST, by number.
  CheckedEnv(leveldb::Env* target, std::map<uint64_t, Manifest::Table> listed)
      : EnvWrapper(target), listed_(std::move(listed)) {}
  CheckedEnv(leveldb::Env* target, OnRead on_read)
      : EnvWrapper(target), on_read_(std::move(on_read)) {}

  leveldb::Status NewRandomAccessFile(
      const std::string& path, leveldb::RandomAccessFile** file) override;
  leveldb::Status NewWritableFile(const std::string& path,
                                  leveldb::WritableFile** file) override;
  leveldb::Status NewAppendableFile(const std::string& path,
                                    leveldb::WritableFile** file) override;

 private:
  const std::map<uint64_t, Manifest::Table> listed_;
  const OnRead on_read_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_LEVELDB_UTIL_CHECKED_ENV_H_
