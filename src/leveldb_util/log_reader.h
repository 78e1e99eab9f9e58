// Reads a file in LevelDB's log format: a log, or a MANIFEST.

#ifndef DYNAMODOWN_LEVELDB_UTIL_LOG_READER_H_
#define DYNAMODOWN_LEVELDB_UTIL_LOG_READER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "leveldb/env.h"
#include "leveldb/status.h"

namespace dynamodown {

/// Bytes of a file that cannot be read.
struct DamagedBytes {
  uint64_t offset = 0;
  uint64_t bytes = 0;
  std::string reason;  ///< "checksum mismatch", for example.
};

/// Reads the records of a file, and goes on behind damage.
///
/// LevelDB's own reader stops without an error if the last record is longer
/// than the file, as after a crash. This reader also notices if in fact the
/// record's length is damaged. LevelDB would take this damage for a crash.
///
/// **Thread-safety**: one thread. **Ownership**: `file` outlives the reader.
class LogReader {
 public:
  enum class Records {
    kBatches,  ///< The file is a log, so each record is a batch.
    kEdits,    ///< The file is a MANIFEST.
  };
  LogReader(leveldb::SequentialFile* file, Records records)
      : file_(file), records_(records) {}

  /// Reads the next record that is whole. Returns false if there is none.
  bool Next(std::string* record);

  /// After Next has returned false: what could not be read.
  const std::vector<DamagedBytes>& damage() const { return damage_; }
  /// The bytes of an incomplete record and of zeros at the end of the file; 0
  /// if there are none. A crash during a write leaves such bytes, so they are
  /// no damage in the file that was written last.
  uint64_t torn_bytes() const { return torn_bytes_; }
  /// Whether zeros replace the end of the incomplete record. LevelDB itself
  /// reports such a record as damaged.
  bool is_cut_by_zeros() const { return is_cut_by_zeros_; }
  /// Whether a batch lacks its end, and the batch behind it has the same
  /// sequence number. A process was killed while it wrote the first of the two
  /// batches, and a later process appended the second (reuse_logs). So this is
  /// no damage, but LevelDB reports it with paranoid_checks.
  bool has_abandoned_batch() const { return has_abandoned_batch_; }
  /// **Errors**: those of the file.
  const leveldb::Status& status() const { return status_; }

 private:
  enum class Step { kFragment, kDamage, kEnd };  // Found by ReadFragment.
  struct Fragment {
    int type = 0;
    std::string_view data;
  };

  Step ReadFragment(Fragment* fragment);
  bool MayBeTorn(std::string_view rest) const;
  bool ReadBrokenFragment(std::string_view rest);
  bool ReadBlock();
  bool IsWholeBatch(std::string_view record) const;
  bool IsAbandoned(std::string_view unfinished, std::string_view next) const;
  void AddDamage(uint64_t offset, uint64_t bytes, const char* reason);

  leveldb::SequentialFile* const file_;
  const Records records_;
  std::string block_;
  uint64_t block_offset_ = 0;  // Of block_ in the file.
  size_t position_ = 0;        // In block_.
  bool is_last_block_ = false;
  std::vector<DamagedBytes> damage_;
  DamagedBytes tail_;      // Torn bytes, unless a record follows them.
  std::string tail_data_;  // The data of the torn fragment.
  bool is_cut_by_zeros_ = false;
  bool has_abandoned_batch_ = false;
  uint64_t torn_bytes_ = 0;
  leveldb::Status status_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_LEVELDB_UTIL_LOG_READER_H_
