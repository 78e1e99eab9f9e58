// POSIX files, for data that must survive a crash.

#ifndef DYNAMODOWN_CLI_IO_FILE_H_
#define DYNAMODOWN_CLI_IO_FILE_H_

#include <sys/types.h>

#include <string>
#include <string_view>

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

  /// Calls open(2) with O_CLOEXEC and the mode 0666. If open fails, returns
  /// false with errno set.
  bool Open(const std::string& path, int flags);
  /// Uses an open descriptor, which the destructor does not close.
  void Borrow(int fd, std::string name);

  int fd() const { return fd_; }
  const std::string& name() const { return name_; }
  bool IsRegular() const;

  Complaint Write(std::string_view bytes) const;
  /// Calls fsync(2) on a regular file. Does nothing if the file is not regular.
  Complaint Sync() const;

 private:
  int fd_ = -1;
  bool is_borrowed_ = false;
  std::string name_;
};

/// Reads from a file descriptor, which the caller has to close.
ByteSource BytesOf(int fd);

/// "cannot VERB NAME: ", and errno's message.
std::string Cannot(std::string_view verb, const std::string& name);

/// Syncs the directory of `path`, so that a new name in the directory survives
/// a crash.
Complaint SyncDirectoryOf(const std::string& path);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_FILE_H_
