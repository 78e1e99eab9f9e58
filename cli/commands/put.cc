#include <memory>
#include <optional>
#include <string>

#include "command_list.h"
#include "io/message.h"
#include "io/session.h"
#include "io/standard_input.h"
#include "parse/encoding.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Store a value under a key.";
constexpr char kFooter[] =
    R"(A value that exists is replaced.

If VALUE is missing or "-", the value is all of standard input, byte for byte,
even with --hex or --base64. (echo adds a newline, printf does not.)

The store must exist: dynamodown create makes it. If the store holds items, the
command writes nothing and fails, because plain keys make reads of the items
fail. --force writes without this check.

On DynamoDB the command costs 4 requests: 2 read units, and 1 write unit per KB
of the item. --force saves 1 request and 1 read unit.

Examples:
  dynamodown put mytable/myhash name 'Yuri Irsenovich Kim'
  dynamodown put mytable/myhash photo < photo.jpeg
  dynamodown put mytable/myhash --hex 00ff cafe
  dynamodown put mytable/myhash -- -5 'a key that begins with a dash'
)";

struct PutOptions {
  CommonOptions common;
  std::string key;
  std::optional<std::string> value;  // none: standard input
  Encoding encoding = Encoding::kText;
};

void DecodeKeyAndValue(PutOptions* put) {
  DecodeArgument(put->encoding, "KEY", &put->key);
  if (put->value) DecodeArgument(put->encoding, "VALUE", &*put->value);
}

int Put(const PutOptions& put) {
  std::string value = put.value.value_or("");
  if (!put.value) {
    if (Complaint c = ReadStandardInput(&value)) return Fail(*c);
  }
  Session session(put.common);
  leveldb::Status status = session.OpenToWrite();
  if (status.ok()) {
    status = session.db()->Put(dynamodown::WriteOptions(), put.key, value);
  }
  return status.ok() ? kExitOk : Fail(status, put.common.location);
}

}  // namespace

CommandSpec PutCommand() {
  const auto put = std::make_shared<PutOptions>();
  StoreCommandBuilder command("put", kDescription, kFooter, &put->common);
  command.AddKey(&put->key);
  command.AddArgument(
      "VALUE",
      "The value, encoded like KEY; \"-\" or no VALUE means standard input",
      IntoFile(&put->value));
  command.AddEncoding("KEY and VALUE are", &put->encoding);
  command.AddForce();
  command.AddTable();
  command.AddConnection();
  command.AddCheck([options = put.get()] { DecodeKeyAndValue(options); });
  return command.Build([put] { return Put(*put); });
}

}  // namespace cli
