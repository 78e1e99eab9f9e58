#include "leveldb_util/directory_claim.h"

#include <filesystem>
#include <mutex>
#include <set>
#include <system_error>

namespace dynamodown {
namespace {

/// The directories on which this process has claims. This is global state
/// because it protects locks of fcntl(2), which belong to the whole process.
struct Claimed {
  std::mutex mutex;
  std::set<std::string> directories;  // Guarded by mutex.
};

Claimed& All() {
  static auto* const claimed = new Claimed;  // Outlives main().
  return *claimed;
}

}  // namespace

std::unique_ptr<DirectoryClaim> DirectoryClaim::Take(const std::string& path) {
  std::error_code none;
  const std::string directory = std::filesystem::canonical(path, none).string();
  if (!directory.empty()) {
    const std::lock_guard<std::mutex> lock(All().mutex);
    if (!All().directories.insert(directory).second) return nullptr;
  }
  return std::unique_ptr<DirectoryClaim>(new DirectoryClaim(directory));
}

DirectoryClaim::~DirectoryClaim() {
  if (directory_.empty()) return;
  const std::lock_guard<std::mutex> lock(All().mutex);
  All().directories.erase(directory_);
}

}  // namespace dynamodown
