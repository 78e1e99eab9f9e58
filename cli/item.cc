// A command opens the store, then the items in it, and makes one call: what an
// operation does, and what of it is written, is dyno's business.

#include "item.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command_line.h"
#include "format.h"
#include "item_format.h"
#include "item_store.h"
#include "item_sync.h"
#include "json_lines.h"
#include "message.h"
#include "output.h"
#include "standard_input.h"

namespace cli {
namespace {

using leveldb::Status;

int NoSuchItem(const ItemArguments& item) {
  return NotFound("there is no item " + Shown(item.name));
}

// --------------------------------------------------------------- operations

/// `{"attribute":value}`; `value` is JSON.
std::string ObjectOf(const std::string& attribute, const std::string& value) {
  return "{" + JsonString(attribute) + ":" + value + "}";
}

std::string ArrayOf(const std::vector<std::string>& strings) {
  std::string array;
  for (const std::string& each : strings) {
    array += (array.empty() ? "" : ",") + JsonString(each);
  }
  return "[" + array + "]";
}

Status Write(const ItemArguments& item, const std::string& object,
             dyno::Store* store) {
  dyno::WriteOptions options;
  options.timestamp = item.timestamp;
  const std::string& name = item.name;
  switch (item.verb) {
    case ItemVerb::kPut:
      return store->PutItem(options, name, object);
    case ItemVerb::kSet:
      return store->PutAttrs(options, name, object);
    case ItemVerb::kUnset:
      return store->DelAttrs(options, name, item.values);
    case ItemVerb::kInc:
      return store->IncAttrs(options, name, ObjectOf(item.attribute, item.by));
    case ItemVerb::kAppend:
      return store->AppendAttrs(
          options, name,
          ObjectOf(item.attribute, JsonString(item.values.at(0))));
    case ItemVerb::kAdd:
      return store->AddToSet(options, name,
                             ObjectOf(item.attribute, ArrayOf(item.values)));
    case ItemVerb::kRemove:
      return store->DelFromSet(options, name,
                               ObjectOf(item.attribute, ArrayOf(item.values)));
    default:
      return store->DelItem(options, name);
  }
}

int Write(const CommandLine& line) {
  const ItemArguments& item = line.item;
  std::string object = item.object.value_or("");
  const bool is_put = item.verb == ItemVerb::kPut;
  if ((is_put || item.verb == ItemVerb::kSet) && !item.object) {
    if (const Complaint c = ReadStandardInput(&object)) return Fail(*c);
    // It is in the place of an argument, and wrong like one.
    if (const Complaint wrong = CheckItemObject(object)) {
      return Misuse(is_put ? "item put" : "item set",
                    "standard input " + *wrong);
    }
  }
  Items items(line);
  Status status = items.Open();
  std::optional<std::string> other;
  if (status.ok()) status = items.FindOthers(&other);
  if (other) return RefuseOthers(line.location, *other);
  if (status.ok()) status = Write(item, object, items.store());
  return status.ok() ? kExitOk : Fail(status, line.location);
}

// --------------------------------------------------------------- get, history

/// What a reader of the item alone would not see; empty when there is nothing.
std::string NotApplied(const CommandLine& line, const dyno::Item& item) {
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
      is_one ? "" : "s", ShellWord(line.location), ShellWord(line.item.name),
      item.late.empty() ? "" : ", and dynamodown help item settle");
}

int Get(const CommandLine& line) {
  Items items(line);
  Status status = items.Open();
  dyno::Item item;
  const std::string& as_of = line.item.timestamp;
  if (status.ok()) {
    status = as_of.empty() ? items->GetItem(line.item.name, &item)
                           : items->GetItemAsOf(line.item.name, as_of, &item);
  }
  if (!status.ok()) return Fail(status, line.location);
  const std::string not_applied = NotApplied(line, item);
  if (!item.exists) {
    std::string message = "there is no item " + Shown(line.item.name);
    if (!as_of.empty()) message += " as of then";
    if (!not_applied.empty()) message += "; " + not_applied;
    return NotFound(message);
  }
  Output output;
  output.Write((line.json ? ItemJson(item) : JsonForLine(item.json)) + '\n');
  const int exit_status = Finish(&output);
  if (!line.json && !not_applied.empty()) Note(not_applied);
  return exit_status;
}

int History(const CommandLine& line) {
  Items items(line);
  Status status = items.Open();
  Output output;
  bool is_there = false;
  if (status.ok()) {
    status =
        items->History(line.item.name, [&](const dyno::HistoryEntry& entry) {
          is_there = true;
          return output.Write(line.json ? EntryJson(entry) + '\n'
                                        : EntryText(entry));
        });
  }
  const int exit_status = Finish(&output);
  if (!status.ok()) return Fail(status, line.location);
  return is_there ? exit_status : NoSuchItem(line.item);
}

// ------------------------------------------------------------ flatten, settle

int Flatten(const CommandLine& line) {
  const ItemArguments& asked = line.item;
  Items items(line);
  Status status = items.Open();
  if (!status.ok()) return Fail(status, line.location);
  dyno::FlattenResult result;
  if (asked.all) {
    status = items->FlattenAll(asked.timestamp, &result);
  } else {
    dyno::FlattenOptions options;
    options.timestamp = asked.timestamp;
    options.hash = asked.hash;
    status = items->Flatten(asked.name, options, &result);
    dyno::Item item;
    if (status.IsInvalidArgument() && items->GetItem(asked.name, &item).ok() &&
        item.records == 0) {
      return NoSuchItem(asked);
    }
  }
  // What was done before it failed is done.
  Output output;
  const bool is_something = status.ok() || result.folded > 0;
  if (is_something && line.json) {
    output.Write("{" + JsonMember("timestamp", result.timestamp) +
                 fmt::format(",\"folded\":{},\"steps\":{}}}\n", result.folded,
                             result.steps));
  } else if (is_something) {
    output.Write(fmt::format(
        "{} operation{} folded{}\n", result.folded,
        result.folded == 1 ? "" : "s",
        result.timestamp.empty() ? "" : ", up to " + result.timestamp));
  }
  const int exit_status = Finish(&output);
  return status.ok() ? exit_status : Fail(status, line.location);
}

using Tell = std::function<void(const std::string& key)>;

/// The keys that were asked for, or all that the item has; tells each that is
/// done.
Status SettleOne(const ItemArguments& asked, const dyno::Item& item,
                 dyno::Store* store, const Tell& tell) {
  std::vector<std::string> late = asked.values;
  if (late.empty()) {
    for (const dyno::LateRecord& record : item.late) late.push_back(record.key);
  }
  if (late.empty()) return Status::OK();
  if (!asked.reapply) {
    const Status status = store->Settle(dyno::WriteOptions(), item.name, late);
    if (status.ok()) std::for_each(late.begin(), late.end(), tell);
    return status;
  }
  for (const std::string& key : late) {
    const Status status = store->Reapply(dyno::WriteOptions(), item.name, key);
    if (!status.ok()) return status;
    tell(key);
  }
  return Status::OK();
}

/// An item that fails does not keep the others from being settled.
Status SettleAll(const ItemArguments& asked, dyno::Store* store,
                 Output* output) {
  Status first;
  dyno::QueryOptions options;
  options.deleted = true;
  const Status read = store->Query(options, [&](const dyno::Item& item) {
    const Status status =
        SettleOne(asked, item, store, [&](const std::string& key) {
          output->Write(Shown(item.name) + '\t' + key + '\n');
        });
    if (first.ok()) first = status;
    return true;
  });
  return first.ok() ? read : first;
}

int Settle(const CommandLine& line) {
  const ItemArguments& asked = line.item;
  Items items(line);
  Status status = items.Open();
  if (!status.ok()) return Fail(status, line.location);
  Output output;
  if (asked.all) {
    status = SettleAll(asked, items.store(), &output);
  } else {
    dyno::Item item;
    status = items->GetItem(asked.name, &item);
    if (status.ok() && item.records == 0) return NoSuchItem(asked);
    if (status.ok()) {
      status = SettleOne(
          asked, item, items.store(),
          [&output](const std::string& key) { output.Write(key + '\n'); });
    }
  }
  const int exit_status = Finish(&output);
  return status.ok() ? exit_status : Fail(status, line.location);
}

// ---------------------------------------------------------------- query, scan

std::string Record(const CommandLine& line, const dyno::Item& item) {
  if (line.json && line.item.names_only) {
    return "{" + JsonMember("name", item.name) + "}\n";
  }
  if (line.json) return ItemJson(item) + '\n';
  if (line.item.names_only) return Shown(item.name) + '\n';
  return Shown(item.name) + '\t' + JsonForLine(item.json) + '\n';
}

/// query has no attribute, scan no bounds.
int Query(const CommandLine& line) {
  Items items(line);
  Status status = items.Open();
  if (!status.ok()) return Fail(status, line.location);
  dyno::QueryOptions options;
  options.from = line.item.from;
  options.to = line.item.to;
  options.attribute = line.item.attribute;
  options.value = line.item.value.value_or("");
  Output output;
  const uint64_t limit = line.limit.value_or(UINT64_MAX);
  uint64_t printed = 0;
  if (limit > 0) {
    status = items->Query(options, [&](const dyno::Item& item) {
      return output.Write(Record(line, item)) && ++printed < limit;
    });
  }
  const int exit_status = Finish(&output);  // before anybody reads of an error
  return status.ok() ? exit_status : Fail(status, line.location);
}

}  // namespace

int Item(const CommandLine& line) {
  switch (line.item.verb) {
    case ItemVerb::kPut:
    case ItemVerb::kSet:
    case ItemVerb::kUnset:
    case ItemVerb::kInc:
    case ItemVerb::kAppend:
    case ItemVerb::kAdd:
    case ItemVerb::kRemove:
    case ItemVerb::kDel:
      return Write(line);
    case ItemVerb::kGet:
      return Get(line);
    case ItemVerb::kHistory:
      return History(line);
    case ItemVerb::kFlatten:
      return Flatten(line);
    case ItemVerb::kSettle:
      return Settle(line);
    case ItemVerb::kQuery:
    case ItemVerb::kScan:
      return Query(line);
    case ItemVerb::kSync:
      return SyncItems(line);
    case ItemVerb::kStatus:
      return ShowItemStatus(line);
    case ItemVerb::kReplicate:
      return ReplicateItems(line);
    case ItemVerb::kForget:
      return ForgetReplica(line);
  }
  return kExitFailure;
}

}  // namespace cli
