// Advice that names an option, as data. The layers below src/db do not know how
// the user's face spells an option ("Options::connection.region", "--region",
// "the option region"), so they name it by its row in the table of options, and
// src/db spells it when the error becomes a Status.

#ifndef DYNAMODOWN_BASE_ADVICE_H_
#define DYNAMODOWN_BASE_ADVICE_H_

#include <string_view>

namespace dynamodown {

/// All texts are literals. A face that does not have the option shows nothing
/// of the advice.
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
  std::string_view lead;    ///< From the message to the option: ", or ".
  std::string_view tail;    ///< Behind it: ", which is not atomic".
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_ADVICE_H_
