// dynamodown item ...: items that are kept as the operations that made them
// (dyno/store.h), on any location.

#ifndef DYNAMODOWN_CLI_ITEM_H_
#define DYNAMODOWN_CLI_ITEM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cli {

struct CommandLine;

enum class ItemVerb {
  kPut,
  kSet,
  kUnset,
  kInc,
  kAppend,
  kAdd,
  kRemove,
  kDel,
  kGet,
  kHistory,
  kFlatten,
  kSettle,
  kQuery,
  kScan,
  kSync,
  kStatus,
  kReplicate,
  kForget,
};

struct ItemArguments {
  ItemVerb verb = ItemVerb::kGet;
  std::string name;
  std::optional<std::string> object;  ///< put, set; none: standard input
  std::string attribute;              ///< inc, append, add, remove, scan
  std::string by = "1";               ///< inc: a JSON number
  /// append: the text; unset: attributes; add, remove: values; settle: keys
  std::vector<std::string> values;
  std::string timestamp;  ///< what writes: its own; get: as of; flatten: up to
  std::string hash;       ///< flatten
  bool all = false;       ///< flatten, settle
  bool reapply = false;   ///< settle
  std::string from, to;   ///< query
  std::optional<std::string> value;  ///< scan: JSON
  bool names_only = false;
  std::string other;             ///< sync: the second location
  bool full = false;             ///< sync
  bool late = false;             ///< status
  bool new_id = false;           ///< replicate
  bool restored = false;         ///< replicate
  std::string replica;           ///< forget; empty: a writer
  std::optional<uint16_t> slot;  ///< forget: the writer's
};

/// Does what `line` asks for and returns the exit status.
int Item(const CommandLine& line);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_ITEM_H_
