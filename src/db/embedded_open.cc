// LevelDB rewrites logs, the MANIFEST and CURRENT when it opens a store. If a
// file is damaged, LevelDB drops what it cannot read, often without an error.
// So Open inspects the files first, and refuses a damaged store without
// changing it. Repair copies the readable records of a damaged store into a new
// one.

#include "db/embedded_open.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/fork.h"
#include "base/printable.h"
#include "db/embedded_database.h"
#include "db/spelling.h"
#include "db/to_status.h"
#include "leveldb/comparator.h"
#include "leveldb_util/checked_env.h"
#include "leveldb_util/foreign_database.h"
#include "leveldb_util/unsafe_file.h"
#include "store/missing_store.h"

namespace dynamodown {
namespace {

using leveldb::Status;

leveldb::Env* EnvOf(const Options& options) {
  return options.env != nullptr ? options.env : leveldb::Env::Default();
}

/// LevelDB's messages begin with the path. If the path is "denied" or
/// "timeout: a", KindOf would read a kind in the message. So this function puts
/// "./" in front of such a path.
std::string WithoutKind(const std::string& path) {
  const StatusKind kind = KindOf(Status::IOError(path, "any reason"));
  return kind == StatusKind::kIOError ? path : "./" + path;
}

/// Returns the system's reason in LevelDB's message "IO error: PATH: REASON".
/// If the message has another form, returns the whole message.
std::string ReasonOf(const Status& status, const std::string& path) {
  const std::string text = status.ToString();
  const std::string begin = "IO error: " + path + ": ";
  return text.starts_with(begin) ? text.substr(begin.size()) : text;
}

bool IsReason(std::string_view reason, std::initializer_list<int> codes) {
  for (const int code : codes) {
    if (reason == std::generic_category().message(code)) return true;
  }
  return false;
}

/// Whether a file other than CURRENT proves that its directory has a store. A
/// creation that was cut short leaves only MANIFEST-000001, which proves
/// nothing.
bool IsPartOfStore(const FileName& file) {
  return file.kind == FileKind::kTable ||
         (file.kind == FileKind::kManifest && file.number > 1);
}

/// Whether a directory without CURRENT may have the file. LevelDB leaves LOCK,
/// LOG and LOG.old behind if it could not open a store. Its RepairDB makes the
/// directory "lost". The other files are those of a creation that was cut
/// short.
bool IsHarmless(const std::string& name) {
  const FileName file = ParseFileName(name);
  return name == "." || name == ".." || name == "lost" ||
         file.kind == FileKind::kLock || file.kind == FileKind::kInfoLog ||
         (file.number == 1 && name == OwnSpelling(name) &&
          (file.kind == FileKind::kManifest ||
           file.kind == FileKind::kTemporary));
}

Status ForeignStatus(const std::string& path, const std::string& foreign) {
  return Status::InvalidArgument(
      path, "is " + foreign + ", which LevelDB cannot read" +
                (foreign == kRocksDb
                     ? "; ldb dump --hex prints its records, and \"Moving the "
                       "data\" in docs/porting.md says how to load them"
                     : "") +
                "; nothing was changed");
}

Status UnsafeStatus(const std::string& path, const std::string& unsafe) {
  return Status::InvalidArgument(
      path, "cannot be opened: " + unsafe + "; nothing was changed");
}

Status FileStatus(const Options& options, const std::string& path) {
  const std::string foreign = ForeignDatabaseFile(EnvOf(options), path);
  if (!foreign.empty()) return ForeignStatus(path, foreign);
  return Status::InvalidArgument(
      path, "is a file; a store is a directory with the files of LevelDB");
}

/// The error for a directory that has other files and no store. For example, a
/// browser and Bitcoin Core keep their stores in folders of such a directory.
Status OthersStatus(const Options& options, const std::string& path,
                    const std::vector<std::string>& names) {
  leveldb::Env* const env = EnvOf(options);
  const auto refused = [&](const std::string& why) {
    return Status::InvalidArgument(
        path, "is a directory with other files and no LevelDB store; " + why);
  };
  for (const std::string& name : names) {
    if (name == "." || name == "..") continue;
    if (env->FileExists(path + "/" + name + "/CURRENT")) {
      return refused("its directory " + Printable(name) + " has a store");
    }
  }
  for (const std::string& name : names) {
    const std::string found = ForeignDatabaseFile(env, path + "/" + name);
    if (found.empty()) continue;
    return refused("its file " + Printable(name) + " is " + found);
  }
  return refused("use another directory");
}

/// LevelDB creates a missing directory before it finds that the directory has
/// no store. In a directory with other files, LevelDB deletes the files that
/// have names like its own ("2024.log"). So this function checks the directory
/// before LevelDB sees it. Returns OK if the directory has a store. With
/// `may_lack`, also returns OK if the directory is missing or empty.
Status CheckDirectory(const Options& options, const std::string& path,
                      bool may_lack) {
  std::vector<std::string> names;
  const Status listed = EnvOf(options)->GetChildren(path, &names);
  if (IsReason(ReasonOf(listed, path), {ENOTDIR}) &&
      EnvOf(options)->FileExists(path)) {
    return FileStatus(options, path);
  }
  if (!listed.ok() && !listed.IsNotFound()) return listed;
  const std::string unsafe = UnsafeFileIn(path, names);
  if (!unsafe.empty()) return UnsafeStatus(path, unsafe);
  const std::string foreign = ForeignDatabaseIn(EnvOf(options), path, names);
  if (!foreign.empty()) return ForeignStatus(path, foreign);
  bool others = false;
  bool is_part = false;
  bool has_manifest = false, has_log = false;
  for (const std::string& name : names) {
    if (name == "CURRENT") {
      const std::string misspelled = MisspelledFileIn(names);
      return misspelled.empty() ? Status::OK() : UnsafeStatus(path, misspelled);
    }
    others = others || !IsHarmless(name);
    const FileName file = ParseFileName(name);
    is_part = is_part || IsPartOfStore(file);
    has_manifest = has_manifest || file.kind == FileKind::kManifest;
    has_log = has_log || file.kind == FileKind::kLog;
  }
  // A creation writes CURRENT before it makes a log.
  if (is_part || (has_manifest && has_log)) {
    return Status::Corruption(
        path + "/CURRENT",
        "is missing, but the directory has other files of a store; repair "
        "copies what can be read; nothing was changed");
  }
  if (others) {
    return OthersStatus(options, path, names);
  }
  if (may_lack) return Status::OK();
  return Status::InvalidArgument(
      path,
      std::string(kNoStore) + SpelledAdvice(kNotCreated, options.spelling));
}

/// Makes the directory of a new store, if it does not exist.
Status MakeDirectory(const Options& options, const std::string& path) {
  leveldb::Env* const env = EnvOf(options);
  std::vector<std::string> names;
  if (env->GetChildren(path, &names).ok()) return Status::OK();
  const Status made = env->CreateDir(path);
  if (made.ok()) return made;
  std::string parent =
      std::filesystem::path(path + "/").parent_path().parent_path().string();
  if (parent.empty()) parent = ".";
  if (made.IsNotFound() && !env->FileExists(parent)) {
    return Status::IOError(
        path, "cannot be created: there is no directory " + parent);
  }
  // Some directories, such as /proc, take no new one.
  const std::string reason = made.IsNotFound() ? "the directory " + parent +
                                                     " takes no new directories"
                                               : ReasonOf(made, path);
  return Status::IOError(path, IsReason(reason, {EACCES, EPERM, EROFS})
                                   ? "cannot be created: the directory " +
                                         parent + " cannot be written (" +
                                         reason + ")"
                                   : "cannot be created: " + reason);
}

/// Whether `status` says that the store's lock is held. Such a status can be
/// identified only by its text, "lock PATH/LOCK: " and a reason. (If LOCK
/// cannot be opened, the message begins with the path, not with "lock".)
bool IsHeld(const Status& status, const std::string& path,
            std::string* reason) {
  const std::string text = status.ToString();
  const std::string begin = "IO error: lock " + path + "/LOCK: ";
  if (!text.starts_with(begin)) return false;
  *reason = text.substr(begin.size());
  return true;
}

Status LockedHere(const Options& options, const std::string& path) {
  // A forked child inherits its parent's claims and LevelDB's list of locks.
  if (ForkCount() > 0) return Status::IOError(path + kLockedBeforeFork);
  const bool is_command = options.spelling == Spelling::kCommandLine;
  return Status::IOError(path + (is_command ? kNamedTwice : kLockedHere));
}

/// Replaces two of LevelDB's messages: that the store is locked, and that the
/// file LOCK cannot be written. All other statuses stay as they are. If this
/// process holds the lock, the reason is LevelDB's own. If another process
/// holds the lock, the reason is the system's.
Status InWords(const Options& options, const Status& status,
               const std::string& path) {
  std::string reason;
  if (!IsHeld(status, path, &reason)) {
    const std::string begin = "IO error: " + path + "/LOCK: ";
    const std::string text = status.ToString();
    if (!text.starts_with(begin)) return status;
    reason = text.substr(begin.size());
    if (!IsReason(reason, {EACCES, EPERM, EROFS})) return status;
    return Status::IOError(path,
                           "cannot be opened: the directory or its file "
                           "LOCK cannot be written (" +
                               reason + ")");
  }
  if (reason == "already held by process") return LockedHere(options, path);
  // If another process holds the lock, POSIX allows both EAGAIN and EACCES. A
  // status with another reason, such as a file system without locks, stays as
  // it is.
  if (!IsReason(reason, {EAGAIN, EACCES})) return status;
  return Status::IOError(path + kLockedElsewhere);
}

/// Lists the files for LevelDB's DestroyDB in the order in which it should
/// delete them, since it may be killed at any time. Once the MANIFEST is gone,
/// nobody can open the store. As long as CURRENT is there, the rest is
/// recognized as a store, and can be destroyed.
class DestroyingEnv final : public leveldb::EnvWrapper {
 public:
  using EnvWrapper::EnvWrapper;
  Status GetChildren(const std::string& path,
                     std::vector<std::string>* names) override {
    const Status status = target()->GetChildren(path, names);
    std::stable_sort(names->begin(), names->end(),
                     [](const std::string& a, const std::string& b) {
                       return RankOf(a) < RankOf(b);
                     });
    return status;
  }

