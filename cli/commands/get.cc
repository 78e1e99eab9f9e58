#include <memory>
#include <string>

#include "command_list.h"
#include "io/message.h"
#include "io/output.h"
#include "io/session.h"
#include "parse/encoding.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Print the value of a key, and a newline.";
constexpr char kFooter[] =
    R"(Without --hex, --base64 and --json, the value's bytes are printed as they
are. --json prints {"key":"...","value":"..."}. A key or a value that is not
UTF-8 is in base64, as "key_b64" or "value_b64".

The exit status is 1 if there is no such key.

Examples:
  dynamodown get mytable/myhash name
  dynamodown get mytable/myhash photo --raw > photo.jpeg
  dynamodown get mytable/myhash --hex 00ff
)";

struct GetOptions {
  CommonOptions common;
  std::string key;
  Encoding encoding = Encoding::kText;
  bool json = false;
  bool raw = false;
};

int Get(const GetOptions& get) {
  Session session(get.common);
  leveldb::Status status = session.Open();
  if (!status.ok()) return Fail(status, get.common.location);
  std::string value;
  status = session.db()->Get(dynamodown::ReadOptions(), get.key, &value);
  if (status.IsNotFound()) {
    return NotFound("there is no key " + EncodeForLine(get.encoding, get.key));
  }
  if (!status.ok()) return Fail(status, get.common.location);

  Output output;
  if (get.json) {
    output.Write("{" + JsonMember("key", get.key) + "," +
                 JsonMember("value", value) + "}");
  } else {
    output.Write(Encode(get.encoding, value));
  }
  if (!get.raw) output.Write("\n");
  return Finish(&output);
}

}  // namespace

CommandSpec GetCommand() {
  const auto get = std::make_shared<GetOptions>();
  StoreCommandBuilder command("get", kDescription, kFooter, &get->common);
  command.AddKey(&get->key);
  command.AddEncoding("KEY and the value are", &get->encoding);
  command.AddJson("Print a JSON object", &get->json);
  command.AddFlag("-n,--raw", "Print no newline after the value", &get->raw);
  command.AddEventual();
  command.AddTable();
  command.AddConnection();
  command.AddCheck([options = get.get()] {
    DecodeArgument(options->encoding, "KEY", &options->key);
  });
  return command.Build([get] { return Get(*get); });
}

}  // namespace cli
