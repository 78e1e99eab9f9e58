// Advice that names an option, as data. The faces (C++, the command line,
// Node.js) spell an option differently: "Options::connection.region",
// "--region", "the option region". The layers below src/db do not know the
// user's face. They name an option by its row in the table of options, and
// src/db spells it when the error becomes a Status.

#ifndef DYNAMODOWN_BASE_ADVICE_H_
#define DYNAMODOWN_BASE_ADVICE_H_

#include <string_view>

namespace dynamodown {

/// All texts are literals. A face without the option leaves the advice out.
struct Advice {
  enum class Kind {
    kNone,
    kName,   ///< Names the option: "--ca-bundle".
    kSet,    ///< Says how to give it `value`: "set batch = kUnordered".
    kCause,  ///< Says that it has `value`: "create_if_missing is false".
  };
  Kind kind = Kind::kNone;
  std::string_view option;  ///< Its name in the table: "batch".
  std::string_view value;   ///< As SetOption takes it: "unordered".
  std::string_view lead;    ///< Between message and option: ", or ".
  std::string_view tail;    ///< After the option: ", which is not atomic".
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_ADVICE_H_
