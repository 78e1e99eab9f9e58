#include "store/table/page_query.h"

#include <algorithm>
#include <string>
#include <utility>

#include "dynamo/limits.h"

namespace dynamodown {
namespace {

/// The largest limit of a Query. Without this limit, a full page of items under
/// 64 bytes could exceed JsonParser::kStructuralsMax.
constexpr uint64_t kLimitMax = kPageBytesMax / 64;

/// Adds an item's record, or its damage, to `page`. The item's stored key has
/// `key_bytes` bytes.
void AddRecord(const ItemCodec& codec, bool keys_only, Record record,
               const AttributeValue* value, size_t key_bytes, TablePage* page) {
  if (!keys_only) {
    const size_t value_bytes = value == nullptr ? 0 : value->text.size();
    page->bytes += codec.ItemBytes(key_bytes, value_bytes);
    Result<std::string> decoded = DecodeValue(value, record.key);
    if (!decoded.ok()) {
      if (!page->damage) {
        page->damage = std::move(decoded).error();
        page->damage_at = page->records.size();
      }
      return;
    }
    record.value = *std::move(decoded);
  }
  page->records.push_back(std::move(record));
}

/// Returns the part of the range behind `last`, if any.
std::optional<StoredRange> RestOf(const KeyCodec& keys,
                                  const PageRequest& request,
                                  std::string last) {
  StoredRange rest = request.range;
  if (request.forward) {
    std::optional<std::string> next = keys.Successor(last);
    if (!next) return std::nullopt;
    rest.lower = *std::move(next);
  } else {
    rest.upper = std::move(last);
  }
  if (rest.empty()) return std::nullopt;
  return rest;
}

}  // namespace

std::optional<Query> QueryOf(const ItemCodec& codec,
                             const PageRequest& request) {
  const Schema& schema = codec.schema();
  const StoredRange& range = request.range;
  if (range.empty()) return std::nullopt;
  Query query;
  query.table = schema.keys;
  query.hash = codec.hash();
  query.forward = request.forward;
  query.consistent_read = request.consistent;
  query.limit =
      request.limit == 0 ? kLimitMax : std::min(request.limit, kLimitMax);
  query.projection = {schema.keys.range_name};
  if (!request.keys_only) query.projection.push_back(schema.value_name);
  if (!range.lower.empty()) query.lower = codec.keys().Value(range.lower);
  // The range excludes its upper bound. The API cannot exclude an upper bound
  // if there is a lower bound, too. So a backward Query has the upper bound as
  // its ExclusiveStartKey. A forward Query includes the upper bound, and PageOf
  // leaves this key out. There is one exception: if the upper bound ends in a
  // 00 byte, a forward Query ends at the greatest key below the bound, which is
  // the bound without the 00 byte.
  if (range.upper && !request.forward) {
    query.exclusive_start = codec.keys().Value(*range.upper);
  } else if (range.upper) {
    std::string upper = *range.upper;
    if (upper.back() == '\0') upper.pop_back();
    if (upper < range.lower) return std::nullopt;
    query.upper = codec.keys().Value(std::move(upper));
  }
  return query;
}

Result<TablePage> PageOf(const ItemCodec& codec, const PageRequest& request,
                         Query query) {
  const Schema& schema = codec.schema();
  const StoredRange& range = request.range;
  TablePage page;
  std::string last;  // The last stored key of the page.
  page.records.reserve(query.items.size());
  for (Item& item : query.items) {
    AttributeValue* range_key = nullptr;
    AttributeValue* value = nullptr;
    for (Attribute& attribute : item) {
      if (attribute.name == schema.keys.range_name) {
        range_key = &attribute.value;
      } else if (attribute.name == schema.value_name) {
        value = &attribute.value;
      }
    }
    if (range_key == nullptr) {
      return Error{ErrorKind::kCorruption,
                   "an answer has an item without its range key"};
    }
    if (range.upper && range_key->text >= *range.upper) continue;
    last = range_key->text;
    AddRecord(codec, request.keys_only,
              Record{KeyCodec::Decode(std::move(range_key->text)), {}}, value,
              last.size(), &page);
  }
  if (request.keys_only) {
    // The answer has no values. But DynamoDB read the values, too, and the read
    // units include their bytes.
    page.bytes =
        static_cast<size_t>(query.capacity().read_units * kReadUnitBytes *
                            (request.consistent ? 1 : 2));
  }
  if (query.last_evaluated) {
    if (last.empty()) last = query.last_evaluated->text;
    page.rest = RestOf(codec.keys(), request, std::move(last));
  }
  return page;
}

}  // namespace dynamodown
