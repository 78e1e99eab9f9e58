// Reads the entries of one table, in their order.

#ifndef DYNAMODOWN_LEVELDB_UTIL_TABLE_SOURCE_H_
#define DYNAMODOWN_LEVELDB_UTIL_TABLE_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "leveldb/env.h"
#include "leveldb/filter_policy.h"
#include "leveldb/iterator.h"
#include "leveldb/status.h"
#include "leveldb/table.h"
#include "leveldb_util/checked_env.h"
#include "leveldb_util/entry_key.h"
#include "leveldb_util/inspection.h"
#include "leveldb_util/manifest.h"

namespace dynamodown {

/// Entries in their order.
class Source {
 public:
  virtual ~Source() = default;
  /// Moves to the next entry; the first call moves to the first entry. Returns
  /// false at the end.
  virtual bool Next() = 0;
  const EntryKey& key() const { return key_; }
  virtual std::string_view value() const = 0;

 protected:
  EntryKey key_;
};

/// Entries in memory.
class MemorySource final : public Source {
 public:
  struct Entry {
    EntryKey key;
    std::string value;
  };

  /// Sorts `entries`.
  MemorySource(std::vector<Entry> entries, const EntryComparator& comparator);
  bool Next() override;
  std::string_view value() const override { return entries_[next_ - 1].value; }

 private:
  std::vector<Entry> entries_;
  size_t next_ = 0;
};

/// Reports each part of a table that cannot be read or that lookups miss, and
/// returns the entries that can be read. Before the first entry, reads the
/// table to check it. If the entries are out of order, sorts them in memory.
class TableSource final : public Source {
 public:
  struct Options {
    leveldb::Env* env = nullptr;
    const EntryComparator* comparator = nullptr;
    std::function<void(const FileDamage&)> on_damage;
  };

  /// `listed` is the table as the MANIFEST lists it, or null if the MANIFEST
  /// does not list it. `options` and `listed` outlive the source.
  TableSource(const Options& options, std::string path, std::string name,
              const Manifest::Table* listed);

  /// Whether the file is the table that the MANIFEST lists. If it is not,
  /// reports that, and from then on also returns entries outside of the listed
  /// range.
  bool CheckBounds();

  bool Next() override;
  std::string_view value() const override;

 private:
  bool Begin();
  bool Open();
  void Close();
  void Check();
  void CheckLookup(std::string_view key, uint64_t block);
  void Sort();
  bool IsInRange(const EntryKey& key) const;
  void OnRead(uint64_t offset, uint64_t bytes, const leveldb::Status& status);
  void AddDamage(std::string what, uint64_t bytes);
  void AddDisorder(uint64_t block);

  const Options& options_;
  CheckedEnv env_;
  const std::string path_;
  const std::string name_;
  const Manifest::Table* listed_;
  EntryKey smallest_, largest_;  // The range, if has_range_.
  bool has_range_;               // Its initializer sets the range.
  bool is_started_ = false;
  bool is_checked_ = false;  // All damage has been reported.
  uint64_t block_ = 0;       // The offset of the block that was read last.
  std::set<uint64_t> disordered_blocks_;  // By offset.
  std::set<std::string> reported_;        // The errors of reads, as text.
  std::vector<FileDamage> opening_damage_;
  // The policy of LevelDB's own filters. The number of bits does not matter for
  // reading.
  const std::unique_ptr<const leveldb::FilterPolicy> filter_policy_{
      leveldb::NewBloomFilterPolicy(10)};
  std::unique_ptr<leveldb::RandomAccessFile> file_;
  std::unique_ptr<leveldb::Table> table_;
  std::unique_ptr<leveldb::Iterator> iterator_;
  std::unique_ptr<MemorySource> sorted_;  // Instead of iterator_.
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_LEVELDB_UTIL_TABLE_SOURCE_H_
