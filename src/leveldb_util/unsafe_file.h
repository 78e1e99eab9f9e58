// Finds files that LevelDB must not open, write or remove.

#ifndef DYNAMODOWN_LEVELDB_UTIL_UNSAFE_FILE_H_
#define DYNAMODOWN_LEVELDB_UTIL_UNSAFE_FILE_H_

#include <string>
#include <vector>

namespace dynamodown {

/// Returns what is wrong with the first unsafe file among `names`, the names of
/// the directory `path`: "its file CURRENT is a symbolic link, ...". Returns an
/// empty string if there is none.
///
/// A FIFO, a device, a socket or a directory with a name of LevelDB's is
/// unsafe: LevelDB would wait for a FIFO forever. A symbolic link is unsafe,
/// too, since LevelDB would write to the link's target, which may be any file.
/// Two kinds of links are safe: a link to a table, because LevelDB only reads
/// an existing table, and the link LOG, because LevelDB renames it before it
/// writes a new LOG.
std::string UnsafeFileIn(const std::string& path,
                         const std::vector<std::string>& names);

/// Returns what is wrong with the first name that LevelDB reads but never
/// gives. For example, LevelDB takes a diary "2024.log" for its log 2024, looks
/// for "002024.log", and then removes the diary. Returns an empty string if
/// there is no such name.
std::string MisspelledFileIn(const std::vector<std::string>& names);

}  // namespace dynamodown

#endif  // DYNAMODOWN_LEVELDB_UTIL_UNSAFE_FILE_H_
