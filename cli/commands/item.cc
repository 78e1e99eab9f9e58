#include "command_list.h"
#include "parse/command_builder.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Keep items as the operations that made them.";
constexpr char kFooter[] =
    R"(An item is a JSON object with a name. Every change of it is a record of
its own with a timestamp. Reading an item replays its records in order: no
write reads first, and no write is lost when others write at the same time.
flatten folds the records into one again.

Any store can hold items, but a store with items holds nothing else. On
DynamoDB any number of processes may write to it at once; an embedded store has
one process at a time. On DynamoDB every command that writes takes a writer's
slot and gives it back. The slot costs 4 write and 4 read units, and the write
itself costs 1 write unit. A program that keeps the store open pays only for
the write.

Before a command writes the first item of a store, it reads the first key of
the store. If this key is no record of an item, the command refuses to write:
the item would be among keys of something else. This costs 1 Query more, once.

If a write fails and its outcome is unknown, the message gives its timestamp.
The same command with --timestamp repeats the write, which then counts once. The
repetition is refused while another process has the slot of the timestamp. It
is also refused if the item was flattened meanwhile; in that case see history.

Stores can be synchronized, for example one on a laptop and one in a table: see
dynamodown item sync.

The store must exist: dynamodown create makes it. For a command's help, see
dynamodown help item COMMAND.

Examples:
  dynamodown create mytable/users
  dynamodown item put mytable/users kim '{"nick":"kim","logins":0}'
  dynamodown item inc mytable/users kim logins
  dynamodown item get mytable/users kim
  dynamodown item history mytable/users kim
)";

}  // namespace

CommandSpec ItemCommand() {
  CommandSpec item = CommandBuilder("item", kDescription, kFooter).Build({});
  for (const CommandFactory make : kItemCommands) {
    item.commands.push_back(make());
  }
  return item;
}

}  // namespace cli
