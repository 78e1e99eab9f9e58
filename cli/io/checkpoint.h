// How far a load got: a file that the same command goes on from.
//
// A crash leaves the file of before or that of after, never half of one: it is
// written under another name, made to last, and then renamed.

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

/// FNV-1a of 64 bits: tells an input that was changed, not one that was forged.
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

/// A place in the input: behind a line.
struct Place {
  uint64_t line = 0;   ///< its number
  uint64_t bytes = 0;  ///< from the beginning
  Digest digest;       ///< of these bytes
};

/// `*found` is what `path` has; nothing when there is no such file.
Complaint ReadCheckpoint(const std::string& path,
                         std::optional<CheckpointFields>* found);

Complaint WriteCheckpoint(const std::string& path,
                          const CheckpointFields& fields);

/// Whether one can be written there, before anything is paid for.
Complaint CheckWritable(const std::string& path);

Complaint RemoveCheckpoint(const std::string& path);

/// What a checkpoint says of the store that `info` is of.
CheckpointFields CheckpointOf(const dynamodown::StoreInfo& info);

/// Whether `found` is of that store. One with an id is itself at any endpoint.
bool IsOf(const CheckpointFields& found, const dynamodown::StoreInfo& info);

/// Reads the lines that are loaded, from the first on. They must be those that
/// the checkpoint is of; `*place` is then behind them.
Complaint SkipLoaded(const CheckpointFields& found, LineReader* reader,
                     Place* place);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_CHECKPOINT_H_
