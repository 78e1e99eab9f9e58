// POSIX files, for data that must survive a crash.
//
// A file that others may need is never changed in place. Its new content is
// written to a draft: a file with a name of its own, in the same folder. The
// complete draft then replaces the file. So a crash, a full disk or an error
// leaves the file as it was, and no file of another program is touched.

#ifndef DYNAMODOWN_CLI_IO_FILE_H_
#define DYNAMODOWN_CLI_IO_FILE_H_

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "parse/complaint.h"
#include "parse/line_reader.h"

namespace cli {

/// An open file. The destructor closes it. **Thread-safety**: one thread.
class File {
 public:
  File() = default;
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  File(File&& other) noexcept { *this = std::move(other); }
  File& operator=(File&& other) noexcept;

  /// Calls open(2) with O_CLOEXEC. If open fails, returns false with errno set.
  bool Open(const std::string& path, int flags, mode_t mode = 0666);
  /// Uses an open descriptor, which the destructor does not close.
  void Borrow(int fd, std::string name);

  void Close();
  /// Changes name(), and nothing on the disk. Call this after rename(2).
  void Rename(std::string name) { name_ = std::move(name); }
  int fd() const { return fd_; }
  const std::string& name() const { return name_; }
  bool IsRegular() const;
  /// The size in bytes; 0 if the file is not regular.
  uint64_t Size() const;
  /// Whether the path name() still leads to this file.
  bool IsStillNamed() const;
  /// The path that now leads to this file; empty if the file was removed.
  std::string CurrentName() const;

  /// Takes the lock of flock(2), and keeps it until the file is closed. Returns
  /// false if another program has the lock. If the file system has no locks,
  /// returns true.
  bool Lock() const;
  Complaint Write(std::string_view bytes) const;
  /// Calls fsync(2) on a regular file. Does nothing if the file is not regular.
  Complaint Sync() const;

 private:
  int fd_ = -1;
  bool is_borrowed_ = false;
  std::string name_;
};

/// The next content of a file. The destructor removes the draft unless it was
/// committed. **Thread-safety**: one thread.
class Draft {
 public:
  Draft() = default;
  ~Draft();
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  /// Makes a new empty file "TARGET.XXXXXX.tmp". If the target exists, the
  /// draft gets the target's mode, and also its owner if this user may set it;
  /// Open fails if the draft cannot get the mode. Until the draft has the mode,
  /// only this user can read it. Without a target, the draft has the mode of
  /// any new file: 0666 without the bits of umask(2).
  Complaint Open(const std::string& target);
  bool is_open() const { return file_.fd() >= 0; }
  const File& file() const { return file_; }
  const std::string& target() const { return target_; }

  /// Syncs the draft, gives it the target's name, and syncs the folder.
  /// `*file`, if not null, receives the open file.
  Complaint Commit(File* file = nullptr);
  /// Like Commit, but fails with EEXIST in errno if the target exists.
  Complaint CommitNew(File* file = nullptr);
  /// Leaves the draft where it is, and returns its name.
  std::string Keep();
  /// Removes the draft. Any thread may call this, as the last call.
  void Remove() const;

 private:
  Complaint Finish(bool is_new, File* file);
  /// Gives the draft the target's owner, if possible, and the target's mode.
  /// `facts` are the target's.
  Complaint TakeModeOf(const struct stat& facts) const;

  File file_;
  std::string target_;
};

/// Sets `*name` to "PATH.XXXXXX.tmp" with random characters, so that nobody can
/// guess the name.
Complaint DraftName(const std::string& path, std::string* name);

/// Gives the directory `from` the name `to`, and syncs the parent directory.
/// **Errors**: fails if `to` exists.
Complaint RenameDirectory(const std::string& from, const std::string& to);

/// The file that `path` leads to, through symbolic links. If there is no such
/// file, returns `path`.
std::string Resolve(const std::string& path);

/// Reads from a file descriptor, which the caller has to close. After a signal
/// (interrupt.h), reading fails with EINTR.
ByteSource BytesOf(int fd);

/// "cannot VERB NAME: ", and errno's message.
std::string Cannot(std::string_view verb, const std::string& name);

/// Syncs the directory of `path`, so that a new name in the directory survives
/// a crash.
Complaint SyncDirectoryOf(const std::string& path);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_FILE_H_
