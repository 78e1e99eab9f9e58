#include "fake/service.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "fake/request.h"

namespace dynamodown::fake {
namespace {

constexpr size_t kBatchWriteItemsMax = 25;
constexpr size_t kBatchGetKeysMax = 100;
constexpr size_t kBatchBytesMax = 16 << 20;

/// "If none of the items can be processed ... returns a
/// ProvisionedThroughputExceededException" (the batches' API reference).
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

/// The tables of the request; `why` refuses it when there are none.
const Json& RequestItemsOf(const Json& request, const char* why) {
  const Json* items = Object(request, "RequestItems");
  if (items == nullptr || items->empty()) RefuseInvalid(why);
  return *items;
}

/// Of a KeysAndAttributes.
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

/// The item or the key of a PutRequest or a DeleteRequest.
Item ContentOf(const Json& request, const char* form, const char* name) {
  CheckMembers(request, form, {name});
  const Json* content = Object(request, name);
  if (content == nullptr) {
    RefuseInvalid("The supplied Item contains a null AttributeValue");
  }
  return ItemOfJson(*content);
}

}  // namespace

size_t Service::BatchSize(const std::string& operation, const Json& request) {
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

bool Service::IsLeftUndone(size_t i) const {
  return i < bend_->unprocessed.size() && bend_->unprocessed[i];
}

Json Service::BatchGetItem(const Json& request) {
  CheckMembers(request, "BatchGetItem",
               {"RequestItems", "ReturnConsumedCapacity"});
  const CapacityDetail detail = CapacityWanted(request);
  const Json& tables =
      RequestItemsOf(request, "BatchGetItem must have some requests set");
  CheckBatchCount(BatchSize("BatchGetItem", request), kBatchGetKeysMax,
                  "BatchGetItem");
  struct Part {
    std::string name;
    const Json* request;
    Table* table;
    Projection projection;
    bool consistent;
    std::vector<ItemKey> keys;
  };
  std::vector<Part> parts;
  for (auto at = tables.begin(); at != tables.end(); ++at) {
    const std::string& name = at.key();
    const Json& member = *at;
    const Json& keys = KeysOf(name, member);
    CheckMembers(member, "KeysAndAttributes",
                 {"Keys", "ConsistentRead", "ProjectionExpression",
                  "ExpressionAttributeNames"});
    Table& table = FindActive(name);
    Substitutions substitutions(member, {});
    Part part{name,
              &member,
              &table,
              ParseProjection(member, &substitutions),
              Bool(member, "ConsistentRead", false),
              {}};
    substitutions.CheckAllUsed();
    std::set<ItemKey> seen;
    for (const Json& key : keys) {
      part.keys.push_back(part.table->KeyOfRequest(ItemOfJson(key)));
      if (!seen.insert(part.keys.back()).second) {
        RefuseInvalid("Provided list of item keys contains duplicates");
      }
    }
    parts.push_back(std::move(part));
  }

  std::map<std::string, double> units;
  Json responses = Json::object();
  Json unprocessed = Json::object();
  size_t position = 0;
  size_t done = 0;
  size_t bytes = 0;
  for (const Part& part : parts) {
    std::vector<Json> items;
    Json undone = Json::array();
    for (size_t i = 0; i < part.keys.size(); ++i) {
      const ItemKey& key = part.keys[i];
      const Item* item = part.consistent
                             ? part.table->Find(key)
                             : part.table->FindPast(key, bend_->staleness);
      const size_t item_bytes = SizeOrZero(item);
      if (IsLeftUndone(position++) || bytes + item_bytes > kBatchBytesMax ||
          !part.table->Admits(key, Access::kRead)) {
        undone.push_back((*part.request)["Keys"][i]);
        continue;
      }
      ++done;
      bytes += item_bytes;
      const double read = ReadUnits(item_bytes, part.consistent);
      units[part.name] += read;
      part.table->Take(key, Access::kRead, read);
      if (item != nullptr) items.push_back(Project(*item, part.projection));
    }
    // In no order that a caller could rely on.
    std::reverse(items.begin(), items.end());
    responses[part.name] = items;
    if (undone.empty()) continue;
    unprocessed[part.name] = *part.request;
    unprocessed[part.name]["Keys"] = std::move(undone);
  }
  RefuseIfNoneDone(done);
  for (const auto& [name, sum] : units) units_.read += sum;
  Json answer = {{"Responses", responses}, {"UnprocessedKeys", unprocessed}};
  if (detail != CapacityDetail::kNone) {
    answer["ConsumedCapacity"] = CapacitiesOf(units, detail);
  }
  return answer;
}

Json Service::BatchWriteItem(const Json& request) {
  CheckMembers(request, "BatchWriteItem",
               {"RequestItems", "ReturnConsumedCapacity",
                "ReturnItemCollectionMetrics"});
  const CapacityDetail detail = CapacityWanted(request);
  OneOf(request, "ReturnItemCollectionMetrics", {"SIZE", "NONE"}, "NONE");
  const Json& tables = RequestItemsOf(
      request, "BatchWriteItem cannot have a null or no requests set");
  CheckBatchCount(BatchSize("BatchWriteItem", request), kBatchWriteItemsMax,
                  "BatchWriteItem");
  struct One {
    std::string name;
    const Json* request;
    Table* table;
    ItemKey key;
    std::optional<Item> put;
  };
  std::vector<One> writes;
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
      CheckMembers(member, "WriteRequest", {"PutRequest", "DeleteRequest"});
      const Json* put = Member(member, "PutRequest");
      const Json* erase = Member(member, "DeleteRequest");
      if ((put == nullptr) == (erase == nullptr)) {
        RefuseInvalid(
            "Supplied AttributeValue has more than one datatypes set, must "
            "contain exactly one of the supported datatypes");
      }
      One one{name, &member, &table, {}, {}};
      if (put != nullptr) {
        one.put = ContentOf(*put, "PutRequest", "Item");
        one.key = table.KeyOfItem(*one.put);
        bytes += SizeOf(*one.put);
      } else {
        const Item key = ContentOf(*erase, "DeleteRequest", "Key");
        one.key = table.KeyOfRequest(key);
        bytes += SizeOf(key);
      }
      if (!seen.emplace(name, one.key).second) {
        RefuseInvalid("Provided list of item keys contains duplicates");
      }
      writes.push_back(std::move(one));
    }
  }
  if (bytes > kBatchBytesMax) {
    RefuseInvalid("The total request size exceeds 16 MB");
  }

  std::map<std::string, double> units;
  Json unprocessed = Json::object();
  size_t done = 0;
  for (size_t i = 0; i < writes.size(); ++i) {
    One& one = writes[i];
    if (IsLeftUndone(i) || one.table->IsLocked(one.key) ||
        !one.table->Admits(one.key, Access::kWrite)) {
      unprocessed[one.name].push_back(*one.request);
      continue;
    }
    ++done;
    const size_t before = SizeOrZero(one.table->Find(one.key));
    const size_t after = one.put.has_value() ? SizeOf(*one.put) : 0;
    const double written = WriteUnits(std::max(before, after));
    units[one.name] += written;
    one.table->Take(one.key, Access::kWrite, written);
    if (one.put.has_value()) {
      one.table->Put(one.key, *std::move(one.put));
    } else {
      one.table->Erase(one.key);
    }
  }
  RefuseIfNoneDone(done);
  for (const auto& [name, sum] : units) units_.write += sum;
  Json answer = {{"UnprocessedItems", unprocessed}};
  if (detail != CapacityDetail::kNone) {
    answer["ConsumedCapacity"] = CapacitiesOf(units, detail);
  }
  return answer;
}

}  // namespace dynamodown::fake
