// Files as POSIX has them, for what must survive a crash.

#ifndef DYNAMODOWN_CLI_IO_FILE_H_
#define DYNAMODOWN_CLI_IO_FILE_H_

#include <sys/types.h>

#include <string>
#include <string_view>

#include "parse/complaint.h"
#include "parse/line_reader.h"

namespace cli {

/// An open file, closed with this. **Thread-safety**: one thread.
class File {
 public:
  File() = default;
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  /// As open(2), with O_CLOEXEC and the mode 0666. False: errno is set.
  bool Open(const std::string& path, int flags);
  /// An open one that is not ours to close.
  void Borrow(int fd, std::string name);

  int fd() const { return fd_; }
  const std::string& name() const { return name_; }
  bool IsRegular() const;

  Complaint Write(std::string_view bytes) const;
  /// As fsync(2); nothing for what is no regular file.
  Complaint Sync() const;

 private:
  int fd_ = -1;
  bool is_borrowed_ = false;
  std::string name_;
};

/// The bytes of a file descriptor, which stays the caller's.
ByteSource BytesOf(int fd);

/// "cannot VERB NAME: why", the why being errno's.
std::string Cannot(std::string_view verb, const std::string& name);

/// Makes a new name in the directory of `path` survive a crash.
Complaint SyncDirectoryOf(const std::string& path);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_FILE_H_
