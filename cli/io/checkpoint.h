// A checkpoint: a file that records the progress of a load, so that the same
// command can continue. To replace the file, a new file is written under
// another name, synced, and then renamed. So a crash leaves the old file or the
// new file, never half a file.

#ifndef DYNAMODOWN_CLI_IO_CHECKPOINT_H_
#define DYNAMODOWN_CLI_IO_CHECKPOINT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dynamodown/db.h"
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
  uint64_t line = 0;   ///< the line's number
  uint64_t bytes = 0;  ///< the number of input bytes up to the line's end
  Digest digest;       ///< of these bytes
};

/// Reads `path` into `*found`. If the file is missing, `*found` is empty.
Complaint ReadCheckpoint(const std::string& path,
                         std::optional<CheckpointFields>* found);

Complaint WriteCheckpoint(const std::string& path,
                          const CheckpointFields& fields);

/// Checks that a checkpoint can be written, before anything costs money.
Complaint CheckWritable(const std::string& path);

Complaint RemoveCheckpoint(const std::string& path);

/// A checkpoint with the fields that identify the store of `info`.
CheckpointFields CheckpointOf(const dynamodown::StoreInfo& info);

/// Whether `found` belongs to the store of `info`. If the store has an id, the
/// endpoints are not compared.
bool IsOf(const CheckpointFields& found, const dynamodown::StoreInfo& info);

/// Skips the loaded lines at the beginning of the input, and sets `*place` to
/// the end of these lines. Fails unless the checkpoint describes these lines.
Complaint SkipLoaded(const CheckpointFields& found, LineReader* reader,
                     Place* place);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_CHECKPOINT_H_
