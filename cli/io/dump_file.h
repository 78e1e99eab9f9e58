// The file of a dump: one record a line, in the order of the keys.
// A new file only grows. Whenever the program ends, the file holds the first
// records of the dump, and perhaps part of the next line. Resuming cuts that
// part off and continues after the key of the last complete line.
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
  /// program is dumping to the file. With kResume, Open also fails if the file
  /// holds anything but records. A failure leaves the file as it is.
  Complaint Open(const std::string& path, Mode mode);

  /// The keys of the first and the last record in the file when it was opened.
  const std::optional<std::string>& first_key() const { return first_key_; }
  const std::optional<std::string>& last_key() const { return last_key_; }

  /// The number of records in the file when it was opened.
  uint64_t records() const { return records_; }

  /// Appends whole lines.
  Complaint Write(std::string_view lines);
  /// Whether Write failed because the reader of standard output has gone away.
  bool is_reader_gone() const { return is_reader_gone_; }
  /// Syncs the dump. With kReplace, a whole dump replaces the file; any other
  /// dump is dropped. If Finish succeeds, the dump survives a crash.
  Complaint Finish(bool is_whole);

 private:
  bool OpenNamed(const std::string& path, Mode mode);
  Complaint Lock() const;
  Complaint GoToEnd();
  Complaint ReadFirst();
  Complaint CountRecords();

  File file_;    // the file itself, locked
  Draft draft_;  // open if the dump replaces a file's content
  bool is_standard_output_ = false;
  bool is_reader_gone_ = false;
  uint64_t records_ = 0;
  std::optional<std::string> first_key_;
  std::optional<std::string> last_key_;
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_DUMP_FILE_H_
