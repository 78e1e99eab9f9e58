#include <fmt/format.h>

#include <memory>
#include <string>

#include "command_list.h"
#include "io/command_line.h"
#include "io/message.h"
#include "io/output.h"
#include "io/run_command.h"
#include "io/summary.h"
#include "io/terminal.h"
#include "items/arguments.h"
#include "items/item_store.h"
#include "parse/encoding.h"

namespace cli {
namespace {

using leveldb::Status;

constexpr char kDescription[] = "Fold the operations of an item into one.";
constexpr char kFooter[] =
    R"(The item stays the same, and so do its timestamp, the number of its
changes and its hash. The history of the folded operations is gone. Flatten an
item only when you know that no operation older than the folded ones will still
arrive. If such an operation arrives, it is kept, but not applied.

A TIMESTAMP is a timestamp that 'item history' prints, its first parts, or a
time like 2013-03-11, '2013-03-11 20:46 +01:00' or '2h ago'; see dynamodown help
item get. All operations up to this time, inclusive, are folded. Without a time,
all stored operations are folded.

In a replicated store only stable operations are folded. An operation is stable
if no member can add an older operation. Without a time, all stable operations
are folded. A time after the stable time is refused, and the message says which
member holds back the stable time (see dynamodown item status).

Flatten works in steps, the oldest operations first. A reader sees the same item
at any moment. Running flatten again is safe. On DynamoDB folding n records
costs about 3n + 12 write units. The command also reads 5 units, even if there
is nothing to fold; in a replicated store it reads 7 units and writes 2 units.

The exit status is 1 if there is no such item.

Examples:
  dynamodown item flatten mytable/users kim
  dynamodown item flatten mytable/users kim 2013-03-11T20:46:20Z
  dynamodown item flatten mytable/users --all --until 2013-03-11T20:46:20Z
)";

constexpr size_t kHashDigits = 64;  // of SHA-256, in hexadecimal

struct FlattenArguments {
  CommonOptions common;
  std::string name;  // empty with --all
  std::string timestamp;
  std::string hash;
  bool all = false;
  bool json = false;
};

void SetHash(const std::string& value, std::string* hash) {
  const bool is_hash =
      value.size() == kHashDigits &&
      value.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!is_hash) {
    throw UsageError("--hash '" + value +
                     "' is no hash; 'item get --json' prints an item's hash, "
                     "which has 64 digits");
  }
  *hash = value;
}

std::string TextOf(const dyno::FlattenResult& result) {
  return CountText(result.folded, "operation") + " folded" +
         (result.timestamp.empty() ? "" : ", up to " + result.timestamp) + "\n";
}

std::string JsonOf(const dyno::FlattenResult& result,
                   const CommonOptions& common) {
  return "{" + JsonMember("timestamp", result.timestamp) +
         fmt::format(",\"folded\":{},\"steps\":{}{}}}\n", result.folded,
                     result.steps, UnitsJson(common));
}

Status Fold(const FlattenArguments& flatten, dyno::Store* store,
            dyno::FlattenResult* result) {
  if (flatten.all) return store->FlattenAll(flatten.timestamp, result);
  dyno::FlattenOptions options;
  options.timestamp = flatten.timestamp;
  options.hash = flatten.hash;
  return store->Flatten(flatten.name, options, result);
}

int Flatten(const FlattenArguments& flatten) {
  const auto started = Clock::now();
  const CommonOptions& common = flatten.common;
  Items items(common);
  Status status = items.Open();
  if (!status.ok()) return Fail(status, common.location);
  dyno::FlattenResult result;
  const std::string part =
      "what was folded stays folded; to continue, run: " + CommandLine();
  RunUnstoppable(common, {"folding", {"folded a part of the operations"}, part},
                 started,
                 [&] { status = Fold(flatten, items.store(), &result); });
  dyno::Item item;
  if (!flatten.all && status.IsInvalidArgument() &&
      items->GetItem(flatten.name, &item).ok() && item.records == 0) {
    return NoSuchItem(flatten.name);
  }
  // After a failure, the steps completed before the failure stay.
  Output output;
  const bool is_shown = flatten.json || !common.quiet;
  if (is_shown && (status.ok() || result.folded > 0)) {
    output.Write(flatten.json ? JsonOf(result, common) : TextOf(result));
  }
  const int exit_status = Finish(&output);
  if (ErrorIsTerminal()) {
    PrintSummary(common, {"folded", "operation", result.folded}, started);
  }
  if (status.ok()) return exit_status;
  std::string failure = Describe(status, common.location);
  if (status.IsIOError()) failure += "; " + part;
  return Fail(failure);
}

void AddTimes(StoreCommandBuilder* command, FlattenArguments* flatten) {
  command->AddArgument("TIMESTAMP",
                       "Fold up to this time (default: all operations)",
                       IntoTimeBound("TIMESTAMP", &flatten->timestamp));
  command
      ->AddOption("--hash", "HASH",
                  "Fold up to the change that gave the item this hash",
                  [flatten](const std::string& value) {
                    SetHash(value, &flatten->hash);
                  })
      .excludes = {"TIMESTAMP"};
}

}  // namespace

CommandSpec ItemFlattenCommand() {
  const auto flatten = std::make_shared<FlattenArguments>();
  StoreCommandBuilder command("flatten", kDescription, kFooter,
                              &flatten->common);
  AddItemName(&command, &flatten->name);
  AddTimes(&command, flatten.get());
  command.AddFlag("--all", "Fold every item; do not give a NAME", &flatten->all)
      .excludes = {"--hash"};
  command
      .AddOption("--until", "TIMESTAMP", "With --all: fold up to this time",
                 IntoTimeBound("--until", &flatten->timestamp))
      .needs = {"--all"};
  command.AddJson("Print a JSON object", &flatten->json);
  command.AddQuiet(", and print only JSON");
  command.AddReadRate();
  command.AddWriteRate();
  command.AddTable();
  command.AddConnection();
  command.AddCheck([options = flatten.get()] {
    CheckOneOrAll(options->name, options->all,
                  "; with --all, give the time as --until TIMESTAMP");
  });
  return command.Build([flatten] { return Flatten(*flatten); });
}

}  // namespace cli
