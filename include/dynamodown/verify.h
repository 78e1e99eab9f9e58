// Verify reads a whole store and reports what cannot be read. Repair salvages a
// damaged embedded store into a copy.

#ifndef DYNAMODOWN_VERIFY_H_
#define DYNAMODOWN_VERIFY_H_

#include <cstdint>
#include <functional>
#include <string>

#include "dynamodown/options.h"
#include "dynamodown/stats.h"
#include "leveldb/status.h"

namespace dynamodown {

/// Something that Verify or Repair has found.
struct Problem {
  enum class Kind {
    kDamage,    ///< Records are lost, or cannot be read.
    kLeftover,  ///< Nothing uses these bytes. No record is lost.
  };
  Kind kind = Kind::kDamage;
  std::string where;  ///< The name of a file, or a key in quotes.
  std::string what;   ///< "checksum mismatch at offset 4096", for example.
  /// The number of bytes that cannot be read, or that nothing uses. 0: unknown.
  uint64_t bytes = 0;
};

struct VerifyResult {
  uint64_t records = 0;    ///< Records that could be read.
  uint64_t bytes = 0;      ///< Bytes of the keys and values of these records.
  uint64_t damages = 0;    ///< Problems of kind kDamage.
  uint64_t leftovers = 0;  ///< Problems of kind kLeftover.
};

/// Reads every record of the store at `location`, and calls `visit` for each
/// problem. Changes nothing: an embedded store is read without LevelDB's
/// recovery.
///
/// On DynamoDB, a problem is an item that cannot be read, a damaged descriptor,
/// or a Destroy that was cut short. In an embedded store, a problem is a
/// damaged, cut or missing file, a file of another store, a block that cannot
/// be read or is in the wrong place, or a file that the store no longer uses
/// (LevelDB removes such a file when it opens the store).
///
/// `*stats`, if not null, receives the consumption, even on failure.
/// **Thread-safety**: safe. `visit` runs on the caller's thread.
/// **Ownership**: `result` must not be null.
/// **Errors**: those of Open and of an iterator, except Corruption: damage is a
/// problem, not an error. After an error, `*result` counts what was read.
/// IOError if a file of an embedded store seems damaged, and a process has
/// written to the store meanwhile. A process can do so only if this user may
/// not lock the store.
/// **Cost**: on DynamoDB that of Open and of a scan over all keys. If an item
/// cannot be read, 2 more such scans, and 1 GetItem for each such item. An
/// embedded store needs the memory of its logs' records.
leveldb::Status Verify(const Options& options, const std::string& location,
                       const std::function<void(const Problem&)>& visit,
                       VerifyResult* result, Stats* stats = nullptr);

/// Copies every record that can be read from the embedded store at `location`
/// into a new embedded store in the directory `copy`, and calls `visit` for
/// each problem. The damaged store stays as it is. If a record is lost, an
/// older value of its key, or a key that the record deleted, may be in the
/// copy.
///
/// **Thread-safety**: safe. `visit` runs on the caller's thread.
/// **Ownership**: `result` must not be null.
/// **Errors**: NotSupported for a store on DynamoDB; InvalidArgument if `copy`
/// exists, is inside the store or contains the store; the errors of Open for a
/// store that is open, or that cannot be read at all. After an error while
/// records are copied, `copy` is incomplete.
leveldb::Status Repair(const Options& options, const std::string& location,
                       const std::string& copy,
                       const std::function<void(const Problem&)>& visit,
                       VerifyResult* result);

}  // namespace dynamodown

#endif  // DYNAMODOWN_VERIFY_H_
