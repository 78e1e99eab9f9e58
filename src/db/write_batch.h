// A leveldb::WriteBatch as a list of operations.

#ifndef DYNAMODOWN_DB_WRITE_BATCH_H_
#define DYNAMODOWN_DB_WRITE_BATCH_H_

#include <vector>

#include "leveldb/status.h"
#include "leveldb/write_batch.h"
#include "store/batch_plan.h"

namespace dynamodown {

/// Views into `batch`, valid until it changes. **Errors**: Corruption for a
/// batch that is damaged, InvalidArgument for none.
leveldb::Status OperationsOf(const leveldb::WriteBatch* batch,
                             std::vector<BatchOperation>* operations);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_WRITE_BATCH_H_
