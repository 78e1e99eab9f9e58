// The Database on an embedded LevelDB directory.

#ifndef DYNAMODOWN_DB_EMBEDDED_DATABASE_H_
#define DYNAMODOWN_DB_EMBEDDED_DATABASE_H_

#include <string>

#include "dynamodown/db.h"

namespace dynamodown {

leveldb::Status OpenEmbedded(const Options& options, const std::string& path,
                             Database** db);
leveldb::Status DestroyEmbedded(const Options& options,
                                const std::string& path);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_EMBEDDED_DATABASE_H_
