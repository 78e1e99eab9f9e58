// The inspection applies the rules of LevelDB's recovery (db/db_impl.cc,
// db/version_set.cc), and these rules, which LevelDB does not check:
//
// * The oldest log that the MANIFEST needs exists. LevelDB removes a log after
//   the edit that names the log's table is on disk. So if the MANIFEST lost
//   this edit, the log is missing, too.
// * Only the newest log that has records may end in the middle of a record.
// * The sequence numbers of the logs never fall. They may have gaps: LevelDB
//   counts a write that failed, too.
// * The logs are newer than the tables. The first and the last keys of the
//   tables show that; they are in the MANIFEST, so no table is read.
// * A table is as long as the MANIFEST says.

#include "leveldb_util/inspection.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "leveldb_util/entry_key.h"
#include "leveldb_util/log_batch.h"
#include "leveldb_util/log_reader.h"

namespace dynamodown {
namespace {

using leveldb::Status;

class Inspector {
 public:
  Inspector(leveldb::Env* env, const std::string& path, Inspection* found)
      : env_(*env), path_(path), found_(*found) {}

  Status Run() {
    Status status = env_.GetChildren(path_, &names_);
    if (!status.ok()) return status;
    std::sort(names_.begin(), names_.end());
    status = ReadCurrent();
    if (status.ok() && !manifest_name_.empty()) status = ReadManifest();
    if (!status.ok()) return status;
    SortFiles();
    if (found_.has_manifest) {
      ReadNewestOfTables();
      CheckTables();
      CheckOldestLog();
    }
    return CheckLogs();
  }

 private:
  std::string PathOf(const std::string& name) const {
    return path_ + "/" + name;
  }
  void AddDamage(const std::string& file, std::string what,
                 uint64_t bytes = 0) {
    found_.damage.push_back({file, std::move(what), bytes});
  }
  bool Exists(const std::string& name) const {
    return std::binary_search(names_.begin(), names_.end(), name);
  }

  /// Sets manifest_name_, unless CURRENT is damaged.
  Status ReadCurrent() {
    if (!Exists("CURRENT")) {
      AddDamage("CURRENT", "is missing");
      return Status::OK();
    }
    std::string text;
    const Status status =
        leveldb::ReadFileToString(&env_, PathOf("CURRENT"), &text);
    if (!status.ok()) return status;
    const bool has_end = text.ends_with('\n');
    const std::string name = text.substr(0, text.size() - (has_end ? 1 : 0));
    if (text.empty()) {
      AddDamage("CURRENT", "is empty, but must name the MANIFEST");
    } else if (!has_end || ParseFileName(name).kind != FileKind::kManifest) {
      AddDamage("CURRENT", "does not name a MANIFEST");
    } else if (!Exists(name)) {
      AddDamage("CURRENT", "names " + name + ", which does not exist");
    } else {
      manifest_name_ = name;
    }
    return Status::OK();
  }

  Status ReadManifest() {
    const std::string& name = manifest_name_;
    leveldb::SequentialFile* opened = nullptr;
    const Status status = env_.NewSequentialFile(PathOf(name), &opened);
    if (!status.ok()) return status;
    const std::unique_ptr<leveldb::SequentialFile> file(opened);
    LogReader reader(file.get(), LogReader::Records::kEdits);
    bool is_understood = true;
    for (std::string edit; is_understood && reader.Next(&edit);) {
      is_understood = ApplyEdit(edit, &found_.manifest);
    }
    if (!reader.status().ok()) return reader.status();
    AddDamagedBytes(name, reader);
    if (reader.torn_bytes() > 0) found_.has_torn_end = true;
    // LevelDB itself fails with such a MANIFEST.
    if (reader.is_cut_by_zeros()) {
      AddDamage(name, "ends in the middle of an edit", reader.torn_bytes());
    }
    // The edit's checksum is right, so the edit is as its writer wrote it.
    if (found_.manifest.unknown_tag) return Status::OK();
    if (!is_understood) AddDamage(name, "has an edit of an unknown form");
    if (!found_.damage.empty()) return Status::OK();
    found_.has_manifest = found_.manifest.is_complete();
    if (!found_.has_manifest) AddDamage(name, "is incomplete");
    return Status::OK();
  }

  void AddDamagedBytes(const std::string& file, const LogReader& reader) {
    for (const DamagedBytes& damaged : reader.damage()) {
      AddDamage(file,
                damaged.reason + " at offset " + std::to_string(damaged.offset),
                damaged.bytes);
    }
  }

  bool IsUsed(const FileName& file, const std::string& name) const {
    const Manifest& manifest = found_.manifest;
    switch (file.kind) {
      case FileKind::kLog:
        return file.number >= *manifest.log_number ||
               file.number == manifest.previous_log_number;
      case FileKind::kTable:
        return manifest.tables.contains(file.number);
      case FileKind::kManifest:
        return name == manifest_name_;
      case FileKind::kTemporary:
        return false;
      case FileKind::kCurrent:
      case FileKind::kLock:
      case FileKind::kInfoLog:
      case FileKind::kOther:
        break;
    }
    return true;
  }

  void SortFiles() {
    for (const std::string& name : names_) {
      const FileName file = ParseFileName(name);
      if (found_.has_manifest && !IsUsed(file, name)) {
        found_.leftovers.push_back(name);
      } else if (file.kind == FileKind::kLog) {
        if (name == NumberedName(file.number, ".log"))
          found_.logs[file.number] = name;
      } else if (file.kind == FileKind::kTable) {
        AddTable(file.number, name);
      }
    }
  }

