// Where a dump goes: a file of records, each a line, in the order of their
// keys.
//
// It only grows. So whatever ends the program, what is there is a beginning of
// the dump and perhaps a part of a line: resuming cuts that off and goes on
// behind the last line's key.

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
    kNew,      ///< it must not exist
    kReplace,  ///< what it has is lost
    kResume,   ///< what it has stays; nothing when it does not exist
  };

  /// Standard output.
  void UseStandardOutput();
  /// **Errors**: the file is as before; also when another program dumps to it,
  /// or, in kResume, when it has something else than records.
  Complaint Open(const std::string& path, Mode mode);

  /// The keys of the first and the last record that are there.
  const std::optional<std::string>& first_key() const { return first_key_; }
  const std::optional<std::string>& last_key() const { return last_key_; }

  /// Whole lines.
  Complaint Write(std::string_view lines) { return file_.Write(lines); }
  /// When this returns nothing the dump survives a crash.
  Complaint Finish();

 private:
  Complaint Lock() const;
  Complaint GoToEnd();
  Complaint ReadFirst();

  File file_;
  bool is_standard_output_ = false;
  std::optional<std::string> first_key_;
  std::optional<std::string> last_key_;
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_DUMP_FILE_H_
