// Reads a record of a log: a write batch and its sequence number.

#ifndef DYNAMODOWN_LEVELDB_UTIL_LOG_BATCH_H_
#define DYNAMODOWN_LEVELDB_UTIL_LOG_BATCH_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace dynamodown {

/// A batch of a log. The views point into the record.
struct LogBatch {
  struct Operation {
    std::string_view key;
    std::optional<std::string_view> value;  ///< Nothing: a delete.
  };
  /// The sequence number of the first operation. Each further operation has the
  /// next number.
  uint64_t sequence = 0;
  std::vector<Operation> operations;
};

/// Returns false if `record` is no batch.
bool DecodeBatch(std::string_view record, LogBatch* batch);

}  // namespace dynamodown

#endif  // DYNAMODOWN_LEVELDB_UTIL_LOG_BATCH_H_
