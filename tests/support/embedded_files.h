// The files of an embedded store, for tests that damage them.

#ifndef DYNAMODOWN_TESTS_SUPPORT_EMBEDDED_FILES_H_
#define DYNAMODOWN_TESTS_SUPPORT_EMBEDDED_FILES_H_

#include <filesystem>
#include <map>
#include <string>

namespace dynamodown_test {

/// Makes a store in `path`, as LevelDB leaves it if its process is killed while
/// it writes a table: with two tables, two logs, a MANIFEST and CURRENT. Keys
/// are text. Returns the records.
std::map<std::string, std::string> MakeKilledStore(
    const std::filesystem::path& path);

/// A file's content and the time of its last change.
struct FileState {
  std::string bytes;
  std::filesystem::file_time_type changed;
  bool operator==(const FileState&) const = default;
};
/// All files of a directory, by name.
std::map<std::string, FileState> StateOf(const std::filesystem::path& path);

/// Replaces the content of a file.
void WriteFile(const std::filesystem::path& path, const std::string& bytes);

/// Replaces the directory `to` by a copy of the directory `from`.
void CopyDirectory(const std::filesystem::path& from,
                   const std::filesystem::path& to);

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_SUPPORT_EMBEDDED_FILES_H_
