// The files of an embedded store, for tests that damage them.

#ifndef DYNAMODOWN_TESTS_SUPPORT_EMBEDDED_FILES_H_
#define DYNAMODOWN_TESTS_SUPPORT_EMBEDDED_FILES_H_

#include <filesystem>
#include <map>
#include <string>

#include "leveldb/comparator.h"
#include "leveldb/slice.h"

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

/// An order of keys that is not ours: descending. By default it has the name
/// that a browser's IndexedDB uses.
class ForeignComparator final : public leveldb::Comparator {
 public:
  explicit ForeignComparator(const char* name = "idb_cmp1") : name_(name) {}
  int Compare(const leveldb::Slice& a, const leveldb::Slice& b) const override {
    return b.compare(a);
  }
  const char* Name() const override { return name_; }
  void FindShortestSeparator(std::string*,
                             const leveldb::Slice&) const override {}
  void FindShortSuccessor(std::string*) const override {}

 private:
  const char* const name_;
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_SUPPORT_EMBEDDED_FILES_H_
