// Batch operations. DynamoDB may leave some items of a batch unprocessed.

#include <algorithm>
#include <utility>
#include <vector>

#include "dynamo/codec/answer_check.h"
#include "dynamo/codec/expression.h"
#include "dynamo/codec/message.h"
#include "dynamo/codec/value.h"
#include "dynamo/operations.h"

namespace dynamodown {
namespace {

/// Finds the member named `table` in `tables`, a part of an answer that has a
/// member for each table. Stores the member in `*part`, or a missing value if
/// there is no such member. Returns false if `tables` has another member or the
/// same member twice, or is neither missing nor an object. If such an answer
/// counted as "all done", items would be lost.
bool PartOf(const JsonValue& tables, const std::string& table,
            JsonValue* part) {
  *part = JsonValue();
  if (tables.missing()) return true;
  if (!tables.is_object()) return false;
  for (JsonCursor c(tables); c.Next();) {
    if (!IsTable(c.name(), table) || !part->missing()) return false;
    *part = c.value();
  }
  return true;
}

/// Removes from `pending` each index whose range key is not in `left`.
/// `range_of` returns the range key of an index, and `key_of` returns the key
/// of an element of `left`, which belongs to the index. Returns false if `left`
/// is neither missing nor an array, or if `left` contains a key twice or a key
/// that is not pending.
template <class Batch, class RangeOf, class KeyOf>
bool KeepPending(const JsonValue& left, const Batch& batch,
                 const RangeOf& range_of, const KeyOf& key_of,
                 std::vector<size_t>* pending) {
  if (!left.missing() && !left.is_array()) return false;
  std::vector<size_t> kept;
  for (JsonCursor c(left); c.Next();) {
    Item key;
    if (!ReadItem(key_of(c.value()), &key)) return false;
    const AttributeValue* hash = Find(key, batch.table.hash_name);
    const AttributeValue* range = Find(key, batch.table.range_name);
    if (range == nullptr || (hash != nullptr && *hash != batch.hash)) {
      return false;
    }
    const auto at =
        std::find_if(pending->begin(), pending->end(),
                     [&](size_t i) { return range_of(i) == *range; });
    if (at == pending->end()) return false;
    kept.push_back(*at);
    pending->erase(at);
  }
  std::sort(kept.begin(), kept.end());
  *pending = std::move(kept);
  return true;
}

bool Contains(const std::vector<size_t>& indices, size_t i) {
  return std::find(indices.begin(), indices.end(), i) != indices.end();
}

std::vector<size_t> FirstIndices(size_t n) {
  std::vector<size_t> indices(n);
  for (size_t i = 0; i < n; ++i) indices[i] = i;
  return indices;
}

}  // namespace

void BatchGetItem::Encode(std::string* out) const {
  Placeholders placeholders;
  out->append("{\"RequestItems\":{");
  AppendJsonString(table.table, out);
  out->append(":{\"Keys\":");
  char separator = '[';
  for (size_t i : Asked()) {
    out->push_back(separator);
    AppendKey(table, hash, ranges[i], out);
    separator = ',';
  }
  out->push_back(']');
  if (consistent_read) out->append(",\"ConsistentRead\":true");
  AppendProjection(projection, &placeholders, out);
  placeholders.Append(out);
  out->append("}}").append(kReturnCapacity).push_back('}');
}

std::vector<size_t> BatchGetItem::Asked() const {
  std::vector<size_t> asked = started_ ? pending_ : FirstIndices(ranges.size());
  if (asked.size() > keys_max_) asked.resize(keys_max_);
  return asked;
}

bool BatchGetItem::AskForLess() {
  const size_t asked = Asked().size();
  if (asked <= 1) return false;
  keys_max_ = std::max<size_t>(1, asked / 4);
  return true;
}

Result<void> BatchGetItem::DecodeMembers(const JsonValue& answer) {
  if (!started_) {
    started_ = true;
    pending_ = FirstIndices(ranges.size());
    items.assign(ranges.size(), std::nullopt);
  }
  std::vector<Item> found;
  if (!answer["Responses"].is_object()) {
    return BadAnswer(name(), "no Responses");
  }
  JsonValue responses;
  if (!PartOf(answer["Responses"], table.table, &responses) ||
      (!responses.missing() && !ReadItems(responses, &found))) {
    return BadAnswer(name(), "bad Responses");
  }
  JsonValue unprocessed_here;
  if (!PartOf(answer["UnprocessedKeys"], table.table, &unprocessed_here)) {
    return BadAnswer(name(), "bad UnprocessedKeys");
  }
  const std::vector<size_t> asked = Asked();
  std::vector<size_t> left = asked;
  const JsonValue keys = unprocessed_here["Keys"];
  if ((keys.missing() && !unprocessed_here.missing()) ||
      !KeepPending(
          keys, *this,
          [&](size_t i) -> const AttributeValue& { return ranges[i]; },
          [](const JsonValue& key) { return key; }, &left)) {
    return BadAnswer(name(),
                     "UnprocessedKeys has a key that was not asked for");
  }
  // Responses may have each of these once. The rest does not exist: if no key
  // exists, some implementations of the API leave the table out of Responses.
  std::vector<size_t> due = asked;
  for (size_t i : left) due.erase(std::find(due.begin(), due.end(), i));
  std::vector<size_t> order;  // The indices of the found items.
  for (const Item& item : found) {
    const AttributeValue* range = Find(item, table.range_name);
    const auto at = std::find_if(due.begin(), due.end(), [&](size_t i) {
      return range != nullptr && ranges[i] == *range;
    });
    if (at == due.end() ||
        !FaultOfItem(table, hash, *range, projection, item).empty()) {
      return BadAnswer(name(),
                       "Responses has a key that was not asked for, or has a "
                       "key twice");
    }
    order.push_back(*at);
    due.erase(at);
  }
  for (size_t i = 0; i < found.size(); ++i) {
    items[order[i]] = std::move(found[i]);
  }
  const auto unasked = pending_.begin() + static_cast<ptrdiff_t>(asked.size());
  left.insert(left.end(), unasked, pending_.end());
  pending_ = std::move(left);
  return {};
}

Operation::AnswerForm BatchGetItem::answer_form() const {
  static constexpr std::string_view kMembers[] = {"Responses",
                                                  "UnprocessedKeys"};
  return {kMembers, &table.table};
}

Operation::AnswerForm BatchWriteItem::answer_form() const {
  static constexpr std::string_view kMembers[] = {"UnprocessedItems"};
  return {kMembers, &table.table};
}

void BatchWriteItem::Encode(std::string* out) const {
  out->append("{\"RequestItems\":{");
  AppendJsonString(table.table, out);
  out->append(":");
  char separator = '[';
  for (size_t i : started_ ? pending_ : FirstIndices(requests.size())) {
    const WriteRequest& request = requests[i];
    out->push_back(separator);
    if (request.put) {
      out->append("{\"PutRequest\":{\"Item\":");
      AppendItem(*request.put, out);
    } else {
      out->append("{\"DeleteRequest\":{\"Key\":");
      AppendKey(table, hash, request.range, out);
    }
    out->append("}}");
    separator = ',';
  }
  out->append("]}").append(kReturnCapacity).push_back('}');
}

Result<void> BatchWriteItem::DecodeMembers(const JsonValue& answer) {
  JsonValue unprocessed_here;
  if (!PartOf(answer["UnprocessedItems"], table.table, &unprocessed_here)) {
    return BadAnswer(name(), "bad UnprocessedItems");
  }
  std::vector<size_t> left =
      started_ ? pending_ : FirstIndices(requests.size());
  if (!KeepPending(
          unprocessed_here, *this,
          [&](size_t i) -> const AttributeValue& { return requests[i].range; },
          [](const JsonValue& request) {
            const JsonValue put = request["PutRequest"]["Item"];
            return put.missing() ? request["DeleteRequest"]["Key"] : put;
          },
          &left)) {
    return BadAnswer(name(),
                     "UnprocessedItems has a key that was not asked for");
  }
  started_ = true;
  pending_ = std::move(left);
  return {};
}

bool BatchGetItem::answered(size_t i) const {
  return started_ && !Contains(pending_, i);
}

bool BatchWriteItem::written(size_t i) const {
  return started_ && !Contains(pending_, i);
}

}  // namespace dynamodown
