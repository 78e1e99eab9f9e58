#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "command_list.h"
#include "dynamodown/status.h"
#include "io/command_line.h"
#include "io/message.h"
#include "io/run_command.h"
#include "io/session.h"
#include "io/summary.h"
#include "io/terminal.h"
#include "parse/location.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Delete a store and everything in it.";
constexpr char kFooter[] =
    R"(On a terminal the command shows what it would destroy, and asks. --yes
answers in advance. If standard input is no terminal, as in a script, the
command does not ask.

Other stores of the table are not touched. If the command fails or is stopped,
run it again: until it succeeds, the store cannot be opened. The exit status is
1 if there is no such store.

Close the store in every program first. If a program still writes to the store,
its writes may succeed, and yet be lost.

With --drop-table, nothing is deleted if the table has other stores. An empty
table is dropped even if the store no longer exists.

On DynamoDB every item is read and deleted: that is 1 read unit per 4 KB of all
items, and 1 write unit per KB of each item. Besides, the command costs 4 read
units and 2 write units. The question and --drop-table cost a few more read
units.

Examples:
  dynamodown destroy mytable/myhash
  dynamodown destroy mytable/myhash --yes
  dynamodown destroy mytable/myhash --drop-table
)";

// If there are at most this many keys, the question has their number.
constexpr uint64_t kKeysMax = 100;

struct DestroyArguments {
  CommonOptions common;
  dynamodown::DestroyOptions destroy;
  bool yes = false;
};

/// "3 keys", "over 100 keys". **Cost**: 1 Query of at most 101 items.
std::string KeysText(dynamodown::Database* db) {
  dynamodown::Bounds bounds;
  bounds.keys_only = true;
  bounds.expected = kKeysMax + 1;
  const std::unique_ptr<leveldb::Iterator> it(
      db->NewIterator(dynamodown::ReadOptions(), bounds));
  uint64_t keys = 0;
  it->SeekToFirst();
  while (it->Valid() && ++keys <= kKeysMax) it->Next();
  if (!it->status().ok()) return "keys that cannot be counted";
  if (keys > kKeysMax) return fmt::format("over {} keys", kKeysMax);
  return CountText(keys, "key");
}

bool IsMissing(const CommonOptions& common, const leveldb::Status& opened) {
  return dynamodown::IsMissingStore(opened) ||
         (IsEmbedded(common.location) && opened.IsNotFound());
}

/// A description of the store, for the question. If the store cannot be opened,
/// `db` is null.
std::string StoreText(const CommonOptions& common, dynamodown::Database* db) {
  std::string text = "the store " + common.location;
  if (db == nullptr) return text + ", which cannot be opened";
  const dynamodown::StoreInfo info = db->GetInfo();
  if (!info.endpoint.empty()) {
    text += " at " + info.endpoint + " in " + info.region;
  }
  if (info.foreign) {
    text +=
        ", which another library made, or to which a program wrote after "
        "an earlier destroy";
  }
  if (!info.created.empty()) text += ", created " + info.created;
  return text + ", with " + KeysText(db);
}

/// Whether the command asks before it destroys.
bool Asks(const DestroyArguments& arguments) {
  return !arguments.yes && InputIsTerminal();
}

/// Whether the user agrees to delete `what`.
bool IsAgreed(const std::string& what) {
  Note("this deletes " + what);
  std::fputs(
      "This cannot be undone. Programs that still write to the store lose "
      "their writes. Destroy it? [y/N] ",
      stderr);
  std::string answer;
  for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar()) {
    answer += static_cast<char>(c);
  }
  return answer == "y" || answer == "Y" || answer == "yes";
}

/// Says what a destroy leaves that did not end, and how to continue.
std::string PartText(const DestroyArguments& arguments) {
  return arguments.common.location +
         " may be half destroyed; to finish, run: " +
         CommandLine(arguments.yes ? "" : "--yes");
}

leveldb::Status DestroyStore(const DestroyArguments& arguments,
                             Clock::time_point started) {
  const CommonOptions& common = arguments.common;
  Session session(common);
  leveldb::Status status;
  RunUnstoppable(
      common,
      {"destroying", {"destroyed a part of the store"}, PartText(arguments)},
      started, [&] {
        status = dynamodown::Destroy(session.options(), common.location,
                                     arguments.destroy);
      });
  return status;
}

