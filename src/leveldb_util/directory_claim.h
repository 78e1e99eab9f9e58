// Keeps a process from opening a store's directory twice.

#ifndef DYNAMODOWN_LEVELDB_UTIL_DIRECTORY_CLAIM_H_
#define DYNAMODOWN_LEVELDB_UTIL_DIRECTORY_CLAIM_H_

#include <memory>
#include <string>
#include <utility>

namespace dynamodown {

/// The claim of one open store on its directory.
///
/// LevelDB's own lock is not enough. If a process opens a directory twice under
/// two names, such as "db" and "./db", LevelDB does not notice. If both names
/// are the same, LevelDB's second attempt fails, but closes the file LOCK. That
/// releases the lock of the open store (fcntl(2), "record locks").
///
/// **Thread-safety**: all calls from any thread. **Ownership**: the claim ends
/// with the object. A forked child inherits the claims of its parent.
class DirectoryClaim {
 public:
  /// Returns null if this process already has a claim on the directory `path`.
  /// If there is no such directory in the file system, for example because the
  /// store is in memory, returns a claim that keeps nobody away.
  static std::unique_ptr<DirectoryClaim> Take(const std::string& path);
  ~DirectoryClaim();

  DirectoryClaim(const DirectoryClaim&) = delete;
  DirectoryClaim& operator=(const DirectoryClaim&) = delete;

 private:
  explicit DirectoryClaim(std::string directory)
      : directory_(std::move(directory)) {}

  /// The path without symbolic links; empty if there is no such directory.
  const std::string directory_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_LEVELDB_UTIL_DIRECTORY_CLAIM_H_
