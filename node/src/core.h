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

/// What an open store consists of, from its Open to its end; objects of the
/// script's share it.
///
/// Closing refuses new calls, waits for those under way, and then takes
/// everything down on one of our threads: dyno, iterators, snapshots, the
/// store. The threads are joined at last.
///
/// **Thread-safety**: all calls from the script's thread. `db` and `items` are
/// used by tasks on others, until none is left.
class Core : public std::enable_shared_from_this<Core> {
 public:
  /// `threads_max` calls at most are carried out at once.
  Core(Environment* environment, size_t threads_max);
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core();

  /// Whether calls may be made.
  bool is_open() const { return db != nullptr && !is_closing_; }

  /// Whether nothing is left of it: it was closed, or never opened.
  bool is_over() const { return is_retired_ && tasks_.empty(); }

  /// Carries `task` out as soon as what it waits for in the ledger is over.
  /// Enter it in the ledger before. Returns its promise.
  Napi::Promise Start(std::unique_ptr<Task> task);

  /// On the way back from Run.
  void Settle(Task* task);
  /// The script's turn is over: what it asked for begins.
  void Flush();

  /// Fulfilled when all is over; also when it was before.
  Napi::Promise Close(Napi::Env env);
  /// The same for who does not wait: an object was collected.
  void Forget(Napi::Env env);

  // The environment ends. These come one after another, each for all of its
  // stores first: a call may use another store too.

  /// What runs is told to be quick.
  void Interrupt();
  /// Nothing begins any more; waits for what runs.
  void Stop();
  /// Everything goes, here and now. `never` is for Task::Drop, and is empty
  /// when no script runs any more.
  void Abandon(Napi::Value never);

  /// Opening failed: to be done when the task is over.
  void Retire() { is_retired_ = true; }

  Environment* environment() const { return environment_; }

  Ledger ledger;  ///< Of the store's own calls.
  /// Outlive the store.
  std::unique_ptr<leveldb::Cache> block_cache;
  std::unique_ptr<const leveldb::FilterPolicy> filter_policy;
  std::shared_ptr<ScriptCredentials> credentials;
  std::unique_ptr<dynamodown::Database> db;
  bool is_embedded = false;
  /// Whether calls that wait in line together are made as one. Ends when the
  /// service refuses that.
  std::atomic<bool> is_grouping{true};

  std::unique_ptr<dyno::Store> items;  ///< Above the store, if asked for.
  Ledger items_ledger;                 ///< Names instead of keys.

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
