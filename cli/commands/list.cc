#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "command_list.h"
#include "io/message.h"
#include "io/output.h"
#include "io/session.h"
#include "io/summary.h"
#include "io/terminal.h"
#include "parse/encoding.h"
#include "parse/location.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Print the stores of a table.";
constexpr char kFooter[] =
    R"(Each line is a location. If another library made the store, a tab and
"foreign" follow. If a destroy of the store has begun but not finished, a tab
and "destroying" follow. With --json each line is an object.

Examples:
  dynamodown list mytable
  dynamodown list 'dynamodb://mytable?region=eu-west-1'
)";

struct ListOptions {
  CommonOptions common;
  bool json = false;
};

int List(const ListOptions& list) {
  const std::string table = TableOf(list.common.location);
  if (table != list.common.location) {
    return Misuse("list", fmt::format("{} is one store; to print all stores of "
                                      "its table, run: dynamodown list {}",
                                      list.common.location, Operand(table)));
  }
  const auto started = Clock::now();
  Session session(list.common);
  std::vector<dynamodown::StoreSummary> stores;
  const leveldb::Status status =
      dynamodown::ListStores(session.options(), list.common.location, &stores);
  if (!status.ok()) return Fail(status, list.common.location);
  std::sort(stores.begin(), stores.end(), [](const auto& a, const auto& b) {
    return a.location < b.location;
  });
  Output output;
  for (const dynamodown::StoreSummary& store : stores) {
    if (list.json) {
      output.Write(fmt::format("{{{},\"foreign\":{},\"destroying\":{}}}\n",
                               JsonMember("location", store.location),
                               store.foreign, store.destroying));
    } else {
      output.Write(EncodeForLine(Encoding::kText, store.location));
      if (store.foreign) output.Write("\tforeign");
      if (store.destroying) output.Write("\tdestroying");
      output.Write("\n");
    }
  }
  const int exit_status = Finish(&output);
  if (ErrorIsTerminal()) {
    PrintSummary(list.common, {"listed", "store", stores.size()}, started);
  }
  return exit_status;
}

}  // namespace

CommandSpec ListCommand() {
  const auto list = std::make_shared<ListOptions>();
  StoreCommandBuilder command("list", kDescription, kFooter, &list->common);
  command.AddJson("Print one JSON object per line", &list->json);
  command.AddQuiet();
  command.AddConnection();
  return command.Build([list] { return List(*list); });
}

}  // namespace cli
