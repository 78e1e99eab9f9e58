#include "io/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace cli {

File::~File() {
  if (fd_ >= 0 && !is_borrowed_) close(fd_);
}

bool File::Open(const std::string& path, int flags) {
  name_ = path;
  do {
    fd_ = open(path.c_str(), flags | O_CLOEXEC, 0666);
  } while (fd_ < 0 && errno == EINTR);
  return fd_ >= 0;
}

void File::Borrow(int fd, std::string name) {
  fd_ = fd;
  is_borrowed_ = true;
  name_ = std::move(name);
}

bool File::IsRegular() const {
  struct stat facts;
  return fstat(fd_, &facts) == 0 && S_ISREG(facts.st_mode);
}

Complaint File::Write(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t n = write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Cannot("write", name_);
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return std::nullopt;
}

Complaint File::Sync() const {
  if (!IsRegular() || fsync(fd_) == 0) return std::nullopt;
  return Cannot("write", name_);
}

std::string Cannot(std::string_view verb, const std::string& name) {
  return fmt::format("cannot {} {}: {}", verb, name, std::strerror(errno));
}

ByteSource BytesOf(int fd) {
  return [fd](char* buffer, size_t n) {
    ssize_t got;
    do {
      got = read(fd, buffer, n);
    } while (got < 0 && errno == EINTR);
    return got;
  };
}

Complaint SyncDirectoryOf(const std::string& path) {
  const std::filesystem::path parent =
      std::filesystem::path(path).parent_path();
  File directory;
  const std::string name = parent.empty() ? "." : parent.string();
  if (!directory.Open(name, O_RDONLY | O_DIRECTORY) ||
      fsync(directory.fd()) != 0) {
    return Cannot("write", name);
  }
  return std::nullopt;
}

}  // namespace cli
