// Sources: RocksDB's file/filename.cc (OPTIONS-N, IDENTITY) and
// db/version_edit.h (tags); Pebble's vfs/atomicfs (marker.*); LMDB's mdb.c
// (data.mdb, MDB_MAGIC behind the page header of 16 bytes); SQLite's "Database
// File Format", section 1.3; Chromium's indexed_db leveldb_comparator
// (idb_cmp1).

#include "leveldb_util/foreign_database.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>

namespace dynamodown {
namespace {

constexpr size_t kHeadBytes = 36;  // IDENTITY has the 36 bytes of a UUID.

/// Returns the first kHeadBytes of the file. Returns an empty string if the
/// file is no regular file, such as a pipe, or cannot be read.
std::string HeadOf(leveldb::Env* env, const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return {};
  leveldb::SequentialFile* opened = nullptr;
  if (!env->NewSequentialFile(path, &opened).ok()) return {};
  const std::unique_ptr<leveldb::SequentialFile> file(opened);
  char scratch[kHeadBytes];
  leveldb::Slice head;
  if (!file->Read(sizeof scratch, &head, scratch).ok()) return {};
  return head.ToString();
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    const auto c = static_cast<unsigned char>(text[i]);
    if (is_dash ? c != '-' : std::isxdigit(c) == 0) return false;
  }
  return true;
}

/// "OPTIONS-000007"
bool IsOptionsFile(std::string_view name) {
  constexpr std::string_view kPrefix = "OPTIONS-";
  if (!name.starts_with(kPrefix) || name.size() == kPrefix.size()) return false;
  name.remove_prefix(kPrefix.size());
  return std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::string DatabaseOfHead(std::string_view head) {
  if (head.starts_with(std::string_view("SQLite format 3\0", 16))) {
    return "a SQLite database";
  }
  if (head.size() >= 20 && (head.substr(16, 4) == "\xde\xc0\xef\xbe" ||
                            head.substr(16, 4) == "\xbe\xef\xc0\xde")) {
    return "an LMDB database";
  }
  return {};
}

}  // namespace

std::string ForeignDatabaseIn(leveldb::Env* env, const std::string& path,
                              const std::vector<std::string>& names) {
  bool is_rocksdb = false, has_options = false, has_marker = false;
  bool has_current = false, has_lmdb = false;
  for (const std::string& name : names) {
    is_rocksdb |= name == "IDENTITY" && IsUuid(HeadOf(env, path + "/" + name));
    has_options |= IsOptionsFile(name);
    has_marker |= name.starts_with("marker.");
    has_current |= name == "CURRENT";
    has_lmdb |= name == "data.mdb";
  }
  if (has_options && has_marker) return "a Pebble database";
  if (has_options || is_rocksdb) return kRocksDb;
  // A store may have any other files beside its own.
  if (has_lmdb && !has_current) return "an LMDB database";
  return {};
}

std::string ForeignDatabaseFile(leveldb::Env* env, const std::string& path) {
  return DatabaseOfHead(HeadOf(env, path));
}

bool IsTagOfRocksDb(uint64_t tag) {
  // From 1 << 13 on, RocksDB has tags that its older versions ignore.
  constexpr uint64_t kIgnorable = 1 << 13;
  return tag == 10 || (tag >= 100 && tag <= 103) ||
         (tag >= 200 && tag <= 203) || tag == 300 ||
         (tag >= 400 && tag <= 403) ||
         (tag >= kIgnorable && tag < kIgnorable + 100);
}

std::string ProgramOfComparator(const std::string& comparator) {
  if (comparator == "idb_cmp1") return "Chrome's IndexedDB";
  return {};
}

}  // namespace dynamodown
