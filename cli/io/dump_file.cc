#include "io/dump_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "io/command_line.h"
#include "parse/json_lines.h"
#include "parse/line_reader.h"

namespace cli {
namespace {

std::string NoDump(const std::string& name, const std::string& why) {
  return name + " has no dump in it: " + why;
}

/// Why the file at `path`, which exists, cannot be a new dump.
std::string WhyNotNew(const std::string& path) {
  struct stat facts;
  if (stat(path.c_str(), &facts) != 0) {
    return path + " is a symbolic link that leads nowhere";
  }
  if (S_ISDIR(facts.st_mode)) {
    return path + " is a directory; give the name of a file in it";
  }
  if (!S_ISREG(facts.st_mode)) {
    return path + " is not a regular file; --force writes to it";
  }
  return path + " exists; --resume continues it, --force replaces it";
}

}  // namespace

void DumpFile::UseStandardOutput() {
  file_.Borrow(STDOUT_FILENO, "standard output");
  is_standard_output_ = true;
}

/// Opens the file for writing, and makes a missing file unless it is to be
/// replaced. Never makes a file at the end of a symbolic link.
Complaint DumpFile::OpenNamed(const std::string& path, Mode mode) {
  if (mode != Mode::kNew) {
    if (file_.Open(Resolve(path), mode == Mode::kResume ? O_RDWR : O_WRONLY)) {
      return std::nullopt;
    }
    if (errno != ENOENT) return Cannot("write", path);
  }
  struct stat facts;
  const bool is_there = lstat(path.c_str(), &facts) == 0;
  if (mode == Mode::kReplace && !is_there) return std::nullopt;
  if (file_.Open(path, O_RDWR | O_CREAT | O_EXCL)) return std::nullopt;
  return errno == EEXIST ? WhyNotNew(path) : Cannot("write", path);
}

Complaint DumpFile::Open(const std::string& path, Mode mode) {
  if (Complaint c = OpenNamed(path, mode)) return c;
  if (file_.fd() < 0) {
    return draft_.Open(path) ? Cannot("write", path) : Complaint();
  }
  if (!file_.IsRegular()) {
    if (mode != Mode::kResume) return std::nullopt;
    return path + " is not a regular file, so there is nothing to resume";
  }
  if (Complaint c = Lock()) return c;
  if (mode == Mode::kResume) return ReadRecords();
  if (mode == Mode::kNew) return std::nullopt;
  if (fstat(file_.fd(), &before_) != 0) return Cannot("find", path);
  return draft_.Open(file_.name());
}

Complaint DumpFile::Lock() const {
  if (file_.Lock()) return std::nullopt;
  return "another program is writing " + file_.name();
}

Complaint DumpFile::NotRecord(uint64_t line, std::string_view what) const {
  return NoDump(file_.name(), fmt::format("line {} {}", line, what));
}

Complaint DumpFile::ReadRecords() {
  LineReader reader(BytesOf(file_.fd()));
  for (;;) {
    const LineReader::Outcome outcome = reader.Next();
    if (outcome == LineReader::Outcome::kEnd) return std::nullopt;
    if (outcome == LineReader::Outcome::kFailed) {
      return Cannot("read", file_.name());
    }
    if (outcome == LineReader::Outcome::kTooLong) {
      return NotRecord(reader.number(), fmt::format("is longer than {} MB",
                                                    kLineBytesMax >> 20));
    }
    if (!reader.raw().ends_with('\n')) {
      torn_ = reader.line();
      return std::nullopt;
    }
    Operation record;
    if (Complaint c = ParseRecord(reader.line(), &record)) {
      return NotRecord(reader.number(), "is no record (" + *c + ")");
    }
    if (last_key_ && record.key <= *last_key_) {
      return NotRecord(reader.number(),
                       "has a key that is not above the key before");
    }
    if (!first_key_) first_key_ = record.key;
    last_key_ = std::move(record.key);
    ++records_;
  }
}

Complaint DumpFile::CutTorn(std::string_view line) {
  if (torn_.empty()) return std::nullopt;
  const uint64_t end = file_.Size() - torn_.size();
  if (!line.starts_with(torn_)) {
    return NoDump(
        file_.name(),
        fmt::format("its last {} bytes are not the beginning of the record "
                    "that comes next; if a dump wrote them, and the record has "
                    "changed since, cut them off: truncate --size={} {}",
                    torn_.size(), end, FileWord(file_.name())));
  }
  if (ftruncate(file_.fd(), static_cast<off_t>(end)) != 0 ||
      lseek(file_.fd(), static_cast<off_t>(end), SEEK_SET) < 0) {
    return Cannot("write", file_.name());
  }
  return std::nullopt;
}

Complaint DumpFile::Write(std::string_view lines) {
  Complaint failed = (draft_.is_open() ? draft_.file() : file_).Write(lines);
  is_reader_gone_ = failed && is_standard_output_ && errno == EPIPE;
  return failed;
}

bool DumpFile::IsAsItWas() const {
  struct stat now;
  return file_.IsStillNamed() && fstat(file_.fd(), &now) == 0 &&
         now.st_size == before_.st_size &&
         now.st_mtim.tv_sec == before_.st_mtim.tv_sec &&
         now.st_mtim.tv_nsec == before_.st_mtim.tv_nsec;
}

Complaint DumpFile::Replace() {
  struct stat facts;
  const bool is_new =
      file_.fd() < 0 || lstat(file_.name().c_str(), &facts) != 0;
  if (is_new || IsAsItWas()) {
    const Complaint failed = is_new ? draft_.CommitNew() : draft_.Commit();
    if (!failed || !is_new || errno != EEXIST) return failed;
  }
  if (Complaint c = draft_.file().Sync()) return c;
  return draft_.target() +
         " was changed during the dump, and stays as it is; the dump is "
         "complete, in " +
         draft_.Keep();
}

Complaint DumpFile::Finish(bool is_whole) {
  if (draft_.is_open()) return is_whole ? Replace() : Complaint();
  if (Complaint c = file_.Sync()) return c;
  if (is_standard_output_ || !file_.IsRegular()) return std::nullopt;
  if (file_.IsStillNamed()) return SyncDirectoryOf(file_.name());
  const std::string now = file_.CurrentName();
  return file_.name() + " was moved or removed during the dump; " +
         (now.empty() ? "the dump is gone" : "the dump is in " + now);
}

void DumpFile::Drop() const {
  if (draft_.is_open()) draft_.Remove();
}

}  // namespace cli
