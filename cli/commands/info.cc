#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command_list.h"
#include "io/message.h"
#include "io/output.h"
#include "io/session.h"
#include "parse/encoding.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Print facts about a store.";
constexpr char kFooter[] =
    R"(Examples:
  dynamodown info mytable/myhash
  dynamodown info mytable/myhash --json | jq -r .region
)";

struct InfoOptions {
  CommonOptions common;
  bool json = false;
};

/// The names that the property "dynamodown.supports" lists.
std::vector<std::string> Supports(dynamodown::Database* db) {
  std::string property;
  std::vector<std::string> names;
  if (!db->GetProperty("dynamodown.supports", &property)) return names;
  constexpr std::string_view kBetween = " ,\n";
  for (size_t end = 0; end < property.size();) {
    const size_t begin = property.find_first_not_of(kBetween, end);
    if (begin == std::string::npos) break;
    end = std::min(property.find_first_of(kBetween, begin), property.size());
    names.push_back(property.substr(begin, end - begin));
  }
  return names;
}

int Info(const InfoOptions& options) {
  Session session(options.common);
  const leveldb::Status status = session.Open();
  if (!status.ok()) return Fail(status, options.common.location);
  const dynamodown::StoreInfo info = session.db()->GetInfo();
  const std::pair<const char*, std::string> facts[] = {
      {"location", info.location},
      {"engine", info.engine},
      {"endpoint", info.endpoint},
      {"region", info.region},
      {"hash_key", info.hash_key},
      {"hash_key_type", info.hash_key_type},
      {"range_key", info.range_key},
      {"range_key_type", info.range_key_type},
      {"value_attribute", info.value_attribute},
      {"id", info.id},
      {"created", info.created},
      {"mode", info.mode},
  };
  std::string json, text;
  for (const auto& [name, value] : facts) {
    if (value.empty()) continue;
    json += JsonMember(name, value) + ",";
    text +=
        fmt::format("{:16} {}\n", name, EncodeForLine(Encoding::kText, value));
  }
  std::string supports_json, supports_text;
  for (const std::string& name : Supports(session.db())) {
    supports_json += (supports_json.empty() ? "" : ",") + JsonString(name);
    supports_text += " " + name;
  }
  json += fmt::format("\"foreign\":{},\"supports\":[{}]", info.foreign,
                      supports_json);
  text += fmt::format("{:16} {}\n{:16}{}\n", "foreign",
                      info.foreign ? "yes" : "no", "supports", supports_text);
  Output output;
  output.Write(options.json ? "{" + json + "}\n" : text);
  return Finish(&output);
}

}  // namespace

CommandSpec InfoCommand() {
  const auto info = std::make_shared<InfoOptions>();
  StoreCommandBuilder command("info", kDescription, kFooter, &info->common);
  command.AddJson("Print a JSON object", &info->json);
  command.AddTable();
  command.AddConnection();
  return command.Build([info] { return Info(*info); });
}

}  // namespace cli
