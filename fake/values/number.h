// DynamoDB's numbers: decimal, up to 38 digits, with magnitudes from 1E-130 to
// 9.99...E+125 ("Data types" in the Developer Guide). The fake keeps them as
// text in the canonical form that DynamoDB returns: no exponent, no leading or
// trailing zeros.

#ifndef DYNAMODOWN_FAKE_VALUES_NUMBER_H_
#define DYNAMODOWN_FAKE_VALUES_NUMBER_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace dynamodown::fake {

/// **Errors**: throws a Refusal if the text is not a number or out of range.
std::string CanonicalNumber(std::string_view text);

// The functions below take canonical numbers.

/// Less than 0, 0 or greater than 0, like memcmp.
int CompareNumbers(const std::string& a, const std::string& b);
/// **Errors**: throws a Refusal if the sum is out of range.
std::string AddNumbers(const std::string& a, const std::string& b);
std::string SubtractNumbers(const std::string& a, const std::string& b);

/// Converts to bytes that sort like the numbers, and back.
std::string KeyOfNumber(const std::string& number);
std::string NumberOfKey(const std::string& bytes);

/// A number's share of an item's size: one byte for each pair of digits,
/// counted from the decimal point, plus one, plus one for a minus sign.
size_t SizeOfNumber(const std::string& number);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_VALUES_NUMBER_H_
