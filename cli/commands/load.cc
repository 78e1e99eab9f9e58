#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>

#include "command_list.h"
#include "io/checkpoint.h"
#include "io/file.h"
#include "io/interrupt.h"
#include "io/message.h"
#include "io/session.h"
#include "io/summary.h"
#include "io/transfer.h"
#include "parse/json_lines.h"
#include "parse/line_reader.h"
#include "parse/location.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

using dynamodown::Database;
using leveldb::Status;
using Outcome = LineReader::Outcome;

constexpr char kDescription[] = "Store the records of a dump.";
constexpr char kFooter[] =
    R"(The input has the form that 'dump' and 'scan --json' print; blank lines
are skipped. A value that exists is replaced. If two lines have the same key,
the later line counts. Once there is a record to load, a missing store is
created, and so is a missing table.

A line that is no record ends the load, and the message has the line's number.
All lines before this line are loaded, and none after it. A line may have up to
64 MB.

If a load with --checkpoint stops for any reason, the same command continues
where the load stopped. The checkpoint is written about twice a second and after
every 2,000 records, and removed when everything is loaded. A checkpoint of
another input or another store is refused, and so is a checkpoint that another
load is using. Without a checkpoint, loading again from the start is safe, but
costs the same again, and needs --force in a store of items.

Examples:
  dynamodown load mytable/myhash my.dump
  dynamodown load mytable/myhash my.dump --checkpoint my.checkpoint
  dynamodown load mytable/myhash my.dump --max-wcu 100
  dynamodown dump leveldb:/var/lib/app/db | dynamodown load mytable/myhash
)";

constexpr LineKind kRecords = {ParseRecord, "loading", "loaded", "record"};

struct LoadOptions {
  CommonOptions common;
  std::optional<std::string> input;  // none: standard input
  std::optional<std::string> checkpoint;
  bool creates = true;  // creates a missing store
};

/// A load under way.
struct Loading {
  explicit Loading(const CommonOptions& common) : session(common) {}

  File input;
  std::optional<LineReader> reader;
  Checkpoint checkpoint;
  Place start;
  Session session;
};

std::string Advice(const std::string& checkpoint) {
  return "; remove " + checkpoint + " to load the whole input";
}

/// Whether the checkpoint names its store differently than `location` does.
/// Both names may still mean the same store.
bool IsNamedOther(const CheckpointFields& found, const std::string& location) {
  return CanonicalLocation(location) != CanonicalLocation(found.location) &&
         location + "/!" != found.location;
}

/// "it belongs to another store, shop/main; ..."
std::string OfOther(const CheckpointFields& found) {
  return "it belongs to another store, " + found.location +
         "; give this load another checkpoint";
}

/// Opens the checkpoint. If there is a checkpoint, skips the lines that it
/// counts as loaded, and sets `*place` to the end of these lines and `*last` to
/// the last record in them.
Complaint FindCheckpoint(const LoadOptions& load, Checkpoint* checkpoint,
                         LineReader* reader,
                         std::optional<CheckpointFields>* found, Place* place,
                         Operation* last) {
  const std::string& path = *load.checkpoint;
  if (Complaint c = checkpoint->Open(path, found)) return c;
  if (!*found) return std::nullopt;
  Complaint misfit = SkipLoaded(**found, reader, place, last);
  if (!misfit) return std::nullopt;
  if (IsNamedOther(**found, load.common.location)) {
    *misfit += "; it belongs to the store " + (*found)->location;
  }
  return path + ": " + *misfit + Advice(path);
}

/// Looks at the first line before a store is created. Returns the exit status
/// if the input is empty or the first line is no record.
std::optional<int> LookAtFirst(const LoadOptions& load, const File& input,
                               LineReader* reader) {
  const Outcome outcome = reader->Next();
  if (outcome == Outcome::kEnd) {
    if (!load.common.quiet) {
      Note(input.name() + " is empty, so the store " + load.common.location +
           " was not created; to create it, run: dynamodown create " +
           Operand(load.common.location));
    }
    return kExitOk;
  }
  if (IsInterrupted()) return Fail("stopped: nothing was loaded");
  if (outcome == Outcome::kFailed) return Fail(Cannot("read", input.name()));
  Operation first;
  const Complaint wrong = outcome == Outcome::kTooLong ? TooLong()
                          : IsBlank(reader->line())
                              ? std::nullopt
                              : ParseRecord(reader->line(), &first);
  if (wrong) {
    return Fail(fmt::format("{}; line 1: {}; the store was not created",
                            DoneText(kRecords, 0, 0, 1), *wrong));
  }
  reader->Again();
  return std::nullopt;
}

/// If the checkpoint has no store id, perhaps the open store is another store
/// of the same name. So at least the last loaded record, whose value is `last`,
/// must be in the open store.
Complaint CheckLastRecord(const CheckpointFields& found,
                          const std::string& last, Database* db) {
  if (!found.id.empty() || found.line == 0) return std::nullopt;
  std::string value;
  const Status status = db->Get(dynamodown::ReadOptions(), found.key, &value);
  if (status.ok() && value == last) return std::nullopt;
  if (status.ok()) {
    return "the last record that was loaded has another value in the store, "
           "which was changed since, or is another store with the same name";
  }
  if (!status.IsNotFound()) return Describe(status, found.location);
  return "the last record that was loaded is not in the store, which may be "
         "another store with the same name";
}