 private:
  static int RankOf(const std::string& name) {
    const FileKind kind = ParseFileName(name).kind;
    if (kind == FileKind::kManifest) return 0;
    return kind == FileKind::kCurrent ? 2 : 1;
  }
};

const leveldb::Comparator* ComparatorOf(const Options& options) {
  return options.comparator != nullptr ? options.comparator
                                       : leveldb::BytewiseComparator();
}

/// Returns an error if the MANIFEST has a field that LevelDB does not know.
Status CheckFormat(const Inspection& inspection, const std::string& path) {
  const std::optional<uint64_t> tag = inspection.manifest.unknown_tag;
  if (!tag) return Status::OK();
  if (IsTagOfRocksDb(*tag)) return ForeignStatus(path, kRocksDb);
  return Status::NotSupported(
      path, "its MANIFEST has a field of the unknown kind " +
                std::to_string(*tag) +
                ", so another program or a newer LevelDB wrote it; use that "
                "program; nothing was changed");
}

/// Inspects the store in `path` under LevelDB's lock, and then calls `use`,
/// unless `use` is empty.
Status InspectLocked(const Options& options, const std::string& path,
                     Inspection* inspection,
                     const std::function<Status()>& use) {
  leveldb::Env* const env = EnvOf(options);
  const std::string file = path + "/LOCK";
  leveldb::FileLock* lock = nullptr;
  // If LOCK is missing, no process has the store open. LockFile would create
  // LOCK, but an inspection changes nothing.
  if (env->FileExists(file)) {
    const Status locked = env->LockFile(file, &lock);
    std::string reason;
    // If LOCK cannot be written, as in a backup that is mounted read-only, the
    // files are inspected without the lock.
    if (IsHeld(locked, path, &reason)) return InWords(options, locked, path);
  }
  Status status = Inspect(env, path, inspection);
  if (status.ok()) status = CheckFormat(*inspection, path);
  if (status.ok() && use) status = use();
  if (lock == nullptr) return status;
  const Status unlocked = env->UnlockFile(lock);
  return status.ok() ? unlocked : status;
}

/// Inspects the store. If the end of a file is torn, turns off the options with
/// which LevelDB would lose records or fail.
Status CheckFiles(const Options& options, const std::string& path,
                  Inspection* found, leveldb::Options* passed) {
  Status status = InspectLocked(options, path, found, nullptr);
  const Inspection& inspection = *found;
  if (status.ok()) status = DamageOf(inspection, path);
  if (status.ok()) status = CheckComparator(options, path, inspection);
  // LevelDB would append behind the torn end, and not find these records again.
  if (inspection.has_torn_end) passed->reuse_logs = false;
  // LevelDB would refuse an incomplete record as damage.
  if (inspection.needs_lenient_open) passed->paranoid_checks = false;
  return status;
}

}  // namespace

Status DamageOf(const Inspection& inspection, const std::string& path) {
  if (inspection.damage.empty()) return Status::OK();
  const FileDamage& first = inspection.damage.front();
  const size_t others = inspection.damage.size() - 1;
  return Status::Corruption(
      path + "/" + first.file,
      first.what +
          (others == 0 ? "" : ", and " + std::to_string(others) + " more") +
          "; nothing was changed");
}

Status CheckComparator(const Options& options, const std::string& path,
                       const Inspection& inspection) {
  const std::string name = ComparatorOf(options)->Name();
  const std::string& actual = inspection.manifest.comparator;
  if (actual.empty() || actual == name) return Status::OK();
  const std::string program = ProgramOfComparator(actual);
  return Status::InvalidArgument(
      path, "the keys are ordered by the comparator " + Printable(actual) +
                ", not by " + name +
                (program.empty() ? "; open the store with the comparator with "
                                   "which it was created"
                                 : ", so " + program + " made this database") +
                "; nothing was changed");
}

Status InspectEmbedded(const Options& options, const std::string& path,
                       Inspection* inspection,
                       const std::function<Status()>& use) {
  const std::string shown = WithoutKind(path);
  const Status usable = CheckDirectory(options, shown, false);
  // A missing CURRENT is damage, which the inspection reports.
  if (!usable.ok() && !usable.IsCorruption()) return usable;
  const std::unique_ptr<DirectoryClaim> claim = DirectoryClaim::Take(shown);
  if (claim == nullptr) return LockedHere(options, shown);
  return InspectLocked(options, shown, inspection, use);
}

Status OpenEmbedded(const Options& options, const std::string& path,
                    Database** db) {
  *db = nullptr;
  const std::string shown = WithoutKind(path);
  Status status = CheckDirectory(options, shown, options.create_if_missing);
  if (!status.ok()) return status;
  const bool exists = EnvOf(options)->FileExists(shown + "/CURRENT");
  if (exists && options.error_if_exists) {
    return Status::InvalidArgument(
        shown, std::string(kStoreExists) +
                   SpelledAdvice(kMustBeNew, options.spelling));
  }
  if (!exists) status = MakeDirectory(options, shown);
  if (!status.ok()) return status;
  EmbeddedParts parts;
  parts.claim = DirectoryClaim::Take(shown);
  if (parts.claim == nullptr) return LockedHere(options, shown);
  leveldb::Options passed = options;
  passed.env = EnvOf(options);
  passed.comparator = ComparatorOf(options);
  if (options.check_files) {
    passed.paranoid_checks = true;
    Inspection inspection;
    if (exists) status = CheckFiles(options, shown, &inspection, &passed);
    if (!status.ok()) return status;
    parts.env = std::make_unique<CheckedEnv>(
        EnvOf(options), std::move(inspection.manifest.tables));
    passed.env = parts.env.get();
  }
  leveldb::DB* opened = nullptr;
  status = leveldb::DB::Open(passed, shown, &opened);
  if (!status.ok()) return InWords(options, status, shown);
  parts.db.reset(opened);
  parts.path = path;
  parts.bytewise = ComparatorOf(options) == leveldb::BytewiseComparator();
  parts.stop_at_damage = options.paranoid_checks;
  *db = NewEmbeddedDatabase(std::move(parts));
  return status;
}

Status DestroyEmbedded(const Options& options, const std::string& path,
                       bool force) {
  const std::string shown = WithoutKind(path);
  const Status usable = CheckDirectory(options, shown, true);
  const bool is_damaged = usable.IsCorruption();
  if (is_damaged && !force) {
    constexpr Advice kForce{Advice::Kind::kName, "force", "",
                            "; to delete the store all the same, use ", ""};
    return Status::Corruption(
        shown + "/CURRENT",
        "is missing, but the directory has other files of a store; nothing was "
        "destroyed" +
            SpelledAdvice(kForce, options.spelling));
  }
  if (!usable.ok() && !is_damaged) return usable;
  const std::unique_ptr<DirectoryClaim> claim = DirectoryClaim::Take(shown);
  if (claim == nullptr) return LockedHere(options, shown);
  DestroyingEnv env(EnvOf(options));
  leveldb::Options passed = options;
  passed.env = &env;
  return InWords(options, leveldb::DestroyDB(shown, passed), shown);
}

}  // namespace dynamodown
