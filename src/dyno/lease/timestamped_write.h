// A write of operations, with their timestamps.

#ifndef DYNO_LEASE_TIMESTAMPED_WRITE_H_
#define DYNO_LEASE_TIMESTAMPED_WRITE_H_

#include <vector>

#include "dyno/backend.h"
#include "dyno/flake.h"
#include "leveldb/write_batch.h"

namespace dyno {

/// A write and the timestamps that it uses.
struct TimestampedWrite {
  WriteResult Send(Backend* backend, bool sync);

  std::vector<Flake> timestamps;
  leveldb::WriteBatch batch;
  std::vector<Condition> conditions;  ///< If empty, Send uses Write.
};

}  // namespace dyno

#endif  // DYNO_LEASE_TIMESTAMPED_WRITE_H_
