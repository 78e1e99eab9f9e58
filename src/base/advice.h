// Advice that names an option, as data. Each face of the library (C++, the
// command line, Node.js) spells an option in its own way:
// "Options::connection.region", "--region", "the option region". The layers
// below src/db do not know which face the program uses. They name an option by
// its row in the table of options. src/db spells the option when it turns the
// error into a Status.

#ifndef DYNAMODOWN_BASE_ADVICE_H_
#define DYNAMODOWN_BASE_ADVICE_H_

#include <string_view>

namespace dynamodown {

/// All texts are string literals. A face that lacks the option omits the
/// advice.
struct Advice {
  enum class Kind {
    kNone,
    kName,   ///< Names the option: "--ca-bundle".
    kSet,    ///< Says how to set it to `value`: "set batch = kUnordered".
    kCause,  ///< Says that its value is `value`: "create_if_missing is false".
  };
  Kind kind = Kind::kNone;
  std::string_view option;  ///< The option's name in the table: "batch".
  std::string_view value;   ///< In SetOption's spelling: "unordered".
  std::string_view lead;    ///< Between message and option: ", or ".
  std::string_view tail;    ///< After the option: ", which is not atomic".
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_ADVICE_H_
