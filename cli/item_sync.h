// dynamodown item sync, status, replicate and forget: stores of items that
// exchange what they have (dyno/sync.h).

#ifndef DYNAMODOWN_CLI_ITEM_SYNC_H_
#define DYNAMODOWN_CLI_ITEM_SYNC_H_

namespace cli {

struct CommandLine;

/// Each does what `line` asks for and returns the exit status.
int SyncItems(const CommandLine& line);
int ShowItemStatus(const CommandLine& line);
int ReplicateItems(const CommandLine& line);
int ForgetReplica(const CommandLine& line);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_ITEM_SYNC_H_
