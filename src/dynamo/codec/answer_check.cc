#include "dynamo/codec/answer_check.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/printable.h"

namespace dynamodown {
namespace {

using Type = AttributeValue::Type;

/// Checks the type and the size of the key `key`, which messages call `which`.
/// Bytes have an order, and UTF-8 text has the order of its bytes. The order of
/// numbers is not needed: a store's keys are text or bytes.
std::string FaultOfForm(const std::string& which, const AttributeValue& key,
                        Type type, size_t bytes_max) {
  const bool is_known = type == Type::kS || type == Type::kB;
  if ((key.type != Type::kS && key.type != Type::kB) ||
      (is_known && key.type != type)) {
    return "the " + which + " is of type " + std::string(TypeName(key));
  }
  if (key.text.empty() || key.text.size() > bytes_max) {
    return "the " + which + " has " + std::to_string(key.text.size()) +
           " bytes";
  }
  return "";
}

std::string FaultOfHash(const TableKeys& table, const AttributeValue& key) {
  return FaultOfForm("hash key", key, table.hash_type, table.hash_bytes_max);
}

std::string FaultOfRange(const TableKeys& table, const AttributeValue& key) {
  return FaultOfForm("range key", key, table.range_type, table.range_bytes_max);
}

bool Projects(const std::vector<std::string>& projection,
              const std::string& name) {
  return projection.empty() || std::find(projection.begin(), projection.end(),
                                         name) != projection.end();
}

/// Checks that `item` has only attributes that were asked for. The key may come
/// along.
std::string FaultOfAttributes(const TableKeys& table,
                              const std::vector<std::string>& projection,
                              const Item& item) {
  for (const auto& [name, value] : item) {
    if (Projects(projection, name) || name == table.hash_name ||
        name == table.range_name) {
      continue;
    }
    return "an item has the attribute " + Printable(name) +
           ", which was not asked for";
  }
  return "";
}

/// Checks that `range` follows `previous`. `order` is 1 if the keys rise, -1 if
/// they fall. With `may_equal`, both may be the same key.
std::string FaultOfStep(const AttributeValue& previous,
                        const AttributeValue& range, int order,
                        bool may_equal) {
  if (previous.type != range.type) {
    return "the range key " + Printable(range.text) + " is of type " +
           std::string(TypeName(range)) + ", not " +
           std::string(TypeName(previous));
  }
  const int step = range.text.compare(previous.text) * order;
  if (step > 0 || (step == 0 && may_equal)) return "";
  return "the range key " + Printable(range.text) + " does not lie behind " +
         Printable(previous.text);
}

/// Checks one range key of a Query's answer. `previous` is the key before it,
/// or null.
std::string FaultOfKey(const Query& query, const AttributeValue& range,
                       const AttributeValue* previous, bool may_equal) {
  std::string fault = FaultOfRange(query.table, range);
  if (!fault.empty()) return fault;
  if ((query.lower && range.text < query.lower->text) ||
      (query.upper && range.text > query.upper->text)) {
    return "the range key " + Printable(range.text) +
           " is outside the range asked for";
  }
  if (previous == nullptr) return "";
  return FaultOfStep(*previous, range, query.forward ? 1 : -1, may_equal);
}

/// Checks the keys of a Scan's answer one after another.
class ScanOrder {
 public:
  explicit ScanOrder(const Scan& scan) : table_(scan.table) {
    if (!scan.start) return;
    last_hash_ = &scan.start->hash;
    last_range_ = &scan.start->range;
  }

  /// `range` is null if the answer does not show the range key. With
  /// `may_equal`, the key may be the key before it.
  std::string FaultOf(const AttributeValue& hash, const AttributeValue* range,
                      bool may_equal) {
    std::string fault = FaultOfHash(table_, hash);
    if (fault.empty() && range != nullptr) fault = FaultOfRange(table_, *range);
    if (!fault.empty()) return fault;
    if (last_hash_ != nullptr && hash == *last_hash_) {
      if (range == nullptr || last_range_ == nullptr) return "";
      fault = FaultOfStep(*last_range_, *range, 1, may_equal);
      last_range_ = range;
      return fault;
    }
    if (last_hash_ != nullptr) left_.insert(last_hash_->text);
    if (left_.count(hash.text) > 0) {
      return "the hash key " + Printable(hash.text) +
             " comes again after another hash key";
    }
    last_hash_ = &hash;
    last_range_ = range;
    return "";
  }

