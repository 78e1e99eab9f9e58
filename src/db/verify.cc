// A problem is damage that a reader meets, or a file that nothing uses. An
// embedded store is read from its files, without LevelDB's recovery. A store on
// DynamoDB is scanned; if an item cannot be read, two more scans find its key:
// one reads only keys, and the other reads whole records.

#include "dynamodown/verify.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/printable.h"
#include "db/embedded_open.h"
#include "db/location.h"
#include "db/open_environment.h"
#include "db/to_status.h"
#include "leveldb/comparator.h"
#include "leveldb/write_batch.h"
#include "leveldb_util/record_reader.h"
#include "leveldb_util/unsafe_file.h"

namespace dynamodown {
namespace {

using leveldb::Slice;
using leveldb::Status;
using Visitor = std::function<void(const Problem&)>;

/// Repair writes batches of this size.
constexpr size_t kBatchBytes = size_t{1} << 20;

/// Passes problems on, and counts them.
class Reporter {
 public:
  Reporter(const Visitor& visit, VerifyResult* result)
      : visit_(visit), result_(*result) {
    result_ = VerifyResult();
  }

  void Damage(std::string where, std::string what, uint64_t bytes = 0) {
    ++result_.damages;
    visit_({Problem::Kind::kDamage, std::move(where), std::move(what), bytes});
  }
  void Leftover(std::string where, std::string what, uint64_t bytes = 0) {
    ++result_.leftovers;
    visit_(
        {Problem::Kind::kLeftover, std::move(where), std::move(what), bytes});
  }
  void Record(size_t bytes) {
    ++result_.records;
    result_.bytes += bytes;
  }

 private:
  const Visitor& visit_;
  VerifyResult& result_;
};

// ---- Embedded stores --------------------------------------------------------

using RecordVisitor =
    std::function<Status(std::string_view key, std::string_view value)>;

leveldb::Env* EnvOf(const Options& options) {
  return options.env != nullptr ? options.env : leveldb::Env::Default();
}

/// Notices whether a process changes the files of the store in `path`. This can
/// only happen if this user may not lock the store.
class ChangeWatch {
 public:
  ChangeWatch(leveldb::Env* env, const std::string& path)
      : env_(*env), path_(path), before_(Look()) {}

  bool HasChanged() const { return Look() != before_; }
  Status Error() const {
    return Status::IOError(path_,
                           "is being written by a process, so it cannot be "
                           "read as a whole; close the store there, or read a "
                           "copy");
  }

 private:
  struct Files {
    std::string current;
    std::map<std::string, uint64_t> sizes;  // Tables have 0: they never change.
    bool operator==(const Files&) const = default;
  };

  /// A writer makes or removes files, or adds to the MANIFEST.
  Files Look() const {
    Files files;
    // If a file is gone, the next look differs. A FIFO would make us wait.
    if (UnsafeFileIn(path_, {"CURRENT"}).empty()) {
      static_cast<void>(
          leveldb::ReadFileToString(&env_, path_ + "/CURRENT", &files.current));
    }
    std::vector<std::string> names;
    static_cast<void>(env_.GetChildren(path_, &names));
    for (const std::string& name : names) {
      const FileKind kind = ParseFileName(name).kind;
      if (kind == FileKind::kOther || kind == FileKind::kInfoLog) continue;
      uint64_t& bytes = files.sizes[name];
      if (kind != FileKind::kManifest && kind != FileKind::kLog) continue;
      static_cast<void>(env_.GetFileSize(path_ + "/" + name, &bytes));
    }
    return files;
  }

