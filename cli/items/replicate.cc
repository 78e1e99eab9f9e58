#include <memory>
#include <string>

#include "command_list.h"
#include "dyno/sync.h"
#include "io/message.h"
#include "io/output.h"
#include "items/item_store.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Make a store replicated, so that it can sync.";
constexpr char kFooter[] =
    R"(In a replicated store every write first enters its change in a log, which
costs 1 more write unit on DynamoDB. A store stays replicated for good. The
command prints the store's replica: 12 digits that no other store has. If the
store was replicated before, it stays as it is.

On DynamoDB no other program may write to the store while the command runs: if
another program has a slot open, the message says so, and nothing is done. On
DynamoDB the command takes 12 requests: 8 read units and 6 write units. In an
empty store it takes 14 requests: 9 read units and 8 write units.

--new-id is for a store that is a copy of another store's directory or table. It
gives the copy a replica of its own, so that the copy can be synchronized with
the original. Use --new-id before anything is written to the copy.

--restored marks a store as a restored backup. The backup meets a member when
the two are synchronized directly. Until the backup has met each member that it
knows, it claims no knowledge of operations that it may have lost. A sync
detects a restored backup by itself, but only if the other store knows more of
the backup's operations than the backup does. If that is not certain, mark the
backup before its first sync.

Until a restored backup has met all these members, it holds back the stable time
of all members. For example, a laptop that is synchronized only with a table
never meets the other members. In such a case use --new-id instead of
--restored. Then synchronize the store once more, and let the other store forget
the old replica (dynamodown item forget).

Examples:
  dynamodown item replicate leveldb:users
  dynamodown item replicate leveldb:copy --new-id
  dynamodown item replicate mytable/users --restored
)";

struct ReplicateOptions {
  CommonOptions common;
  bool new_id = false;
  bool restored = false;
};

int Replicate(const ReplicateOptions& replicate) {
  const std::string& location = replicate.common.location;
  Items items(replicate.common);
  leveldb::Status status = items.Open();
  if (status.ok() && replicate.new_id) {
    status = dyno::NewReplica(items.store());
  }
  if (status.ok() && replicate.restored) {
    status = dyno::MarkRestored(items.store());
  }
  if (status.ok()) status = dyno::Replicate(items.store());
  if (!status.ok()) return Fail(status, location);
  Output output;
  output.Write(items->replica() + '\n');
  return Finish(&output);
}

}  // namespace

CommandSpec ItemReplicateCommand() {
  const auto replicate = std::make_shared<ReplicateOptions>();
  StoreCommandBuilder command("replicate", kDescription, kFooter,
                              &replicate->common);
  command
      .AddFlag("--new-id", "The store is a copy: give it a replica of its own",
               &replicate->new_id)
      .excludes = {"--restored"};
  command.AddFlag("--restored", "The store is a restored backup",
                  &replicate->restored);
  command.AddTable();
  command.AddConnection();
  return command.Build([replicate] { return Replicate(*replicate); });
}

}  // namespace cli
