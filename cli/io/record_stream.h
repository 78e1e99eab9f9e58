// Records in the order of their keys, from a store or from a dump. A diff reads
// two such streams side by side.

#ifndef DYNAMODOWN_CLI_IO_RECORD_STREAM_H_
#define DYNAMODOWN_CLI_IO_RECORD_STREAM_H_

#include <memory>
#include <string>
#include <string_view>

#include "dynamodown/db.h"
#include "parse/common_options.h"
#include "parse/complaint.h"

namespace cli {

/// Whether `source` names a dump rather than a store: "-" (standard input), a
/// path that begins with "/", "./" or "../", or the name of an existing file
/// that is not a directory.
bool IsDump(const std::string& source);

/// **Thread-safety**: one thread.
/// **Cost**: memory for one record; for a store, also its iterator's pages.
class RecordStream {
 public:
  virtual ~RecordStream() = default;

  /// Goes to the next record; the first call goes to the first record. Returns
  /// false at the end, and after a failure.
  virtual bool Next() = 0;
  /// The record. Valid until the next call of Next().
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
  /// Why Next() returned false; empty at the end.
  virtual Complaint complaint() const = 0;
};

/// Opens the records within `bounds` of a dump or of the store at `source`.
/// **Errors**: an item that cannot be read ends the stream. A line of a dump
/// ends the stream if it is no record, or if its key is not above the key
/// before.
/// **Ownership**: the stream copies `common`. A store is opened with the copied
/// options.
Complaint OpenRecords(const std::string& source, const CommonOptions& common,
                      const dynamodown::Bounds& bounds,
                      std::unique_ptr<RecordStream>* records);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_RECORD_STREAM_H_
