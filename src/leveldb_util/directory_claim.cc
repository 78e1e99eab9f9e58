#include "leveldb_util/directory_claim.h"

#include <sys/stat.h>

#include <compare>
#include <mutex>
#include <set>
#include <utility>

namespace dynamodown {

/// Identifies a directory whatever its name is.
struct DirectoryClaim::Identity {
  dev_t device;
  ino_t inode;
  auto operator<=>(const Identity&) const = default;

  /// The directories on which this process has claims. The locks of fcntl(2)
  /// belong to the process, so this set does, too.
  struct Claimed {
    std::mutex mutex;
    std::set<Identity> directories;  // Guarded by mutex.
  };
  static Claimed& All() {
    static auto* const claimed = new Claimed;  // Outlives main().
    return *claimed;
  }
};

DirectoryClaim::DirectoryClaim(std::unique_ptr<Identity> directory)
    : directory_(std::move(directory)) {}

std::unique_ptr<DirectoryClaim> DirectoryClaim::Take(const std::string& path) {
  struct stat found {};
  std::unique_ptr<Identity> directory;
  if (stat(path.c_str(), &found) == 0) {
    directory = std::make_unique<Identity>(found.st_dev, found.st_ino);
    Identity::Claimed& all = Identity::All();
    const std::lock_guard<std::mutex> lock(all.mutex);
    if (!all.directories.insert(*directory).second) return nullptr;
  }
  return std::unique_ptr<DirectoryClaim>(
      new DirectoryClaim(std::move(directory)));
}

DirectoryClaim::~DirectoryClaim() {
  if (directory_ == nullptr) return;
  Identity::Claimed& all = Identity::All();
  const std::lock_guard<std::mutex> lock(all.mutex);
  all.directories.erase(*directory_);
}

}  // namespace dynamodown
