// dyno (see dyno/store.h) on a DynamoDOWN store.
//
//     dynamodown::Database* db;
//     leveldb::Status s = dynamodown::Open(options, "mytable/myhash", &db);
//     dyno::Store* items;
//     if (s.ok()) s = dyno::Open(dyno::Options(), db, &items);
//
// Link dynamodown::dyno as well as dynamodown::dynamodown.

#ifndef DYNAMODOWN_DYNO_H_
#define DYNAMODOWN_DYNO_H_

#include <memory>

#include "dynamodown/db.h"
#include "dyno/backend.h"
#include "dyno/store.h"
#include "leveldb/status.h"

namespace dynamodown {

/// Returns a backend for dyno on `db`. The caller deletes the backend, and `db`
/// must outlive the backend. On DynamoDB the backend is shared: any number of
/// processes may write to the store at once, each through its own backend. An
/// embedded store must have only one backend at a time.
///
/// Reads are strongly consistent, and Write and WriteIf are atomic, whatever
/// options `db` was opened with. With leveldb::Options::paranoid_checks a Range
/// ends at the first record that cannot be read.
///
/// **Errors**: those of `db`. In a forked child, every read and write fails
/// with "forked:".
/// **Cost**: Range with a `limit` key, or with RangeOptions::expected: 1 Query
/// for each MB that it visits or is expected to visit. Range with neither: 1
/// Query for each page, and the pages grow as those of an iterator do. Write of
/// one key: 1 PutItem or DeleteItem, 1 unit per KB of the item. Write of
/// several keys, and WriteIf: 1 TransactWriteItems, 2 units per KB of each
/// item.
dyno::Backend* NewDynoBackend(Database* db);

}  // namespace dynamodown

namespace dyno {

/// Opens the items in `db`. The caller deletes `*store`, and `db` must outlive
/// `*store`. This call is Open of dyno/store.h with a backend that
/// NewDynoBackend makes and that `*store` owns.
inline leveldb::Status Open(const Options& options, dynamodown::Database* db,
                            Store** store) {
  return Open(options, std::unique_ptr<Backend>(dynamodown::NewDynoBackend(db)),
              store);
}

}  // namespace dyno

#endif  // DYNAMODOWN_DYNO_H_
