// Recognizes the databases of other programs, which users may take for a store
// of LevelDB's. Some of these programs use LevelDB's file names.

#ifndef DYNAMODOWN_LEVELDB_UTIL_FOREIGN_DATABASE_H_
#define DYNAMODOWN_LEVELDB_UTIL_FOREIGN_DATABASE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "leveldb/env.h"

namespace dynamodown {

/// Returns the kind of database in the directory `path`: "a RocksDB database",
/// for example. `names` are the names of the directory's files. Returns an
/// empty string if the files are of no program that this function knows.
std::string ForeignDatabaseIn(leveldb::Env* env, const std::string& path,
                              const std::vector<std::string>& names);

/// Returns the kind of database in the file `path`: "a SQLite database", for
/// example. Returns an empty string if the file has no database that this
/// function knows.
std::string ForeignDatabaseFile(leveldb::Env* env, const std::string& path);

/// Whether an edit with the field `tag` in a MANIFEST is RocksDB's. LevelDB
/// writes no such field.
bool IsTagOfRocksDb(uint64_t tag);

/// Returns the program whose databases have the comparator named `comparator`,
/// or an empty string if it is unknown.
std::string ProgramOfComparator(const std::string& comparator);

inline constexpr char kRocksDb[] = "a RocksDB database";

}  // namespace dynamodown

#endif  // DYNAMODOWN_LEVELDB_UTIL_FOREIGN_DATABASE_H_
