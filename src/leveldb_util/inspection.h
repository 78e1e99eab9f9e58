// Finds damage in the files of an embedded store, without LevelDB, which may
// rewrite or remove files when it opens a store.

#ifndef DYNAMODOWN_LEVELDB_UTIL_INSPECTION_H_
#define DYNAMODOWN_LEVELDB_UTIL_INSPECTION_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "leveldb/env.h"
#include "leveldb/status.h"
#include "leveldb_util/file_name.h"
#include "leveldb_util/manifest.h"

namespace dynamodown {

/// Something wrong with one file.
struct FileDamage {
  std::string file;    ///< Its name in the directory.
  std::string what;    ///< "checksum mismatch at offset 7", for example.
  uint64_t bytes = 0;  ///< Bytes that cannot be read; 0 if unknown.
};

/// The damage of a log that does not belong to the tables.
inline constexpr char kOlderThanTables[] =
    "has a record older than those of the tables, so it is another store's log "
    "or an old one";

/// The files of a store's directory.
struct Inspection {
  std::vector<FileDamage> damage;
  /// Names of files that the store no longer uses. LevelDB removes these files
  /// when it opens the store.
  std::vector<std::string> leftovers;

  /// Whether the MANIFEST that CURRENT names was read to its end. A MANIFEST
  /// with a field that LevelDB does not know (Manifest::unknown_tag) is not
  /// read to its end, but this is no damage.
  bool has_manifest = false;
  Manifest manifest;
  /// Whether the MANIFEST or a log ends in an incomplete record or in zeros.
  /// LevelDB must not append to such a file.
  bool has_torn_end = false;
  /// Whether LevelDB opens the store only without paranoid_checks, although
  /// nothing is lost: zeros replace the end of a log's incomplete record, or an
  /// incomplete record is followed by those of a later process.
  bool needs_lenient_open = false;
  /// The names of the store's logs and tables, by number. Without a MANIFEST,
  /// these are all logs and tables of the directory.
  std::map<uint64_t, std::string> logs;
  std::map<uint64_t, std::string> tables;
};

/// Reads CURRENT, the MANIFEST and the logs in the directory `path`, and checks
/// their checksums. Checks that every table exists and has its size, but reads
/// no table. Changes nothing.
///
/// An incomplete record at the end of the MANIFEST or of the newest log is no
/// damage, since a crash leaves one. A log without records does not count as
/// the newest log.
/// **Errors**: those of `env`, if a file cannot be read at all. Damage is no
/// error.
/// **Cost**: reads as many bytes as LevelDB's own recovery.
leveldb::Status Inspect(leveldb::Env* env, const std::string& path,
                        Inspection* inspection);

}  // namespace dynamodown

#endif  // DYNAMODOWN_LEVELDB_UTIL_INSPECTION_H_
