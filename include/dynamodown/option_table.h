// The table of all options that have a text form. A row has an option's name,
// type, default and meaning. SetOption sets an option from text.
//
// A location's "?name=value", the command line, Node.js and every other
// interface of the library read this one table, so a new row makes an option
// known to every interface. Options that are objects have no text form, and are
// not in the table: comparator, env, info_log, block_cache, filter_policy and
// credentials_provider.
//
// Thread-safety: free functions on values; safe from any thread.

#ifndef DYNAMODOWN_OPTION_TABLE_H_
#define DYNAMODOWN_OPTION_TABLE_H_

#include <string>
#include <vector>

#include "dynamodown/options.h"
#include "leveldb/status.h"

namespace dynamodown {

/// How the value of an option is written.
enum class OptionType {
  kBool,      ///< "true" or "false".
  kInteger,   ///< "12".
  kNumber,    ///< "0.5", "1e3".
  kDuration,  ///< "250ms", "5s" or "3m"; a bare number is in milliseconds.
              ///< At most 366 days.
  kText,      ///< Any text.
  kChoice,    ///< One of OptionInfo::choices.
};

/// The stores that an option applies to. Other stores ignore the option.
enum class OptionScope { kEveryStore, kDynamoDb, kEmbedded };

/// One row of the table.
struct OptionInfo {
  std::string name;  ///< In snake_case, unique: "max_parallel".
  OptionType type = OptionType::kText;
  OptionScope scope = OptionScope::kDynamoDb;
  std::string default_value;  ///< As SetOption takes it: "12", "5s", "atomic".
  std::string allowed;        ///< In words: "a whole number, 1 to 64".
  std::vector<std::string> choices;  ///< For kChoice.
  std::string description;           ///< One sentence, without its full stop.
  /// Whether a location may set the option, as in
  /// "dynamodb://table/hash?max_parallel=4".
  bool in_location = false;

  // The option's names in the interfaces. A rule derives most of these names
  // from `name`; if the rule does not apply, the row states the name.
  std::string field;         ///< Member of Options: "connection.max_parallel".
  std::string command_line;  ///< "--hash-key"; empty if there is none.
  std::string javascript;    ///< "maxParallel".
};

/// Returns the table, its rows sorted by name. The table lives as long as the
/// program.
const std::vector<OptionInfo>& OptionTable();

/// Returns the row of the option `name`, or null if there is no such option.
const OptionInfo* FindOption(const std::string& name);

/// Sets the option `name` of `*options` to `value`, a text in the form that the
/// option's OptionType describes.
/// **Errors**: InvalidArgument for an unknown name; the message suggests a
/// known name that is similar, if there is one. InvalidArgument for a value
/// that the option does not allow; the message says which values the option
/// allows. After an error `*options` is unchanged. Messages spell the option as
/// `options->spelling` says. SetOption does not check rules about several
/// options, such as "set both hash_key and range_key, or neither". Open checks
/// these rules.
leveldb::Status SetOption(Options* options, const std::string& name,
                          const std::string& value);

}  // namespace dynamodown

#endif  // DYNAMODOWN_OPTION_TABLE_H_
