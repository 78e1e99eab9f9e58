// A leveldb::WriteBatch as a list of operations.

#ifndef DYNAMODOWN_DB_WRITE_BATCH_H_
#define DYNAMODOWN_DB_WRITE_BATCH_H_

#include <vector>

#include "leveldb/status.h"
#include "leveldb/write_batch.h"
#include "store/store.h"

namespace dynamodown {

/// Returns views into `batch`, valid until it changes. **Errors**: Corruption
/// for a damaged batch, InvalidArgument for a null one.
leveldb::Status OperationsOf(const leveldb::WriteBatch* batch,
                             std::vector<BatchOperation>* operations);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_WRITE_BATCH_H_
