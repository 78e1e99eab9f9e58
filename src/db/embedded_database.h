// The Database on an embedded LevelDB directory.

#ifndef DYNAMODOWN_DB_EMBEDDED_DATABASE_H_
#define DYNAMODOWN_DB_EMBEDDED_DATABASE_H_

#include <memory>
#include <string>

#include "dynamodown/db.h"
#include "leveldb/env.h"
#include "leveldb_util/directory_claim.h"

namespace dynamodown {

/// An open LevelDB, and what it needs.
struct EmbeddedParts {
  std::unique_ptr<DirectoryClaim> claim;
  std::unique_ptr<leveldb::Env> env;  ///< Null if `db` uses another Env.
  std::unique_ptr<leveldb::DB> db;
  std::string path;
  bool bytewise = true;         ///< Keys are ordered by their bytes.
  bool stop_at_damage = false;  ///< Iterators end at what they cannot read.
};

/// The caller deletes the result.
Database* NewEmbeddedDatabase(EmbeddedParts parts);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_EMBEDDED_DATABASE_H_