 private:
  const TableKeys& table_;
  const AttributeValue* last_hash_ = nullptr;
  const AttributeValue* last_range_ = nullptr;
  std::set<std::string> left_;  // The hash keys before last_hash_.
};

}  // namespace

std::string FaultOfPage(const Query& query) {
  const AttributeValue* previous =
      query.exclusive_start ? &*query.exclusive_start : nullptr;
  for (const Item& item : query.items) {
    std::string fault = FaultOfAttributes(query.table, query.projection, item);
    if (!fault.empty()) return fault;
    const AttributeValue* hash = Find(item, query.table.hash_name);
    if (hash != nullptr && *hash != query.hash) {
      return "an item has another hash key than the one asked for";
    }
    const AttributeValue* range = Find(item, query.table.range_name);
    if (range == nullptr) {
      if (!Projects(query.projection, query.table.range_name)) continue;
      return "an item has no range key";
    }
    fault = FaultOfKey(query, *range, previous, false);
    if (!fault.empty()) return fault;
    previous = range;
  }
  if (!query.last_evaluated) return "";
  std::string fault =
      FaultOfKey(query, *query.last_evaluated, previous, !query.items.empty());
  return fault.empty() ? "" : "LastEvaluatedKey: " + fault;
}

std::string FaultOfPage(const Scan& scan) {
  // The caller would go on after the items that it asked for, and so skip the
  // items over the limit. (All items of a Query's answer are used.)
  if (scan.limit != 0 && scan.items.size() > scan.limit) {
    return "more items than Limit allows";
  }
  ScanOrder order(scan);
  for (const Item& item : scan.items) {
    std::string fault = FaultOfAttributes(scan.table, scan.projection, item);
    if (!fault.empty()) return fault;
    const AttributeValue* hash = Find(item, scan.table.hash_name);
    if (hash == nullptr) {
      if (!Projects(scan.projection, scan.table.hash_name)) continue;
      return "an item has no hash key";
    }
    fault = order.FaultOf(*hash, Find(item, scan.table.range_name), false);
    if (!fault.empty()) return fault;
  }
  if (!scan.last_evaluated) return "";
  std::string fault =
      order.FaultOf(scan.last_evaluated->hash, &scan.last_evaluated->range,
                    !scan.items.empty());
  return fault.empty() ? "" : "LastEvaluatedKey: " + fault;
}

std::string FaultOfItem(const TableKeys& table, const AttributeValue& hash,
                        const AttributeValue& range,
                        const std::vector<std::string>& projection,
                        const Item& item) {
  const auto fault_of = [&](const std::string& name, const AttributeValue& key,
                            const std::string& which) -> std::string {
    if (name.empty()) return "";
    const AttributeValue* shown = Find(item, name);
    if (shown == nullptr) {
      return Projects(projection, name) ? "an item has no " + which : "";
    }
    return *shown == key
               ? ""
               : "an item has the " + which + " " + Printable(shown->text) +
                     ", which was not asked for";
  };
  std::string fault = fault_of(table.hash_name, hash, "hash key");
  if (fault.empty()) fault = fault_of(table.range_name, range, "range key");
  return fault.empty() ? FaultOfAttributes(table, projection, item) : fault;
}

std::string FaultOfCounts(const JsonValue& answer, size_t items) {
  for (const char* name : {"Count", "ScannedCount"}) {
    const JsonValue count = answer[name];
    if (count.missing() || count.number() == static_cast<double>(items)) {
      continue;
    }
    return std::string(name) + " is not the number of its items, " +
           std::to_string(items);
  }
  return "";
}

}  // namespace dynamodown
