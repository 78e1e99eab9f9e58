// An open store, which the script's objects share.

#ifndef DYNAMODOWN_NODE_CORE_H_
#define DYNAMODOWN_NODE_CORE_H_

#include <atomic>
#include <list>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "credentials.h"
#include "dynamodown/db.h"
#include "dyno/store.h"
#include "environment.h"
#include "ledger.h"
#include "leveldb/cache.h"
#include "leveldb/filter_policy.h"
#include "napi.h"
#include "pool.h"
#include "task.h"

namespace face {

struct Cursor;
struct HeldSnapshot;

/// An open store, from its Open to its end. The script's objects share it.
///
/// Closing refuses new calls, waits for those under way, and then destroys
/// everything on one of the pool's threads: dyno, iterators, snapshots, the
/// store. The threads are joined last.
///
/// **Thread-safety**: all calls from the script's thread. Tasks use `db` and
/// `items` on other threads, until no task is left.
class Core : public std::enable_shared_from_this<Core> {
 public:
  /// Runs up to `threads_max` calls at once.
  Core(Environment* environment, size_t threads_max);
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core();

  /// Whether calls may be made.
  bool is_open() const { return db != nullptr && !is_closing_; }

  /// Whether the store was closed, or never opened, and no task is left.
  bool is_over() const { return is_retired_ && tasks_.empty(); }

  /// Runs `task` once everything that it waits for in its ledger is over. Enter
  /// it in the ledger first. Returns its promise.
  Napi::Promise Start(std::unique_ptr<Task> task);

  /// Settles a task that has run, and starts those that waited for it.
  void Settle(Task* task);
  /// Starts the calls of the script's turn, which is over.
  void Flush();

  /// Resolves when everything is over, even if it was over before.
  Napi::Promise Close(Napi::Env env);
  /// Closes without a promise, for an object that was garbage-collected.
  void Forget(Napi::Env env);

  // When the environment ends, each of these is called for all of its stores
  // before the next one is: a call may use another store too.

  /// Tells running tasks to end early.
  void Interrupt();
  /// Starts no more tasks, and waits for the running ones.
  void Stop();
  /// Destroys everything at once. `never` is for Task::Drop; it is empty if the
  /// script no longer runs.
  void Abandon(Napi::Value never);

  /// Opening failed: the store is over once its task is.
  void Retire() { is_retired_ = true; }

  Environment* environment() const { return environment_; }

  Ledger ledger;  ///< The store's own calls.
  // These outlive the store.
  std::unique_ptr<leveldb::Cache> block_cache;
  std::unique_ptr<const leveldb::FilterPolicy> filter_policy;
  std::shared_ptr<ScriptCredentials> credentials;
  std::unique_ptr<dynamodown::Database> db;
  bool is_embedded = false;
  /// Whether calls that wait in line are sent together. Set to false once the
  /// service refuses that.
  std::atomic<bool> is_grouping{true};

  std::unique_ptr<dyno::Store> items;  ///< dyno on the store, if it is used.
  Ledger items_ledger;                 ///< Its calls, by names of items.

  std::set<Cursor*> cursors;
  std::set<HeldSnapshot*> snapshots;

 private:
  class Closing;

  void Launch(Task* task);
  void LaunchClosing();

  Environment* const environment_;
  std::list<std::unique_ptr<Task>> tasks_;
  std::vector<Job*> ready_;  // For the next Flush.
  std::unique_ptr<Closing> closing_;
  bool is_closing_ = false;
  bool is_retired_ = false;
  Pool pool_;
};

}  // namespace face

#endif  // DYNAMODOWN_NODE_CORE_H_
