// Turns the request for a page of a range into a Query, and the Query's answer
// into the page. Pure.
//
// If a page has keys, the next page begins behind the last of these keys. If a
// page has no keys, the next page begins behind the answer's LastEvaluatedKey.

#ifndef DYNAMODOWN_STORE_TABLE_PAGE_QUERY_H_
#define DYNAMODOWN_STORE_TABLE_PAGE_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/result.h"
#include "dynamo/operations.h"
#include "store/store.h"
#include "store/table/item_codec.h"
#include "store/table/key_codec.h"

namespace dynamodown {

struct PageRequest {
  StoredRange range;
  bool forward = true;
  bool keys_only = false;
  bool consistent = true;
  /// The most items that the page may have; 0 means as many as fit into it.
  /// With any limit, the page has at most 16,384 items.
  uint64_t limit = 0;
};

struct TablePage : Page {
  /// The rest of the range behind this page; none at the end.
  std::optional<StoredRange> rest;
  size_t bytes = 0;  ///< The size of the records' items.
};

/// Returns the Query for `request`, or nothing if the range is empty.
std::optional<Query> QueryOf(const ItemCodec& codec,
                             const PageRequest& request);

/// Turns the answer in `query` into a page.
/// **Errors**: kCorruption for an item without its range key.
Result<TablePage> PageOf(const ItemCodec& codec, const PageRequest& request,
                         Query query);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_TABLE_PAGE_QUERY_H_
