#include "io/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "io/interrupt.h"

namespace cli {
namespace {

constexpr int kDraftNamesMax = 100;  // Names to try before giving up.

/// Six random characters, so that nobody can guess a draft's name.
Complaint RandomSuffix(std::string* suffix) {
  constexpr std::string_view kCharacters = "abcdefghijklmnopqrstuvwxyz012345";
  std::array<unsigned char, 6> bytes;
  if (getrandom(bytes.data(), bytes.size(), 0) !=
      static_cast<ssize_t>(bytes.size())) {
    return Cannot("get", "random bytes");
  }
  suffix->clear();
  for (const unsigned char b : bytes) {
    *suffix += kCharacters[b % kCharacters.size()];
  }
  return std::nullopt;
}

std::string FolderOf(const std::string& path) {
  const std::filesystem::path parent =
      std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

}  // namespace

File::~File() { Close(); }

File& File::operator=(File&& other) noexcept {
  if (this == &other) return *this;
  Close();
  fd_ = std::exchange(other.fd_, -1);
  is_borrowed_ = other.is_borrowed_;
  name_ = std::move(other.name_);
  return *this;
}

void File::Close() {
  if (fd_ >= 0 && !is_borrowed_) close(fd_);
  fd_ = -1;
}

bool File::Open(const std::string& path, int flags, mode_t mode) {
  name_ = path;
  do {
    fd_ = open(path.c_str(), flags | O_CLOEXEC, mode);
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

uint64_t File::Size() const {
  struct stat facts;
  if (fstat(fd_, &facts) != 0 || !S_ISREG(facts.st_mode)) return 0;
  return static_cast<uint64_t>(facts.st_size);
}

bool File::IsStillNamed() const {
  struct stat mine, named;
  return fstat(fd_, &mine) == 0 && stat(name_.c_str(), &named) == 0 &&
         mine.st_dev == named.st_dev && mine.st_ino == named.st_ino;
}

std::string File::CurrentName() const {
  std::error_code error;
  const std::string path = std::filesystem::read_symlink(
                               "/proc/self/fd/" + std::to_string(fd_), error)
                               .string();
  struct stat facts;
  const bool is_gone = fstat(fd_, &facts) == 0 && facts.st_nlink == 0;
  return is_gone ? "" : path;
}

bool File::Lock() const {
  return flock(fd_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
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

Draft::~Draft() {
  if (is_open()) Remove();
}

std::string Draft::Keep() {
  const std::string name = file_.name();
  file_.Close();
  return name;
}

void Draft::Remove() const { unlink(file_.name().c_str()); }

Complaint Draft::Open(const std::string& target) {
  target_ = target;
  struct stat facts;
  const bool replaces = stat(target.c_str(), &facts) == 0;
  if (!replaces && errno != ENOENT) return Cannot("find", target);
  // Before the draft has the target's mode, only this user may read it.
  const mode_t mode = replaces ? 0600 : 0666;
  std::string name;
  for (int i = 0; i < kDraftNamesMax; ++i) {
    if (Complaint c = DraftName(target, &name)) return c;
    if (file_.Open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode)) {
      return replaces ? TakeModeOf(facts) : Complaint();
    }
    if (errno != EEXIST) break;
  }
  return Cannot("make a file beside", target);
}

Complaint Draft::TakeModeOf(const struct stat& facts) const {
  // Only root can give a file to another owner. Any other user owns the draft,
  // as with the files that an editor saves. A draft with another owner than the
  // target gets no set-user-ID bit, which would give this user's rights to
  // others.
  const bool is_owned = fchown(file_.fd(), facts.st_uid, facts.st_gid) == 0;
  const mode_t mode = facts.st_mode & (is_owned ? 07777 : 0777);
  if (fchmod(file_.fd(), mode) == 0) return std::nullopt;
  return Cannot("set the permissions of the new", target_);
}

Complaint Draft::Commit(File* file) { return Finish(false, file); }
Complaint Draft::CommitNew(File* file) { return Finish(true, file); }

Complaint Draft::Finish(bool is_new, File* file) {
  if (Complaint c = file_.Sync()) return c;
  const std::string draft = file_.name();
  // RENAME_NOREPLACE is missing on some file systems; link(2) never replaces.
  const int error = is_new ? link(draft.c_str(), target_.c_str())
                           : std::rename(draft.c_str(), target_.c_str());
  if (error != 0) return Cannot("write", target_);
  if (is_new) unlink(draft.c_str());
  File renamed = std::move(file_);
  renamed.Rename(target_);
  if (file != nullptr) *file = std::move(renamed);
  return SyncDirectoryOf(target_);
}

Complaint DraftName(const std::string& path, std::string* name) {
  std::string suffix;
  if (Complaint c = RandomSuffix(&suffix)) return c;
  *name = path + "." + suffix + ".tmp";
  return std::nullopt;
}

Complaint RenameDirectory(const std::string& from, const std::string& to) {
  // On a file system that has no RENAME_NOREPLACE, rename(2) replaces nothing
  // but an empty directory.
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(),
                RENAME_NOREPLACE) == 0 ||
      (errno == EINVAL && std::rename(from.c_str(), to.c_str()) == 0)) {
    return SyncDirectoryOf(to);
  }
  return Cannot("write", to);
}

std::string Resolve(const std::string& path) {
  std::error_code error;
  const std::filesystem::path resolved =
      std::filesystem::canonical(path, error);
  return error ? path : resolved.string();
}

std::string Cannot(std::string_view verb, const std::string& name) {
  return fmt::format("cannot {} {}: {}", verb, name, std::strerror(errno));
}

ByteSource BytesOf(int fd) {
  return [fd](char* buffer, size_t n) {
    ssize_t got;
    if (!AwaitReadable(fd)) {
      errno = EINTR;
      return ssize_t{-1};
    }
    do {
      got = read(fd, buffer, n);
    } while (got < 0 && errno == EINTR);
    return got;
  };
}

Complaint SyncDirectoryOf(const std::string& path) {
  File directory;
  const std::string name = FolderOf(path);
  if (!directory.Open(name, O_RDONLY | O_DIRECTORY) ||
      fsync(directory.fd()) != 0) {
    return Cannot("write", name);
  }
  return std::nullopt;
}

}  // namespace cli
