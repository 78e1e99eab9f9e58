#include "io/dump_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "parse/json_lines.h"
#include "parse/line_reader.h"

namespace cli {
namespace {

constexpr std::string_view kRecordBegin = "{\"key";
constexpr size_t kCountBytes = size_t{1} << 20;  // of a read
constexpr size_t kTailBytes = size_t{64} << 10;  // of the first read
// Enough for the last complete line and a part of another line.
constexpr size_t kTailBytesMax = 2 * (kLineBytesMax + 1) + 1;

/// The end of a file.
struct Tail {
  std::optional<std::string> line;  // the last complete line
  std::string torn;                 // the bytes after that line
};

/// Reads exactly [offset, offset + n) of the file.
Complaint ReadAt(const File& file, uint64_t offset, size_t n,
                 std::string* bytes) {
  bytes->resize(n);
  for (size_t done = 0; done < n;) {
    const ssize_t got = pread(file.fd(), bytes->data() + done, n - done,
                              static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Cannot("read", file.name());
    if (got == 0) return file.name() + " got shorter while it was read";
    done += static_cast<size_t>(got);
  }
  return std::nullopt;
}

Complaint ReadTail(const File& file, uint64_t size, Tail* tail) {
  std::string bytes;
  for (size_t n = kTailBytes;; n *= 2) {
    n = std::min<uint64_t>(n, size);
    if (n > kTailBytesMax) {
      return fmt::format("{} has no dump in it: a line is longer than {} MB",
                         file.name(), kLineBytesMax >> 20);
    }
    if (Complaint c = ReadAt(file, size - n, n, &bytes)) return c;
    const size_t end = bytes.rfind('\n');
    const size_t before = end == std::string::npos || end == 0
                              ? std::string::npos
                              : bytes.rfind('\n', end - 1);
    if (before == std::string::npos && n < size) continue;  // read more
    if (end == std::string::npos) {
      tail->torn = std::move(bytes);
      return std::nullopt;
    }
    const size_t begin = before == std::string::npos ? 0 : before + 1;
    tail->line = bytes.substr(begin, end - begin);
    tail->torn = bytes.substr(end + 1);
    return std::nullopt;
  }
}

}  // namespace

void DumpFile::UseStandardOutput() {
  file_.Borrow(STDOUT_FILENO, "standard output");
  is_standard_output_ = true;
}

/// Opens the file for writing; a missing file is created. Never creates a file
/// at the end of a symbolic link.
bool DumpFile::OpenNamed(const std::string& path, Mode mode) {
  if (mode != Mode::kNew) {
    if (file_.Open(Resolve(path), mode == Mode::kResume ? O_RDWR : O_WRONLY)) {
      return true;
    }
    if (errno != ENOENT) return false;
  }
  return file_.Open(path, O_RDWR | O_CREAT | O_EXCL);
}

Complaint DumpFile::Open(const std::string& path, Mode mode) {
  if (!OpenNamed(path, mode)) {
    if (errno != EEXIST) return Cannot("write", path);
    if (mode != Mode::kNew) {
      return path + " is a symbolic link that leads nowhere";
    }
    return path + " exists; --resume continues it, --force replaces it";
  }
  if (!file_.IsRegular()) {
    if (mode != Mode::kResume) return std::nullopt;
    return path + " is not a regular file, so there is nothing to resume";
  }
  if (Complaint c = Lock()) return c;
  if (mode == Mode::kResume) return GoToEnd();
  return file_.Size() == 0 ? Complaint() : draft_.Open(file_.name());
}

Complaint DumpFile::Lock() const {
  if (file_.Lock()) return std::nullopt;
  return "another program is writing " + file_.name();
}

Complaint DumpFile::GoToEnd() {
  const off_t size = lseek(file_.fd(), 0, SEEK_END);
  if (size < 0) return Cannot("read", file_.name());
  Tail tail;
  Complaint read = ReadTail(file_, static_cast<uint64_t>(size), &tail);
  if (read) return read;
  // Never cut a file that is not a dump.
  if (tail.line) {
    Operation last;
    if (Complaint c = ParseRecord(*tail.line, &last)) {
      return file_.name() + " has no dump in it: its last line is no record (" +
             *c + ")";
    }
    last_key_ = std::move(last.key);
    if (Complaint c = ReadFirst()) return c;
    if (Complaint c = CountRecords()) return c;
  }
  const std::string_view torn = tail.torn;
  if (torn.substr(0, kRecordBegin.size()) !=
      kRecordBegin.substr(0, torn.size())) {
    return file_.name() + " has no dump in it: its end is not part of a record";
  }
  const off_t end = size - static_cast<off_t>(torn.size());
  if (ftruncate(file_.fd(), end) != 0 || lseek(file_.fd(), end, SEEK_SET) < 0) {
    return Cannot("write", file_.name());
  }
  return std::nullopt;
}

Complaint DumpFile::ReadFirst() {
  if (lseek(file_.fd(), 0, SEEK_SET) < 0) return Cannot("read", file_.name());
  LineReader reader(BytesOf(file_.fd()));
  Operation first;
  if (reader.Next() != LineReader::Outcome::kLine ||
      ParseRecord(reader.line(), &first) || first.key > *last_key_) {
    return file_.name() +
           " has no dump in it: its first line is no record, or its first key "
           "is above its last key";
  }
  first_key_ = std::move(first.key);
  return std::nullopt;
}

Complaint DumpFile::CountRecords() {
  std::string bytes(kCountBytes, '\0');
  if (lseek(file_.fd(), 0, SEEK_SET) < 0) return Cannot("read", file_.name());
  for (;;) {
    const ssize_t got = read(file_.fd(), bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Cannot("read", file_.name());
    if (got == 0) return std::nullopt;
    records_ += static_cast<uint64_t>(
        std::count(bytes.begin(), bytes.begin() + got, '\n'));
  }
}

Complaint DumpFile::Write(std::string_view lines) {
  Complaint failed = (draft_.is_open() ? draft_.file() : file_).Write(lines);
  is_reader_gone_ = failed && is_standard_output_ && errno == EPIPE;
  return failed;
}

Complaint DumpFile::Finish(bool is_whole) {
  if (draft_.is_open()) return is_whole ? draft_.Commit() : Complaint();
  if (Complaint c = file_.Sync()) return c;
  return is_standard_output_ || !file_.IsRegular()
             ? std::nullopt
             : SyncDirectoryOf(file_.name());
}

}  // namespace cli
