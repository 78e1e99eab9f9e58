#include "item_commands.h"

#include <string>

#include "command_builder.h"
#include "dyno/flake.h"
#include "format.h"
#include "help.h"
#include "item_format.h"
#include "item_sync_format.h"
#include "json_lines.h"
#include "manual.h"

namespace cli {
namespace {

constexpr size_t kHashDigits = 64;  // of SHA-256, in hexadecimal
constexpr size_t kReplicaDigits = 12;

// ------------------------------------------------- when all arguments are set

void CheckUtf8(const std::string& name, const std::string& text) {
  if (!IsUtf8(text)) {
    throw UsageError(name + " '" + EncodeForLine(Encoding::kText, text) +
                     "' is not UTF-8");
  }
}

void CheckValues(const ItemArguments& item) {
  if (item.verb == ItemVerb::kSettle) return;  // keys
  for (const std::string& value : item.values) {
    CheckUtf8(item.verb == ItemVerb::kUnset    ? "ATTR"
              : item.verb == ItemVerb::kAppend ? "TEXT"
                                               : "VALUE",
              value);
  }
}

void CheckBy(const ItemArguments& item) {
  const bool is_number =
      IsJson(item.by) && item.by.find_first_of("-0123456789") == 0;
  if (!is_number) throw UsageError("BY '" + item.by + "' is no number");
}

void CheckScan(const ItemArguments& item) {
  if (!item.value) return;
  if (item.attribute.empty()) throw UsageError("ATTR is empty");
  if (const Complaint wrong = CheckItemValue(*item.value)) {
    throw UsageError("VALUE " + *wrong + "; a text is in quotes: '\"" +
                     *item.value + "\"'");
  }
}

/// Standard input is checked when it was read.
void CheckObject(const ItemArguments& item) {
  if (!item.object) return;
  if (const Complaint wrong = CheckItemObject(*item.object)) {
    throw UsageError("the argument JSON " + *wrong);
  }
}

void CheckForget(const ItemArguments& item) {
  if (item.replica.empty() && !item.slot) {
    throw UsageError("REPLICA, or --writer SLOT, is missing");
  }
}

void CheckAll(const ItemArguments& item) {
  if (item.all && !item.name.empty()) {
    throw UsageError(item.verb == ItemVerb::kFlatten
                         ? "--all takes no NAME; its time is --until TIMESTAMP"
                         : "--all takes no NAME");
  }
  if (!item.all && item.name.empty()) throw UsageError("NAME is missing");
}

void Finish(ItemVerb verb, CommandLine* line) {
  line->command = Command::kItem;
  ItemArguments& item = line->item;
  item.verb = verb;
  CheckRates(*line);
  CheckUtf8("ATTR", item.attribute);
  CheckValues(item);
  CheckObject(item);
  if (verb == ItemVerb::kInc) CheckBy(item);
  if (verb == ItemVerb::kScan) CheckScan(item);
  if (verb == ItemVerb::kFlatten || verb == ItemVerb::kSettle) CheckAll(item);
  if (verb == ItemVerb::kForget) CheckForget(item);
}

// ------------------------------------------------------------------- setters

void SetTime(const std::string& name, const std::string& value,
             CommandLine* line) {
  const std::optional<std::string> bound = TimeBound(value);
  if (!bound) {
    throw UsageError(name + " '" + value +
                     "' is no timestamp, no beginning of one and no time "
                     "like 2013-03-11T20:46:20Z");
  }
  line->item.timestamp = *bound;
}

/// Of a write that is repeated: one of its own, and whole.
void SetTimestamp(const std::string& value, CommandLine* line) {
  dyno::Flake ignored;
  if (!dyno::Flake::Parse(value, &ignored)) {
    throw UsageError("--timestamp '" + value +
                     "' is no timestamp; the message of the write that failed "
                     "has one");
  }
  line->item.timestamp = value;
}

void SetHash(const std::string& value, CommandLine* line) {
  const bool is_hash =
      value.size() == kHashDigits &&
      value.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!is_hash) {
    throw UsageError("--hash '" + value +
                     "' is no hash; get --json prints one, of 64 digits");
  }
  line->item.hash = value;
}

void SetReplica(const std::string& value, CommandLine* line) {
  const bool is_replica =
      value.size() == kReplicaDigits &&
      value.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!is_replica) {
    throw UsageError("REPLICA '" + value +
                     "' is no replica; item status prints them, of 12 digits");
  }
  line->item.replica = value;
}

void SetSlot(const std::string& value, CommandLine* line) {
  line->item.slot = ParseSlot(value);
  if (!line->item.slot) {
    throw UsageError("--writer '" + value +
                     "' is no slot; item status prints them, of 4 digits");
  }
}

// -------------------------------------------------------------- the commands

class ItemCommands {
 public:
  ItemCommands(CommandSpec* item, CommandLine* line)
      : item_(item), line_(line) {}

