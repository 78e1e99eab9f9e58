// Recognizes a file that is not the table that the MANIFEST lists.

#ifndef DYNAMODOWN_LEVELDB_UTIL_TABLE_BOUNDS_H_
#define DYNAMODOWN_LEVELDB_UTIL_TABLE_BOUNDS_H_

#include "leveldb/env.h"
#include "leveldb_util/manifest.h"

namespace dynamodown {

/// Returns false if the first or the last key of the table in `file` is not
/// that of `listed`. In this case the file has another table, perhaps of
/// another store, and LevelDB would miss keys without an error. A key that
/// cannot be read is not compared.
/// **Cost**: reads the table's index, and its first and last block.
bool HasListedBounds(leveldb::RandomAccessFile* file,
                     const Manifest::Table& listed);

inline constexpr char kOtherTable[] =
    "has other keys than the MANIFEST says, so it is not the table that had "
    "this name";

}  // namespace dynamodown

#endif  // DYNAMODOWN_LEVELDB_UTIL_TABLE_BOUNDS_H_
