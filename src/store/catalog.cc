#include "store/catalog.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#include "base/printable.h"
#include "base/utf8.h"
#include "dynamo/errors.h"
#include "store/catalog_errors.h"
#include "store/missing_store.h"
#include "store/table/key_codec.h"

namespace dynamodown {

Catalog::Catalog(TableSettings settings, const Environment& environment)
    : settings_(std::move(settings)), environment_(environment) {}

Result<void> Catalog::CheckNameIn(const Schema& schema,
                                  const std::string& store) const {
  if (schema.hash_binary || IsUtf8(store)) return {};
  return Invalid(
      "the store's name " + Printable(store) +
      " is not UTF-8, but a table whose hash key is of type S takes "
      "only UTF-8 names; use another name, or a table whose hash key "
      "is of type B");
}

Result<void> Catalog::CheckName(const std::string& store) const {
  return CheckStoreName(store, settings_.limits);
}

bool IsDamagedDescriptor(const ServiceError& error) {
  // The error of a damaged answer has the same kind, but allows a retry.
  return error.kind == ErrorKind::kCorruption &&
         error.retry == RetryClass::kNever;
}

Result<std::optional<Descriptor>, ServiceError> Catalog::ReadDescriptor(
    const Schema& schema, const std::string& store, bool* no_table) {
  GetItem get;
  get.table = schema.keys;
  get.key = DescriptorKey(schema, store);
  Result<void, ServiceError> sent = environment_.client->Send(&get);
  if (!sent.ok()) {
    ServiceError error = std::move(sent).error();
    if (IsMissingTable(error)) {
      if (no_table != nullptr) *no_table = true;
      error.kind = ErrorKind::kInvalidArgument;
      error.message = "table " + Printable(settings_.table) +
                      " does not exist: " + error.message;
    }
    return error;
  }
  if (!get.item) return std::optional<Descriptor>();
  Result<Descriptor> descriptor = DecodeDescriptor(schema, *get.item);
  if (!descriptor.ok()) {
    ServiceError error;
    static_cast<Error&>(error) = std::move(descriptor).error();
    error.message = Where(store) + error.message;
    return error;
  }
  return std::optional(*std::move(descriptor));
}

Result<Descriptor> Catalog::WriteDescriptor(const Schema& schema,
                                            const std::string& store) {
  Descriptor descriptor;
  descriptor.version = kDescriptorVersion;
  descriptor.id = environment_.random->Id();
  descriptor.created = FormatTime(environment_.clock->UnixSeconds());
  descriptor.mode = "shared";
  PutItem put;
  put.table = schema.keys;
  put.item = EncodeDescriptor(schema, store, descriptor);
  put.condition.terms = {
      {ConditionExpression::Kind::kNotExists, schema.keys.range_name, {}}};
  Result<void, ServiceError> sent = environment_.client->Send(&put);
  if (sent.ok()) return descriptor;
  if (!IsFailedCondition(sent.error())) {
    return std::move(sent).error();
  }
  // A descriptor exists. If it has our id, an earlier attempt wrote it, and
  // only the answer was lost.
  auto other = ReadDescriptor(schema, store);
  if (!other.ok()) return std::move(other).error();
  if (!*other) {
    return Error{ErrorKind::kConflict,
                 "the store was created and destroyed by others meanwhile"};
  }
  if ((*other)->id != descriptor.id) {
    return Error{ErrorKind::kConflict, "others created the store meanwhile"};
  }
  return descriptor;
}

Result<bool> Catalog::HasKeys(const Schema& schema, const std::string& store) {
  Query query;
  query.table = schema.keys;
  query.hash = schema.HashValue(store);
  query.limit = 1;
  query.projection = {schema.keys.range_name};
  const CallOptions call = CallFromNow();
  do {
    query.exclusive_start = query.last_evaluated;
    Result<void, ServiceError> sent = environment_.client->Send(&query, call);
    if (!sent.ok()) return std::move(sent).error();
    // An empty page is not the end if the answer says where to continue.
  } while (query.items.empty() && query.last_evaluated);
  return !query.items.empty();
}

CallOptions Catalog::CallFromNow() const {
  return CallOptions{{}, environment_.scheduler->Now()};
}

std::string Catalog::Where(const std::string& store) const {
  return Printable(settings_.table + "/" + store) + ": ";
}

Result<OpenedStore> Catalog::Open(const std::string& store,
                                  bool create_if_missing,
                                  bool error_if_exists) {
  Result<void> name = CheckName(store);
  if (!name.ok()) return std::move(name).error();
  Result<Found> found = FindStore(store);
  if (!found.ok()) return std::move(found).error();
  if (found->exists) {
    return Existing(*found->schema, store, std::move(found->descriptor),
                    error_if_exists);
  }
  if (!found->schema && !settings_.no_new_table.empty()) {
    return Invalid(Where(store) + std::string(kNoTable) +
                   settings_.no_new_table);
  }
  if (!create_if_missing) {
    return Invalid(
        Where(store) + std::string(found->schema ? kNoStore : kNoTable),
        kNotCreated);
  }
  if (!found->schema) {
    name = CheckNameIn(settings_.schema, store);
    if (!name.ok()) return std::move(name).error();
    Result<Schema> created = CreateTableAndWait();
    if (!created.ok()) return std::move(created).error();
    found->schema = *std::move(created);
  }
  return CreateStore(*found->schema, store, error_if_exists);
}

Result<Catalog::Found> Catalog::FindStore(const std::string& store) {
  Found found;
  Result<std::optional<Schema>> schema = FindTable();
  if (!schema.ok()) return std::move(schema).error();
  if (!*schema) return found;
  Result<void> name = CheckNameIn(**schema, store);
  if (!name.ok()) return std::move(name).error();
  // If the schema was given, this is the first request to the table, so a
  // missing table is first noticed here.
  bool no_table = false;
  auto descriptor = ReadDescriptor(**schema, store, &no_table);
  if (no_table) return found;
  if (!descriptor.ok()) return std::move(descriptor).error();
  found.schema = *std::move(schema);
  found.descriptor = *std::move(descriptor);
  found.exists = found.descriptor.has_value();
  if (found.exists) return found;
  Result<bool> foreign = HasKeys(*found.schema, store);
  if (!foreign.ok()) return std::move(foreign).error();
  found.exists = *foreign;
  return found;
}

Result<OpenedStore> Catalog::Existing(const Schema& schema,
                                      const std::string& store,
                                      std::optional<Descriptor> descriptor,
                                      bool error_if_exists) const {
  if (descriptor) {
    Result<void> usable = CheckDescriptor(*descriptor);
    if (!usable.ok()) {
      usable.error().message = Where(store) + usable.error().message;
      return std::move(usable).error();
    }
  }
  if (error_if_exists) {
    return Invalid(Where(store) + std::string(kStoreExists), kMustBeNew);
  }
  return OpenedStore{schema, std::move(descriptor)};
}

Result<OpenedStore> Catalog::CreateStore(const Schema& schema,
                                         const std::string& store,
                                         bool must_be_new) {
  Result<Descriptor> created = WriteDescriptor(schema, store);
  if (created.ok()) return OpenedStore{schema, *std::move(created)};
  if (created.error().kind != ErrorKind::kConflict) {
    return std::move(created).error();
  }
  // Others created the store first. Use their store, unless the caller wants a
  // new one.
  auto theirs = ReadDescriptor(schema, store);
  if (!theirs.ok()) return std::move(theirs).error();
  if (!*theirs) return std::move(created).error();
  return Existing(schema, store, *std::move(theirs), must_be_new);
}

Result<std::vector<ListedStore>> Catalog::List() {
  Result<std::optional<Schema>> schema = FindTable();
  if (!schema.ok()) return std::move(schema).error();
  if (!*schema) {
    return Invalid("table " + Printable(settings_.table) + " does not exist");
  }
  return ListIn(**schema, false);
}

Result<std::vector<ListedStore>> Catalog::ListIn(const Schema& schema,
                                                 bool consistent) {
  // DynamoDB scans one hash key after another. Each Scan here reads one item,
  // the first item of a hash key. The next Scan starts behind the last possible
  // range key of that hash key, so it skips the hash key's other items.
  std::vector<ListedStore> stores;
  std::vector<std::string> described;  // Stores that have a descriptor.
  const KeyCodec ranges(schema.range_utf8, settings_.limits.range_key_bytes);
  Scan scan;
  scan.table = schema.keys;
  scan.limit = 1;
  scan.consistent_read = consistent;
  scan.projection = {schema.keys.hash_name, schema.keys.range_name};
  std::set<std::string> hashes;  // Found so far.
  CallOptions call = CallFromNow();
  do {
    Result<void, ServiceError> sent = environment_.client->Send(&scan, call);
    if (!sent.ok()) return std::move(sent).error();
    if (scan.items.empty()) {
      // An empty page is not the end if the answer says where to continue.
      scan.start = scan.last_evaluated;
      continue;
    }
    const AttributeValue* hash =
        Find(scan.items.front(), schema.keys.hash_name);
    if (hash == nullptr) {
      return Error{ErrorKind::kCorruption,
                   "an answer has an item without its hash key"};
    }
    call = CallFromNow();
    const std::string text = hash->text;
    if (!hashes.insert(text).second) {
      return Error{ErrorKind::kCorruption,
                   "a listing goes in circles: the answers to Scan have the "
                   "hash key " +
                       Printable(text) + " twice"};
    }
    const size_t suffix = text.rfind(kAuxSuffix);
    if (suffix != std::string::npos &&
        suffix + kAuxSuffix.size() == text.size()) {
      described.push_back(text.substr(0, suffix));
    } else {
      stores.push_back({text, false, false});
    }
    scan.start = Key{*hash, ranges.Value(ranges.Last())};
  } while (scan.last_evaluated);

  for (const std::string& store : described) {
    const bool has_keys =
        std::any_of(stores.begin(), stores.end(),
                    [&](const ListedStore& s) { return s.store == store; });
    if (!has_keys) stores.push_back({store, false, false});
  }
  for (ListedStore& listed : stores) {
    auto descriptor = ReadDescriptor(schema, listed.store);
    if (!descriptor.ok() && !IsDamagedDescriptor(descriptor.error())) {
      return std::move(descriptor).error();
    }
    listed.foreign = !descriptor.ok() || !*descriptor;
    listed.destroying = !listed.foreign && (*descriptor)->destroying;
  }
  return stores;
}

}  // namespace dynamodown
