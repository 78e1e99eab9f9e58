#include <fmt/format.h>

#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/shell_word.h"
#include "command_list.h"
#include "dyno/flake.h"
#include "io/message.h"
#include "io/output.h"
#include "items/arguments.h"
#include "items/item_format.h"
#include "items/item_store.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Print an item.";
constexpr char kFooter[] =
    R"(Prints the item as JSON in one line. --json prints an object with the
members "item", "name", "timestamp" and "time" (both of the last change),
"changes" (the number of changes), "hash" (of all changes), "records" (the
number of records stored now), "late" and "unknown".

If an operation arrives after its item was flattened beyond the operation's
time, the operation is late: it is kept, but not applied. A line on standard
error reports late operations. The command 'item history' shows late operations,
and 'item settle' deals with them.

--as-of takes any of these:

  TIMESTAMP       a timestamp that 'item history' prints, or its first parts
  BEGINNING       the first digits of a timestamp, if they are the beginning of
                  only one of the item's timestamps
  DATE            2013-03-11
  DATE TIME       2013-03-11T20:46:20.910Z, '2013-03-11 20:46',
                  '2013-03-11 20:46 +01:00'
  N UNIT ago      '2h ago', '90 minutes ago', '1d 12h ago'; units are ms, s, m,
                  h, d and w

Times without a zone are in UTC, as 'item history' prints them. A time includes
its own last millisecond: a date means the end of that day. States from before a
flatten are no longer known.

The exit status is 1 if there is no such item.

Examples:
  dynamodown item get mytable/users kim
  dynamodown item get mytable/users kim --json | jq .changes
  dynamodown item get mytable/users kim --as-of '2h ago'
  dynamodown item get mytable/users kim --as-of 2013-03-11T20:46:20Z
)";

struct GetOptions {
  CommonOptions common;
  std::string name;
  std::optional<TimeBound> as_of;  // none: now
  bool json = false;
};

/// A note on late and unknown operations; empty if there are none.
std::string NotApplied(const GetOptions& get, const dyno::Item& item) {
  if (item.late.empty() && item.unknown.empty()) return "";
  std::string what;
  if (!item.late.empty()) what = fmt::format("{} late", item.late.size());
  if (!item.unknown.empty()) {
    what += fmt::format("{}{} unknown", what.empty() ? "" : " and ",
                        item.unknown.size());
  }
  const bool is_one = item.late.size() + item.unknown.size() == 1;
  return fmt::format(
      "not applied: {} operation{}; see: dynamodown item history {} {}{}", what,
      is_one ? "" : "s", Operand(get.common.location),
      dynamodown::ShellWord(get.name),
      item.late.empty() ? "" : ", and dynamodown help item settle");
}

/// Replaces a fragment of a timestamp by the item's only timestamp that begins
/// with the fragment. If the item has no such timestamp, or more than one,
/// `*complaint` says so.
leveldb::Status Complete(const std::string& name, dyno::Store* store,
                         TimeBound* bound, std::string* complaint) {
  if (!bound->is_fragment) return leveldb::Status::OK();
  std::set<std::string> found;
  const leveldb::Status status =
      store->History(name, [&](const dyno::HistoryEntry& entry) {
        if (entry.timestamp.starts_with(bound->text)) {
          found.insert(entry.timestamp);
        }
        return true;
      });
  if (!status.ok()) return status;
  if (found.empty()) {
    *complaint = fmt::format("no timestamp of {} begins with {}", Shown(name),
                             bound->text);
  } else if (found.size() > 1) {
    *complaint = fmt::format(
        "{} timestamps of {} begin with {}; the first two are {} and {}",
        found.size(), Shown(name), bound->text, *found.begin(),
        *std::next(found.begin()));
  } else {
    *bound = {*found.begin()};
  }
  return status;
}

std::string TimeOf(const TimeBound& bound) {
  dyno::Flake flake;
  return dyno::Flake::ParseBound(bound.text, &flake) ? flake.ToTime()
                                                     : bound.text;
}

int Get(const GetOptions& get) {
  Items items(get.common);
  leveldb::Status status = items.Open();
  dyno::Item item;
  std::string time;  // as --as-of was understood
  if (status.ok() && !get.as_of) {
    status = items->GetItem(get.name, &item);
  } else if (status.ok()) {
    TimeBound as_of = *get.as_of;
    std::string complaint;
    status = Complete(get.name, items.store(), &as_of, &complaint);
    if (!complaint.empty()) return Misuse("item get", "--as-of: " + complaint);
    time = TimeOf(as_of);
    if (status.ok()) status = items->GetItemAsOf(get.name, as_of.text, &item);
  }
  if (!status.ok()) return Fail(status, get.common.location);
  const std::string not_applied = NotApplied(get, item);
  if (!item.exists) {
    std::string message = !get.as_of ? "there is no item " + Shown(get.name)
                                     : "there was no item " + Shown(get.name) +
                                           " at the time of --as-of, " + time;
    if (!not_applied.empty()) message += "; " + not_applied;
    return NotFound(message);
  }
  Output output;
  output.Write((get.json ? ItemJson(item) : JsonForLine(item.json)) + '\n');
  const int exit_status = Finish(&output);
  if (!get.json && !not_applied.empty()) Note(not_applied);
  return exit_status;
}

}  // namespace

CommandSpec ItemGetCommand() {
  const auto get = std::make_shared<GetOptions>();
  StoreCommandBuilder command("get", kDescription, kFooter, &get->common);
  AddRequiredItemName(&command, &get->name);
  command.AddOption("--as-of", "TIME", "Print the item as it was at this time",
                    [as_of = &get->as_of](const std::string& value) {
                      IntoTimeBound("--as-of", &as_of->emplace())(value);
                    });
  command.AddJson("Print an object with everything about the item", &get->json);
  command.AddTable();
  command.AddConnection();
  return command.Build([get] { return Get(*get); });
}

}  // namespace cli
