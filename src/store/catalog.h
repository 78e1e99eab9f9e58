// Tables and the stores in them: opening, creating, destroying, listing.
//
// A store is known by its descriptor, one item in the hash key
// "<store>/.dynamodown" (docs/format.md). Keys without one are a foreign store,
// another library's.

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
#include "store/table/schema.h"

namespace dynamodown {

struct Descriptor {
  int64_t version = 1;
  std::string id;
  std::string created;                ///< ISO 8601 in UTC.
  std::string mode;                   ///< "shared".
  std::vector<std::string> features;  ///< Attribute `requires`.
  bool destroying = false;
};

struct TableSettings {
  std::string table;
  /// Known beforehand, so that DescribeTable is not needed: hash and range
  /// names are set.
  Schema schema;
  bool schema_known = false;
  /// For a table that is created: its range key is of type S.
  bool create_utf8 = false;
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
  bool foreign = false;  ///< Without a descriptor that can be read.
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

  /// **Errors**: kInvalidArgument for what does or does not exist and for a
  /// table that cannot hold a store, kDestroying, kNotSupported for a feature
  /// that this version does not know.
  Result<OpenedStore> Open(const std::string& store, bool create_if_missing,
                           bool error_if_exists);

  /// Can be run again after a failure. A store that is not there is no error.
  /// `force` destroys foreign stores and those whose descriptor is damaged.
  Result<void> Destroy(const std::string& store, bool force, bool drop_table,
                       int parallel_max);

  Result<std::vector<ListedStore>> List();

  // The parts of Open, for who looks closer.

  const TableSettings& settings() const { return settings_; }
  /// **Errors** of both: kInvalidArgument.
  Result<void> CheckName(const std::string& store) const;
  Result<void> CheckNameIn(const Schema& schema,
                           const std::string& store) const;
  /// None: there is no such table.
  Result<std::optional<TableDescription>, ServiceError> Describe(
      const CallOptions& call = {});
  /// **Errors**: kInvalidArgument for a table that cannot hold a store.
  Result<Schema> SchemaOf(const TableDescription& description) const;
  /// None: the store does not exist or is foreign. Without a table `*no_table`,
  /// if not null, is set, and it is an error.
  Result<std::optional<Descriptor>> ReadDescriptor(const Schema& schema,
                                                   const std::string& store,
                                                   bool* no_table = nullptr);
  /// Whether the store's own hash key has any item.
  Result<bool> HasKeys(const Schema& schema, const std::string& store);

 private:
  /// None without such a table, or, if wanted, with one that is on its way out.
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

  /// What Open finds: the table's schema, and the store if it is there.
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

/// Whether a store can be called so. **Errors**: kInvalidArgument.
Result<void> CheckStoreName(const std::string& store, const Limits& limits);

/// The hash key of what the library keeps beside a store.
std::string AuxHash(std::string_view store);

/// The descriptor's item, and back. **Errors**: kCorruption.
Item EncodeDescriptor(const Schema& schema, std::string_view store,
                      const Descriptor& descriptor);
Result<Descriptor> DecodeDescriptor(const Schema& schema, const Item& item);

/// Whether this version may open such a store. **Errors**: kDestroying,
/// kNotSupported.
Result<void> CheckDescriptor(const Descriptor& descriptor);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_CATALOG_H_
