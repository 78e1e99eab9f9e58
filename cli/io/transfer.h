// Applies a stream of lines to a store, for load and batch --unordered.

#ifndef DYNAMODOWN_CLI_IO_TRANSFER_H_
#define DYNAMODOWN_CLI_IO_TRANSFER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dynamodown/db.h"
#include "io/checkpoint.h"
#include "io/file.h"
#include "io/interrupt.h"
#include "io/session.h"
#include "leveldb/write_batch.h"
#include "parse/common_options.h"
#include "parse/complaint.h"
#include "parse/json_lines.h"
#include "parse/line_reader.h"

namespace cli {

/// A kind of lines, and the words for them.
struct LineKind {
  Complaint (*parse)(std::string_view line, Operation* operation);
  const char* doing;  ///< "loading"
  const char* done;   ///< "loaded"
  const char* noun;   ///< "record"
};

/// Opens a file of lines, or standard input if there is no path.
Complaint OpenInput(const std::optional<std::string>& path, File* input);

/// The complaint about a line over kLineBytesMax.
std::string TooLong();

/// "loaded 7 records (lines 1 to 7)". The lines are those after `start` and
/// before `line`.
std::string DoneText(const LineKind& kind, uint64_t records, uint64_t start,
                     uint64_t line);

/// The number of bytes of key and value.
size_t SizeOf(const Operation& operation);
void AddTo(leveldb::WriteBatch* batch, const Operation& operation);

/// Options for a write that is durable when it returns. On DynamoDB every write
/// is durable; in an embedded store `sync` makes the write durable.
dynamodown::WriteOptions Durable(dynamodown::BatchMode mode);

struct TransferOptions {
  LineKind kind;
  Checkpoint* checkpoint = nullptr;  ///< Transfer updates it. May be null.
  std::string input_name;  ///< As the user typed it; empty: standard input.
  InterruptWatch* watch = nullptr;  ///< Required.
};

/// Applies the rest of `input`, which `reader` reads from `start` on, and
/// returns the exit status. If a line cannot be applied, all lines before it
/// are applied and none after it. Prints a summary, and after Ctrl-C or a
/// failure also says how to continue.
/// **Cost**: memory for the longest line and for two chunks, each of which has
/// at most 2,000 operations and little more than 2 MB.
int Transfer(const CommonOptions& common, const TransferOptions& options,
             const File& input, LineReader* reader, const Place& start,
             Session* session);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_TRANSFER_H_
