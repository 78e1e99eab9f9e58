// The settings of a command, and the command's store once it is open.

#ifndef DYNAMODOWN_CLI_IO_SESSION_H_
#define DYNAMODOWN_CLI_IO_SESSION_H_

#include <memory>
#include <optional>

#include "dynamodown/db.h"
#include "leveldb/env.h"
#include "parse/common_options.h"

namespace cli {

/// A store that has this key is a store of items: see docs/dyno.md.
inline constexpr char kItemsIdKey[] = "%dyno/id";

/// With --verbose, a session prints a line on standard error for each request,
/// and the destructor prints the totals.
///
/// **Thread-safety**: one thread may use a session. Any number of threads may
/// use the database that db() returns.
/// **Ownership**: `common` outlives the session, and the session outlives the
/// iterators of db().
class Session {
 public:
  explicit Session(const CommonOptions& common);
  ~Session();

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  dynamodown::Options& options() { return options_; }
  dynamodown::Database* db() { return db_.get(); }
  /// Returns where a library call that needs no open store puts its statistics.
  /// With --verbose, the session's destructor prints them.
  dynamodown::Stats* stats() { return &stats_.emplace(); }

  leveldb::Status Open();
  /// Opens the store for a write of plain keys.
  /// **Errors**: those of CheckNoItems.
  leveldb::Status OpenToWrite();
  /// Checks that the open store is no store of items. Plain keys in such a
  /// store would make every scan of its items fail.
  /// **Errors**: InvalidArgument for a store of items, except with --force.
  /// **Cost**: 1 GetItem; nothing with --force.
  leveldb::Status CheckNoItems();

 private:
  const CommonOptions& common_;
  std::unique_ptr<leveldb::Logger> log_;  // outlives the store
  dynamodown::Options options_;
  std::unique_ptr<dynamodown::Database> db_;
  std::optional<dynamodown::Stats> stats_;
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_SESSION_H_