  void AddWrites() {
    CommandBuilder put =
        BeginWrite(ItemVerb::kPut, "put", kItemPutHelp, kItemPutFooter);
    AddObject(&put);
    CommandBuilder set =
        BeginWrite(ItemVerb::kSet, "set", kItemSetHelp, kItemSetFooter);
    AddObject(&set);
    CommandBuilder unset =
        BeginWrite(ItemVerb::kUnset, "unset", kItemUnsetHelp, kItemUnsetFooter);
    AddValues(&unset, "ATTR", "Names of attributes").is_required = true;
    CommandBuilder inc =
        BeginWrite(ItemVerb::kInc, "inc", kItemIncHelp, kItemIncFooter);
    AddAttribute(&inc);
    inc.AddArgument("BY", "A number, which may be negative; 1 is the\ndefault",
                    Into(&line_->item.by));
    CommandBuilder append = BeginWrite(ItemVerb::kAppend, "append",
                                       kItemAppendHelp, kItemAppendFooter);
    AddAttribute(&append);
    append
        .AddArgument("TEXT", "What to append",
                     [line = line_](const std::string& text) {
                       line->item.values = {text};
                     })
        .is_required = true;
    CommandBuilder add =
        BeginWrite(ItemVerb::kAdd, "add", kItemAddHelp, kItemAddFooter);
    AddAttribute(&add);
    AddValues(&add, "VALUE", "Texts").is_required = true;
    CommandBuilder remove = BeginWrite(ItemVerb::kRemove, "remove",
                                       kItemRemoveHelp, kItemRemoveFooter);
    AddAttribute(&remove);
    AddValues(&remove, "VALUE", "Texts").is_required = true;
    BeginWrite(ItemVerb::kDel, "del", kItemDelHelp, kItemDelFooter);
  }

  void AddGet() {
    CommandBuilder get =
        Begin(ItemVerb::kGet, "get", kItemGetHelp, kItemGetFooter);
    AddRequiredName(&get);
    get.AddOption("--as-of", "TIMESTAMP", "As it was then", Time("--as-of"));
    get.AddJson("Print an object with all there is to say");
    get.AddTable();
    get.AddConnection();
  }

  void AddHistory() {
    CommandBuilder history = Begin(ItemVerb::kHistory, "history",
                                   kItemHistoryHelp, kItemHistoryFooter);
    AddRequiredName(&history);
    history.AddJson("Print a JSON object a line");
    history.AddTable();
    history.AddConnection();
  }

  void AddFlatten() {
    CommandBuilder flatten = Begin(ItemVerb::kFlatten, "flatten",
                                   kItemFlattenHelp, kItemFlattenFooter);
    AddName(&flatten);
    flatten.AddArgument("TIMESTAMP", "Up to then; none: everything",
                        Time("TIMESTAMP"));
    flatten
        .AddOption(
            "--hash", "HASH", "Up to the change that gave this hash",
            [line = line_](const std::string& value) { SetHash(value, line); })
        .excludes = {"TIMESTAMP"};
    flatten.AddFlag("--all", "Every item; NAME is left out", &line_->item.all)
        .excludes = {"--hash"};
    flatten
        .AddOption("--until", "TIMESTAMP", "With --all: up to then",
                   Time("--until"))
        .needs = {"--all"};
    flatten.AddJson("Print a JSON object");
    flatten.AddTable();
    flatten.AddConnection();
  }

  void AddSettle() {
    CommandBuilder settle =
        Begin(ItemVerb::kSettle, "settle", kItemSettleHelp, kItemSettleFooter);
    AddName(&settle);
    AddValues(&settle, "KEY", "Late operations; none: all of them");
    settle.AddFlag("--all", "Of every item; NAME is left out",
                   &line_->item.all);
    settle.AddFlag("--reapply", "Apply them now, as new operations",
                   &line_->item.reapply);
    settle.AddTable();
    settle.AddConnection();
  }

  void AddQuery() {
    CommandBuilder query =
        Begin(ItemVerb::kQuery, "query", kItemQueryHelp, kItemQueryFooter);
    query
        .AddArgument("FROM", "The first name; empty: from the beginning",
                     Into(&line_->item.from))
        .is_required = true;
    query.AddArgument("TO",
                      "The last name, itself included; none or\nempty: to the "
                      "end",
                      Into(&line_->item.to));
    AddItemsOutput(&query);
  }

  void AddScan() {
    CommandBuilder scan =
        Begin(ItemVerb::kScan, "scan", kItemScanHelp, kItemScanFooter);
    scan.AddArgument("ATTR", "Only items with this attribute ...",
                     Into(&line_->item.attribute))
        .needs = {"VALUE"};
    scan.AddArgument("VALUE", "... that has this value: JSON",
                     Into(&line_->item.value));
    AddItemsOutput(&scan);
  }

