// Reads all records of an embedded store without LevelDB's recovery, which
// would rewrite the store's files.

#ifndef DYNAMODOWN_LEVELDB_UTIL_RECORD_READER_H_
#define DYNAMODOWN_LEVELDB_UTIL_RECORD_READER_H_

#include <functional>
#include <string>
#include <string_view>

#include "leveldb/comparator.h"
#include "leveldb/env.h"
#include "leveldb/status.h"
#include "leveldb_util/inspection.h"

namespace dynamodown {

struct RecordReaderOptions {
  leveldb::Env* env = nullptr;
  const leveldb::Comparator* comparator = nullptr;
  /// Called for each part of a table that cannot be read or whose keys are not
  /// where LevelDB looks for them, and for each log that is older than a table.
  /// The damage that Inspect has found is not reported again.
  std::function<void(const FileDamage&)> on_damage;
};

/// Calls `visit` for the newest value of each key, in the order of the keys,
/// until `visit` fails. `inspection` is the result of Inspect for the directory
/// `path`. Skips entries that cannot be read. If the newest entry of a key is
/// skipped, `visit` may get an older value of the key, or a deleted key.
/// **Errors**: those of `visit`, and those of reading a log. Damage is no
/// error.
/// **Cost**: reads each log once. Reads each table twice: first to check it,
/// then to visit its records. The logs' records are in memory, as in LevelDB's
/// recovery, and so are the records of a table that is out of order.
leveldb::Status ReadRecords(
    const RecordReaderOptions& options, const std::string& path,
    const Inspection& inspection,
    const std::function<leveldb::Status(std::string_view key,
                                        std::string_view value)>& visit);

}  // namespace dynamodown

#endif  // DYNAMODOWN_LEVELDB_UTIL_RECORD_READER_H_