  leveldb::Env& env_;
  const std::string path_;
  const Files before_;
};

/// Reports what the inspection of a store's files has found. Does not report a
/// leftover that is gone meanwhile: another process removed it, for example
/// LevelDB when it opened the store.
void ReportInspection(leveldb::Env* env, const std::string& path,
                      const Inspection& inspection,
                      const std::function<void(const FileDamage&)>& on_damage,
                      Reporter* reporter) {
  for (const FileDamage& damage : inspection.damage) on_damage(damage);
  if (!inspection.has_manifest) {
    on_damage({"MANIFEST",
               "is unknown, so all logs and tables are read, and keys that "
               "were deleted may come back"});
  }
  for (const std::string& name : inspection.leftovers) {
    uint64_t bytes = 0;
    const Status sized = env->GetFileSize(path + "/" + name, &bytes);
    if (!sized.ok() && !env->FileExists(path + "/" + name)) continue;
    reporter->Leftover(
        name, sized.ok() ? "nothing uses this file" : sized.ToString(), bytes);
  }
}

/// Calls `begin`, reports the problems of an embedded store, and visits its
/// records. Stops at an error of `begin` or `visit`.
Status ReadEmbedded(const Options& options, const std::string& path,
                    Reporter* reporter, const std::function<Status()>& begin,
                    const RecordVisitor& visit) {
  Inspection inspection;
  leveldb::Env* const env = EnvOf(options);
  const ChangeWatch watch(env, path);
  bool has_changed = false;
  const auto report = [&](const FileDamage& damage) {
    // A file that is being replaced looks damaged.
    has_changed = has_changed || watch.HasChanged();
    if (has_changed) return;
    reporter->Damage(damage.file, damage.what, damage.bytes);
  };
  const Status read = InspectEmbedded(options, path, &inspection, [&] {
    const Status comparable = CheckComparator(options, path, inspection);
    if (!comparable.ok()) return comparable;
    const Status begun = begin();
    if (!begun.ok()) return begun;
    ReportInspection(env, path, inspection, report, reporter);
    RecordReaderOptions reading;
    reading.env = env;
    reading.comparator = options.comparator != nullptr
                             ? options.comparator
                             : leveldb::BytewiseComparator();
    reading.on_damage = report;
    return ReadRecords(reading, path, inspection,
                       [&](std::string_view key, std::string_view value) {
                         reporter->Record(key.size() + value.size());
                         return visit(key, value);
                       });
  });
  // A log that was removed meanwhile is no damage, but an error.
  if (read.IsNotFound()) has_changed = has_changed || watch.HasChanged();
  return has_changed ? watch.Error() : read;
}

/// Writes records into a store, many at a time.
class Writer {
 public:
  explicit Writer(Database* db) : db_(db) {}

  Status Add(std::string_view key, std::string_view value) {
    batch_.Put(Slice(key.data(), key.size()),
               Slice(value.data(), value.size()));
    return batch_.ApproximateSize() < kBatchBytes ? Status::OK() : Flush(false);
  }
  Status Finish() { return Flush(true); }

 private:
  Status Flush(bool sync) {
    WriteOptions options;
    options.sync = sync;
    const Status status = db_->Write(options, &batch_);
    batch_.Clear();
    return status;
  }

