#include "io/overlay_env.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace cli {
namespace {

using leveldb::Slice;
using leveldb::Status;

/// Whether this thread runs LevelDB's work in the background.
thread_local bool is_background = false;

Status Missing(const std::string& path) {
  return Status::NotFound(path, "No such file or directory");
}

}  // namespace

/// The bytes of a file in memory.
class OverlayEnv::Content {
 public:
  void Append(const Slice& data) {
    const std::lock_guard<std::mutex> lock(mutex_);
    bytes_.append(data.data(), data.size());
  }
  /// Copies at most `n` bytes to `scratch`.
  Slice Read(uint64_t offset, size_t n, char* scratch) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (offset >= bytes_.size()) return Slice();
    const size_t count = std::min<uint64_t>(n, bytes_.size() - offset);
    std::memcpy(scratch, bytes_.data() + offset, count);
    return Slice(scratch, count);
  }
  uint64_t size() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return bytes_.size();
  }

  class Writer final : public leveldb::WritableFile {
   public:
    explicit Writer(std::shared_ptr<Content> content)
        : content_(std::move(content)) {}
    Status Append(const Slice& data) override {
      content_->Append(data);
      return Status::OK();
    }
    Status Close() override { return Status::OK(); }
    Status Flush() override { return Status::OK(); }
    Status Sync() override { return Status::OK(); }

   private:
    const std::shared_ptr<Content> content_;
  };

  class Sequence final : public leveldb::SequentialFile {
   public:
    explicit Sequence(std::shared_ptr<Content> content)
        : content_(std::move(content)) {}
    Status Read(size_t n, Slice* result, char* scratch) override {
      *result = content_->Read(position_, n, scratch);
      return Skip(result->size());
    }
    Status Skip(uint64_t n) override {
      position_ += n;
      return Status::OK();
    }

   private:
    const std::shared_ptr<Content> content_;
    uint64_t position_ = 0;
  };

  class Random final : public leveldb::RandomAccessFile {
   public:
    explicit Random(std::shared_ptr<Content> content)
        : content_(std::move(content)) {}
    Status Read(uint64_t offset, size_t n, Slice* result,
                char* scratch) const override {
      *result = content_->Read(offset, n, scratch);
      return Status::OK();
    }

   private:
    const std::shared_ptr<Content> content_;
  };

 private:
  mutable std::mutex mutex_;
  std::string bytes_;  // Guarded by mutex_.
};

std::shared_ptr<OverlayEnv::Content> OverlayEnv::Written(
    const std::string& path) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = written_.find(path);
  return found == written_.end() ? nullptr : found->second;
}

bool OverlayEnv::IsRemoved(const std::string& path) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return removed_.contains(path);
}

Status OverlayEnv::NewSequentialFile(const std::string& path,
                                     leveldb::SequentialFile** file) {
  *file = nullptr;
  if (auto written = Written(path)) {
    *file = new Content::Sequence(std::move(written));
    return Status::OK();
  }
  return IsRemoved(path) ? Missing(path)
                         : target()->NewSequentialFile(path, file);
}

Status OverlayEnv::NewRandomAccessFile(const std::string& path,
                                       leveldb::RandomAccessFile** file) {
  *file = nullptr;
  if (auto written = Written(path)) {
    *file = new Content::Random(std::move(written));
    return Status::OK();
  }
  return IsRemoved(path) ? Missing(path)
                         : target()->NewRandomAccessFile(path, file);
}

Status OverlayEnv::NewWritableFile(const std::string& path,
                                   leveldb::WritableFile** file) {
  *file = nullptr;
  if (is_background) {
    return Status::NotSupported(path, "is not written by a compaction");
  }
  auto content = std::make_shared<Content>();
  *file = new Content::Writer(content);
  const std::lock_guard<std::mutex> lock(mutex_);
  written_[path] = std::move(content);
  return Status::OK();
}

// If this call fails, LevelDB writes a new file.
Status OverlayEnv::NewAppendableFile(const std::string& path,
                                     leveldb::WritableFile** file) {
  *file = nullptr;
  return Status::NotSupported(path, "cannot be appended to");
}

bool OverlayEnv::FileExists(const std::string& path) {
  if (Written(path) != nullptr) return true;
  return !IsRemoved(path) && target()->FileExists(path);
}

Status OverlayEnv::GetChildren(const std::string& directory,
                               std::vector<std::string>* names) {
  std::vector<std::string> found;
  const Status status = target()->GetChildren(directory, &found);
  if (!status.ok()) return status;
  const std::string prefix = directory + "/";
  std::set<std::string> all(found.begin(), found.end());
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const std::string& path : removed_) {
    if (path.starts_with(prefix)) all.erase(path.substr(prefix.size()));
  }
  for (const auto& [path, content] : written_) {
    if (path.starts_with(prefix)) all.insert(path.substr(prefix.size()));
  }
  names->assign(all.begin(), all.end());
  return status;
}

Status OverlayEnv::RemoveFile(const std::string& path) {
  if (!FileExists(path)) return Missing(path);
  const std::lock_guard<std::mutex> lock(mutex_);
  written_.erase(path);
  removed_.insert(path);
  return Status::OK();
}

Status OverlayEnv::CreateDir(const std::string& path) {
  return Status::NotSupported(path, "is not created");
}

Status OverlayEnv::RemoveDir(const std::string& path) {
  return Status::NotSupported(path, "is not removed");
}

Status OverlayEnv::GetFileSize(const std::string& path, uint64_t* bytes) {
  *bytes = 0;
  if (const auto written = Written(path)) {
    *bytes = written->size();
    return Status::OK();
  }
  return IsRemoved(path) ? Missing(path) : target()->GetFileSize(path, bytes);
}

// LevelDB renames the new CURRENT, which is in memory. It also tries to rename
// LOG, and ignores the failure.
Status OverlayEnv::RenameFile(const std::string& from, const std::string& to) {
  std::shared_ptr<Content> written = Written(from);
  if (written == nullptr) {
    return Status::NotSupported(from, "is not renamed");
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  written_[to] = std::move(written);
  written_.erase(from);
  removed_.insert(from);
  return Status::OK();
}

Status OverlayEnv::LockFile(const std::string& path, leveldb::FileLock** lock) {
  *lock = nullptr;
  if (target()->FileExists(path)) {
    const Status status = target()->LockFile(path, lock);
    // A message of LevelDB that begins like this says that the lock is held.
    const std::string held = "IO error: lock " + path;
    if (status.ok() || status.ToString().starts_with(held)) return status;
  }
  *lock = &no_lock_;
  return Status::OK();
}

Status OverlayEnv::UnlockFile(leveldb::FileLock* lock) {
  return lock == &no_lock_ ? Status::OK() : target()->UnlockFile(lock);
}

void OverlayEnv::Schedule(void (*work)(void*), void* argument) {
  struct Work {
    void (*run)(void*);
    void* argument;
  };
  target()->Schedule(
      [](void* passed) {
        const std::unique_ptr<Work> scheduled(static_cast<Work*>(passed));
        is_background = true;
        scheduled->run(scheduled->argument);
        is_background = false;
      },
      new Work{work, argument});
}

Status OverlayEnv::NewLogger(const std::string& path,
                             leveldb::Logger** logger) {
  *logger = nullptr;
  return Status::NotSupported(path, "is not written");
}

}  // namespace cli
