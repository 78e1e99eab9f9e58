// The commands that print items: query and scan.

#ifndef DYNAMODOWN_CLI_ITEMS_ITEM_LIST_H_
#define DYNAMODOWN_CLI_ITEMS_ITEM_LIST_H_

#include <cstdint>
#include <optional>

#include "dyno/store.h"
#include "parse/store_command_builder.h"

namespace cli {

struct ItemListOptions {
  CommonOptions common;
  std::optional<uint64_t> limit;
  bool names_only = false;
  bool json = false;
};

/// Adds all options. Call this after the command's own arguments are added.
void AddItemListOptions(StoreCommandBuilder* command, ItemListOptions* list);

/// Prints the items that `query` finds, and returns the exit status.
int PrintItems(const ItemListOptions& list, const dyno::QueryOptions& query);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_ITEMS_ITEM_LIST_H_
