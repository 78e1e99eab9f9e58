// Chooses a page's limit: the number of items that its Query asks for. Pure.

#ifndef DYNAMODOWN_STORE_TABLE_PAGE_LIMIT_H_
#define DYNAMODOWN_STORE_TABLE_PAGE_LIMIT_H_

#include <cstddef>
#include <cstdint>

namespace dynamodown {

/// Returns the limit of the n-th page of a scan, counted from 0. The limit 0
/// means as many items as a page holds. After a page with the limit 0, all
/// later pages have the limit 0, too. `item_bytes` is the size of the items
/// seen so far, 0 if unknown. `previous` is the limit of the page before.
///
/// If the size of items is unknown, the first page has 2 items. If the size is
/// known, the first page has as many items as 4 KB (one read unit) hold, but at
/// least 2. Each further page should have 4 times the bytes of the page before.
/// But the next items may be smaller or larger than the items seen so far. So
/// each limit is above `previous`, and at most 4 times `previous`.
uint64_t PageLimit(int n, uint64_t previous, size_t item_bytes);

/// Returns the limit of a page that should be as full as possible. The limit is
/// twice the number of items of `item_bytes` bytes that a page holds, or 4,096
/// if `item_bytes` is 0 (unknown). For DynamoDB, a full page needs no limit.
/// But if a Query has no limit, DynamoDB Local reads the whole rest of the
/// range for every page. In a large store, this takes seconds.
uint64_t FullPageLimit(size_t item_bytes);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_TABLE_PAGE_LIMIT_H_
