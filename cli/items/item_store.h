// Opens the items in a location.

#ifndef DYNAMODOWN_CLI_ITEMS_ITEM_STORE_H_
#define DYNAMODOWN_CLI_ITEMS_ITEM_STORE_H_

#include <memory>
#include <optional>
#include <string>

#include "dyno/store.h"
#include "io/session.h"
#include "leveldb/status.h"
#include "parse/common_options.h"

namespace cli {

/// **Thread-safety**: one thread. **Ownership**: `common` outlives the Items.
class Items {
 public:
  explicit Items(const CommonOptions& common) : session_(common) {}

  leveldb::Status Open();
  /// Opens the items for a write. If the store has no items yet and its first
  /// key belongs to something else, sets `*other` to this key. The location is
  /// then most likely mistyped. If an item were written there, every later scan
  /// of the items would end with Corruption.
  /// **Cost**: that of Open, and 1 Query if the store has no items.
  leveldb::Status OpenToWrite(std::optional<std::string>* other);
  /// Opens the items for a sync: an empty store becomes a replicated one.
  /// `*other` is as in OpenToWrite.
  /// **Cost**: that of Open, and 1 GetItem. If the store has no items, 1 Query
  /// instead of the GetItem; if it is empty, 2 Queries.
  leveldb::Status OpenToSync(std::optional<std::string>* other);
  /// Whether the store is replicated. Valid after OpenToSync.
  bool is_replicated() const { return is_replicated_; }

  dynamodown::Database* db() { return session_.db(); }
  dyno::Store* store() { return store_.get(); }
  dyno::Store* operator->() { return store_.get(); }

 private:
  leveldb::Status OpenItems(bool replicated);

  bool is_replicated_ = false;
  Session session_;
  // Destroyed before session_, because it still gives its slot back.
  std::unique_ptr<dyno::Store> store_;
};

/// Reports `key`, the `*other` of OpenToWrite or OpenToSync, and returns the
/// exit status.
int RefuseOthers(const std::string& location, const std::string& key);

/// Reports an item that does not exist, and returns the exit status.
int NoSuchItem(const std::string& name);

/// Returns a name or a key as text for one line.
std::string Shown(const std::string& name);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_ITEMS_ITEM_STORE_H_
