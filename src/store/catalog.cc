#include "store/catalog.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "base/utf8.h"
#include "store/printable.h"
#include "store/table/batch_plan.h"
#include "store/table/key_codec.h"

namespace dynamodown {
namespace {

constexpr std::string_view kAuxSuffix = "/.dynamodown";
constexpr std::string_view kDescriptorKey = "descriptor";
constexpr int64_t kVersion = 1;
constexpr std::chrono::milliseconds kFirstWait{50};
constexpr std::chrono::milliseconds kLongestWait{1000};
/// Keys that one Query of a Destroy brings.
constexpr uint64_t kDestroyPageItems = 1000;
/// How often a Destroy goes through a store that others are writing into.
constexpr int kDestroyPassesMax = 100;

bool IsMissingTable(const ServiceError& error) {
  return error.code == "ResourceNotFoundException";
}

bool IsFailedCondition(const ServiceError& error) {
  return error.code == "ConditionalCheckFailedException";
}

Error Invalid(std::string message) {
  return Error{ErrorKind::kInvalidArgument, std::move(message)};
}

AttributeValue HashValue(const Schema& schema, std::string hash) {
  return schema.hash_binary ? AttributeValue::B(std::move(hash))
                            : AttributeValue::S(std::move(hash));
}

Key DescriptorKey(const Schema& schema, std::string_view store) {
  const std::string range(kDescriptorKey);
  return Key{HashValue(schema, AuxHash(store)), schema.range_utf8
                                                    ? AttributeValue::S(range)
                                                    : AttributeValue::B(range)};
}

/// What the descriptor's attribute is called: the tables of others may have a
/// key of that name, "id" above all.
std::string NameIn(const Schema& schema, std::string_view name) {
  std::string free(name);
  while (free == schema.keys.hash_name || free == schema.keys.range_name) {
    free.push_back('_');
  }
  return free;
}

std::string TextOf(const Item& item, std::string_view name) {
  const AttributeValue* value = Find(item, name);
  return value == nullptr ? std::string() : value->text;
}

}  // namespace

std::string AuxHash(std::string_view store) {
  return std::string(store).append(kAuxSuffix);
}

Item EncodeDescriptor(const Schema& schema, std::string_view store,
                      const Descriptor& descriptor) {
  Key key = DescriptorKey(schema, store);
  Item item;
  item.push_back({schema.keys.hash_name, std::move(key.hash)});
  item.push_back({schema.keys.range_name, std::move(key.range)});
  const auto add = [&](std::string_view name, AttributeValue value) {
    item.push_back({NameIn(schema, name), std::move(value)});
  };
  add("version", AttributeValue::N(descriptor.version));
  add("id", AttributeValue::S(descriptor.id));
  add("created", AttributeValue::S(descriptor.created));
  add("mode", AttributeValue::S(descriptor.mode));
  if (!descriptor.features.empty()) {
    add("requires", AttributeValue::SS(descriptor.features));
  }
  if (descriptor.destroying) add("state", AttributeValue::S("destroying"));
  return item;
}

Result<Descriptor> DecodeDescriptor(const Schema& schema, const Item& item) {
  Descriptor descriptor;
  const AttributeValue* version = Find(item, NameIn(schema, "version"));
  if (version == nullptr || version->type != AttributeValue::Type::kN) {
    return Error{ErrorKind::kCorruption,
                 "the store's descriptor has no version; was it written by "
                 "another program?"};
  }
  descriptor.version = std::atoll(version->text.c_str());
  descriptor.id = TextOf(item, NameIn(schema, "id"));
  if (descriptor.id.empty()) {
    return Error{ErrorKind::kCorruption,
                 "the store's descriptor has no id; was it written by another "
                 "program?"};
  }
  descriptor.created = TextOf(item, NameIn(schema, "created"));
  descriptor.mode = TextOf(item, NameIn(schema, "mode"));
  const AttributeValue* features = Find(item, NameIn(schema, "requires"));
  if (features != nullptr) {
    if (features->type != AttributeValue::Type::kSS) {
      return Error{ErrorKind::kCorruption,
                   "the store's descriptor does not say what it requires as a "
                   "set of strings; was it written by another program?"};
    }
    descriptor.features = features->set;
  }
  descriptor.destroying = TextOf(item, NameIn(schema, "state")) == "destroying";
  return descriptor;
}

Result<void> CheckDescriptor(const Descriptor& descriptor) {
  if (descriptor.destroying) {
    return Error{ErrorKind::kDestroying,
                 "this store is being destroyed; destroy it again to finish, "
                 "then it can be created anew"};
  }
  std::string unknown;
  if (descriptor.version != kVersion) {
    unknown = "format version " + std::to_string(descriptor.version);
  } else if (descriptor.mode != "shared") {
    unknown = "mode " + Printable(descriptor.mode);
  } else if (!descriptor.features.empty()) {
    unknown = "feature " + Printable(descriptor.features.front());
  } else {
    return {};
  }
  return Error{ErrorKind::kNotSupported,
               "this store needs " + unknown +
                   ", which this version does not know; use a newer one"};
}

Catalog::Catalog(TableSettings settings, const Environment& environment)
    : settings_(std::move(settings)), environment_(environment) {}

Result<void> CheckStoreName(const std::string& store, const Limits& limits) {
  if (store.empty()) return Invalid("the store's name is empty");
  if (store.find(kAuxSuffix) != std::string::npos) {
    return Invalid("the store's name " + Printable(store) + " contains " +
                   std::string(kAuxSuffix) +
                   ", which is kept for the library's own items");
  }
  const size_t limit = limits.hash_key_bytes - kAuxSuffix.size();
  if (store.size() > limit) {
    return Invalid("the store's name has " + std::to_string(store.size()) +
                   " bytes; the limit is " + std::to_string(limit));
  }
  return {};
}

Result<void> Catalog::CheckNameIn(const Schema& schema,
                                  const std::string& store) const {
  if (schema.hash_binary || IsUtf8(store)) return {};
  return Invalid("the store's name " + Printable(store) +
                 " is not UTF-8, as it must be in a table whose hash key is of "
                 "type S; use another name, or a table whose hash key is of "
                 "type B");
}

Result<void> Catalog::CheckName(const std::string& store) const {
  return CheckStoreName(store, settings_.limits);
}

// ---- Tables ---------------------------------------------------------------

Result<std::optional<TableDescription>, ServiceError> Catalog::Describe(
    const CallOptions& call) {
  DescribeTable describe;
  describe.table = settings_.table;
  Result<void, ServiceError> sent = environment_.client->Send(&describe, call);
  if (sent.ok()) return std::optional(std::move(describe.description));
  if (IsMissingTable(sent.error())) return std::optional<TableDescription>();
  return std::move(sent).error();
}

Result<Schema> Catalog::SchemaOf(const TableDescription& description) const {
  const std::string table = "table " + Printable(settings_.table);
  if (description.range_name.empty()) {
    return Invalid(table +
                   " has no range key, so it cannot hold an ordered "
                   "store; use a table with a hash key and a range key");
  }
  const auto usable = [](const std::string& type) {
    return type == "S" || type == "B";
  };
  if (!usable(description.hash_type) || !usable(description.range_type)) {
    const bool hash = !usable(description.hash_type);
    return Invalid(table + ": its " + (hash ? "hash" : "range") + " key " +
                   (hash ? description.hash_name : description.range_name) +
                   " is of type " +
                   (hash ? description.hash_type : description.range_type) +
                   "; a store needs S or B");
  }
  Schema schema;
  schema.keys = {settings_.table, description.hash_name,
                 description.range_name};
  schema.hash_binary = description.hash_type == "B";
  schema.range_utf8 = description.range_type == "S";
  schema.value_name = settings_.schema.value_name;
  if (schema.value_name == schema.keys.hash_name ||
      schema.value_name == schema.keys.range_name) {
    return Invalid(table + ": the value attribute " +
                   Printable(schema.value_name) +
                   " is one of its keys; set "
                   "table.value_attribute to another name");
  }
  return schema;
}

Result<std::optional<Schema>> Catalog::FindTable(bool deleting_is_none) {
  if (settings_.schema_known) return std::optional(settings_.schema);
  Result<std::optional<TableDescription>, ServiceError> description =
      Describe();
  if (!description.ok()) return std::move(description).error();
  if (!*description ||
      (deleting_is_none && (*description)->status == "DELETING")) {
    return std::optional<Schema>();
  }
  if ((*description)->status != "ACTIVE" &&
      (*description)->status != "UPDATING") {
    Result<TableDescription> active = WaitUntilActive();
    if (!active.ok()) return std::move(active).error();
    **description = *std::move(active);
  }
  Result<Schema> schema = SchemaOf(**description);
  if (!schema.ok()) return std::move(schema).error();
  return std::optional(*std::move(schema));
}

Result<Schema> Catalog::CreateTableAndWait() {
  CreateTable create;
  const TableKeys& keys = settings_.schema.keys;
  create.description.name = settings_.table;
  create.description.hash_name =
      keys.hash_name.empty() ? "hkey" : keys.hash_name;
  create.description.hash_type = settings_.schema.hash_binary ? "B" : "S";
  create.description.range_name =
      keys.range_name.empty() ? "rkey" : keys.range_name;
  create.description.range_type = settings_.create_utf8 ? "S" : "B";
  create.read_capacity_units = settings_.read_capacity_units;
  create.write_capacity_units = settings_.write_capacity_units;
  // Checked before anything is created.
  Result<Schema> schema = SchemaOf(create.description);
  if (!schema.ok()) return schema;
  Result<void, ServiceError> sent = environment_.client->Send(&create);
  // Somebody else, or a lost answer's request, may have created it.
  if (!sent.ok() && sent.error().code != "ResourceInUseException") {
    return std::move(sent).error();
  }
  Result<TableDescription> active = WaitUntilActive();
  if (!active.ok()) return std::move(active).error();
  return SchemaOf(*active);
}

Result<TableDescription> Catalog::WaitUntilActive() {
  const Scheduler::TimePoint end =
      environment_.scheduler->Now() + settings_.create_timeout;
  Scheduler::Duration wait = kFirstWait;
  for (;;) {
    CallOptions call;
    call.deadline =
        std::max(std::chrono::milliseconds(1),
                 std::chrono::duration_cast<std::chrono::milliseconds>(
                     end - environment_.scheduler->Now()));
    Result<std::optional<TableDescription>, ServiceError> description =
        Describe(call);
    if (!description.ok()) return std::move(description).error();
    // A table that was only just asked for may not be known everywhere yet.
    const std::string status =
        *description ? (*description)->status : "UNKNOWN";
    if (status == "ACTIVE" || status == "UPDATING") {
      return **std::move(description);
    }
    if (*description && status != "CREATING") {
      return Error{ErrorKind::kUnavailable,
                   "table " + Printable(settings_.table) + " is " +
                       (status == "DELETING" ? "being deleted" : status) +
                       ", so it cannot be used now"};
    }
    if (environment_.scheduler->Now() + wait > end) {
      return Error{ErrorKind::kTimeout,
                   "table " + Printable(settings_.table) + " is still " +
                       status + " after " +
                       std::to_string(settings_.create_timeout.count()) +
                       " ms; open it again later, or set a longer "
                       "table.create_timeout"};
    }
    environment_.scheduler->Sleep(wait);
    wait = std::min<Scheduler::Duration>(wait * 2, kLongestWait);
  }
}

// ---- Stores ---------------------------------------------------------------

Result<std::optional<Descriptor>> Catalog::ReadDescriptor(
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
    descriptor.error().message = Where(store) + descriptor.error().message;
    return std::move(descriptor).error();
  }
  return std::optional(*std::move(descriptor));
}

