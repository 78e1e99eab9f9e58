// The administration of a replicated store: dyno/sync.h has the contracts.

#ifndef DYNO_SYNC_REPLICATION_H_
#define DYNO_SYNC_REPLICATION_H_

#include <cstdint>
#include <string>

#include "dyno/sync.h"
#include "dyno/sync/store_parts.h"
#include "leveldb/status.h"

namespace dyno {

leveldb::Status Replicate(StoreParts* parts);
leveldb::Status NewReplica(StoreParts* parts);
leveldb::Status MarkRestored(StoreParts* parts);
leveldb::Status Forget(StoreParts* parts, const std::string& replica);
leveldb::Status CloseWriter(StoreParts* parts, uint16_t slot);
leveldb::Status GetStatus(StoreParts* parts, StoreStatus* status);

}  // namespace dyno

#endif  // DYNO_SYNC_REPLICATION_H_