  /// LevelDB opens a table only under a name of its own spelling. If a table
  /// has a file in .ldb and one in .sst, LevelDB opens the one in .ldb, which
  /// comes first here.
  void AddTable(uint64_t number, const std::string& name) {
    if (name != NumberedName(number, ".ldb") &&
        name != NumberedName(number, ".sst"))
      return;
    const bool is_new = found_.tables.emplace(number, name).second;
    if (!is_new) found_.leftovers.push_back(name);
  }

  void ReadNewestOfTables() {
    for (const auto& [number, table] : found_.manifest.tables) {
      for (const std::string& key : {table.smallest, table.largest}) {
        EntryKey entry;
        if (!ParseEntryKey(key, &entry)) continue;
        newest_of_tables_ = std::max(newest_of_tables_, entry.sequence());
      }
    }
  }

  void CheckTables() {
    for (const auto& [number, table] : found_.manifest.tables) {
      const auto file = found_.tables.find(number);
      if (file == found_.tables.end()) {
        AddDamage(NumberedName(number, ".ldb"), Missing(), table.bytes);
        continue;
      }
      uint64_t bytes = 0;
      const Status status = env_.GetFileSize(PathOf(file->second), &bytes);
      if (!status.ok()) {
        AddDamage(file->second, status.ToString(), table.bytes);
      } else if (bytes < table.bytes) {
        AddDamage(file->second,
                  "has " + std::to_string(bytes) + " of its " +
                      std::to_string(table.bytes) +
                      " bytes, so it cannot be read at all",
                  table.bytes);
      }
    }
  }

  void CheckOldestLog() {
    uint64_t oldest = *found_.manifest.log_number;
    if (oldest == 0) {
      // The MANIFEST is that of a new or repaired store. No log is needed until
      // LevelDB has made one. LevelDB takes the next file number for a
      // MANIFEST, even if it continues the old MANIFEST, and the number after
      // that for the first log.
      oldest = *found_.manifest.next_file_number + 1;
      if (!HasFileAfter(oldest)) return;
    }
    if (!found_.logs.contains(oldest)) {
      AddDamage(NumberedName(oldest, ".log"), Missing());
    }
  }

  /// Whether LevelDB has made a log or a table with a greater number.
  bool HasFileAfter(uint64_t number) const {
    return std::any_of(names_.begin(), names_.end(),
                       [number](const std::string& name) {
                         const FileName file = ParseFileName(name);
                         return file.number > number &&
                                (name == NumberedName(file.number, ".log") ||
                                 name == NumberedName(file.number, ".ldb"));
                       });
  }

  Status CheckLogs() {
    for (const auto& [number, name] : found_.logs) {
      const Status status = CheckLog(name);
      if (!status.ok()) return status;
    }
    return Status::OK();
  }

  /// Checks a log. Requires that all older logs have been checked.
  Status CheckLog(const std::string& name) {
    leveldb::SequentialFile* opened = nullptr;
    const Status status = env_.NewSequentialFile(PathOf(name), &opened);
    if (!status.ok()) return status;
    const std::unique_ptr<leveldb::SequentialFile> file(opened);
    LogReader reader(file.get(), LogReader::Records::kBatches);
    bool is_empty = true;
    bool falls = false;
    bool is_old = false;
    LogBatch batch;
    for (std::string record; reader.Next(&record); is_empty = false) {
      if (!DecodeBatch(record, &batch)) {
        AddDamage(name, "has a record that is no write", record.size());
        continue;
      }
      falls = falls || batch.sequence < next_sequence_;
      is_old = is_old || batch.sequence <= newest_of_tables_;
      next_sequence_ = batch.sequence + batch.operations.size();
    }
    if (!reader.status().ok()) return reader.status();
    is_empty = is_empty && reader.torn_bytes() == 0 && reader.damage().empty();
    if (!is_empty && torn_log_.has_value()) {
      found_.damage.push_back(*std::exchange(torn_log_, std::nullopt));
    }
    AddDamagedBytes(name, reader);
    found_.needs_lenient_open |= reader.has_abandoned_batch();
    if (is_old) {
      AddDamage(name, kOlderThanTables);
    } else if (falls) {
      AddDamage(name, "has a record older than those before it");
    }
    if (reader.torn_bytes() > 0) {
      found_.has_torn_end = true;
      found_.needs_lenient_open |= reader.is_cut_by_zeros();
      torn_log_ = {name,
                   "ends in the middle of a record, but is not the last log",
                   reader.torn_bytes()};
    }
    return Status::OK();
  }

  std::string Missing() const {
    return "is missing, but " + manifest_name_ + " needs it";
  }
  leveldb::Env& env_;
  const std::string path_;
  Inspection& found_;
  std::vector<std::string> names_;  // Sorted.
  std::string manifest_name_;       // Empty: CURRENT names none.
  uint64_t newest_of_tables_ = 0;   // A sequence number; 0 if unknown.
  uint64_t next_sequence_ = 0;      // The least that the next batch may have.
  std::optional<FileDamage> torn_log_;  // Damage, unless no record follows.
};

}  // namespace

Status Inspect(leveldb::Env* env, const std::string& path,
               Inspection* inspection) {
  *inspection = Inspection();
  return Inspector(env, path, inspection).Run();
}

}  // namespace dynamodown
