#include <memory>
#include <string>
#include <vector>

#include "command_list.h"
#include "io/message.h"
#include "io/session.h"
#include "leveldb/write_batch.h"
#include "parse/encoding.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Remove keys.";
constexpr char kFooter[] =
    R"(A missing key is no error, as in LevelDB.

Several keys are removed together, but not atomically: after a failure, perhaps
some of the keys are removed. Running the command again is safe.

If the store holds items, the command removes nothing and fails. --force removes
keys without this check.

On DynamoDB the command costs 2 read units, and 1 write unit per KB of each item
that it removes; a missing key costs 1 write unit. For up to 25 keys, it sends 4
requests. --force saves 1 request and 1 read unit.

Examples:
  dynamodown del mytable/myhash name
  dynamodown del mytable/myhash name dob spouse
)";

struct DelOptions {
  CommonOptions common;
  std::vector<std::string> keys;
  Encoding encoding = Encoding::kText;
};

int Del(const DelOptions& del) {
  Session session(del.common);
  leveldb::Status status = session.OpenToWrite(
      "remove an item with dynamodown item del, or a plain key with --force");
  if (status.ok()) {
    leveldb::WriteBatch batch;
    for (const std::string& key : del.keys) batch.Delete(key);
    dynamodown::WriteOptions options;
    options.batch = dynamodown::BatchMode::kUnordered;
    status = session.db()->Write(options, &batch);
  }
  return status.ok() ? kExitOk : Fail(status, del.common.location);
}

}  // namespace

CommandSpec DelCommand() {
  const auto del = std::make_shared<DelOptions>();
  StoreCommandBuilder command("del", kDescription, kFooter, &del->common);
  command.AddKeys(&del->keys);
  command.AddEncoding("KEYs are", &del->encoding);
  command.AddWriteRate();
  command.AddForce();
  command.AddTable();
  command.AddConnection();
  command.AddCheck([options = del.get()] {
    for (std::string& key : options->keys) {
      DecodeArgument(options->encoding, "KEY", &key);
    }
  });
  return command.Build([del] { return Del(*del); });
}

}  // namespace cli
