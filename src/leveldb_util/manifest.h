// Reads a MANIFEST, in which LevelDB keeps the list of a store's files.

#ifndef DYNAMODOWN_LEVELDB_UTIL_MANIFEST_H_
#define DYNAMODOWN_LEVELDB_UTIL_MANIFEST_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dynamodown {

/// The state of a store after the edits of its MANIFEST.
struct Manifest {
  struct Table {
    uint64_t level = 0;
    uint64_t bytes = 0;
    // In LevelDB's internal form (entry_key.h).
    std::string smallest;  ///< The first key.
    std::string largest;   ///< The last key.
  };
  std::string comparator;
  std::optional<uint64_t> log_number;  ///< The oldest log that is needed.
  std::optional<uint64_t> next_file_number;
  std::optional<uint64_t> last_sequence;
  uint64_t previous_log_number = 0;  ///< Only old versions of LevelDB set it.
  std::map<uint64_t, Table> tables;  ///< By number.

  /// The tag of an edit's field that LevelDB does not know. Null: there is
  /// none.
  std::optional<uint64_t> unknown_tag;

  bool is_complete() const {
    return log_number && next_file_number && last_sequence;
  }
};

/// Applies `edit`, one record of a MANIFEST. Returns false if the edit cannot
/// be understood; `*manifest` then has a part of the edit.
bool ApplyEdit(std::string_view edit, Manifest* manifest);

}  // namespace dynamodown

#endif  // DYNAMODOWN_LEVELDB_UTIL_MANIFEST_H_
