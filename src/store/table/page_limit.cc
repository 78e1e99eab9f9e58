#include "store/table/page_limit.h"

#include <algorithm>

#include "dynamo/limits.h"

namespace dynamodown {
namespace {

constexpr uint64_t kFirstPageItems = 2;
constexpr size_t kPageGrowth = 4;
/// The limit for items of unknown size. 1 MB holds 4,096 items of 256 bytes.
constexpr uint64_t kFullPageItems = 4096;

}  // namespace

uint64_t PageLimit(int n, uint64_t previous, size_t item_bytes) {
  if (n == 0) {
    return item_bytes == 0 ? kFirstPageItems
                           : std::max<uint64_t>(kFirstPageItems,
                                                kReadUnitBytes / item_bytes);
  }
  if (previous == 0) return 0;
  const uint64_t most = previous * kPageGrowth;
  if (item_bytes == 0) return most < kPageBytesMax / kPageGrowth ? most : 0;
  size_t bytes = kReadUnitBytes;
  for (int i = 0; i < n && bytes < kPageBytesMax; ++i) bytes *= kPageGrowth;
  const uint64_t limit =
      std::clamp<uint64_t>(bytes / item_bytes, previous + 1, most);
  return limit >= kPageBytesMax / item_bytes ? 0 : limit;
}

uint64_t FullPageLimit(size_t item_bytes) {
  return item_bytes == 0 ? kFullPageItems : 2 * kPageBytesMax / item_bytes + 1;
}

}  // namespace dynamodown
