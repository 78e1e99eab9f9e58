// Tables and the stores in them: opening, creating, destroying, listing.
//
// A store of this library has a descriptor (store/descriptor.h). If a hash key
// has items but no descriptor, the items are a foreign store: another library's
// store.

#ifndef DYNAMODOWN_STORE_CATALOG_H_
#define DYNAMODOWN_STORE_CATALOG_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/scheduler.h"
#include "dynamo/client.h"
#include "dynamo/limits.h"
#include "store/descriptor.h"
#include "store/table/schema.h"

namespace dynamodown {

struct TableSettings {
  std::string table;
  /// The schema that a new table gets. If the key names are empty, the new
  /// table's keys are "hkey" and "rkey".
  Schema schema;
  /// If true, `schema` has the key names and is also the schema of an existing
  /// table. Then Open, Destroy and List send no DescribeTable for an existing
  /// table.
  bool schema_known = false;
  int64_t read_capacity_units = 0;
  int64_t write_capacity_units = 0;
  std::chrono::milliseconds create_timeout{180000};
  /// If not empty, Open creates no table. If the table is missing, this text
  /// ends Open's message.
  std::string no_new_table;
  Limits limits;
};

struct OpenedStore {
  Schema schema;
  std::optional<Descriptor> descriptor;  ///< None: a foreign store.
};

struct ListedStore {
  std::string store;
  bool foreign = false;  ///< The store has no readable descriptor.
  bool destroying = false;
};

/// Whether an error of Catalog::ReadDescriptor means that the descriptor itself
/// is damaged, and not only the service's answer.
bool IsDamagedDescriptor(const ServiceError& error);

/// **Thread-safety**: all calls from any thread.
class Catalog {
 public:
  struct Environment {
    Client* client;
    Scheduler* scheduler;
    Clock* clock;
    Random* random;
  };
  Catalog(TableSettings settings, const Environment& environment);

  /// **Errors**: kInvalidArgument if the store exists and `error_if_exists` is
  /// set, if the store is missing and `create_if_missing` is not set, or if the
  /// table cannot hold a store; kDestroying; kNotSupported for a feature that
  /// this version does not know.
  Result<OpenedStore> Open(const std::string& store, bool create_if_missing,
                           bool error_if_exists);

  /// Deletes a store and its descriptor, and with `drop_table` also the table.
  /// If Destroy fails, call it again. A missing store is no error. If the store
  /// is foreign or its descriptor is damaged, Destroy deletes the store only
  /// with `force`.
  /// **Errors**: kInvalidArgument, before anything is deleted, if `drop_table`
  /// is set and the table has another store.
  Result<void> Destroy(const std::string& store, bool force, bool drop_table,
                       int parallel_max);

  Result<std::vector<ListedStore>> List();

  // The steps of Open. The doctor (db/doctor.cc) calls them one by one.

  const TableSettings& settings() const { return settings_; }
  /// CheckName checks the store's name. CheckNameIn checks that the hash key of
  /// a table with `schema` can hold the name. **Errors** of both:
  /// kInvalidArgument.
  Result<void> CheckName(const std::string& store) const;
  Result<void> CheckNameIn(const Schema& schema,
                           const std::string& store) const;
  /// Returns nothing if the table does not exist.
  Result<std::optional<TableDescription>, ServiceError> Describe(
      const CallOptions& call = {});
  /// **Errors**: kInvalidArgument for a table that cannot hold a store.
  Result<Schema> SchemaOf(const TableDescription& description) const;
  /// Returns nothing if the store does not exist or is foreign. Fails if the
  /// table is missing, and then sets `*no_table` to true unless `no_table` is
  /// null. **Errors**: IsDamagedDescriptor recognizes a damaged descriptor.
  Result<std::optional<Descriptor>, ServiceError> ReadDescriptor(
      const Schema& schema, const std::string& store, bool* no_table = nullptr);
  /// Returns whether the store's own hash key has any item.
  Result<bool> HasKeys(const Schema& schema, const std::string& store);

 private:
  /// Returns nothing if the table does not exist. With `deleting_is_none`, also
  /// returns nothing if the table is being deleted.
  Result<std::optional<Schema>> FindTable(bool deleting_is_none = false);
  Result<Schema> CreateTableAndWait();
  Result<TableDescription> WaitUntilActive();

  Result<Descriptor> WriteDescriptor(const Schema& schema,
                                     const std::string& store);
  Result<void> DeleteKeys(const Schema& schema, const std::string& hash,
                          const std::string& except, int parallel_max);
  /// Fails if the table has a store other than `store`.
  Result<void> CheckNoOthers(const Schema& schema, const std::string& store);
  Result<void> DropTable(const Schema& schema);
  Result<std::vector<ListedStore>> ListIn(const Schema& schema,
                                          bool consistent);

  /// The table's schema, if the table exists; whether the store exists; and the
  /// store's descriptor, if the store exists and is not foreign.
  struct Found {
    std::optional<Schema> schema;
    bool exists = false;
    std::optional<Descriptor> descriptor;
  };
  Result<Found> FindStore(const std::string& store);
  Result<OpenedStore> CreateStore(const Schema& schema,
                                  const std::string& store, bool must_be_new);
  Result<OpenedStore> Existing(const Schema& schema, const std::string& store,
                               std::optional<Descriptor> descriptor,
                               bool error_if_exists) const;
  /// If there is a `descriptor`, first sets the state in its item to
  /// "destroying". Deletes the store's items, and after them the descriptor's
  /// item.
  Result<void> DestroyMarked(const Schema& schema, const std::string& store,
                             const std::optional<Descriptor>& descriptor,
                             int parallel_max);
  /// Returns the options of calls that read one page after another. An empty
  /// page is no progress, so pass the same options until a page has items.
  CallOptions CallFromNow() const;
  std::string Where(const std::string& store) const;

  const TableSettings settings_;
  const Environment environment_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_CATALOG_H_
