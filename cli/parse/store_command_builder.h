// Describes a command on a store: its location, and the options that several
// commands share.

#ifndef DYNAMODOWN_CLI_PARSE_STORE_COMMAND_BUILDER_H_
#define DYNAMODOWN_CLI_PARSE_STORE_COMMAND_BUILDER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dynamodown/db.h"
#include "dynamodown/iam.h"
#include "dynamodown/option_table.h"
#include "parse/command_builder.h"
#include "parse/common_options.h"
#include "parse/encoding.h"

namespace cli {

/// Decodes `*argument` in place.
/// **Errors**: throws UsageError, whose message contains `name`.
void DecodeArgument(Encoding encoding, const std::string& name,
                    std::string* argument);
/// Decodes the values of --from, --to and --prefix in the same way.
void DecodeBounds(Encoding encoding, dynamodown::Bounds* bounds);
/// Whether `key` is within --from, --to and --prefix.
bool IsInside(const dynamodown::Bounds& bounds, std::string_view key);

/// **Ownership**: `common` and the targets of all options outlive the
/// CommandSpec.
class StoreCommandBuilder : public CommandBuilder {
 public:
  /// Adds the argument LOCATION.
  StoreCommandBuilder(const std::string& name, const std::string& description,
                      const char* footer, CommonOptions* common);

  CommandSpec Build(std::function<int()> run);

  /// The argument KEY.
  void AddKey(std::string* key);
  /// One or more arguments KEY.
  void AddKeys(std::vector<std::string>* keys);
  /// --hex and --base64. `what` begins their descriptions: "KEYs are".
  void AddEncoding(const std::string& what, Encoding* encoding);
  void AddJson(const std::string& description, bool* json);
  void AddBounds(dynamodown::Bounds* bounds);
  void AddLimit(std::optional<uint64_t>* limit);
  void AddEventual();
  /// --max-rcu and --max-wcu, which an embedded store refuses. If the command
  /// has a second location, the limits are for each of the two stores, and one
  /// of them may be embedded.
  void AddReadRate();
  void AddWriteRate();
  /// --force, for a command that writes plain keys.
  void AddForce();
  /// -q and --quiet, for a command that ends with a summary. `also` is the
  /// end of the description, such as ", and print only JSON".
  void AddQuiet(const std::string& also = "");
  /// A file of lines, or standard input.
  void AddInput(std::optional<std::string>* file);
  void AddAccess(const std::string& description, dynamodown::Access* access);
  void AddTable();
  /// --read-units and --write-units of a new table.
  void AddCapacity();
  /// The options that say where the table is: --profile and --region.
  void AddPlace();
  /// The options of AddPlace, and the options that say how to reach the table.
  void AddConnection();

 private:
  /// Adds an option from its row in the library's table of options. The row has
  /// the option's name, description and check.
  ArgumentSpec& AddFromTable(const dynamodown::OptionInfo& option);
  /// Adds the options of all rows that have a name on the command line and
  /// whose field begins with `fields`, except those in kApart.
  void AddFromTable(std::string_view fields, const char* group);
  /// `name` is the option's name in the library's table.
  void AddRate(const std::string& name, const std::string& description);
  ArgumentSpec& AddUnits(const std::string& name,
                         const std::string& description, int64_t* units);

  CommonOptions* const common_;
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_STORE_COMMAND_BUILDER_H_
