// The items in a location, opened.

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

/// **Thread-safety**: one thread. **Ownership**: `common` outlives it.
class Items {
 public:
  explicit Items(const CommonOptions& common) : session_(common) {}

  leveldb::Status Open();
  /// Opens the items for a sync: an empty store becomes a replicated one.
  /// `*other` is as in FindOthers.
  /// **Cost**: in a store without items 1 Query more, else 1 GetItem.
  leveldb::Status OpenToSync(std::optional<std::string>* other);
  /// After OpenToSync.
  bool is_replicated() const { return is_replicated_; }

  /// Finds the first key if it belongs to something else and the store
  /// has no items yet. An item among such keys is most likely a mistyped
  /// location, and every later scan of the items would end with
  /// Corruption. Reads one key, and none in a store that has items.
  leveldb::Status FindOthers(std::optional<std::string>* key);

  dynamodown::Database* db() { return session_.db(); }
  dyno::Store* store() { return store_.get(); }
  dyno::Store* operator->() { return store_.get(); }

 private:
  leveldb::Status OpenItems(bool replicated);

  bool is_replicated_ = false;
  Session session_;
  std::unique_ptr<dyno::Store> store_;  // Gives its slot back before that.
};

/// Reports what FindOthers found, and returns the exit status.
int RefuseOthers(const std::string& location, const std::string& key);

/// Reports an item that does not exist, and returns the exit status.
int NoSuchItem(const std::string& name);

/// A name, or a key, as text in a line.
std::string Shown(const std::string& name);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_ITEMS_ITEM_STORE_H_
