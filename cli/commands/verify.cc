#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "command_list.h"
#include "dynamodown/dyno.h"
#include "dynamodown/verify.h"
#include "io/file.h"
#include "io/message.h"
#include "io/output.h"
#include "io/problem_printer.h"
#include "io/session.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

using dynamodown::Problem;
using leveldb::Status;

constexpr char kDescription[] = "Read a whole store, and list what is damaged.";
constexpr char kFooter[] =
    R"(Reads every record, and changes nothing. The output has a line for each
problem, and a last line with the sums:

  damaged   a file, a part of a file, or a record that cannot be read
  leftover  a file that nothing uses, or a store that is only partly destroyed

If the store holds items, every item is read, too. The exit status is 1 if there
is a problem, and 0 if there is none. On DynamoDB the command costs as much as a
scan of all records, and twice as much if the store holds items.

Examples:
  dynamodown verify mytable/myhash
  dynamodown verify leveldb:/var/lib/app/db --json
)";

struct VerifyOptions {
  CommonOptions common;
  bool json = false;
};

/// A temporary directory with links to an embedded store's tables, and copies
/// of its other files. LevelDB can open the directory as a store, and changes
/// only the directory. LevelDB never writes to a table that exists.
class Shadow {
 public:
  ~Shadow() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Status Make(const std::filesystem::path& store) {
    namespace fs = std::filesystem;
    try {
      std::string path = fs::temp_directory_path() / "dynamodown-verify-XXXXXX";
      if (mkdtemp(path.data()) == nullptr) {
        return Status::IOError(Cannot("make", path));
      }
      path_ = path;
      for (const fs::directory_entry& file : fs::directory_iterator(store)) {
        const fs::path target = path_ / file.path().filename();
        const fs::path extension = file.path().extension();
        if (extension == ".ldb" || extension == ".sst") {
          fs::create_symlink(fs::absolute(file.path()), target);
        } else if (file.is_regular_file() && file.path().filename() != "LOCK") {
          fs::copy_file(file.path(), target);
        }
      }
    } catch (const fs::filesystem_error& error) {
      return Status::IOError(error.what());
    }
    return Status::OK();
  }
  std::string location() const { return "leveldb:" + path_.string(); }

 private:
  std::filesystem::path path_;
};

/// Reads all items of the open store `db`, if it holds items. Reports a problem
/// through `report`.
template <class Report>
Status VerifyItems(dynamodown::Database* db, const Report& report) {
  std::string id;
  const Status found = db->Get(dynamodown::ReadOptions(), kItemsIdKey, &id);
  if (found.IsNotFound()) return Status::OK();
  if (!found.ok()) return found;
  dyno::Store* opened = nullptr;
  Status status = dyno::Open(dyno::Options(), db, &opened);
  const std::unique_ptr<dyno::Store> items(opened);
  uint64_t count = 0;
  if (status.ok()) status = items->Count(dyno::QueryOptions(), &count);
  // A query skips the other damaged items, and names the first.
  if (!status.IsCorruption()) return status;
  report("the items", status.ToString());
  return Status::OK();
}

void Add(const dynamodown::Stats& more, dynamodown::Stats* stats) {
  stats->requests += more.requests;
  stats->retries += more.retries;
  stats->ambiguous_retries += more.ambiguous_retries;
  stats->throttles += more.throttles;
  stats->unprocessed += more.unprocessed;
  stats->bytes_sent += more.bytes_sent;
  stats->bytes_received += more.bytes_received;
  stats->read_units += more.read_units;
  stats->write_units += more.write_units;
}

class Verification {
 public:
  Verification(const VerifyOptions& verify, Output* output)
      : location_(verify.common.location),
        session_(verify.common),
        printer_(verify.json, output) {}

  Status Run() {
    const Status status = dynamodown::Verify(
        session_.options(), location_,
        [this](const Problem& problem) { printer_.Print(problem); }, &result_,
        stats_);
    // In a damaged store, the damaged items would be reported twice.
    return status.ok() && result_.damages == 0 ? RunItems() : status;
  }
  /// Prints the last line. Returns the exit status.
  int Finish() {
    printer_.PrintSums("read", result_);
    return result_.damages + result_.leftovers == 0 ? kExitOk : kExitNotFound;
  }

 private:
  Status RunItems() {
    constexpr std::string_view kEmbedded = "leveldb:";
    std::string location = location_;
    Shadow shadow;
    if (location.starts_with(kEmbedded)) {
      const Status made = shadow.Make(location.substr(kEmbedded.size()));
      if (!made.ok()) return made;
      location = shadow.location();
    } else if (result_.leftovers > 0) {
      return Status::OK();  // A half destroyed store cannot be opened.
    }
    dynamodown::Database* opened = nullptr;
    const Status status =
        dynamodown::Open(session_.options(), location, &opened);
    const std::unique_ptr<dynamodown::Database> db(opened);
    if (!status.ok()) return status;
    const Status read =
        VerifyItems(db.get(), [this](const char* where, std::string what) {
          ++result_.damages;
          printer_.Print(
              {Problem::Kind::kDamage, where, std::move(what), /*bytes=*/0});
        });
    Add(db->GetStats(), stats_);
    return read;
  }

  const std::string& location_;
  Session session_;
  dynamodown::Stats* const stats_ = session_.stats();
  ProblemPrinter printer_;
  dynamodown::VerifyResult result_;
};

int Verify(const VerifyOptions& verify) {
  Output output;
  Verification verification(verify, &output);
  const Status status = verification.Run();
  if (!status.ok()) {
    const int printed = Finish(&output);
    return printed == kExitOk ? Fail(status, verify.common.location) : printed;
  }
  const int found = verification.Finish();
  const int printed = Finish(&output);
  return printed == kExitOk ? found : printed;
}

}  // namespace

CommandSpec VerifyCommand() {
  const auto verify = std::make_shared<VerifyOptions>();
  StoreCommandBuilder command("verify", kDescription, kFooter, &verify->common);
  command.AddJson("Print one JSON object per line", &verify->json);
  command.AddReadRate();
  command.AddTable();
  command.AddConnection();
  return command.Build([verify] { return Verify(*verify); });
}

}  // namespace cli
