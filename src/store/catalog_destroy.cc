// How a Catalog destroys stores.

#include <cstddef>
#include <mutex>
#include <utility>

#include "base/printable.h"
#include "dynamo/errors.h"
#include "store/catalog.h"
#include "store/catalog_errors.h"
#include "store/table/batch_plan.h"

namespace dynamodown {
namespace {

/// The most keys that one Query of a Destroy returns.
constexpr uint64_t kDestroyPageItems = 1000;
/// The most passes over a store's keys, if others keep writing into the store.
constexpr int kDestroyPassesMax = 100;

}  // namespace

Result<void> Catalog::DeleteKeys(const Schema& schema, const std::string& hash,
                                 const std::string& except, int parallel_max) {
  // Others may still write into the store. So make passes over all its keys,
  // until a pass finds no key.
  bool found_any = false;
  int passes = 0;
  std::optional<AttributeValue> start;
  // Keys that were found and are not deleted yet. Keys that do not fill a
  // BatchWriteItem wait here for the keys of the next page.
  std::vector<AttributeValue> ranges;
  CallOptions call = CallFromNow();
  for (;;) {
    Query query;
    query.table = schema.keys;
    query.hash = schema.HashValue(hash);
    query.exclusive_start = start;
    query.limit = kDestroyPageItems;
    query.projection = {schema.keys.range_name};
    Result<void, ServiceError> sent = environment_.client->Send(&query, call);
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
    if (!query.items.empty() || n > 0) call = CallFromNow();
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
  auto descriptor = ReadDescriptor(schema, store);
  const bool damaged =
      !descriptor.ok() && IsDamagedDescriptor(descriptor.error());
  if (damaged && force) descriptor = std::optional<Descriptor>();
  if (!descriptor.ok()) return std::move(descriptor).error();
  if (*descriptor && !(*descriptor)->destroying) {
    Result<void> usable = CheckDescriptor(**descriptor);
    if (!usable.ok()) return usable;
  } else if (!*descriptor && !force) {
    Result<bool> foreign = HasKeys(schema, store);
    if (!foreign.ok()) return std::move(foreign).error();
    if (*foreign) {
      return Invalid(
          Where(store) +
              "has keys but no descriptor: either it is another library's "
              "store, or a program that had the store open wrote after Destroy",
          {Advice::Kind::kName, "force", "",
           "; to destroy it all the same, "
           "use ",
           ""});
    }
  }
  if (drop_table) {
    Result<void> alone = CheckNoOthers(schema, store);
    if (!alone.ok()) return alone;
  }
  Result<void> destroyed =
      DestroyMarked(schema, store, *descriptor, parallel_max);
  if (!destroyed.ok()) {
    destroyed.error().Append(
        "; the store may be half destroyed: destroy it again");
    return destroyed;
  }
  return drop_table ? DropTable(schema) : Result<void>();
}

Result<void> Catalog::DestroyMarked(const Schema& schema,
                                    const std::string& store,
                                    const std::optional<Descriptor>& descriptor,
                                    int parallel_max) {
  // Destroy only the store whose descriptor was read. If this descriptor is
  // gone, someone else has destroyed the store. A store of the same name is
  // then a new store, and must not be touched.
  ConditionExpression same;
  if (descriptor) {
    same.terms = {{ConditionExpression::Kind::kEquals,
                   DescriptorAttribute(schema, "id"),
                   AttributeValue::S(descriptor->id)}};
    UpdateItem mark;
    mark.table = schema.keys;
    mark.key = DescriptorKey(schema, store);
    mark.set = {{DescriptorAttribute(schema, "state"),
                 AttributeValue::S("destroying")}};
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

Result<void> Catalog::CheckNoOthers(const Schema& schema,
                                    const std::string& store) {
  Result<std::vector<ListedStore>> listed = ListIn(schema, true);
  if (!listed.ok()) return std::move(listed).error();
  std::erase_if(*listed, [&store](const ListedStore& each) {
    return each.store == store;
  });
  if (listed->empty()) return {};
  return Invalid(
      "nothing was destroyed, because table " + Printable(settings_.table) +
      " cannot be dropped: store " + Printable(listed->front().store) +
      (listed->size() > 1 ? " and others are" : " is") + " in it too");
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

}  // namespace dynamodown