Result<Descriptor> Catalog::WriteDescriptor(const Schema& schema,
                                            const std::string& store) {
  Descriptor descriptor;
  descriptor.version = kVersion;
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
  // There is one: ours, if an answer was lost and this was the repetition. The
  // caller tells by its id.
  Result<std::optional<Descriptor>> other = ReadDescriptor(schema, store);
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
  query.hash = HashValue(schema, store);
  query.limit = 1;
  query.projection = {schema.keys.range_name};
  do {
    query.exclusive_start = query.last_evaluated;
    Result<void, ServiceError> sent = environment_.client->Send(&query);
    if (!sent.ok()) return std::move(sent).error();
    // An empty page is not the end.
  } while (query.items.empty() && query.last_evaluated);
  return !query.items.empty();
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
  if (!create_if_missing) {
    return Invalid(
        Where(store) +
        (found->schema ? "does not exist" : "the table does not exist") +
        " (create_if_missing is false)");
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
  // With the schema given, only now it shows whether there is a table.
  bool no_table = false;
  Result<std::optional<Descriptor>> descriptor =
      ReadDescriptor(**schema, store, &no_table);
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
    return Invalid(Where(store) + "exists (error_if_exists is true)");
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
  // Others were quicker; theirs is as good, unless it had to be ours.
  Result<std::optional<Descriptor>> theirs = ReadDescriptor(schema, store);
  if (!theirs.ok()) return std::move(theirs).error();
  if (!*theirs) return std::move(created).error();
  return Existing(schema, store, *std::move(theirs), must_be_new);
}

// ---- Destroying and listing -----------------------------------------------

Result<void> Catalog::DeleteKeys(const Schema& schema, const std::string& hash,
                                 const std::string& except, int parallel_max) {
  // From the first key to the last, until a whole pass finds nothing: somebody
  // may still be writing.
  bool found_any = false;
  int passes = 0;
  std::optional<AttributeValue> start;
  // Found and not deleted yet: a page of large items is less than a batch.
  std::vector<AttributeValue> ranges;
  for (;;) {
    Query query;
    query.table = schema.keys;
    query.hash = HashValue(schema, hash);
    query.exclusive_start = start;
    query.limit = kDestroyPageItems;
    query.projection = {schema.keys.range_name};
    Result<void, ServiceError> sent = environment_.client->Send(&query);
    if (!sent.ok()) return std::move(sent).error();
    for (const Item& item : query.items) {
      const AttributeValue* range = Find(item, schema.keys.range_name);
      if (range != nullptr && range->text != except) ranges.push_back(*range);
    }
    start = query.last_evaluated;
    const size_t run_items = settings_.limits.batch_write_items;
    const size_t whole = ranges.size() / run_items * run_items;
    const size_t n = start ? whole : ranges.size();
    const std::vector<size_t> ends =
        CutRuns(std::vector<size_t>(n, 1), run_items, n);
    std::mutex mutex;
    std::optional<Error> failed;  // Guarded by mutex.
    ParallelFor(
        environment_.scheduler, ends.size(), parallel_max, [&](size_t run) {
          BatchWriteItem batch;
          batch.table = schema.keys;
          batch.hash = query.hash;
          for (size_t i = run == 0 ? 0 : ends[run - 1]; i < ends[run]; ++i) {
            batch.requests.push_back({ranges[i], std::nullopt});
          }
          Result<void, ServiceError> deleted =
              environment_.client->Send(&batch);
          std::lock_guard<std::mutex> lock(mutex);
          if (!deleted.ok() && !failed) failed = std::move(deleted).error();
        });
    if (failed) return *std::move(failed);
    found_any = found_any || n > 0;
    ranges.erase(ranges.begin(),
                 ranges.begin() + static_cast<std::ptrdiff_t>(n));
    if (start) continue;
    if (!found_any) return {};
    if (++passes == kDestroyPassesMax) {
      return Error{ErrorKind::kConflict,
                   "others keep writing into the store while it is destroyed; "
                   "stop them"};
    }
    found_any = false;
  }
}

Result<void> Catalog::Destroy(const std::string& store, bool force,
                              bool drop_table, int parallel_max) {
  Result<void> name = CheckName(store);
  if (!name.ok()) return name;
  Result<std::optional<Schema>> found = FindTable(true);
  if (!found.ok()) return std::move(found).error();
  if (!*found) return {};
  const Schema schema = **std::move(found);
  name = CheckNameIn(schema, store);
  if (!name.ok()) return name;
  Result<std::optional<Descriptor>> descriptor = ReadDescriptor(schema, store);
  const bool damaged =
      !descriptor.ok() && descriptor.error().kind == ErrorKind::kCorruption;
  if (damaged && force) descriptor = std::optional<Descriptor>();
  if (!descriptor.ok()) return std::move(descriptor).error();
  if (*descriptor && !(*descriptor)->destroying) {
    Result<void> usable = CheckDescriptor(**descriptor);
    if (!usable.ok()) return usable;
  } else if (!*descriptor && !force) {
    Result<bool> foreign = HasKeys(schema, store);
    if (!foreign.ok()) return std::move(foreign).error();
    if (*foreign) {
      return Invalid(Where(store) +
                     "has keys but no descriptor: another library's store; "
                     "destroy it with force if it is really to go");
    }
  }
  Result<void> destroyed =
      DestroyMarked(schema, store, *descriptor, parallel_max);
  if (!destroyed.ok()) {
    destroyed.error().message +=
        "; the store may be half destroyed: run it again";
    return destroyed;
  }
  return drop_table ? DropTable(schema) : Result<void>();
}

Result<void> Catalog::DestroyMarked(const Schema& schema,
                                    const std::string& store,
                                    const std::optional<Descriptor>& descriptor,
                                    int parallel_max) {
  // Only the store whose descriptor was read: when it is gone, somebody else
  // has destroyed it, and what is there now is not to be touched.
  ConditionExpression same;
  if (descriptor) {
    same.terms = {{ConditionExpression::Kind::kEquals, NameIn(schema, "id"),
                   AttributeValue::S(descriptor->id)}};
    UpdateItem mark;
    mark.table = schema.keys;
    mark.key = DescriptorKey(schema, store);
    mark.set = {{NameIn(schema, "state"), AttributeValue::S("destroying")}};
    mark.condition = same;
    Result<void, ServiceError> marked = environment_.client->Send(&mark);
    if (!marked.ok() && IsFailedCondition(marked.error())) return {};
    if (!marked.ok()) return std::move(marked).error();
  }
  Result<void> deleted = DeleteKeys(schema, store, "", parallel_max);
  if (!deleted.ok()) return deleted;
  deleted = DeleteKeys(schema, AuxHash(store), std::string(kDescriptorKey),
                       parallel_max);
  if (!deleted.ok()) return deleted;
  DeleteItem unmark;
  unmark.table = schema.keys;
  unmark.key = DescriptorKey(schema, store);
  unmark.condition = same;
  Result<void, ServiceError> unmarked = environment_.client->Send(&unmark);
  if (!unmarked.ok() && !IsFailedCondition(unmarked.error())) {
    return std::move(unmarked).error();
  }
  return {};
}

Result<void> Catalog::DropTable(const Schema& schema) {
  Result<std::vector<ListedStore>> others = ListIn(schema, true);
  if (!others.ok()) return std::move(others).error();
  if (!others->empty()) {
    return Invalid(
        "the store is destroyed, but table " + Printable(settings_.table) +
        " is kept: store " + Printable(others->front().store) +
        (others->size() > 1 ? " and others are" : " is") + " in it too");
  }
  DeleteTable drop;
  drop.table = settings_.table;
  Result<void, ServiceError> dropped = environment_.client->Send(&drop);
  if (!dropped.ok() && !IsMissingTable(dropped.error())) {
    return std::move(dropped).error();
  }
  return {};
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
  // A Scan goes through hash keys one after the other. To begin behind the last
  // possible range key of one hash key is to begin at the first item of the
  // next, whichever that is: each step reads one item.
  std::vector<ListedStore> stores;
  std::vector<std::string> described;  // By their descriptors' hash keys.
  const KeyCodec ranges(schema.range_utf8, settings_.limits.range_key_bytes);
  Scan scan;
  scan.table = schema.keys;
  scan.limit = 1;
  scan.consistent_read = consistent;
  scan.projection = {schema.keys.hash_name};
  do {
    Result<void, ServiceError> sent = environment_.client->Send(&scan);
    if (!sent.ok()) return std::move(sent).error();
    if (scan.items.empty()) {
      // Not the end, if there is where to go on.
      scan.start = scan.last_evaluated;
      continue;
    }
    const AttributeValue* hash =
        Find(scan.items.front(), schema.keys.hash_name);
    if (hash == nullptr) {
      return Error{ErrorKind::kCorruption,
                   "an answer has an item without its hash key"};
    }
    const std::string text = hash->text;
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
    Result<std::optional<Descriptor>> descriptor =
        ReadDescriptor(schema, listed.store);
    if (!descriptor.ok() && descriptor.error().kind != ErrorKind::kCorruption) {
      return std::move(descriptor).error();
    }
    listed.foreign = !descriptor.ok() || !*descriptor;
    listed.destroying = !listed.foreign && (*descriptor)->destroying;
  }
  return stores;
}

}  // namespace dynamodown
