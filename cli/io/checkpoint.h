// A checkpoint: a file that records the progress of a load, so that the same
// command can continue. Each new state is written to a draft (file.h), which
// then replaces the file. So a crash leaves the old state or the new state,
// never a part of a state.
//
// Only one load at a time can use a checkpoint. The load locks the file that
// has the checkpoint's name, and locks each draft before the draft gets this
// name. So while the load runs, the file of this name always has a lock.

#ifndef DYNAMODOWN_CLI_IO_CHECKPOINT_H_
#define DYNAMODOWN_CLI_IO_CHECKPOINT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dynamodown/db.h"
#include "io/file.h"
#include "parse/complaint.h"
#include "parse/json_lines.h"
#include "parse/line_reader.h"

namespace cli {

/// FNV-1a of 64 bits: detects a changed input, not a forged one.
class Digest {
 public:
  void Add(std::string_view bytes) {
    for (const char c : bytes) {
      hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
  }
  std::string hex() const;

 private:
  uint64_t hash_ = 0xcbf29ce484222325;
};

/// A position in the input: the end of a line.
struct Place {
  uint64_t line = 0;     ///< the line's number
  uint64_t bytes = 0;    ///< the number of input bytes up to the line's end
  Digest digest;         ///< of these bytes
  uint64_t records = 0;  ///< the number of lines that are not blank
};

/// The locked file of a checkpoint. **Thread-safety**: one thread at a time.
class Checkpoint {
 public:
  /// Removes the file if Begin made it and no line has been loaded.
  ~Checkpoint();
  Checkpoint() = default;
  Checkpoint(const Checkpoint&) = delete;
  Checkpoint& operator=(const Checkpoint&) = delete;

  /// Locks the file, and reads it into `*found`. If the file is missing,
  /// `*found` is empty. Also checks that the file can be written later, before
  /// anything costs money.
  /// **Errors**: fails if another load uses the checkpoint.
  Complaint Open(const std::string& path,
                 std::optional<CheckpointFields>* found);
  /// If the file was missing, makes it, with no line loaded.
  /// **Errors**: fails if another load made the file since Open.
  Complaint Begin(const CheckpointFields& store);
  /// Replaces the file. If the file was removed, makes it again.
  /// **Errors**: fails, and changes nothing, if another file has been moved
  /// onto the checkpoint's name.
  Complaint Write(const CheckpointFields& fields);
  /// Removes the file. **Errors**: those of Write.
  Complaint Remove();

 private:
  Complaint Lock();
  /// Sets `*found` to whether our file still has its name. Fails if another
  /// file has the name, so if `*found` is false, no file has it.
  Complaint FindOwnFile(bool* found) const;
  Complaint Read(std::optional<CheckpointFields>* found);
  Complaint WriteDraft(const CheckpointFields& fields, Draft* draft) const;

  std::string path_;       // without symbolic links
  File file_;              // open while this object has the lock
  bool is_fresh_ = false;  // Begin made the file, and nothing is loaded yet
};

/// A checkpoint with the fields that identify the store of `info`. An embedded
/// store is identified by its canonical path.
CheckpointFields CheckpointOf(const dynamodown::StoreInfo& info);

/// Whether `found` belongs to the store of `info`. If the store has an id, the
/// endpoints are not compared.
bool IsOf(const CheckpointFields& found, const dynamodown::StoreInfo& info);

/// Skips the loaded lines at the beginning of the input, and sets `*place` to
/// the end of these lines and `*last` to the last record in them. Fails unless
/// the checkpoint describes these lines.
Complaint SkipLoaded(const CheckpointFields& found, LineReader* reader,
                     Place* place, Operation* last);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_CHECKPOINT_H_
