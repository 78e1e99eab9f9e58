// How many items to ask for in a page. Pure.

#ifndef DYNAMODOWN_STORE_TABLE_PAGE_LIMIT_H_
#define DYNAMODOWN_STORE_TABLE_PAGE_LIMIT_H_

#include <cstddef>
#include <cstdint>

namespace dynamodown {

/// Returns the limit of the n-th page of a scan, counted from 0. The limit 0
/// means as many items as a page holds. After a page with the limit 0, all
/// later pages have the limit 0, too.
/// `item_bytes` is the size of an item, 0 if unknown. `previous` is the limit
/// of the page before.
///
/// The first page has 2 items or, if the size of items is known, as many as 4
/// KB (one read unit) hold, but at least 2. Each further page should have 4
/// times the bytes of the page before. Its limit is above `previous`, but at
/// most 4 times `previous`, since the next items may be smaller than the items
/// seen so far.
uint64_t PageLimit(int n, uint64_t previous, size_t item_bytes);

/// Returns the limit of a page that should be as full as possible: twice as
/// many items as a page holds at `item_bytes` each, or 4,096 if `item_bytes` is
/// 0 (unknown). DynamoDB fills pages without a limit. But DynamoDB Local, if a
/// Query has no limit, reads the whole rest of the range for every page, which
/// takes seconds in a large store.
uint64_t FullPageLimit(size_t item_bytes);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_TABLE_PAGE_LIMIT_H_
