// Estimates the size of a range from one page of it. Pure.

#ifndef DYNAMODOWN_STORE_TABLE_SIZE_ESTIMATE_H_
#define DYNAMODOWN_STORE_TABLE_SIZE_ESTIMATE_H_

#include <cstdint>
#include <string_view>

namespace dynamodown {

/// Returns the estimated bytes of the range [lower, upper), whose part up to
/// `last` has `bytes` bytes. Reads the 8 bytes of each key behind the common
/// prefix of `lower` and `upper` as a number, and assumes that the range's
/// bytes are spread evenly over these numbers.
uint64_t EstimateBytes(std::string_view lower, std::string_view upper,
                       std::string_view last, uint64_t bytes);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_TABLE_SIZE_ESTIMATE_H_
