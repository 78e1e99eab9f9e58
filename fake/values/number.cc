#include "fake/values/number.h"

#include <algorithm>
#include <cstdlib>

#include "fake/values/value.h"

namespace dynamodown::fake {
namespace {

constexpr size_t kDigitsMax = 38;
constexpr int kMagnitudeMax = 125;
constexpr int kMagnitudeMin = -130;
constexpr long kExponentTextMax = 100'000;

// The first byte of a number's key.
constexpr char kNegative = '\x40';
constexpr char kZero = '\x80';
constexpr char kPositive = '\xc0';
// Makes exponents in keys positive.
constexpr int kExponentOffset = 200;

/// The number 0.digits times ten to the exponent; without digits it is zero.
/// The digits neither begin nor end with a zero.
struct Decimal {
  bool negative = false;
  std::string digits;
  int exponent = 0;
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

[[noreturn]] void RefuseText() {
  RefuseInvalid("A value provided cannot be converted into a number");
}

void Trim(Decimal* decimal) {
  std::string& digits = decimal->digits;
  const size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
  digits.erase(0, zeros);
  decimal->exponent -= static_cast<int>(zeros);
  while (!digits.empty() && digits.back() == '0') digits.pop_back();
  if (digits.empty()) *decimal = {};
}

long ParseExponent(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || !std::all_of(text.begin(), text.end(), IsDigit)) {
    RefuseText();
  }
  if (text.size() > 9) RefuseText();
  const long exponent = std::min(
      std::strtol(std::string(text).c_str(), nullptr, 10), kExponentTextMax);
  return negative ? -exponent : exponent;
}

Decimal Parse(std::string_view text) {
  Decimal decimal;
  decimal.negative = text.starts_with('-');
  if (decimal.negative || text.starts_with('+')) text.remove_prefix(1);
  const size_t e = std::min(text.find_first_of("eE"), text.size());
  const std::string_view mantissa = text.substr(0, e);
  const size_t point = std::min(mantissa.find('.'), mantissa.size());
  decimal.digits = mantissa.substr(0, point);
  if (point < mantissa.size()) decimal.digits += mantissa.substr(point + 1);
  if (decimal.digits.empty() ||
      !std::all_of(decimal.digits.begin(), decimal.digits.end(), IsDigit)) {
    RefuseText();
  }
  long exponent = static_cast<long>(point);
  if (e < text.size()) exponent += ParseExponent(text.substr(e + 1));
  decimal.exponent = static_cast<int>(exponent);
  Trim(&decimal);
  return decimal;
}

void CheckRange(const Decimal& decimal) {
  if (decimal.digits.empty()) return;
  if (decimal.exponent - 1 > kMagnitudeMax) {
    RefuseInvalid(
        "Number overflow. Attempting to store a number with magnitude larger "
        "than supported range");
  }
  if (decimal.exponent - 1 < kMagnitudeMin) {
    RefuseInvalid(
        "Number underflow. Attempting to store a number with magnitude "
        "smaller than supported range");
  }
  if (decimal.digits.size() > kDigitsMax) {
    RefuseInvalid("DynamoDB only supports precision up to 38 digits");
  }
}

std::string Format(const Decimal& decimal) {
  if (decimal.digits.empty()) return "0";
  std::string text = decimal.negative ? "-" : "";
  const int size = static_cast<int>(decimal.digits.size());
  if (decimal.exponent <= 0) {
    text += "0.";
    text.append(static_cast<size_t>(-decimal.exponent), '0');
    text += decimal.digits;
  } else if (decimal.exponent >= size) {
    text += decimal.digits;
    text.append(static_cast<size_t>(decimal.exponent - size), '0');
  } else {
    const auto whole = static_cast<size_t>(decimal.exponent);
    text +=
        decimal.digits.substr(0, whole) + "." + decimal.digits.substr(whole);
  }
  return text;
}

int CompareMagnitudes(const Decimal& a, const Decimal& b) {
  if (a.digits.empty() || b.digits.empty()) {
    return static_cast<int>(!a.digits.empty()) -
           static_cast<int>(!b.digits.empty());
  }
  if (a.exponent != b.exponent) return a.exponent < b.exponent ? -1 : 1;
  return a.digits.compare(b.digits);
}

/// The digits of `decimal`, padded to `places` places from ten to `exponent`
/// down.
std::string Aligned(const Decimal& decimal, int exponent, size_t places) {
  std::string digits(static_cast<size_t>(exponent - decimal.exponent), '0');
  digits += decimal.digits;
  digits.resize(places, '0');
  return digits;
}

/// The sum of two numbers other than zero. Does not check its range.
Decimal Sum(const Decimal& a, const Decimal& b) {
  const bool subtract = a.negative != b.negative;
  const bool swap = CompareMagnitudes(a, b) < 0;
  const Decimal& larger = swap ? b : a;
  const Decimal& smaller = swap ? a : b;
  const auto end = [](const Decimal& d) {
    return d.exponent - static_cast<int>(d.digits.size());
  };
  Decimal sum;
  sum.negative = larger.negative;
  sum.exponent = larger.exponent + 1;  // One place for a carry.
  const auto places =
      static_cast<size_t>(sum.exponent - std::min(end(a), end(b)));
  sum.digits = Aligned(larger, sum.exponent, places);
  const std::string other = Aligned(smaller, sum.exponent, places);
  int carry = 0;
  for (size_t i = places; i-- > 0;) {
    const int digit = sum.digits[i] - '0' +
                      (subtract ? '0' - other[i] : other[i] - '0') + carry;
    carry = digit < 0 ? -1 : digit / 10;
    sum.digits[i] = static_cast<char>('0' + (digit + 10) % 10);
  }
  Trim(&sum);
  return sum;
}

std::string AddDecimals(const Decimal& a, const Decimal& b) {
  const Decimal sum = a.digits.empty() ? b : b.digits.empty() ? a : Sum(a, b);
  CheckRange(sum);
  return Format(sum);
}

}  // namespace

std::string CanonicalNumber(std::string_view text) {
  const Decimal decimal = Parse(text);
  CheckRange(decimal);
  return Format(decimal);
}

int CompareNumbers(const std::string& a, const std::string& b) {
  const Decimal x = Parse(a);
  const Decimal y = Parse(b);
  if (x.negative != y.negative) return x.negative ? -1 : 1;
  const int magnitudes = CompareMagnitudes(x, y);
  return x.negative ? -magnitudes : magnitudes;
}

std::string AddNumbers(const std::string& a, const std::string& b) {
  return AddDecimals(Parse(a), Parse(b));
}

std::string SubtractNumbers(const std::string& a, const std::string& b) {
  Decimal subtrahend = Parse(b);
  subtrahend.negative = !subtrahend.negative && !subtrahend.digits.empty();
  return AddDecimals(Parse(a), subtrahend);
}

// The format: sign, exponent in two bytes, digits. In a negative number, all
// bytes after the sign are complemented, and a byte above all digits ends it.
// If one negative number's digits are a prefix of another's, the longer number
// thus sorts first.
std::string KeyOfNumber(const std::string& number) {
  const Decimal decimal = Parse(number);
  if (decimal.digits.empty()) return std::string(1, kZero);
  const int exponent = decimal.exponent + kExponentOffset;
  std::string key(1, kPositive);
  key += static_cast<char>(exponent >> 8);
  key += static_cast<char>(exponent & 0xff);
  key += decimal.digits;
  if (!decimal.negative) return key;
  for (char& c : key) c = static_cast<char>(~c);
  key[0] = kNegative;
  return key + '\xff';
}

std::string NumberOfKey(const std::string& bytes) {
  if (bytes[0] == kZero) return "0";
  std::string key = bytes;
  Decimal decimal;
  decimal.negative = key[0] == kNegative;
  if (decimal.negative) {
    key.pop_back();
    for (char& c : key) c = static_cast<char>(~c);
  }
  decimal.exponent = (static_cast<unsigned char>(key[1]) << 8 |
                      static_cast<unsigned char>(key[2])) -
                     kExponentOffset;
  decimal.digits = key.substr(3);
  return Format(decimal);
}

size_t SizeOfNumber(const std::string& number) {
  const Decimal decimal = Parse(number);
  const size_t odd = decimal.exponent % 2 != 0 ? 1 : 0;
  return (decimal.digits.size() + odd + 1) / 2 + 1 + (decimal.negative ? 1 : 0);
}

}  // namespace dynamodown::fake
