// Turns a leveldb::WriteBatch into a list of operations.

#ifndef DYNAMODOWN_DB_WRITE_BATCH_H_
#define DYNAMODOWN_DB_WRITE_BATCH_H_

#include <vector>

#include "leveldb/status.h"
#include "leveldb/write_batch.h"
#include "store/store.h"

namespace dynamodown {

/// Appends the operations of `batch` to `*operations`. Their keys and values
/// are views into the batch. The views are valid until the batch changes.
/// **Errors**: Corruption for a damaged batch, InvalidArgument for a null
/// pointer.
leveldb::Status OperationsOf(const leveldb::WriteBatch* batch,
                             std::vector<BatchOperation>* operations);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_WRITE_BATCH_H_
