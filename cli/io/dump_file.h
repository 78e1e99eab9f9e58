// The file of a dump: one record a line, in the order of the keys.
// A new file only grows. Whenever the program ends, the file holds the first
// records of the dump, and perhaps part of the next line. Resuming cuts that
// part off, if it is the beginning of the next record's line, and continues
// after the key of the last complete line.
// A file that is replaced keeps its content until the dump is complete, since
// it may be the only backup.

#ifndef DYNAMODOWN_CLI_IO_DUMP_FILE_H_
#define DYNAMODOWN_CLI_IO_DUMP_FILE_H_

#include <optional>
#include <string>
#include <string_view>

#include "io/file.h"
#include "parse/complaint.h"

namespace cli {

/// **Thread-safety**: one thread at a time.
class DumpFile {
 public:
  enum class Mode {
    kNew,      ///< the file must not exist
    kReplace,  ///< the complete dump replaces the file's content
    kResume,   ///< the file's content stays; the file may be missing
  };

  /// Dumps to standard output.
  void UseStandardOutput();
  /// **Errors**: fails if the file cannot be opened in this mode, or if another
  /// program is dumping to the file. With kResume, Open also fails if a whole
  /// line of the file is no record, or if the keys of the lines do not rise. A
  /// failure leaves the file as it is.
  Complaint Open(const std::string& path, Mode mode);

  /// The keys of the first and the last record in the file when it was opened.
  const std::optional<std::string>& first_key() const { return first_key_; }
  const std::optional<std::string>& last_key() const { return last_key_; }

  /// The number of records in the file when it was opened.
  uint64_t records() const { return records_; }

  /// The bytes behind the last whole line of a file that is resumed.
  const std::string& torn() const { return torn_; }
  /// Cuts the bytes of torn() off. `line` is the line of the next record;
  /// empty: there is none.
  /// **Errors**: fails, and cuts nothing, if these bytes are not the beginning
  /// of `line`, since then another program may have written them.
  Complaint CutTorn(std::string_view line);

  /// Appends whole lines.
  Complaint Write(std::string_view lines);
  /// Whether Write failed because the reader of standard output has gone away.
  bool is_reader_gone() const { return is_reader_gone_; }
  /// Syncs the dump. With kReplace, a whole dump replaces the file; any other
  /// dump is dropped. If Finish succeeds, the dump survives a crash.
  /// **Errors**: also fails if another file has taken the name meanwhile, or if
  /// the file that the dump should replace has changed. The file of this name
  /// stays as it is, and the complaint says where the dump is.
  Complaint Finish(bool is_whole);
  /// Drops a dump that would have replaced the file. Any thread may call this,
  /// as the last call.
  void Drop() const;

 private:
  Complaint OpenNamed(const std::string& path, Mode mode);
  Complaint Lock() const;
  Complaint ReadRecords();
  Complaint NotRecord(uint64_t line, std::string_view what) const;
  Complaint Replace();
  bool IsAsItWas() const;

  File file_;    // the file itself, locked; closed if there was none to replace
  Draft draft_;  // open if the dump replaces a file
  struct stat before_ = {};  // of the file to replace
  bool is_standard_output_ = false;
  bool is_reader_gone_ = false;
  uint64_t records_ = 0;
  std::optional<std::string> first_key_;
  std::optional<std::string> last_key_;
  std::string torn_;
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_DUMP_FILE_H_
