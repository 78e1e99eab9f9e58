// Verifies stores. Repairs embedded stores.

#include "dynamodown/verify.h"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/printable.h"
#include "db/embedded_open.h"
#include "db/location.h"
#include "db/open_environment.h"
#include "db/to_status.h"
#include "leveldb/comparator.h"
#include "leveldb/write_batch.h"
#include "leveldb_util/record_reader.h"

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

/// Calls `begin`, reports the problems of an embedded store, and visits its
/// records. Stops at an error of `begin` or `visit`.
Status ReadEmbedded(const Options& options, const std::string& path,
                    Reporter* reporter, const std::function<Status()>& begin,
                    const RecordVisitor& visit) {
  Inspection inspection;
  leveldb::Env* const env =
      options.env != nullptr ? options.env : leveldb::Env::Default();
  return InspectEmbedded(options, path, &inspection, [&]() -> Status {
    const Status comparable = CheckComparator(options, path, inspection);
    if (!comparable.ok()) return comparable;
    const Status begun = begin();
    if (!begun.ok()) return begun;
    const auto report = [reporter](const FileDamage& damage) {
      reporter->Damage(damage.file, damage.what, damage.bytes);
    };
    for (const FileDamage& damage : inspection.damage) report(damage);
    if (!inspection.has_manifest) {
      reporter->Damage("MANIFEST",
                       "is unknown, so all logs and tables are read, and keys "
                       "that were deleted may come back");
    }
    for (const std::string& name : inspection.leftovers) {
      uint64_t bytes = 0;
      const Status sized = env->GetFileSize(path + "/" + name, &bytes);
      reporter->Leftover(
          name, sized.ok() ? "nothing uses this file" : sized.ToString(),
          bytes);
    }
    RecordReaderOptions reading;
    reading.env = env;
    reading.comparator = options.comparator != nullptr
                             ? options.comparator
                             : leveldb::BytewiseComparator();
    reading.on_damage = report;
    return ReadRecords(
        reading, path, inspection,
        [&](std::string_view key, std::string_view value) -> Status {
          reporter->Record(key.size() + value.size());
          return visit(key, value);
        });
  });
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
  const Status status = OpenIn(environment, options, location, &opened);
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
  Options creating = place->options;
  creating.create_if_missing = true;
  creating.error_if_exists = true;
  std::unique_ptr<Database> db;
  std::optional<Writer> writer;
  const Status read = ReadEmbedded(
      place->options, place->location.path, &reporter,
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