/// Checks that the checkpoint belongs to the open store.
Complaint CheckStore(const CheckpointFields& found, const std::string& path,
                     const std::string& last, Database* db) {
  const dynamodown::StoreInfo info = db->GetInfo();
  Complaint complaint;
  if (IsOf(found, info)) {
    complaint = CheckLastRecord(found, last, db);
  } else if (IsNamedOther(found, info.location)) {
    return OfOther(found);
  } else {
    complaint = "it belongs to another store with the same name";
  }
  if (complaint) *complaint += Advice(path);
  return complaint;
}

/// Opens the store. Creates a missing store if there is something to load.
/// Returns the exit status if the load ends here.
std::optional<int> OpenStore(const LoadOptions& load, const File& input,
                             const std::optional<CheckpointFields>& found,
                             const std::string& last, LineReader* reader,
                             Session* session) {
  Status status = session->Open();
  if (status.ok() && !found) status = session->CheckNoItems();
  if (!found && load.creates && dynamodown::IsMissingStore(status)) {
    if (const auto nothing = LookAtFirst(load, input, reader)) {
      return nothing;
    }
    session->options().create_if_missing = true;
    status = session->Open();
  }
  if (found && dynamodown::IsMissingStore(status)) {
    const std::string& location = load.common.location;
    return Fail(*load.checkpoint + ": " +
                (IsNamedOther(*found, location)
                     ? OfOther(*found) + "; there is no store " + location
                     : "its store does not exist" + Advice(*load.checkpoint)));
  }
  if (!status.ok()) return Fail(status, load.common.location);
  if (!found) return std::nullopt;
  if (const Complaint c =
          CheckStore(*found, *load.checkpoint, last, session->db())) {
    return Fail(*load.checkpoint + ": " + *c);
  }
  return std::nullopt;
}

/// Says where a resumed load continues.
void NoteResumed(const LoadOptions& load, const Place& start) {
  if (load.common.quiet || start.line == 0) return;
  Note(fmt::format("continuing after line {} of {}: {} loaded before",
                   start.line, load.input.value_or("standard input"),
                   CountText(start.records, "record")));
}

/// The load up to its first write. Returns the exit status if the load ends
/// here.
std::optional<int> Begin(const LoadOptions& load, InterruptWatch* watch,
                         Loading* loading) {
  const auto started = Clock::now();
  const StopReport report(watch, [&] {
    PrintConsumed(load.common, {kRecords.done, kRecords.noun}, started);
    Fail("stopped: nothing was loaded");
  });
  File& input = loading->input;
  if (Complaint c = OpenInput(load.input, &input)) return Fail(*c);
  LineReader& reader = loading->reader.emplace(BytesOf(input.fd()));
  std::optional<CheckpointFields> found;
  Operation last;
  if (load.checkpoint) {
    if (Complaint c = FindCheckpoint(load, &loading->checkpoint, &reader,
                                     &found, &loading->start, &last)) {
      return Fail(*c);
    }
  }
  Session& session = loading->session;
  if (const auto done =
          OpenStore(load, input, found, last.value, &reader, &session)) {
    return *done;
  }
  if (load.checkpoint) {
    const CheckpointFields store = CheckpointOf(session.db()->GetInfo());
    if (Complaint c = loading->checkpoint.Begin(store)) return Fail(*c);
  }
  NoteResumed(load, loading->start);
  return std::nullopt;
}

int Load(const LoadOptions& load) {
  InterruptWatch watch([&] { PrintTotals(load.common); });
  Loading loading(load.common);
  if (const auto done = Begin(load, &watch, &loading)) return *done;
  const int exit_status = Transfer(
      load.common,
      {kRecords, load.checkpoint ? &loading.checkpoint : nullptr,
       load.input.value_or(""), &watch},
      loading.input, &*loading.reader, loading.start, &loading.session);
  if (exit_status != kExitOk || !load.checkpoint) return exit_status;
  const Complaint removed = loading.checkpoint.Remove();
  return removed ? Fail(*removed + "; everything is loaded") : kExitOk;
}

}  // namespace

CommandSpec LoadCommand() {
  const auto load = std::make_shared<LoadOptions>();
  StoreCommandBuilder command("load", kDescription, kFooter, &load->common);
  command.AddInput(&load->input);
  command.AddOption("--checkpoint", "FILE",
                    "Record progress in this file, and continue from there",
                    Into(&load->checkpoint));
  command.AddFlag("--no-create", "Do not create a missing store",
                  [&creates = load->creates] { creates = false; });
  command.AddQuiet();
  command.AddWriteRate();
  command.AddForce();
  command.AddTable();
  command.AddConnection();
  return command.Build([load] { return Load(*load); });
}

}  // namespace cli