/// Whether an earlier destroy of an embedded store was stopped when it had
/// removed all files except LOCK.
bool HasRemains(const std::string& location) {
  std::error_code none;
  return IsEmbedded(location) &&
         std::filesystem::exists(PathOf(location) + "/LOCK", none);
}

/// Whether a store that cannot be opened can perhaps be destroyed.
bool CanBeDestroyed(const leveldb::Status& opened) {
  return opened.IsCorruption() || dynamodown::IsMissingStore(opened) ||
         dynamodown::KindOf(opened) == dynamodown::StatusKind::kDestroying;
}

std::string NothingDone(const std::string& why) {
  return why + "; nothing was destroyed";
}

/// Returns the exit status if the table cannot be dropped, because stores
/// besides this one are in it.
std::optional<int> CheckTable(const CommonOptions& common, bool is_missing) {
  Session session(common);
  std::vector<dynamodown::StoreSummary> stores;
  const leveldb::Status listed = dynamodown::ListStores(
      session.options(), TableOf(common.location), &stores);
  const std::string missing = "there is no store " + common.location;
  if (is_missing && listed.IsInvalidArgument()) {
    return NotFound(NothingDone(missing));
  }
  if (!listed.ok()) return Fail(listed, common.location);
  if (stores.size() <= (is_missing ? 0 : 1)) return std::nullopt;
  const std::string others =
      "its table has other stores, so it cannot be dropped; to see them, run: "
      "dynamodown list " +
      Operand(TableOf(common.location));
  return is_missing ? NotFound(NothingDone(missing + ", and " + others))
                    : Fail(NothingDone(others));
}

/// Opens the store, and asks the user. Returns the exit status if nothing is to
/// be destroyed.
std::optional<int> OpenAndAsk(const DestroyArguments& arguments) {
  const CommonOptions& common = arguments.common;
  const bool drops =
      arguments.destroy.drop_table && !IsEmbedded(common.location);
  Session session(common);
  const leveldb::Status opened = session.Open();
  const bool is_missing = IsMissing(common, opened);
  if (is_missing && !drops && !HasRemains(common.location)) {
    return NotFound(NothingDone("there is no store " + common.location));
  }
  if (!opened.ok() && !is_missing && !CanBeDestroyed(opened)) {
    return Fail(opened, common.location);
  }
  // If the store is missing, perhaps the last run deleted it, and ended before
  // it dropped the table. Then the table can still be dropped.
  if (drops && (is_missing || Asks(arguments))) {
    if (const auto done = CheckTable(common, is_missing)) return done;
  }
  if (!Asks(arguments)) return std::nullopt;
  const std::string what =
      is_missing && drops
          ? "the table of " + common.location + ", which has no store"
          : StoreText(common, session.db()) + (drops ? ", and its table" : "");
  if (IsAgreed(what)) return std::nullopt;
  return Fail("nothing was destroyed");
}

int Destroy(const DestroyArguments& arguments) {
  const CommonOptions& common = arguments.common;
  const auto started = Clock::now();
  if (const auto done = OpenAndAsk(arguments)) return *done;
  const leveldb::Status status = DestroyStore(arguments, started);
  if (ErrorIsTerminal()) {
    const Work work = status.ok()
                          ? Work{"destroyed", "store", 1}
                          : Work{"destroyed at most a part of the store"};
    PrintSummary(common, work, started);
  }
  if (status.ok()) return kExitOk;
  std::string failure = Describe(status, common.location);
  if (status.IsIOError()) failure += "; " + PartText(arguments);
  return Fail(failure);
}

}  // namespace

CommandSpec DestroyCommand() {
  const auto arguments = std::make_shared<DestroyArguments>();
  StoreCommandBuilder command("destroy", kDescription, kFooter,
                              &arguments->common);
  command.AddFlag("-y,--yes", "Do not ask", &arguments->yes);
  command.AddFlag("--force",
                  "Also destroy a store without a descriptor: another library "
                  "made it, or a program wrote to it after an earlier destroy",
                  &arguments->destroy.force);
  command.AddFlag("--drop-table",
                  "Also drop the table, which must have no other store",
                  &arguments->destroy.drop_table);
  command.AddQuiet();
  command.AddWriteRate();
  command.AddTable();
  command.AddConnection();
  return command.Build([arguments] { return Destroy(*arguments); });
}

}  // namespace cli
