#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "command_list.h"
#include "dynamodown/dyno.h"
#include "dynamodown/verify.h"
#include "io/message.h"
#include "io/output.h"
#include "io/overlay_env.h"
#include "io/problem_printer.h"
#include "io/run_command.h"
#include "io/session.h"
#include "io/summary.h"
#include "io/terminal.h"
#include "parse/location.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

using dynamodown::Problem;
using leveldb::Status;

constexpr char kDescription[] = "Read a whole store, and list what is damaged.";
constexpr char kFooter[] =
    R"(Reads every record, and changes nothing. The output has a line for each
problem, and a last line with the sums, unless --quiet is given:

  damaged   a file, a part of a file, or a record that cannot be read
  leftover  a file that nothing uses, or a store that is only partly destroyed

If the store holds items, every item is read, too. The exit status is 1 if there
is a problem, and 0 if there is none. On DynamoDB the command costs as much as a
scan of all records, and twice as much if the store holds items.

In an embedded store, a table's index of blocks, its blocks, the logs and the
MANIFEST are checked. If a program has set a filter policy, tables also have
filters; verify checks the filters of LevelDB's own kind, and no others.

Examples:
  dynamodown verify mytable/myhash
  dynamodown verify leveldb:/var/lib/app/db --json
)";

struct VerifyOptions {
  CommonOptions common;
  bool json = false;
};

/// Reads all items of the open store `db`, if it holds items. Returns the
/// Corruption of the first damaged item.
Status ReadItems(dynamodown::Database* db) {
  std::string id;
  const Status found = db->Get(dynamodown::ReadOptions(), kItemsIdKey, &id);
  if (!found.ok()) return found.IsNotFound() ? Status::OK() : found;
  dyno::Store* opened = nullptr;
  const Status status = dyno::Open(dyno::Options(), db, &opened);
  const std::unique_ptr<dyno::Store> items(opened);
  uint64_t count = 0;
  return status.ok() ? items->Count(dyno::QueryOptions(), &count) : status;
}

/// The sizes of a directory's files.
std::map<std::string, uintmax_t> SizesIn(const std::string& directory) {
  std::map<std::string, uintmax_t> sizes;
  std::error_code ignored;
  for (const auto& file :
       std::filesystem::directory_iterator(directory, ignored)) {
    sizes[file.path().filename().string()] = file.file_size(ignored);
  }
  return sizes;
}

class Verification {
 public:
  Verification(const VerifyOptions& verify, Output* output)
      : common_(verify.common),
        location_(verify.common.location),
        session_(verify.common),
        printer_(verify.json, output) {}

  Status Run() {
    const Status status = dynamodown::Verify(
        session_.options(), location_,
        [this](const Problem& problem) { printer_.Print(problem); }, &result_);
    // In a damaged store, the damaged items would be reported twice.
    return status.ok() && result_.damages == 0 ? RunItems() : status;
  }
  /// Prints the last line, unless --quiet is given. Returns the exit status.
  int Finish() {
    if (!common_.quiet) printer_.PrintSums("read", result_, UnitsJson(common_));
    return result_.damages + result_.leftovers == 0 ? kExitOk : kExitNotFound;
  }

 private:
  Status RunItems() {
    // LevelDB recovers an embedded store as it opens the store.
    OverlayEnv overlay;
    dynamodown::Options options = session_.options();
    if (is_embedded_) {
      options.env = &overlay;
    } else if (result_.leftovers > 0) {
      return Status::OK();  // A half destroyed store cannot be opened.
    }
    dynamodown::Database* opened = nullptr;
    Status status = dynamodown::Open(options, location_, &opened);
    const std::unique_ptr<dynamodown::Database> db(opened);
    const bool is_open = status.ok();
    if (is_open) status = ReadItems(db.get());
    // Only a user who may not lock the store can see such a change.
    if (status.IsCorruption() && SizesIn(path_) != before_) {
      return Status::IOError(path_, "was written by a process meanwhile");
    }
    // A query skips the other damaged items, and names the first.
    if (!is_open || !status.IsCorruption()) return status;
    ++result_.damages;
    printer_.Print({Problem::Kind::kDamage, "the items", status.ToString(),
                    /*bytes=*/0});
    return Status::OK();
  }

  const CommonOptions& common_;
  const std::string& location_;
  const bool is_embedded_ = IsEmbedded(location_);
  const std::string path_ = is_embedded_ ? PathOf(location_) : "";
  const std::map<std::string, uintmax_t> before_ = SizesIn(path_);
  Session session_;
  ProblemPrinter printer_;
  dynamodown::VerifyResult result_;
};

int Verify(const VerifyOptions& verify) {
  const auto started = Clock::now();
  const CommonOptions& common = verify.common;
  Output output;
  Verification verification(verify, &output);
  Status status;
  RunUnstoppable(common,
                 {"reading",
                  {"read a part of the store"},
                  "the rest of " + common.location + " may be damaged"},
                 started, [&] { status = verification.Run(); });
  if (!status.ok()) {
    const int printed = Finish(&output);
    if (ErrorIsTerminal()) {
      PrintConsumed(common, {"read a part of the store"}, started);
    }
    return printed == kExitOk ? Fail(status, common.location) : printed;
  }
  const int found = verification.Finish();
  const int printed = Finish(&output);
  if (ErrorIsTerminal() && !IsEmbedded(common.location)) {
    PrintSummary(common, {"read " + common.location}, started);
  }
  return printed == kExitOk ? found : printed;
}

}  // namespace

CommandSpec VerifyCommand() {
  const auto verify = std::make_shared<VerifyOptions>();
  StoreCommandBuilder command("verify", kDescription, kFooter, &verify->common);
  command.AddJson("Print one JSON object per line", &verify->json);
  command.AddQuiet();
  command.AddReadRate();
  command.AddTable();
  command.AddConnection();
  return command.Build([verify] { return Verify(*verify); });
}

}  // namespace cli
