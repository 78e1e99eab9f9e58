#include "fake/faults/wrong_answer.h"

#include <functional>
#include <utility>
#include <vector>

namespace dynamodown::fake {
namespace {

using Way = std::function<void()>;
using Ways = std::vector<Way>;

/// Changes a value of type S or B to another value of its type.
void ChangeValue(Json* value) {
  if (value->contains("S")) {
    (*value)["S"] = (*value)["S"].get<std::string>() + "x";
  } else {
    (*value)["B"] = "d3Jvbmc=";  // "wrong"
  }
}

/// The way to make the key attribute `name` of an item wrong. There is none if
/// the answer leaves the attribute out because of the request's projection.
void AddItemWays(const std::string& name, Json* item, Ways* ways) {
  if (!name.empty() && item->contains(name)) {
    ways->push_back([=] { ChangeValue(&(*item)[name]); });
  }
}

/// Adds the way to answer with another item of the same hash key.
void AddOtherItemWay(const TableKeyNames& keys, Json* item, Ways* ways) {
  if (keys.range.empty() || !item->contains(keys.range)) return;
  ways->push_back([=] {
    for (auto& [name, value] : item->items()) {
      const bool has_text = value.contains("S") || value.contains("B");
      if (has_text && name != keys.hash) ChangeValue(&value);
    }
  });
}

void AddUnitsWays(Json* answer, Ways* ways) {
  if (!answer->contains("ConsumedCapacity")) return;
  Json* consumed = &(*answer)["ConsumedCapacity"];
  if (consumed->is_array()) {
    if (consumed->empty()) return;
    consumed = &consumed->front();
  }
  for (const double units : {1e300, -1.0}) {
    ways->push_back([=] {
      for (const char* name :
           {"CapacityUnits", "ReadCapacityUnits", "WriteCapacityUnits"}) {
        if (consumed->contains(name)) (*consumed)[name] = units;
      }
    });
  }
}

/// The ways for a Query and a Scan.
void AddPageWays(const Json& request, const TableKeyNames& keys, Json* answer,
                 Ways* ways) {
  Json* const items = &(*answer)["Items"];
  const auto recount = [=] {
    (*answer)["Count"] = items->size();
    (*answer)["ScannedCount"] = items->size();
  };
  ways->push_back([=] { (*answer)["Count"] = items->size() + 1; });
  const bool shows_keys = !keys.range.empty() && !items->empty() &&
                          items->front().contains(keys.range);
  if (shows_keys) {
    ways->push_back([=] {  // The last item comes twice.
      items->push_back(items->back());
      recount();
    });
    if (items->size() > 1) {
      ways->push_back([=] { std::swap((*items)[0], (*items)[1]); });
    }
  }
  if (!request.contains("ExclusiveStartKey")) return;
  const Json start = request["ExclusiveStartKey"];
  ways->push_back([=] {  // An empty page that leads back to its start.
    items->clear();
    recount();
    (*answer)["LastEvaluatedKey"] = start;
  });
  if (shows_keys) {
    ways->push_back([=] {  // The page begins before its start.
      (*items)[0][keys.range] = start[keys.range];
      if (items->front().contains(keys.hash)) {
        (*items)[0][keys.hash] = start[keys.hash];
      }
    });
  }
}

void AddBatchGetWays(const TableKeyNames& keys, Json* answer, Ways* ways) {
  for (auto& [table, found] : (*answer)["Responses"].items()) {
    Json* const items = &found;
    if (items->empty()) continue;
    AddItemWays(keys.range, &items->front(), ways);
    ways->push_back([=] { items->push_back(items->front()); });
  }
}

/// The key of the first request of a BatchWriteItem, changed.
Json UnaskedDelete(const Json& request, const TableKeyNames& keys) {
  const Json& first = request.begin()->front();
  const Json& item = first.contains("PutRequest")
                         ? first["PutRequest"]["Item"]
                         : first["DeleteRequest"]["Key"];
  Json key = {{keys.hash, item[keys.hash]}};
  if (!keys.range.empty()) key[keys.range] = item[keys.range];
  ChangeValue(&key.back());
  return {{"DeleteRequest", {{"Key", key}}}};
}

}  // namespace

void MakeWrong(const std::string& operation, const Json& request,
               const TableKeyNames& keys, uint64_t choice, Json* answer) {
  Ways ways;
  AddUnitsWays(answer, &ways);
  if (operation == "Query" || operation == "Scan") {
    AddPageWays(request, keys, answer, &ways);
  } else if (operation == "GetItem" && answer->contains("Item")) {
    AddItemWays(keys.hash, &(*answer)["Item"], &ways);
    AddOtherItemWay(keys, &(*answer)["Item"], &ways);
  } else if (operation == "BatchGetItem") {
    AddBatchGetWays(keys, answer, &ways);
  } else if (operation == "BatchWriteItem") {
    const Json& tables = request["RequestItems"];
    ways.push_back([&] {
      (*answer)["UnprocessedItems"][tables.begin().key()].push_back(
          UnaskedDelete(tables, keys));
    });
  } else if (operation == "DescribeTable") {
    ways.push_back([=] { (*answer)["Table"]["TableName"] = "another"; });
  }
  if (!ways.empty()) ways[choice % ways.size()]();
}

}  // namespace dynamodown::fake
