// Opens the items in a location.

#ifndef DYNAMODOWN_CLI_ITEMS_ITEM_STORE_H_
#define DYNAMODOWN_CLI_ITEMS_ITEM_STORE_H_

#include <memory>
#include <string>

#include "dyno/store.h"
#include "io/session.h"
#include "leveldb/status.h"
#include "parse/common_options.h"

namespace cli {

/// **Thread-safety**: one thread. **Ownership**: `common` outlives the Items.
class Items {
 public:
  explicit Items(const CommonOptions& common)
      : location_(common.location), session_(common) {}

  /// **Errors**: InvalidArgument if the store has no items and its first key is
  /// no record of an item. In that case the location is most likely mistyped.
  /// Without this check a read would end with Corruption. A write would
  /// succeed, but every read after the write would end with Corruption.
  /// **Cost**: that of Session::Open and dyno::Open, and 1 Query if the store
  /// has no items.
  leveldb::Status Open();
  /// Opens the items for a sync: an empty store becomes a replicated one.
  /// **Errors**: those of Open.
  /// **Cost**: that of Open, and 1 GetItem if the store has items.
  leveldb::Status OpenToSync();
  /// Whether the store is replicated. Valid after OpenToSync.
  bool is_replicated() const { return is_replicated_; }

  dynamodown::Database* db() { return session_.db(); }
  dyno::Store* store() { return store_.get(); }
  dyno::Store* operator->() { return store_.get(); }

 private:
  leveldb::Status OpenItems(bool replicated);
  /// Sets is_empty_.
  /// **Errors**: those of Open.
  leveldb::Status CheckFirstKey();

  const std::string& location_;
  bool is_empty_ = false;  // The store has no records of items.
  bool is_replicated_ = false;
  Session session_;
  // Destroyed before session_: dyno::Store's destructor gives the writer's slot
  // back, and needs the session's database for that.
  std::unique_ptr<dyno::Store> store_;
};

/// Reports an item that does not exist, and returns the exit status.
int NoSuchItem(const std::string& name);

/// Returns a name or a key as text for one line.
std::string Shown(const std::string& name);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_ITEMS_ITEM_STORE_H_
