// How many items to ask for in a page. Pure.

#ifndef DYNAMODOWN_STORE_TABLE_PAGE_LIMIT_H_
#define DYNAMODOWN_STORE_TABLE_PAGE_LIMIT_H_

#include <cstddef>
#include <cstdint>

namespace dynamodown {

/// Returns the limit of the n-th page of a scan, n from 0; 0 means as many
/// items as a page holds, and stays 0. `item_bytes` is the size of an item, 0
/// if unknown; `previous` is the limit of the page before.
///
/// The first page has 2 items, or 4 KB (one read unit) if the size of items is
/// known. Each further page is meant to be 4 times larger in bytes. Its limit
/// is over `previous`, but at most 4 times that, since the items to come may be
/// smaller than those seen.
uint64_t PageLimit(int n, uint64_t previous, size_t item_bytes);

/// Returns the limit of a page that is to be as full as possible: twice what it
/// holds if items are of `item_bytes`, 0 if unknown. DynamoDB would do the same
/// without a limit, but DynamoDB Local then reads the whole rest of the range
/// for every page, which takes seconds in a large store.
uint64_t FullPageLimit(size_t item_bytes);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_TABLE_PAGE_LIMIT_H_
