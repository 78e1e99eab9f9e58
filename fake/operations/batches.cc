// BatchGetItem and BatchWriteItem.

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "fake/expressions/projection.h"
#include "fake/expressions/substitutions.h"
#include "fake/operations/request.h"
#include "fake/operations/service.h"

namespace dynamodown::fake {

/// The keys that a BatchGetItem reads from one table.
struct BatchRead {
  std::string table_name;
  const Json* request;  ///< The KeysAndAttributes.
  Table* table;
  Projection projection;
  bool consistent;
  std::vector<ItemKey> keys;
};

/// One put or delete of a BatchWriteItem.
struct BatchWrite {
  std::string table_name;
  const Json* request;  ///< The WriteRequest.
  Table* table;
  ItemKey key;
  std::optional<Item> put;  ///< Without a value the write is a delete.
};

namespace {

constexpr size_t kBatchWriteItemsMax = 25;
constexpr size_t kBatchGetKeysMax = 100;
constexpr size_t kBatchBytesMax = 16 << 20;

/// "If none of the items can be processed ... returns a
/// ProvisionedThroughputExceededException" (API reference of both batches).
void RefuseIfNoneDone(size_t done) {
  if (done > 0) return;
  throw Refusal{"ProvisionedThroughputExceededException",
                "The level of configured provisioned throughput for the table "
                "was exceeded. Consider increasing your provisioning level "
                "with the UpdateTable API."};
}

void CheckBatchCount(size_t count, size_t count_max, const char* operation) {
  if (count > count_max) {
    RefuseInvalid("Too many items requested for the " + std::string(operation) +
                  " call");
  }
}

/// The requested tables. If there are none, refuses the request with `why`.
const Json& RequestItemsOf(const Json& request, const char* why) {
  const Json* items = Object(request, "RequestItems");
  if (items == nullptr || items->empty()) RefuseInvalid(why);
  return *items;
}

/// The keys of one KeysAndAttributes.
const Json& KeysOf(const std::string& table, const Json& member) {
  const std::string start =
      "The list of keys in RequestItems for BatchGetItem ";
  const Json* keys = member.is_null() ? nullptr : Array(member, "Keys");
  if (keys == nullptr || keys->empty()) {
    RefuseInvalid(start + "is required: " + table + " has empty list");
  }
  for (const Json& key : *keys) {
    if (!key.is_null()) continue;
    RefuseInvalid(start + "may not contain null or empty values: " + table +
                  " has one or more empty keys");
  }
  return *keys;
}

/// The item of a PutRequest, or the key of a DeleteRequest.
Item ContentOf(const Json& request, const char* form, const char* name) {
  CheckMembers(request, form, {name});
  const Json* content = Object(request, name);
  if (content == nullptr) {
    RefuseInvalid("The supplied Item contains a null AttributeValue");
  }
  return ItemOfJson(*content);
}

/// Parses one WriteRequest and adds the size of its item or key to `*bytes`.
BatchWrite ParseBatchWrite(const std::string& table_name, Table* table,
                           const Json& member, size_t* bytes) {
  CheckMembers(member, "WriteRequest", {"PutRequest", "DeleteRequest"});
  const Json* put = Member(member, "PutRequest");
  const Json* erase = Member(member, "DeleteRequest");
  if ((put == nullptr) == (erase == nullptr)) {
    RefuseInvalid(
        "Supplied AttributeValue has more than one datatypes set, must "
        "contain exactly one of the supported datatypes");
  }
  BatchWrite write{table_name, &member, table, {}, {}};
  if (put != nullptr) {
    write.put = ContentOf(*put, "PutRequest", "Item");
    write.key = table->KeyOfItem(*write.put);
    *bytes += SizeOf(*write.put);
  } else {
    const Item key = ContentOf(*erase, "DeleteRequest", "Key");
    write.key = table->KeyOfRequest(key);
    *bytes += SizeOf(key);
  }
  return write;
}

/// The progress of one batch.
struct BatchTotals {
  std::map<std::string, double> units;  ///< By table.
  size_t begun = 0;                     ///< Items examined, processed or not.
  size_t done = 0;                      ///< Items processed.
  size_t bytes = 0;
};

/// Reads the keys of one table. Returns the items found, and appends the keys
/// that it leaves unprocessed to `*unprocessed`.
std::vector<Json> ReadKeys(const BatchRead& read, const CallFaults& faults,
                           BatchTotals* totals, Json* unprocessed) {
  std::vector<Json> items;
  for (size_t i = 0; i < read.keys.size(); ++i) {
    const ItemKey& key = read.keys[i];
    const Item* item = read.consistent
                           ? read.table->Find(key)
                           : read.table->FindPast(key, faults.staleness);
    const size_t item_bytes = SizeOrZero(item);
    if (faults.LeavesUnprocessed(totals->begun++) ||
        totals->bytes + item_bytes > kBatchBytesMax ||
        !read.table->Admits(key, Access::kRead)) {
      unprocessed->push_back((*read.request)["Keys"][i]);
      continue;
    }
    ++totals->done;
    totals->bytes += item_bytes;
    const double units = ReadUnits(item_bytes, read.consistent);
    totals->units[read.table_name] += units;
    read.table->Take(key, Access::kRead, units);
    if (item != nullptr) items.push_back(Project(*item, read.projection));
  }
  // Reversed, so that callers do not rely on an order: DynamoDB promises none.
  std::reverse(items.begin(), items.end());
  return items;
}

/// Applies one write. Returns false if it leaves the write unprocessed.
bool ApplyWrite(BatchWrite* write, const CallFaults& faults,
                BatchTotals* totals) {
  Table* const table = write->table;
  if (faults.LeavesUnprocessed(totals->begun++) ||
      table->IsLocked(write->key) ||
      !table->Admits(write->key, Access::kWrite)) {
    return false;
  }
  ++totals->done;
  const size_t before = SizeOrZero(table->Find(write->key));
  const size_t after = write->put.has_value() ? SizeOf(*write->put) : 0;
  const double units = WriteUnits(std::max(before, after));
  totals->units[write->table_name] += units;
  table->Take(write->key, Access::kWrite, units);
  if (write->put.has_value()) {
    table->Put(write->key, *std::move(write->put));
  } else {
    table->Erase(write->key);
  }
  return true;
}

}  // namespace

size_t BatchSize(const std::string& operation, const Json& request) {
  if (operation != "BatchGetItem" && operation != "BatchWriteItem") return 0;
  const Json* tables =
      request.is_object() ? Member(request, "RequestItems") : nullptr;
  if (tables == nullptr || !tables->is_object()) return 0;
  size_t size = 0;
  for (const Json& table : *tables) {
    const Json* keys = table.is_object() ? Member(table, "Keys") : &table;
    if (keys != nullptr && keys->is_array()) size += keys->size();
  }
  return size;
}

std::vector<BatchRead> Service::ParseBatchReads(const Json& tables) {
  std::vector<BatchRead> reads;
  for (auto at = tables.begin(); at != tables.end(); ++at) {
    const std::string& name = at.key();
    const Json& member = *at;
    const Json& keys = KeysOf(name, member);
    CheckMembers(member, "KeysAndAttributes",
                 {"Keys", "ConsistentRead", "ProjectionExpression",
                  "ExpressionAttributeNames"});
    Table& table = FindActive(name);
    Substitutions substitutions(member, {});
    BatchRead read{name,
                   &member,
                   &table,
                   ParseProjection(member, &substitutions),
                   Bool(member, "ConsistentRead", false),
                   {}};
    substitutions.CheckAllUsed();
    std::set<ItemKey> seen;
    for (const Json& key : keys) {
      read.keys.push_back(table.KeyOfRequest(ItemOfJson(key)));
      if (!seen.insert(read.keys.back()).second) {
        RefuseInvalid("Provided list of item keys contains duplicates");
      }
    }
    reads.push_back(std::move(read));
  }
  return reads;
}

Json Service::BatchGetItem(CallContext* call) {
  const Json& request = call->request;
  CheckMembers(request, "BatchGetItem",
               {"RequestItems", "ReturnConsumedCapacity"});
  const CapacityDetail detail = CapacityWanted(request);
  const Json& tables =
      RequestItemsOf(request, "BatchGetItem must have some requests set");
  CheckBatchCount(BatchSize("BatchGetItem", request), kBatchGetKeysMax,
                  "BatchGetItem");
  BatchTotals totals;
  Json responses = Json::object();
  Json unprocessed = Json::object();
  for (const BatchRead& read : ParseBatchReads(tables)) {
    Json keys = Json::array();
    responses[read.table_name] = ReadKeys(read, call->faults, &totals, &keys);
    if (keys.empty()) continue;
    unprocessed[read.table_name] = *read.request;
    unprocessed[read.table_name]["Keys"] = std::move(keys);
  }
  RefuseIfNoneDone(totals.done);
  for (const auto& [name, sum] : totals.units) call->consumed.read += sum;
  Json answer = {{"Responses", responses}, {"UnprocessedKeys", unprocessed}};
  if (detail != CapacityDetail::kNone) {
    answer["ConsumedCapacity"] = CapacitiesOf(totals.units, detail);
  }
  return answer;
}

std::vector<BatchWrite> Service::ParseBatchWrites(const Json& tables) {
  std::vector<BatchWrite> writes;
  std::set<std::tuple<std::string, ItemKey>> seen;
  size_t bytes = 0;
  for (auto at = tables.begin(); at != tables.end(); ++at) {
    const std::string& name = at.key();
    const Json& list = *at;
    if (!list.is_array() && !list.is_null()) {
      RefuseMalformed("RequestItems holds lists");
    }
    if (list.empty()) {
      RefuseInvalid(
          "The batch write request list for a table cannot be null or empty: " +
          name);
    }
    Table& table = FindActive(name);
    for (const Json& member : list) {
      writes.push_back(ParseBatchWrite(name, &table, member, &bytes));
      if (!seen.emplace(name, writes.back().key).second) {
        RefuseInvalid("Provided list of item keys contains duplicates");
      }
    }
  }
  if (bytes > kBatchBytesMax) {
    RefuseInvalid("The total request size exceeds 16 MB");
  }
  return writes;
}

Json Service::BatchWriteItem(CallContext* call) {
  const Json& request = call->request;
  CheckMembers(request, "BatchWriteItem",
               {"RequestItems", "ReturnConsumedCapacity",
                "ReturnItemCollectionMetrics"});
  const CapacityDetail detail = CapacityWanted(request);
  OneOf(request, "ReturnItemCollectionMetrics", {"SIZE", "NONE"}, "NONE");
  const Json& tables = RequestItemsOf(
      request, "BatchWriteItem cannot have a null or no requests set");
  CheckBatchCount(BatchSize("BatchWriteItem", request), kBatchWriteItemsMax,
                  "BatchWriteItem");
  BatchTotals totals;
  Json unprocessed = Json::object();
  for (BatchWrite& write : ParseBatchWrites(tables)) {
    if (!ApplyWrite(&write, call->faults, &totals)) {
      unprocessed[write.table_name].push_back(*write.request);
    }
  }
  RefuseIfNoneDone(totals.done);
  for (const auto& [name, sum] : totals.units) call->consumed.write += sum;
  Json answer = {{"UnprocessedItems", unprocessed}};
  if (detail != CapacityDetail::kNone) {
    answer["ConsumedCapacity"] = CapacitiesOf(totals.units, detail);
  }
  return answer;
}

}  // namespace dynamodown::fake