  Database* const db_;
  leveldb::WriteBatch batch_;
};

// ---- Stores on DynamoDB -----------------------------------------------------

/// Returns an iterator over all keys, at the first key.
std::unique_ptr<leveldb::Iterator> AllKeys(Database* db, bool keys_only) {
  Bounds bounds;
  bounds.keys_only = keys_only;
  bounds.expected = UINT64_MAX;
  std::unique_ptr<leveldb::Iterator> it(db->NewIterator(ReadOptions(), bounds));
  it->SeekToFirst();
  return it;
}

/// Reports each key that a scan of keys finds, but a scan of whole records
/// skips as unreadable. Returns the number of these keys.
Result<uint64_t, Status> ReportUnreadable(Database* db, Reporter* reporter) {
  const auto keys = AllKeys(db, true);
  const auto records = AllKeys(db, false);
  uint64_t found = 0;
  for (; keys->Valid(); keys->Next()) {
    while (records->Valid() && records->key().compare(keys->key()) < 0) {
      records->Next();
    }
    if (records->Valid() && records->key() == keys->key()) continue;
    const std::string key = keys->key().ToString();
    std::string value;
    const Status status = db->Get(ReadOptions(), key, &value);
    // Another client may have written or deleted the item meanwhile.
    if (status.ok() || status.IsNotFound()) continue;
    if (!status.IsCorruption()) return status;
    reporter->Damage(Printable(key), status.ToString());
    ++found;
  }
  for (const auto* it : {keys.get(), records.get()}) {
    const Status status = it->status();
    if (!status.ok() && !status.IsCorruption()) return status;
  }
  return found;
}

Status VerifyOpen(Database* db, Reporter* reporter) {
  const auto records = AllKeys(db, false);
  for (; records->Valid(); records->Next()) {
    reporter->Record(records->key().size() + records->value().size());
  }
  const Status status = records->status();
  if (!status.IsCorruption()) return status;
  const Result<uint64_t, Status> unreadable = ReportUnreadable(db, reporter);
  if (!unreadable.ok()) return unreadable.error();
  // Both scans skipped the item, so not even its key can be read.
  if (*unreadable == 0) reporter->Damage("an item", status.ToString());
  return Status::OK();
}

Status VerifyDynamo(const OpenEnvironment& environment, Options options,
                    const std::string& location, Reporter* reporter,
                    Stats* stats) {
  options.create_if_missing = false;
  options.error_if_exists = false;
  options.paranoid_checks = false;
  Database* opened = nullptr;
  const Status status = OpenIn(environment, options, location, &opened, stats);
  const std::unique_ptr<Database> db(opened);
  if (KindOf(status) == StatusKind::kDestroying) {
    reporter->Leftover(location, status.ToString());
    return Status::OK();
  }
  if (status.IsCorruption()) {
    reporter->Damage(location, status.ToString());
    return Status::OK();
  }
  if (!status.ok()) return status;
  const Status verified = VerifyOpen(db.get(), reporter);
  if (stats != nullptr) *stats = db->GetStats();
  return verified;
}

/// Whether the directory `inner` is `outer`, or is inside of it. Follows
/// symbolic links. The end of `inner` need not exist.
bool Contains(const std::string& outer, const std::string& inner) {
  const auto parts = [](const std::string& path) {
    std::error_code none;
    std::vector<std::filesystem::path> all;
    for (const auto& part : std::filesystem::weakly_canonical(
             std::filesystem::absolute(path, none), none)) {
      // A "/" at the end makes an empty part.
      if (!part.empty()) all.push_back(part);
    }
    return all;
  };
  const auto outer_parts = parts(outer), inner_parts = parts(inner);
  return !outer_parts.empty() && outer_parts.size() <= inner_parts.size() &&
         std::equal(outer_parts.begin(), outer_parts.end(),
                    inner_parts.begin());
}

/// Whether there is anything at `path`, even a symbolic link without a target.
bool Exists(leveldb::Env* env, const std::string& path) {
  std::error_code none;
  return std::filesystem::exists(std::filesystem::symlink_status(path, none)) ||
         env->FileExists(path);
}

}  // namespace

Status VerifyIn(const OpenEnvironment& environment, const Options& options,
                const std::string& location, const Visitor& visit,
                VerifyResult* result, Stats* stats) {
  if (stats != nullptr) *stats = Stats();
  Reporter reporter(visit, result);
  const Result<Place> place = PlaceOf(options, location);
  if (!place.ok()) return ToStatus(place.error(), options.spelling);
  if (place->location.embedded) {
    return ReadEmbedded(
        place->options, place->location.path, &reporter,
        [] { return Status::OK(); },
        [](std::string_view, std::string_view) { return Status::OK(); });
  }
  return VerifyDynamo(environment, options, location, &reporter, stats);
}

Status Verify(const Options& options, const std::string& location,
              const Visitor& visit, VerifyResult* result, Stats* stats) {
  return VerifyIn(OpenEnvironment(), options, location, visit, result, stats);
}

Status Repair(const Options& options, const std::string& location,
              const std::string& copy, const Visitor& visit,
              VerifyResult* result) {
  Reporter reporter(visit, result);
  const Result<Place> place = PlaceOf(options, location);
  if (!place.ok()) return ToStatus(place.error(), options.spelling);
  if (!place->location.embedded) {
    return Status::NotSupported(
        "only an embedded store (leveldb:PATH) has files to repair");
  }
  const std::string& path = place->location.path;
  if (Contains(path, copy) || Contains(copy, path)) {
    return Status::InvalidArgument(
        copy,
        "is inside the store or contains the store, which must stay as "
        "it is; name a directory elsewhere");
  }
  if (Exists(EnvOf(place->options), copy)) {
    return Status::InvalidArgument(
        copy, "exists; name a directory that does not exist");
  }
  Options creating = place->options;
  creating.create_if_missing = true;
  creating.error_if_exists = true;
  std::unique_ptr<Database> db;
  std::optional<Writer> writer;
  const Status read = ReadEmbedded(
      place->options, path, &reporter,
      [&]() -> Status {
        Database* opened = nullptr;
        const Status status = OpenEmbedded(creating, copy, &opened);
        db.reset(opened);
        if (status.ok()) writer.emplace(opened);
        return status;
      },
      [&](std::string_view key, std::string_view value) -> Status {
        return writer->Add(key, value);
      });
  return read.ok() ? writer->Finish() : read;
}

}  // namespace dynamodown
