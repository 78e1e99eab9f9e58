// The settings of a command, and the command's store once it is open.

#ifndef DYNAMODOWN_CLI_IO_SESSION_H_
#define DYNAMODOWN_CLI_IO_SESSION_H_

#include <memory>

#include "dynamodown/db.h"
#include "leveldb/env.h"
#include "parse/common_options.h"

namespace cli {

/// A store that has this key is a store of items: see docs/dyno.md.
inline constexpr char kItemsIdKey[] = "%dyno/id";

/// An open store, and the log that its options name.
struct OpenStore {
  std::unique_ptr<leveldb::Logger> log;
  std::unique_ptr<dynamodown::Database> db;
};

/// Keeps a store open from one session to the next, for the shell.
/// **Thread-safety**: one thread. **Ownership**: `common` outlives the
/// KeptStore. The KeptStore outlives the sessions whose CommonOptions name it.
class KeptStore {
 public:
  explicit KeptStore(const CommonOptions& common) : common_(common) {}
  KeptStore(const KeptStore&) = delete;
  KeptStore& operator=(const KeptStore&) = delete;

  /// If `used` is false, closes the store, and later sessions open stores of
  /// their own. If `used` is true, later sessions on the same location share
  /// the kept store, and the first of them opens it.
  void Use(bool used);

 private:
  friend class Session;
  const CommonOptions& common_;
  bool used_ = true;
  std::shared_ptr<OpenStore> store_;
};

/// With --verbose, a session prints a line on standard error for each request.
/// The consumption of its calls is added to `common.store.stats_sum`.
///
/// **Thread-safety**: one thread may use a session. Any number of threads may
/// use the database that db() returns.
/// **Ownership**: `common` outlives the session, and the session outlives the
/// iterators of db().
class Session {
 public:
  static constexpr char kWriteItems[] =
      "write items with dynamodown item, or plain keys with --force";

  explicit Session(const CommonOptions& common);
  /// Warns if this machine's clock is wrong.
  ~Session();

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// The options, which the caller may change before Open. Calls DoNotUseKept.
  dynamodown::Options& options();
  /// Closes the kept store. From now on, the session opens a store of its own.
  void DoNotUseKept();
  dynamodown::Database* db() { return store_ ? store_->db.get() : nullptr; }
  /// Call this function if the command itself reports the clock.
  void DoNotWarnOfClock() { warns_of_clock_ = false; }

  leveldb::Status Open();
  /// Opens the store for a write of plain keys. CheckNoItems explains
  /// `instead`.
  /// **Errors**: those of CheckNoItems.
  leveldb::Status OpenToWrite(const char* instead = kWriteItems);
  /// Checks that the open store is no store of items. Plain keys in such a
  /// store would make every scan of its items fail. `instead` is the advice in
  /// the message for a store of items.
  /// **Errors**: InvalidArgument for a store of items, except with --force.
  /// **Cost**: 1 GetItem; nothing with --force.
  leveldb::Status CheckNoItems(const char* instead = kWriteItems);

 private:
  leveldb::Status OpenOwn();

  const CommonOptions& common_;
  std::unique_ptr<leveldb::Logger> log_;  // moves to store_ when it is opened
  dynamodown::Options options_;
  KeptStore* kept_ = nullptr;  // null: the session uses none
  bool warns_of_clock_ = true;
  std::shared_ptr<OpenStore> store_;
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_SESSION_H_
