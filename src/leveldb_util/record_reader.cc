// Merges the entries of all tables and logs. Entries are ordered by the user's
// key, and the entries of one key by falling sequence number. So the first
// entry of each key is its newest.

#include "leveldb_util/record_reader.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "leveldb_util/entry_key.h"
#include "leveldb_util/log_batch.h"
#include "leveldb_util/log_reader.h"
#include "leveldb_util/table_source.h"

namespace dynamodown {
namespace {

using leveldb::Status;

class Merger {
 public:
  Merger(const RecordReaderOptions& options, const std::string& path,
         const Inspection& inspection)
      : options_(options), path_(path), inspection_(inspection) {}

  Status AddLogs() {
    std::vector<MemorySource::Entry> entries;
    for (const auto& [number, name] : inspection_.logs) {
      const Status status = ReadLog(name, &entries);
      if (!status.ok()) return status;
    }
    Start(std::make_unique<MemorySource>(std::move(entries), comparator_));
    return Status::OK();
  }

  /// A table waits in the queue at its smallest key, and is opened when its
  /// turn comes. So few tables are open at a time. If the smallest key is
  /// unknown, the table is opened at once.
  void AddTables() {
    for (const auto& [number, name] : inspection_.tables) {
      if (IsDamaged(name)) continue;
      const auto listed = inspection_.manifest.tables.find(number);
      const Manifest::Table* const table =
          inspection_.has_manifest &&
                  listed != inspection_.manifest.tables.end()
              ? &listed->second
              : nullptr;
      auto source = std::make_unique<TableSource>(
          table_options_, path_ + "/" + name, name, table);
      EntryKey smallest;
      if (table != nullptr && source->CheckBounds() &&
          ParseEntryKey(table->smallest, &smallest)) {
        queue_.push({smallest, false, source.get()});
        sources_.push_back(std::move(source));
      } else {
        Start(std::move(source));
      }
    }
  }

  Status Visit(
      const std::function<Status(std::string_view, std::string_view)>& visit) {
    EntryKey last;
    bool is_first = true;
    while (!queue_.empty()) {
      const Waiting waiting = queue_.top();
      queue_.pop();
      Source* const source = waiting.source;
      if (waiting.is_started) {
        const bool is_newest =
            is_first ||
            options_.comparator->Compare(source->key().key, last.key) != 0;
        if (is_newest && source->key().is_value()) {
          const Status status = visit(source->key().key, source->value());
          if (!status.ok()) return status;
        }
        last = source->key();
        is_first = false;
        if (source != sources_.front().get()) {
          newest_of_tables_ = std::max(newest_of_tables_, last.sequence());
        }
      }
      if (source->Next()) queue_.push({source->key(), true, source});
    }
    CheckLogs();
    return Status::OK();
  }

 private:
  struct Waiting {
    EntryKey key;
    bool is_started;  // `key` is an entry of `source`, not only a lower bound.
    Source* source;
  };

  /// Reports logs that are older than a table. Requires that all tables have
  /// been read. Inspect knows only the first and the last key of each table.
  void CheckLogs() {
    if (!inspection_.has_manifest) return;
    for (const auto& [name, oldest] : oldest_of_logs_) {
      if (oldest <= newest_of_tables_ && !IsDamaged(name)) {
        options_.on_damage({name, kOlderThanTables});
      }
    }
  }

  /// Whether Inspect has reported the file. A table that it reports has been
  /// cut, so it has no footer, or its file cannot be read.
  bool IsDamaged(const std::string& name) const {
    return std::any_of(
        inspection_.damage.begin(), inspection_.damage.end(),
        [&](const FileDamage& damage) { return damage.file == name; });
  }

  void Start(std::unique_ptr<Source> source) {
    if (source->Next()) queue_.push({source->key(), true, source.get()});
    sources_.push_back(std::move(source));
  }

  Status ReadLog(const std::string& name,
                 std::vector<MemorySource::Entry>* entries) {
    leveldb::SequentialFile* opened = nullptr;
    const Status status =
        options_.env->NewSequentialFile(path_ + "/" + name, &opened);
    if (!status.ok()) return status;
    const std::unique_ptr<leveldb::SequentialFile> log(opened);
    LogReader reader(log.get(), LogReader::Records::kBatches);
    LogBatch batch;
    for (std::string record; reader.Next(&record);) {
      if (!DecodeBatch(record, &batch)) continue;
      uint64_t sequence = batch.sequence;
      uint64_t& oldest = oldest_of_logs_.emplace(name, sequence).first->second;
      oldest = std::min(oldest, sequence);
      for (const LogBatch::Operation& operation : batch.operations) {
        const bool is_value = operation.value.has_value();
        entries->push_back({{std::string(operation.key),
                             EntryKey::TrailerOf(sequence++, is_value)},
                            std::string(operation.value.value_or(""))});
      }
    }
    return reader.status();
  }

  const RecordReaderOptions& options_;
  const std::string& path_;
  const Inspection& inspection_;
  const EntryComparator comparator_{options_.comparator};
  const TableSource::Options table_options_{options_.env, &comparator_,
                                            options_.on_damage};
  std::vector<std::unique_ptr<Source>> sources_;  // The logs come first.
  // Sequence numbers.
  std::map<std::string, uint64_t> oldest_of_logs_;  // By name.
  uint64_t newest_of_tables_ = 0;
  const std::function<bool(const Waiting&, const Waiting&)> is_later_ =
      [this](const Waiting& a, const Waiting& b) {
        return comparator_.Compare(b.key, a.key) < 0;
      };
  std::priority_queue<Waiting, std::vector<Waiting>,
                      std::function<bool(const Waiting&, const Waiting&)>>
      queue_{is_later_};
};

}  // namespace

Status ReadRecords(
    const RecordReaderOptions& options, const std::string& path,
    const Inspection& inspection,
    const std::function<Status(std::string_view, std::string_view)>& visit) {
  Merger merger(options, path, inspection);
  const Status status = merger.AddLogs();
  if (!status.ok()) return status;
  merger.AddTables();
  return merger.Visit(visit);
}

}  // namespace dynamodown
