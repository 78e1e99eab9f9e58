#include "db/embedded_doctor.h"

#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/shell_word.h"
#include "db/embedded_open.h"
#include "db/to_status.h"

namespace dynamodown {
namespace {

using leveldb::Status;
using Outcome = Finding::Outcome;

class EmbeddedExamination {
 public:
  EmbeddedExamination(const Options& options, const std::string& path,
                      const std::string& location,
                      std::vector<Finding>* findings)
      : options_(options),
        path_(path),
        location_(ShellWord(location)),
        findings_(*findings) {}

  void Run() {
    Inspection inspection;
    const Status status = InspectEmbedded(options_, path_, &inspection);
    if (!status.ok()) {
      Fail("store", status.ToString(), AdviceFor(status));
      return;
    }
    CheckDirectory();
    ReportFiles(inspection);
    if (!inspection.damage.empty()) return;
    const Status comparable = CheckComparator(options_, path_, inspection);
    if (!comparable.ok()) {
      Fail("store", comparable.ToString(),
           "use the program that made the database, or another directory; in "
           "C++, set Options::comparator to a comparator of that name");
      return;
    }
    findings_.push_back(
        {"store",
         Outcome::kOk,
         "the logs and the list of files are undamaged; the tables "
         "were not read (dynamodown verify reads them)",
         {}});
  }

 private:
  void Fail(std::string check, std::string found, std::string advice) {
    findings_.push_back({std::move(check), Outcome::kFailed, std::move(found),
                         std::move(advice)});
  }

  std::string AdviceFor(const Status& status) const {
    if (IsMissingStore(status)) {
      return "check the path, or create the store: dynamodown create " +
             location_;
    }
    if (IsLockedHere(status)) {
      return "close the store in this process first, or ask its open database";
    }
    if (IsLockedStore(status)) {
      return "end the process that has the store open, or wait until it ends";
    }
    if (status.IsNotSupportedError()) {
      return "open the database with the program that made it";
    }
    if (status.IsInvalidArgument()) {
      return "check the path; a store needs a directory of its own";
    }
    return "check the path, and the permissions of the directory and its "
           "files";
  }

  void CheckDirectory() {
    // access(2) checks the rights of the real user. If the effective user is
    // another user, the finding may be wrong. That is acceptable for advice.
    for (const std::string& name : {path_, path_ + "/LOCK"}) {
      if (access(name.c_str(), W_OK) == 0) continue;
      const int reason = errno;
      if (reason != EACCES && reason != EROFS) continue;
      Fail("directory",
           name +
               " cannot be written: " + std::generic_category().message(reason),
           "give this user permission to write there, or copy the store to a "
           "directory that can be written: LevelDB writes files even if a "
           "program only reads the store");
      return;
    }
  }

  void ReportFiles(const Inspection& inspection) {
    if (!inspection.damage.empty()) {
      const FileDamage& first = inspection.damage.front();
      const size_t others = inspection.damage.size() - 1;
      Fail("files",
           path_ + "/" + first.file + " " + first.what +
               (others == 0 ? "" : ", and " + std::to_string(others) + " more"),
           "restore a backup; or list the damage with dynamodown verify " +
               location_ + ", and copy what can be read: dynamodown repair " +
               location_ + " COPY");
    }
    if (inspection.leftovers.empty()) return;
    findings_.push_back({"leftovers",
                         Outcome::kOk,
                         std::to_string(inspection.leftovers.size()) +
                             " files that the store no longer uses, such as " +
                             inspection.leftovers.front() +
                             "; LevelDB removes them when it opens the store",
                         {}});
  }

  const Options& options_;
  const std::string& path_;
  const std::string location_;
  std::vector<Finding>& findings_;
};

}  // namespace

void ExamineEmbedded(const Options& options, const std::string& path,
                     const std::string& location,
                     std::vector<Finding>* findings) {
  EmbeddedExamination(options, path, location, findings).Run();
}

}  // namespace dynamodown
