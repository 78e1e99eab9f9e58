// The commands that write one operation to an item.

#ifndef DYNAMODOWN_CLI_ITEMS_ITEM_WRITE_H_
#define DYNAMODOWN_CLI_ITEMS_ITEM_WRITE_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dyno/store.h"
#include "items/arguments.h"
#include "leveldb/status.h"
#include "parse/store_command_builder.h"

namespace cli {

struct ItemWrite {
  CommonOptions common;
  std::string name;
  std::string timestamp;  ///< Of the write to repeat. Empty for a new write.
};

/// Adds LOCATION, NAME and all options. The caller adds the other arguments.
class ItemWriteBuilder : public StoreCommandBuilder {
 public:
  ItemWriteBuilder(const std::string& name, const std::string& description,
                   const char* footer, ItemWrite* write);

  /// The argument JSON, which is an object. If it is missing, `*object` stays
  /// empty, and the command reads standard input.
  void AddObject(std::optional<std::string>* object);
  void AddAttribute(std::string* attribute);
  /// A required argument that the user can give several times.
  void AddTexts(const std::string& name, const std::string& description,
                std::vector<std::string>* texts);
};

using ItemCall =
    std::function<leveldb::Status(const dyno::WriteOptions&, dyno::Store*)>;

/// Opens the items, refuses a store that holds other keys, and makes the call.
/// Returns the exit status.
int WriteItem(const ItemWrite& write, const ItemCall& call);

/// Like WriteItem, for a command that takes an object. If `object` is empty,
/// the object is read from standard input. `command` is the command's name in a
/// message: "item put".
using ItemObjectCall = std::function<leveldb::Status(
    const dyno::WriteOptions&, dyno::Store*, const std::string& object)>;
int WriteItemObject(const ItemWrite& write, const std::string& command,
                    const std::optional<std::string>& object,
                    const ItemObjectCall& call);

/// `{"attribute":value}`; `value` is JSON.
std::string ObjectOf(const std::string& attribute, const std::string& value);
/// A JSON array.
std::string ArrayOf(const std::vector<std::string>& strings);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_ITEMS_ITEM_WRITE_H_
