// Tables and the stores in them: opening, creating, destroying, listing.
//
// A store has a descriptor (store/descriptor.h). Keys without a descriptor are
// a foreign store, which belongs to another library.

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
  /// The schema of a new table, whose keys are "hkey" and "rkey" if the key
  /// names here are empty. If `schema_known`, this is also the schema of an
  /// existing table: the key names are set, and DescribeTable is not needed.
  Schema schema;
  bool schema_known = false;
  int64_t read_capacity_units = 0;
  int64_t write_capacity_units = 0;
  std::chrono::milliseconds create_timeout{180000};
  Limits limits;
};

struct OpenedStore {
  Schema schema;
  std::optional<Descriptor> descriptor;  ///< None: a foreign store.
};

struct ListedStore {
  std::string store;
  bool foreign = false;  ///< It has no readable descriptor.
  bool destroying = false;
};

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
  /// set, if it is missing and `create_if_missing` is not set, or if the table
  /// cannot hold a store; kDestroying; kNotSupported for a feature that this
  /// version does not know.
  Result<OpenedStore> Open(const std::string& store, bool create_if_missing,
                           bool error_if_exists);

  /// If Destroy fails, call it again. A missing store is no error. Foreign
  /// stores, and stores with a damaged descriptor, are destroyed only with
  /// `force`.
  Result<void> Destroy(const std::string& store, bool force, bool drop_table,
                       int parallel_max);

  Result<std::vector<ListedStore>> List();

  // The steps of Open, for the doctor.

  const TableSettings& settings() const { return settings_; }
  /// **Errors** of CheckName and CheckNameIn: kInvalidArgument.
  Result<void> CheckName(const std::string& store) const;
  Result<void> CheckNameIn(const Schema& schema,
                           const std::string& store) const;
  /// Returns nothing if the table does not exist.
  Result<std::optional<TableDescription>, ServiceError> Describe(
      const CallOptions& call = {});
  /// **Errors**: kInvalidArgument for a table that cannot hold a store.
  Result<Schema> SchemaOf(const TableDescription& description) const;
  /// Returns nothing if the store does not exist or is foreign. If the table is
  /// missing, fails, and sets `*no_table` to true unless `no_table` is null.
  Result<std::optional<Descriptor>> ReadDescriptor(const Schema& schema,
                                                   const std::string& store,
                                                   bool* no_table = nullptr);
  /// Returns whether the store's own hash key has any item.
  Result<bool> HasKeys(const Schema& schema, const std::string& store);

 private:
  /// Returns nothing if the table does not exist or, with `deleting_is_none`,
  /// if it is being deleted.
  Result<std::optional<Schema>> FindTable(bool deleting_is_none = false);
  Result<Schema> CreateTableAndWait();
  Result<TableDescription> WaitUntilActive();

  Result<Descriptor> WriteDescriptor(const Schema& schema,
                                     const std::string& store);
  Result<void> DeleteKeys(const Schema& schema, const std::string& hash,
                          const std::string& except, int parallel_max);
  Result<void> DropTable(const Schema& schema);
  Result<std::vector<ListedStore>> ListIn(const Schema& schema,
                                          bool consistent);

  /// The table's schema and the store, if they exist.
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
  Result<void> DestroyMarked(const Schema& schema, const std::string& store,
                             const std::optional<Descriptor>& descriptor,
                             int parallel_max);
  std::string Where(const std::string& store) const;

  const TableSettings settings_;
  const Environment environment_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_CATALOG_H_
