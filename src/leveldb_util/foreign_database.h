// Names the databases of other programs, which users take for a store of
// LevelDB's. Some of them have files of the same names.

#ifndef DYNAMODOWN_LEVELDB_UTIL_FOREIGN_DATABASE_H_
#define DYNAMODOWN_LEVELDB_UTIL_FOREIGN_DATABASE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "leveldb/env.h"

namespace dynamodown {

/// Returns what the directory `path` has instead of a LevelDB store: "a RocksDB
/// database", for example. `names` are the names of its files. Returns an empty
/// string if none of the programs that this function knows made the files.
std::string ForeignDatabaseIn(leveldb::Env* env, const std::string& path,
                              const std::vector<std::string>& names);

/// Returns what the file `path` is: "a SQLite database", for example. Returns
/// an empty string if it is something else.
std::string ForeignDatabaseFile(leveldb::Env* env, const std::string& path);

/// Whether RocksDB writes edits with the field `tag` into a MANIFEST, and
/// LevelDB does not.
bool IsTagOfRocksDb(uint64_t tag);

/// Returns the program that orders its keys by `comparator`, or an empty
/// string.
std::string ProgramOfComparator(const std::string& comparator);

inline constexpr char kRocksDb[] = "a RocksDB database";

}  // namespace dynamodown

#endif  // DYNAMODOWN_LEVELDB_UTIL_FOREIGN_DATABASE_H_
