#include "command_list.h"
#include "parse/command_builder.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Keep items as the operations that made them.";
constexpr char kFooter[] =
    R"(An item is a JSON object with a name. Every change of an item is a record
of its own with a timestamp. Reading an item replays its records in order. So a
write need not read the item first, and no write is lost when several processes
write at the same time. The command 'item flatten' folds an item's records into
one.

Any store can hold items, but a store with items holds nothing else. On
DynamoDB any number of processes may write to a store at once; an embedded store
can be open in one process at a time.

On DynamoDB a program that keeps the store open pays 1 write unit for a write,
and 1 Query for a read. A command also opens the store; if it writes, it takes a
writer's slot and gives it back. So 'item get' costs 4 requests: 3 read units. A
command that writes an operation costs 8 requests: 4 read units and 5 write
units. The first write to a store costs 10 requests: 5 read units and 7 write
units.

Before a command writes the first item of a store, it reads the first key of
the store. If this key is no record of an item, the command refuses to write,
because the item would be among keys that are not items. Once the store has
items, there is no check.

If a write fails and its outcome is unknown, the message gives the write's
timestamp. The same command with --timestamp repeats the write; even if the
first attempt succeeded, the change is applied once. The repetition needs the
same writer's slot as the first attempt. While another process has this slot,
the repetition is refused: try again later. If the item was flattened meanwhile,
the repetition is refused, too; in that case see the command 'item history'.

Two stores, for example one on a laptop and one in a table, can be synchronized:
see dynamodown item sync.

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
