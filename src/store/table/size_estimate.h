// Estimates the size of a range from one page of it. Pure.

#ifndef DYNAMODOWN_STORE_TABLE_SIZE_ESTIMATE_H_
#define DYNAMODOWN_STORE_TABLE_SIZE_ESTIMATE_H_

#include <cstdint>
#include <string_view>

namespace dynamodown {

/// Returns the bytes of [lower, upper) if its part up to `last` has `bytes`.
/// Assumes that keys are spread evenly over the numbers that their first bytes
/// form.
uint64_t EstimateBytes(std::string_view lower, std::string_view upper,
                       std::string_view last, uint64_t bytes);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_TABLE_SIZE_ESTIMATE_H_
