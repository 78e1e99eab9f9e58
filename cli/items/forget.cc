#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "command_list.h"
#include "dyno/sync.h"
#include "io/message.h"
#include "items/item_store.h"
#include "items/sync_format.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

using leveldb::Status;

constexpr char kDescription[] = "Give up on a lost store or a killed writer.";
constexpr char kFooter[] =
    R"(REPLICA is the id of a store that is gone, for example on a lost laptop;
dynamodown item status prints the ids. A forgotten store no longer holds back
the stable time, up to which operations can be flattened. At their next sync,
other stores learn that the store is forgotten. The store at LOCATION keeps the
operations that it has from the forgotten store. If the forgotten store still
sends operations, they may be late: kept, but not applied. If the forgotten
store is synchronized again, it is a member again.

--writer closes the slot of a program that writes to this store on DynamoDB. A
killed program leaves its slot open. The open slot holds back the stable time
until a program that keeps the store open has seen the slot unchanged for 15
minutes. No command of dynamodown can see that, since each command opens the
store anew. Before you close a slot, be sure that the slot's program has ended.
If the program is alive, it takes another slot with its next write, but a write
that is under way now may arrive late.

The command costs 1 range read and 1 conditional write. The exit status is 1 if
the store knows no such replica, or has no such open slot.

Examples:
  dynamodown item forget mytable/users 786ae2e1f629
  dynamodown item forget mytable/users --writer 0003
)";

constexpr size_t kReplicaDigits = 12;

struct ForgetOptions {
  CommonOptions common;
  std::string replica;           // empty: --writer is given
  std::optional<uint16_t> slot;  // of --writer
};

void SetReplica(const std::string& value, std::string* replica) {
  const bool is_replica =
      value.size() == kReplicaDigits &&
      value.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!is_replica) {
    throw UsageError("REPLICA '" + value +
                     "' is no replica; item status prints each replica's 12 "
                     "digits");
  }
  *replica = value;
}

void SetSlot(const std::string& value, std::optional<uint16_t>* slot) {
  *slot = ParseSlot(value);
  if (!*slot) {
    throw UsageError("--writer '" + value +
                     "' is no slot; item status prints each slot's 4 digits");
  }
}

void Check(const ForgetOptions& forget) {
  if (forget.replica.empty() && !forget.slot) {
    throw UsageError("REPLICA or --writer SLOT is missing");
  }
}

/// Whether the store knows `replica`; also true if the store's status cannot be
/// read.
bool MayKnow(dyno::Store* store, const std::string& replica) {
  dyno::StoreStatus status;
  if (!dyno::GetStatus(store, &status).ok()) return true;
  for (const dyno::MemberStatus& member : status.members) {
    if (member.replica == replica) return true;
  }
  return false;
}

int Forget(const ForgetOptions& forget) {
  const std::string& location = forget.common.location;
  Items items(forget.common);
  Status status = items.Open();
  if (!status.ok()) return Fail(status, location);
  if (forget.slot) {
    status = dyno::CloseWriter(items.store(), *forget.slot);
    if (status.IsInvalidArgument()) {
      return NotFound("there is no open slot " + SlotText(*forget.slot) +
                      " of another writer in " + location);
    }
  } else {
    status = dyno::Forget(items.store(), forget.replica);
    if (status.IsInvalidArgument() && !MayKnow(items.store(), forget.replica)) {
      return NotFound(location + " knows of no replica " + forget.replica);
    }
  }
  return status.ok() ? kExitOk : Fail(status, location);
}

}  // namespace

CommandSpec ItemForgetCommand() {
  const auto forget = std::make_shared<ForgetOptions>();
  StoreCommandBuilder command("forget", kDescription, kFooter, &forget->common);
  command.AddArgument("REPLICA", "The replica of the store to forget",
                      [&replica = forget->replica](const std::string& value) {
                        SetReplica(value, &replica);
                      });
  command
      .AddOption("--writer", "SLOT",
                 "Close the slot of a writer whose program has ended",
                 [&slot = forget->slot](const std::string& value) {
                   SetSlot(value, &slot);
                 })
      .excludes = {"REPLICA"};
  command.AddTable();
  command.AddConnection();
  command.AddCheck([options = forget.get()] { Check(*options); });
  return command.Build([forget] { return Forget(*forget); });
}

}  // namespace cli
