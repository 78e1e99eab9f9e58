#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "command_list.h"
#include "io/message.h"
#include "io/session.h"
#include "parse/encoding.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Say by the exit status whether keys exist.";
constexpr char kFooter[] =
    R"(The exit status is 0 if every KEY exists, and 1 if a KEY is missing.
Nothing is printed unless the command fails. To see which keys are missing, use
'get'.

DynamoDB reads the whole item, so the command costs as much as 'get': 1 GetItem
for one KEY; for several KEYs, 1 BatchGetItem for every 100 keys. Each key costs
1 read unit per 4 KB of its item; a missing key costs 1 unit. With --eventual
the units are halved.

Examples:
  dynamodown exists mytable/myhash name && echo yes
  dynamodown exists mytable/myhash name dob spouse
)";

struct ExistsOptions {
  CommonOptions common;
  std::vector<std::string> keys;
  Encoding encoding = Encoding::kText;
};

/// Reads the keys. `*all` is whether all of them exist.
leveldb::Status Look(const std::vector<std::string>& keys,
                     dynamodown::Database* db, bool* all) {
  const dynamodown::ReadOptions options;
  if (keys.size() == 1) {
    std::string ignored;
    const leveldb::Status status = db->Get(options, keys.front(), &ignored);
    *all = status.ok();
    return status.IsNotFound() ? leveldb::Status::OK() : status;
  }
  std::vector<std::string> ignored;
  std::vector<leveldb::Status> statuses;
  const leveldb::Status status = db->MultiGet(
      options, std::vector<leveldb::Slice>(keys.begin(), keys.end()), &ignored,
      &statuses);
  *all = std::all_of(statuses.begin(), statuses.end(),
                     [](const leveldb::Status& each) { return each.ok(); });
  return status;
}

int Exists(const ExistsOptions& exists) {
  Session session(exists.common);
  leveldb::Status status = session.Open();
  bool all = false;
  if (status.ok()) status = Look(exists.keys, session.db(), &all);
  if (!status.ok()) return Fail(status, exists.common.location);
  return all ? kExitOk : kExitNotFound;
}

}  // namespace

CommandSpec ExistsCommand() {
  const auto exists = std::make_shared<ExistsOptions>();
  StoreCommandBuilder command("exists", kDescription, kFooter, &exists->common);
  command.AddKeys(&exists->keys);
  command.AddEncoding("KEYs are", &exists->encoding);
  command.AddEventual();
  command.AddTable();
  command.AddConnection();
  command.AddCheck([options = exists.get()] {
    for (std::string& key : options->keys) {
      DecodeArgument(options->encoding, "KEY", &key);
    }
  });
  return command.Build([exists] { return Exists(*exists); });
}

}  // namespace cli
