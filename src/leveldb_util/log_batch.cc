// The format (db/write_batch.cc of LevelDB):
//
//     record    = sequence number (8 bytes) count (4 bytes) *operation
//     operation = 1 key value | 0 key
//
// A key or a value is a length and that many bytes.

#include "leveldb_util/log_batch.h"

#include "leveldb_util/decoder.h"

namespace dynamodown {

bool DecodeBatch(std::string_view record, LogBatch* batch) {
  batch->operations.clear();
  Decoder decoder(record);
  uint64_t count = 0;
  if (!decoder.Fixed(8, &batch->sequence) || !decoder.Fixed(4, &count)) {
    return false;
  }
  while (!decoder.empty()) {
    uint64_t type = 0;
    LogBatch::Operation operation;
    if (!decoder.Fixed(1, &type) || type > 1 ||
        !decoder.Bytes(&operation.key)) {
      return false;
    }
    if (type == 1) {
      std::string_view value;
      if (!decoder.Bytes(&value)) return false;
      operation.value = value;
    }
    batch->operations.push_back(operation);
  }
  return batch->operations.size() == count;
}

}  // namespace dynamodown
