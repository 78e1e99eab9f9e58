#include <memory>

#include "command_list.h"
#include "io/message.h"
#include "io/session.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

constexpr char kDescription[] =
    "Create a store, and its table if there is none.";
constexpr char kFooter[] =
    R"(Fails if the store exists. Unless units are given, a new table is billed
on demand. The command waits until a new table is active. An existing table
stays as it is: --read-units, --write-units and --key-type have no effect on it.

Examples:
  dynamodown create mytable/myhash
  dynamodown create mytable/myhash --read-units 5 --write-units 5
  dynamodown create leveldb:/var/lib/app/db
)";

int Create(const CommonOptions& common) {
  // Does what dynamodown::Create does, but keeps statistics.
  Session session(common);
  session.options().create_if_missing = true;
  session.options().error_if_exists = true;
  const leveldb::Status status = session.Open();
  if (!status.ok()) return Fail(status, common.location);
  const dynamodown::StoreInfo info = session.db()->GetInfo();
  if (common.store.table.key_type == dynamodown::KeyType::kString &&
      info.range_key_type == "B") {
    Note("the table of " + common.location +
         " existed, and its range key has the type B, so --key-type S has no "
         "effect; keys may be any bytes");
  }
  return kExitOk;
}

}  // namespace

CommandSpec CreateCommand() {
  const auto common = std::make_shared<CommonOptions>();
  StoreCommandBuilder command("create", kDescription, kFooter, common.get());
  command.AddTable();
  command.AddCapacity();
  command.AddConnection();
  return command.Build([common] { return Create(*common); });
}

}  // namespace cli
