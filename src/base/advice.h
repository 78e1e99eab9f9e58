// Advice about an option, as a part of an Error.
//
// The library has several faces, which are the ways to use it: C++, the command
// line and Node.js. Each face spells an option in its own way:
// "Options::connection.region", "--region", "the option region". The layers
// below src/db do not know which face the program uses, so they name an option
// as the table of options does (src/db/option_table.cc). When src/db turns an
// Error into a Status, src/db spells the option as the program's face does.

#ifndef DYNAMODOWN_BASE_ADVICE_H_
#define DYNAMODOWN_BASE_ADVICE_H_

#include <string_view>

namespace dynamodown {

/// All texts are string literals. A face that lacks the option omits the
/// advice.
struct Advice {
  enum class Kind {
    kNone,
    kName,  ///< Names the option: "--ca-bundle".
    /// Says how to set the option to `value`: "set Options::batch =
    /// kUnordered".
    kSet,
    /// Says that the option's value is `value`: "create_if_missing is false".
    kCause,
  };
  Kind kind = Kind::kNone;
  std::string_view option;  ///< The option's name in the table: "batch".
  std::string_view value;   ///< As SetOption spells it: "unordered".
  std::string_view lead;    ///< Between the message and the option: ", or ".
  std::string_view tail;    ///< After the option: ", which is not atomic".
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_ADVICE_H_
