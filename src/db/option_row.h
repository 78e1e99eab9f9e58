// The rows of the option table as src/db uses them: what an option is, and how
// its field is read, checked and set.

#ifndef DYNAMODOWN_DB_OPTION_ROW_H_
#define DYNAMODOWN_DB_OPTION_ROW_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "dynamodown/option_table.h"

namespace dynamodown {

/// The value of an option's field. A duration is in milliseconds. A choice is
/// the number of its enumerator.
using OptionValue = std::variant<bool, int64_t, double, std::string>;

/// One of the words that an option of type kChoice allows.
struct OptionChoice {
  std::string_view word;      ///< Such as "unordered".
  int64_t value;              ///< The enumerator's number.
  std::string_view constant;  ///< The enumerator: "kUnordered".
};

struct OptionRow {
  OptionInfo info;
  /// Bounds of integers, durations and numbers.
  double least = 0;
  double most = 0;
  bool zero_too = false;      ///< 0 is allowed, even if it is below `least`.
  bool is_filled = false;     ///< For text: the value must not be empty.
  bool is_attribute = false;  ///< For text: the value must be UTF-8.
  /// On the command line, the option takes no value and means the last choice.
  bool is_flag = false;
  std::string range;  ///< The bounds in words: "1 to 64", "more than 0".
  /// The upper bound in words, if the field's type alone sets the bound.
  /// `range` leaves out such a bound.
  std::string at_most;
  std::vector<OptionChoice> choices;
  OptionValue (*get)(const Options&) = nullptr;
  /// Requires a value of the row's type, within its bounds.
  void (*set)(const OptionValue&, Options*) = nullptr;
};

const std::vector<OptionRow>& OptionRows();
const OptionRow* FindOptionRow(std::string_view name);

/// Returns the value of `text` in the row's type. **Errors**: kInvalidArgument.
/// The message lacks the option's name, which the caller puts in front of it:
/// `must be 1 to 64, not "70"`. If the option is a text, the message does not
/// repeat the value, since the value may hold a password.
Result<OptionValue> ParseOption(const OptionRow& row, std::string_view text);

/// Returns the text from which ParseOption makes `value`.
std::string FormatOption(const OptionRow& row, const OptionValue& value);

/// Checks whether `value` is within the row's bounds. Returns a problem, such
/// as "must be 1 to 64", or nothing.
std::optional<std::string> CheckOption(const OptionRow& row,
                                       const OptionValue& value);

/// Returns the message for an unknown name: "there is no option X; did you mean
/// Y?". `known` are all known names.
std::string NoSuchOption(std::string_view name,
                         const std::vector<std::string>& known);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_OPTION_ROW_H_