  void AddSync() {
    CommandBuilder sync =
        Begin(ItemVerb::kSync, "sync", kItemSyncHelp, kItemSyncFooter);
    sync.AddArgument("OTHER", "The store to exchange with",
                     IntoNotEmpty("OTHER", &line_->item.other))
        .is_required = true;
    sync.AddFlag("--full", "Compare every item, as at a first meeting",
                 &line_->item.full);
    sync.AddJson("Print a JSON object");
    sync.AddTable();
    sync.AddConnection();
  }

  void AddStatus() {
    CommandBuilder status =
        Begin(ItemVerb::kStatus, "status", kItemStatusHelp, kItemStatusFooter);
    status.AddFlag("--late", "List late operations too: reads every item",
                   &line_->item.late);
    status.AddJson("Print a JSON object");
    status.AddTable();
    status.AddConnection();
  }

  void AddReplicate() {
    CommandBuilder replicate = Begin(ItemVerb::kReplicate, "replicate",
                                     kItemReplicateHelp, kItemReplicateFooter);
    replicate
        .AddFlag("--new-id", "It is a copy: give it a replica of its own",
                 &line_->item.new_id)
        .excludes = {"--restored"};
    replicate.AddFlag("--restored", "It is a backup that was restored",
                      &line_->item.restored);
    replicate.AddTable();
    replicate.AddConnection();
  }

  void AddForget() {
    CommandBuilder forget =
        Begin(ItemVerb::kForget, "forget", kItemForgetHelp, kItemForgetFooter);
    forget.AddArgument(
        "REPLICA", "The store of which no more is expected",
        [line = line_](const std::string& value) { SetReplica(value, line); });
    forget
        .AddOption(
            "--writer", "SLOT",
            "Close the place of a writer whose program\nhas ended",
            [line = line_](const std::string& value) { SetSlot(value, line); })
        .excludes = {"REPLICA"};
    forget.AddTable();
    forget.AddConnection();
  }

 private:
  CommandBuilder Begin(ItemVerb verb, const std::string& name,
                       const std::string& description, const char* footer) {
    CommandBuilder begun(item_, line_, name, description, footer);
    begun.set_finish([line = line_, verb] { Finish(verb, line); });
    begun.AddLocation();
    return begun;
  }

  /// Its arguments behind NAME are still to come.
  CommandBuilder BeginWrite(ItemVerb verb, const std::string& name,
                            const std::string& description,
                            const char* footer) {
    CommandBuilder begun = Begin(verb, name, description, footer);
    AddRequiredName(&begun);
    begun.AddOption("--timestamp", "TIMESTAMP",
                    "Repeat a write that failed, and had this\ntimestamp",
                    [line = line_](const std::string& value) {
                      SetTimestamp(value, line);
                    });
    begun.AddTable();
    begun.AddConnection();
    return begun;
  }

  static constexpr char kNameHelp[] = "The item's name, any bytes but none";

  /// Left out with --all.
  void AddName(CommandBuilder* command) {
    command->AddArgument("NAME", kNameHelp, Into(&line_->item.name));
  }

  void AddRequiredName(CommandBuilder* command) {
    command
        ->AddArgument("NAME", kNameHelp,
                      IntoNotEmpty("NAME", &line_->item.name))
        .is_required = true;
  }

  void AddObject(CommandBuilder* command) {
    command->AddArgument("JSON", "An object; none or -: standard input",
                         IntoFile(&line_->item.object));
  }

  void AddAttribute(CommandBuilder* command) {
    command
        ->AddArgument("ATTR", "The attribute's name",
                      Into(&line_->item.attribute))
        .is_required = true;
  }

  ArgumentSpec& AddValues(CommandBuilder* command, const std::string& name,
                          const std::string& description) {
    ArgumentSpec& values = command->AddArgument(
        name, description, [line = line_](const std::string& value) {
          line->item.values.push_back(value);
        });
    values.is_repeated = true;
    return values;
  }

  Setter Time(const std::string& name) {
    return [line = line_, name](const std::string& value) {
      SetTime(name, value, line);
    };
  }

  void AddItemsOutput(CommandBuilder* command) {
    command->AddLimit();
    command->AddFlag("--names-only", "Print no items", &line_->item.names_only);
    command->AddJson("Print a JSON object a line");
    command->AddReadRate();
    command->AddTable();
    command->AddConnection();
  }

  CommandSpec* const item_;
  CommandLine* const line_;
};

}  // namespace

void AddItemCommands(CommandSpec* program, CommandLine* line) {
  CommandBuilder item(program, line, kItemCommand, kItemHelp, kItemFooter);
  ItemCommands commands(item.spec(), line);
  commands.AddWrites();
  commands.AddGet();
  commands.AddHistory();
  commands.AddFlatten();
  commands.AddSettle();
  commands.AddQuery();
  commands.AddScan();
  commands.AddSync();
  commands.AddStatus();
  commands.AddReplicate();
  commands.AddForget();
}

}  // namespace cli
