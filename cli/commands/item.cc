#include "command_list.h"
#include "parse/command_builder.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Keep items as the operations that made them.";
constexpr char kFooter[] =
    R"(An item is a JSON object with a name. Every change of it is a record of
its own with a timestamp, and the item is what comes out when its records are
replayed in order: nobody reads before writing, and what was written is not
lost when others write at the same time. The records can be folded into one
again with flatten.

Any store holds items, and nothing else beside them. On DynamoDB any number of
processes may write to it at once; an embedded store has one process at a time.
A command that writes on DynamoDB takes a writer's slot first and gives it back,
which is 4 write and 4 read units besides its own 1; a program that keeps the
store open pays the 1 alone.

Before the first item of a store is written its first key is looked at, and when
that is no record of an item the write is refused: it would be among keys of
something else. It costs 1 Query more, that once.

When a write fails and nobody knows whether it was written, its message names
its timestamp. The same command with --timestamp repeats it, and it counts once.
That is refused while another process has the slot that the timestamp is of, and
when the item was flattened meanwhile; history then says what is there.

Stores can be synchronized with each other, such as one on a laptop with one in
a table: see dynamodown item sync.

The store must exist: dynamodown create makes it. dynamodown help item COMMAND
says more.

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
