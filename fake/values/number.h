// DynamoDB's numbers: decimal, up to 38 digits, from 1E-130 to
// 9.99...E+125 in either sign ("Data types" in the Developer Guide). As text
// they have one form here, the one that the service returns: no exponent, no
// leading or trailing zero.

#ifndef DYNAMODOWN_FAKE_VALUES_NUMBER_H_
#define DYNAMODOWN_FAKE_VALUES_NUMBER_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace dynamodown::fake {

/// **Errors**: throws a Refusal for what is no number, or out of range.
std::string CanonicalNumber(std::string_view text);

// Of canonical numbers.

/// Less than 0, 0 or more than 0, as memcmp.
int CompareNumbers(const std::string& a, const std::string& b);
/// **Errors**: a Refusal when the sum is out of range.
std::string AddNumbers(const std::string& a, const std::string& b);
std::string SubtractNumbers(const std::string& a, const std::string& b);

/// Bytes that order as the numbers do, and back.
std::string KeyOfNumber(const std::string& number);
std::string NumberOfKey(const std::string& bytes);

/// Bytes that it counts in an item's size: one for each two digits, in pairs
/// from the point on, one more, and one for a minus.
size_t SizeOfNumber(const std::string& number);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_VALUES_NUMBER_H_
