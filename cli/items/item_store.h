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
  /// The same; when there is nothing yet, no item and no other key, the store
  /// is one that will be replicated. `*other` is what FindOthers finds.
  /// **Cost**: in a store without items 1 Query more, else 1 GetItem.
  leveldb::Status OpenToSync(std::optional<std::string>* other);
  /// After OpenToSync.
  bool is_replicated() const { return is_replicated_; }

  /// Whether the first item of a store would be written among keys of something
  /// else, and the first of those. Every scan of the items would end with
  /// Corruption that names them; nobody means that, and a mistaken location is
  /// easily typed. One key is looked at, and none in a store that has items.
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

/// The failure that FindOthers found.
int RefuseOthers(const std::string& location, const std::string& key);

/// The failure of a command on an item that does not exist.
int NoSuchItem(const std::string& name);

/// A name, or a key, in a line.
std::string Shown(const std::string& name);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_ITEMS_ITEM_STORE_H_
