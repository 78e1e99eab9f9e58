#include "items/item_list.h"

#include <string>

#include "io/message.h"
#include "io/output.h"
#include "io/summary.h"
#include "io/terminal.h"
#include "items/item_format.h"
#include "items/item_store.h"
#include "parse/encoding.h"
#include "parse/location.h"

namespace cli {
namespace {

std::string Record(const ItemListOptions& list, const dyno::Item& item) {
  if (list.json && list.names_only) {
    return "{" + JsonMember("name", item.name) + "}\n";
  }
  if (list.json) return ItemJson(item) + '\n';
  if (list.names_only) return Shown(item.name) + '\n';
  return Shown(item.name) + '\t' + JsonForLine(item.json) + '\n';
}

}  // namespace

void AddItemListOptions(StoreCommandBuilder* command, ItemListOptions* list) {
  command->AddLimit(&list->limit);
  command->AddFlag("--names-only", "Print names only", &list->names_only);
  command->AddJson("Print one JSON object per line", &list->json);
  command->AddQuiet();
  command->AddReadRate();
  command->AddTable();
  command->AddConnection();
}

int PrintItems(const ItemListOptions& list, const dyno::QueryOptions& query) {
  const auto started = Clock::now();
  Items items(list.common);
  leveldb::Status status = items.Open();
  if (!status.ok()) return Fail(status, list.common.location);
  Output output;
  const uint64_t limit = list.limit.value_or(UINT64_MAX);
  uint64_t printed = 0;
  if (limit > 0) {
    status = items->Query(query, [&](const dyno::Item& item) {
      return output.Write(Record(list, item)) && ++printed < limit;
    });
  }
  const int exit_status = Finish(&output);  // print all output before an error
  if (ErrorIsTerminal() && !IsEmbedded(list.common.location)) {
    PrintSummary(list.common, {"printed", "item", printed}, started);
  }
  return status.ok() ? exit_status : Fail(status, list.common.location);
}

}  // namespace cli
