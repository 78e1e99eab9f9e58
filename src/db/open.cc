// Implements the functions of db.h that open, destroy and list stores. stack.cc
// makes the clients for them.

#include <memory>
#include <utility>

#include "aws/endpoints.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "db/check_options.h"
#include "db/dynamo_database.h"
#include "db/embedded_open.h"
#include "db/forgotten_scheme.h"
#include "db/iam.h"
#include "db/location.h"
#include "db/open_environment.h"
#include "db/stack.h"
#include "db/to_status.h"
#include "store/table/table_store.h"

namespace dynamodown {
namespace {

using leveldb::Status;

StoreInfo InfoOf(const Prepared& prepared, const OpenedStore& opened) {
  StoreInfo info;
  info.location = prepared.location.table + "/" + prepared.location.store;
  info.engine = "dynamodb";
  info.endpoint = prepared.endpoint.url.value;
  info.region = prepared.endpoint.region.value;
  info.hash_key = opened.schema.keys.hash_name;
  info.hash_key_type = opened.schema.hash_binary ? "B" : "S";
  info.range_key = opened.schema.keys.range_name;
  info.range_key_type = opened.schema.range_utf8 ? "S" : "B";
  info.value_attribute = opened.schema.value_name;
  info.foreign = !opened.descriptor.has_value();
  info.mode = "shared";
  if (opened.descriptor) {
    info.id = opened.descriptor->id;
    info.created = opened.descriptor->created;
  }
  return info;
}

Result<void> CheckAccount(const std::string& account) {
  if (account.empty() ||
      (account.size() == 12 &&
       account.find_first_not_of("0123456789") == std::string::npos)) {
    return {};
  }
  return Error{ErrorKind::kInvalidArgument,
               "account " + Printable(account) + " is not 12 digits"};
}

}  // namespace

Status OpenIn(const OpenEnvironment& environment, const Options& caller,
              const std::string& text, Database** db, Stats* stats) {
  *db = nullptr;
  if (stats != nullptr) *stats = Stats();
  Result<Place> place = PlaceOf(caller, text);
  const auto status_of = [&](const Error& error) {
    return ToStatus(WithForgottenScheme(environment, text, error),
                    caller.spelling);
  };
  if (!place.ok()) return status_of(place.error());
  const Options& options = place->options;
  const Location& location = place->location;
  if (location.embedded) return OpenEmbedded(options, location.path, db);
  // A forgotten "leveldb:" must not lead to a new table, which is billed.
  const std::string hint = ForgottenScheme(environment, text);
  Result<Prepared> prepared =
      Prepare(environment, options, location,
              hint.empty() ? ""
                           : ", but " + hint +
                                 " For a table, write the location as "
                                 "dynamodb://table/hash");
  if (!prepared.ok()) return status_of(prepared.error());
  Result<OpenedStore> opened = prepared->catalog->Open(
      prepared->location.store, options.create_if_missing,
      options.error_if_exists);
  if (!opened.ok()) {
    if (stats != nullptr) *stats = prepared->stack->stats();
    // IsMissingStore and IsExistingStore read the end of a kInvalidArgument.
    return opened.error().kind == ErrorKind::kInvalidArgument
               ? ToStatus(opened.error(), options.spelling)
               : status_of(opened.error());
  }

  const ClientEnvironment& client = prepared->stack->environment();
  const Limits limits = LimitsOf(options.limits);
  std::unique_ptr<Store> store = std::make_unique<TableStore>(
      ItemCodec(opened->schema, prepared->location.store, limits), limits,
      options.connection.max_parallel,
      TableStore::Environment{prepared->stack->client(), client.scheduler,
                              client.random});
  if (environment.decorate) store = environment.decorate(std::move(store));
  StoreInfo info = InfoOf(*prepared, *opened);
  *db = new DynamoDatabase(std::move(prepared->stack), std::move(store),
                           {options.consistency, options.batch,
                            options.paranoid_checks, options.spelling},
                           std::move(info));
  return Status::OK();
}

Status DestroyIn(const OpenEnvironment& environment, const Options& caller,
                 const std::string& text, const DestroyOptions& destroy,
                 Stats* stats) {
  if (stats != nullptr) *stats = Stats();
  Result<Place> place = PlaceOf(caller, text);
  const auto status_of = [&](const Error& error) {
    return ToStatus(WithForgottenScheme(environment, text, error),
                    caller.spelling);
  };
  if (!place.ok()) return status_of(place.error());
  const Options& options = place->options;
  const Location& location = place->location;
  if (location.embedded) {
    return DestroyEmbedded(options, location.path, destroy.force);
  }
  Result<Prepared> prepared = Prepare(environment, options, location);
  if (!prepared.ok()) return status_of(prepared.error());
  const Result<void> destroyed = prepared->catalog->Destroy(
      prepared->location.store, destroy.force, destroy.drop_table,
      options.connection.max_parallel);
  if (stats != nullptr) *stats = prepared->stack->stats();
  return destroyed.ok() ? Status::OK() : status_of(destroyed.error());
}

Status ListStoresIn(const OpenEnvironment& environment, const Options& options,
                    const std::string& text, std::vector<StoreSummary>* stores,
                    Stats* stats) {
  if (stats != nullptr) *stats = Stats();
  stores->clear();
  Result<Place> place = PlaceOf(options, text);
  const auto status_of = [&](const Error& error) {
    return ToStatus(WithForgottenScheme(environment, text, error),
                    options.spelling);
  };
  if (!place.ok()) return status_of(place.error());
  if (place->location.embedded) {
    return Status::NotSupported(
        "a leveldb: location is one store; there is no table to list");
  }
  Result<Prepared> prepared =
      Prepare(environment, place->options, place->location);
  if (!prepared.ok()) return status_of(prepared.error());
  Result<std::vector<ListedStore>> listed = prepared->catalog->List();
  if (stats != nullptr) *stats = prepared->stack->stats();
  if (!listed.ok()) return status_of(listed.error());
  for (const ListedStore& store : *listed) {
    stores->push_back({prepared->location.table + "/" + store.store,
                       store.foreign, store.destroying});
  }
  return Status::OK();
}

Status IamPolicyIn(const OpenEnvironment& environment, const Options& caller,
                   const std::string& text, const IamOptions& iam,
                   std::string* policy) {
  Result<Place> place = PlaceOf(caller, text);
  if (!place.ok()) return ToStatus(place.error(), caller.spelling);
  const Options& options = place->options;
  const Location& location = place->location;
  if (location.embedded) {
    return Status::NotSupported(
        "a leveldb: location needs no policy, since the file system decides "
        "who may use it");
  }
  const Result<void> checked = CheckOptions(options);
  if (!checked.ok()) return ToStatus(checked, options.spelling);
  const Result<void> account = CheckAccount(iam.account);
  if (!account.ok()) return ToStatus(account, options.spelling);
  const std::optional<TableArn> arn = ParseTableArn(location.table);
  if (arn && !iam.account.empty() && iam.account != arn->account) {
    return Status::InvalidArgument("the account is " + iam.account +
                                   ", but the table's ARN has the account " +
                                   arn->account);
  }
  const Result<void> name =
      CheckStoreName(location.store, LimitsOf(options.limits));
  if (!name.ok()) return ToStatus(name, options.spelling);
  if (!IsUtf8(location.store)) {
    return Status::InvalidArgument("the store's name " +
                                   Printable(location.store) +
                                   " is not UTF-8, but a policy must be UTF-8");
  }
  if (options.table.hash_key_type == KeyType::kBinary) {
    return Status::NotSupported(
        "a policy names hash keys as text, so it cannot be written for a table "
        "whose hash key is of type B");
  }
  const Result<AwsSettings> settings =
      SettingsFor(environment, options, location);
  if (!settings.ok()) return ToStatus(settings.error(), options.spelling);
  const std::string& region = settings->region.value;
  if (!region.empty() && !IsRegion(region))
    return ToStatus(NoRegion(region), options.spelling);
  *policy = PolicyFor(
      {std::string(PartitionOf(region).name), region.empty() ? "*" : region,
       location.table, location.store, !options.table.hash_key.empty()},
      iam);
  return Status::OK();
}

Status CheckLocation(const Options& options, const std::string& location) {
  const Result<Place> place = PlaceOf(options, location);
  if (place.ok()) return Status::OK();
  return ToStatus(
      WithForgottenScheme(OpenEnvironment(), location, place.error()),
      options.spelling);
}

Status Open(const Options& options, const std::string& location,
            Database** db) {
  return OpenIn(OpenEnvironment(), options, location, db);
}

Status Open(const Options& options, const std::string& location,
            leveldb::DB** db) {
  *db = nullptr;
  Database* opened = nullptr;
  const Status status = Open(options, location, &opened);
  if (status.ok()) *db = opened;
  return status;
}

Status Destroy(const Options& options, const std::string& location,
               const DestroyOptions& destroy, Stats* stats) {
  return DestroyIn(OpenEnvironment(), options, location, destroy, stats);
}

Status Create(const Options& options, const std::string& location) {
  Options create = options;
  create.create_if_missing = true;
  create.error_if_exists = true;
  Database* db = nullptr;
  const Status status = Open(create, location, &db);
  delete db;
  return status;
}

Status ListStores(const Options& options, const std::string& location,
                  std::vector<StoreSummary>* stores, Stats* stats) {
  return ListStoresIn(OpenEnvironment(), options, location, stores, stats);
}

Status IamPolicy(const Options& options, const std::string& location,
                 const IamOptions& iam, std::string* policy) {
  return IamPolicyIn(OpenEnvironment(), options, location, iam, policy);
}

}  // namespace dynamodown
