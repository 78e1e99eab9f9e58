// An Env with which LevelDB can open a store for a command that only reads.

#ifndef DYNAMODOWN_CLI_IO_OVERLAY_ENV_H_
#define DYNAMODOWN_CLI_IO_OVERLAY_ENV_H_

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "leveldb/env.h"
#include "leveldb/status.h"

namespace cli {

/// Shows the files of the file system, and keeps every change in memory. So
/// LevelDB can open a store, and even recover it, while the store's directory
/// stays as it is. No call writes to a file or makes one.
///
/// The tables that a recovery writes are in memory, so a recovery needs about
/// as much memory as the logs have bytes. Compactions fail, but reads succeed.
///
/// **Thread-safety**: all calls from any thread.
class OverlayEnv final : public leveldb::EnvWrapper {
 public:
  OverlayEnv() : EnvWrapper(leveldb::Env::Default()) {}

  leveldb::Status NewSequentialFile(const std::string& path,
                                    leveldb::SequentialFile** file) override;
  leveldb::Status NewRandomAccessFile(
      const std::string& path, leveldb::RandomAccessFile** file) override;
  leveldb::Status NewWritableFile(const std::string& path,
                                  leveldb::WritableFile** file) override;
  leveldb::Status NewAppendableFile(const std::string& path,
                                    leveldb::WritableFile** file) override;
  bool FileExists(const std::string& path) override;
  leveldb::Status GetChildren(const std::string& directory,
                              std::vector<std::string>* names) override;
  leveldb::Status RemoveFile(const std::string& path) override;
  leveldb::Status CreateDir(const std::string& path) override;
  leveldb::Status RemoveDir(const std::string& path) override;
  leveldb::Status GetFileSize(const std::string& path,
                              uint64_t* bytes) override;
  leveldb::Status RenameFile(const std::string& from,
                             const std::string& to) override;
  /// Takes the lock that other processes see. Succeeds without a lock if this
  /// user may not lock the file. Also succeeds without a lock if there is no
  /// such file, because then no process has the store open.
  leveldb::Status LockFile(const std::string& path,
                           leveldb::FileLock** lock) override;
  leveldb::Status UnlockFile(leveldb::FileLock* lock) override;
  void Schedule(void (*work)(void*), void* argument) override;
  leveldb::Status NewLogger(const std::string& path,
                            leveldb::Logger** logger) override;

 private:
  class Content;
  class NoLock final : public leveldb::FileLock {};

  /// Returns null if no file at `path` was written.
  std::shared_ptr<Content> Written(const std::string& path);
  bool IsRemoved(const std::string& path);

  NoLock no_lock_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::map<std::string, std::shared_ptr<Content>> written_;
  std::set<std::string> removed_;
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_OVERLAY_ENV_H_
