// Estimates the size of a range from one page of it. Pure.

#ifndef DYNAMODOWN_STORE_TABLE_SIZE_ESTIMATE_H_
#define DYNAMODOWN_STORE_TABLE_SIZE_ESTIMATE_H_

#include <cstdint>
#include <string_view>

namespace dynamodown {

/// Returns the estimated bytes of the range [lower, upper). `bytes` is the size
/// of the range's part up to `last`. The 8 bytes of a key behind the common
/// prefix of `lower` and `upper`, taken as a number, are the key's position.
/// The estimate assumes that the range's bytes are spread evenly over the
/// positions.
uint64_t EstimateBytes(std::string_view lower, std::string_view upper,
                       std::string_view last, uint64_t bytes);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_TABLE_SIZE_ESTIMATE_H_
