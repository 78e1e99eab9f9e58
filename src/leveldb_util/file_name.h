// The names of the files of an embedded store.

#ifndef DYNAMODOWN_LEVELDB_UTIL_FILE_NAME_H_
#define DYNAMODOWN_LEVELDB_UTIL_FILE_NAME_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace dynamodown {

enum class FileKind {
  kCurrent,
  kLock,
  kInfoLog,
  kManifest,
  kLog,
  kTable,
  kTemporary,
  kOther,  ///< No file of LevelDB's.
};

struct FileName {
  FileKind kind = FileKind::kOther;
  uint64_t number = 0;  ///< 0 if the kind has no numbers.
};

/// Returns the kind and the number that LevelDB reads from a file's name.
FileName ParseFileName(std::string_view name);

/// Returns LevelDB's own spelling of a file's name: "002024.log" for
/// "2024.log". Returns `name` itself if it already is LevelDB's spelling, or if
/// it is no name of LevelDB's.
std::string OwnSpelling(const std::string& name);

/// "000007.log", for example.
std::string NumberedName(uint64_t number, std::string_view extension);

}  // namespace dynamodown

#endif  // DYNAMODOWN_LEVELDB_UTIL_FILE_NAME_H_
