#include <memory>
#include <string>
#include <vector>

#include "command_list.h"
#include "io/message.h"
#include "io/output.h"
#include "io/session.h"
#include "parse/encoding.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Print the values of keys.";
constexpr char kFooter[] =
    R"(For one KEY, prints the value and a newline. Without --hex, --base64 and
--json, the value's bytes are printed as they are; on a terminal control
characters are printed as \xNN, except with --raw. --json prints
{"key":"...","value":"..."}. A key or a value that is not UTF-8 is in base64, as
"key_b64" or "value_b64".

For several KEYs, prints such a JSON object for each key that exists, one on a
line, in the order of the arguments. 'load' takes these lines. A line on
standard error names each key that is missing. Several KEYs cost 1 BatchGetItem
for every 100 keys, and the units of one get for each key.

The exit status is 1 if a key is missing.

Examples:
  dynamodown get mytable/myhash name
  dynamodown get mytable/myhash name dob spouse | jq -r .value
  dynamodown get mytable/myhash photo --raw > photo.jpeg
  dynamodown get mytable/myhash --hex 00ff
)";

struct GetOptions {
  CommonOptions common;
  std::vector<std::string> keys;
  Encoding encoding = Encoding::kText;
  bool json = false;
  bool raw = false;
};

std::string Record(const std::string& key, const std::string& value) {
  return "{" + JsonMember("key", key) + "," + JsonMember("value", value) + "}";
}

int Missing(const GetOptions& get, const std::string& key) {
  return NotFound(key.empty()
                      ? "there is no empty key"
                      : "there is no key " + EncodeForLine(get.encoding, key));
}

int GetOne(const GetOptions& get, dynamodown::Database* db) {
  const std::string& key = get.keys.front();
  std::string value;
  const leveldb::Status status =
      db->Get(dynamodown::ReadOptions(), key, &value);
  if (status.IsNotFound()) return Missing(get, key);
  if (!status.ok()) return Fail(status, get.common.location);
  Output output(get.raw ? Output::kRaw : Output::kText);
  output.Write(get.json ? Record(key, value) : Encode(get.encoding, value));
  if (!get.raw) output.Write("\n");
  return Finish(&output);
}

int GetMany(const GetOptions& get, dynamodown::Database* db) {
  const std::vector<leveldb::Slice> keys(get.keys.begin(), get.keys.end());
  std::vector<std::string> values;
  std::vector<leveldb::Status> statuses;
  const leveldb::Status status =
      db->MultiGet(dynamodown::ReadOptions(), keys, &values, &statuses);
  Output output;
  for (size_t i = 0; i < statuses.size(); ++i) {
    if (statuses[i].ok()) output.Write(Record(get.keys[i], values[i]) + "\n");
  }
  // Print all output before an error.
  int exit_status = Finish(&output);
  if (!status.ok()) return Fail(status, get.common.location);
  for (size_t i = 0; i < statuses.size() && exit_status != kExitFailure; ++i) {
    if (statuses[i].IsNotFound()) exit_status = Missing(get, get.keys[i]);
  }
  return exit_status;
}

int Get(const GetOptions& get) {
  Session session(get.common);
  const leveldb::Status status = session.Open();
  if (!status.ok()) return Fail(status, get.common.location);
  return get.keys.size() == 1 ? GetOne(get, session.db())
                              : GetMany(get, session.db());
}

void Check(GetOptions* get) {
  for (std::string& key : get->keys) {
    DecodeArgument(get->encoding, "KEY", &key);
  }
  if (get->raw && get->keys.size() > 1) {
    throw UsageError(
        "--raw takes one KEY; several keys are printed as lines of JSON");
  }
}

}  // namespace

CommandSpec GetCommand() {
  const auto get = std::make_shared<GetOptions>();
  StoreCommandBuilder command("get", kDescription, kFooter, &get->common);
  command.AddKeys(&get->keys);
  command.AddEncoding("KEYs and a single value are", &get->encoding);
  command.AddJson("Print a JSON object", &get->json);
  command.AddFlag("-n,--raw", "Print no newline after the value", &get->raw);
  command.AddEventual();
  command.AddTable();
  command.AddConnection();
  command.AddCheck([options = get.get()] { Check(options); });
  return command.Build([get] { return Get(*get); });
}

}  // namespace cli
