// DynamoDB's limits, in one place, as of 2026-11
// (docs.aws.amazon.com/amazondynamodb, "Quotas in Amazon DynamoDB").
// Other services that speak DynamoDB's protocol have other limits, so a program
// can set each limit in `Limits` (see Options::limits).

#ifndef DYNAMODOWN_DYNAMO_LIMITS_H_
#define DYNAMODOWN_DYNAMO_LIMITS_H_

#include <cstddef>

namespace dynamodown {

struct Limits {
  size_t item_bytes = 400 * 1024;  ///< Attribute names included.
  size_t range_key_bytes = 1024;
  size_t hash_key_bytes = 2048;
  size_t batch_write_items = 25;
  size_t batch_get_keys = 100;
  size_t batch_bytes = 16 << 20;
  size_t transaction_items = 100;
  size_t transaction_bytes = 4 << 20;
};

/// A Query's page has at most this many bytes, before filters.
inline constexpr size_t kPageBytesMax = 1 << 20;
/// Strongly consistent reads are billed in units of this many bytes.
inline constexpr size_t kReadUnitBytes = 4096;
/// Writes are billed in units of this many bytes.
inline constexpr size_t kWriteUnitBytes = 1024;
/// An eventually consistent read of a small item.
inline constexpr double kReadUnitsMin = 0.5;

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_LIMITS_H_
