// Opens, checks and destroys embedded LevelDB directories.

#ifndef DYNAMODOWN_DB_EMBEDDED_OPEN_H_
#define DYNAMODOWN_DB_EMBEDDED_OPEN_H_

#include <functional>
#include <string>

#include "dynamodown/db.h"
#include "leveldb_util/inspection.h"

namespace dynamodown {

/// Opens the store in the directory `path`. With Options::check_files, first
/// inspects the files, and refuses a damaged store before anything is changed.
leveldb::Status OpenEmbedded(const Options& options, const std::string& path,
                             Database** db);
/// Destroys the store in the directory `path`. With `force`, also if its
/// CURRENT is missing.
leveldb::Status DestroyEmbedded(const Options& options, const std::string& path,
                                bool force);

/// Inspects the files of the store in the directory `path`, and then calls
/// `use`, unless `use` is empty. Meanwhile holds LevelDB's lock, so no process
/// can open the store. If the file LOCK is missing or cannot be written, other
/// processes can open the store meanwhile. Changes nothing.
/// **Errors**: those of Open for a directory that has no store, or whose store
/// is open or cannot be read. Damage is no error.
leveldb::Status InspectEmbedded(
    const Options& options, const std::string& path, Inspection* inspection,
    const std::function<leveldb::Status()>& use = nullptr);

/// Returns OK, or the Corruption of the first damage that `inspection` found.
leveldb::Status DamageOf(const Inspection& inspection, const std::string& path);

/// Returns OK, or InvalidArgument if the store in `path` has another comparator
/// than `options`.
leveldb::Status CheckComparator(const Options& options, const std::string& path,
                                const Inspection& inspection);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_EMBEDDED_OPEN_H_
