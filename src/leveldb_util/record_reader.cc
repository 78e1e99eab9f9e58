// Merges the entries of all tables and logs. An entry has an internal key
// (db/dbformat.h of LevelDB):
//
//     internal key = user's key, 8 bytes: sequence number << 8 | type
//     type         = 1 (a value), 0 (a delete)
//
// Entries are ordered by the user's key, and the entries of one key by falling
// sequence number. So the first entry of each key is its newest.

#include "leveldb_util/record_reader.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <queue>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "leveldb/filter_policy.h"
#include "leveldb/options.h"
#include "leveldb/table.h"
#include "leveldb_util/checked_env.h"
#include "leveldb_util/decoder.h"
#include "leveldb_util/log_batch.h"
#include "leveldb_util/log_reader.h"

namespace dynamodown {
namespace {

using leveldb::Status;

constexpr size_t kTrailerBytes = 8;
constexpr uint64_t kTypeValue = 1;

std::string_view ViewOf(const leveldb::Slice& slice) {
  return {slice.data(), slice.size()};
}

/// The key of an entry.
struct EntryKey {
  std::string key;
  uint64_t trailer = 0;  // The sequence number and the type.

  bool is_value() const { return (trailer & 0xff) == kTypeValue; }
};

bool ParseEntryKey(std::string_view internal, EntryKey* entry) {
  if (internal.size() < kTrailerBytes) return false;
  const size_t size = internal.size() - kTrailerBytes;
  entry->key = internal.substr(0, size);
  return Decoder(internal.substr(size)).Fixed(kTrailerBytes, &entry->trailer);
}

/// Entries in their order.
class Source {
 public:
  virtual ~Source() = default;
  /// Moves to the next entry; the first call moves to the first entry. Returns
  /// false at the end.
  virtual bool Next() = 0;
  const EntryKey& key() const { return key_; }
  virtual std::string_view value() const = 0;

 protected:
  EntryKey key_;
};

class TableSource final : public Source {
 public:
  /// `size` is the table's size in bytes; 0 means the size of the file.
  TableSource(leveldb::Env* env, std::string path, std::string name,
              uint64_t size,
              const std::function<void(const FileDamage&)>& on_damage)
      : env_(env,
             [this](uint64_t offset, uint64_t bytes, const Status& error) {
               const std::string what =
                   error.IsCorruption()
                       ? "checksum mismatch at offset " + std::to_string(offset)
                       : error.ToString();
               if (table_ != nullptr) {
                 reported_.insert(error.ToString());
                 AddDamage(what, bytes);
               } else {
                 opening_damage_.push_back(
                     {name_, what + ", in the filter; no record is lost",
                      bytes});
               }
             }),
        path_(std::move(path)),
        name_(std::move(name)),
        size_(size),
        on_damage_(on_damage) {}
  ~TableSource() override { Close(); }

  bool Next() override {
    if (iterator_ != nullptr) {
      iterator_->Next();
    } else if (Open()) {
      iterator_->SeekToFirst();
    } else {
      return false;
    }
    for (; iterator_->Valid(); iterator_->Next()) {
      if (ParseEntryKey(ViewOf(iterator_->key()), &key_)) return true;
      AddDamage("has an entry without a sequence number", 0);
    }
    // A block that could be read may still be malformed. The iterator has the
    // first error only.
    const Status status = iterator_->status();
    if (!status.ok() && reported_.count(status.ToString()) == 0) {
      AddDamage(status.ToString(), 0);
    }
    Close();
    return false;
  }
  std::string_view value() const override { return ViewOf(iterator_->value()); }

 private:
  bool Open() {
    uint64_t bytes = size_;
    leveldb::RandomAccessFile* file = nullptr;
    leveldb::Table* table = nullptr;
    leveldb::Options options;
    options.env = &env_;
    // With a filter policy, LevelDB reads the table's filter when it opens the
    // table. It ignores damage there.
    options.filter_policy = filter_policy_.get();
    Status status;
    if (bytes == 0) status = env_.GetFileSize(path_, &bytes);
    if (status.ok()) status = env_.NewRandomAccessFile(path_, &file);
    file_.reset(file);
    if (status.ok()) {
      status = leveldb::Table::Open(options, file, bytes, &table);
    }
    table_.reset(table);
    if (!status.ok()) {
      AddDamage("cannot be read at all: " + status.ToString(), bytes);
      return false;
    }
    for (const FileDamage& damage : opening_damage_) on_damage_(damage);
    leveldb::ReadOptions reading;
    reading.fill_cache = false;
    iterator_.reset(table_->NewIterator(reading));
    return true;
  }
  void Close() {
    iterator_.reset();
    table_.reset();
    file_.reset();
  }
  void AddDamage(std::string what, uint64_t bytes) {
    on_damage_({name_, std::move(what), bytes});
  }

  CheckedEnv env_;
  const std::string path_;
  const std::string name_;
  const uint64_t size_;
  const std::function<void(const FileDamage&)>& on_damage_;
  std::vector<FileDamage> opening_damage_;
  // The policy of LevelDB's own filters. The number of bits does not matter for
  // reading.
  const std::unique_ptr<const leveldb::FilterPolicy> filter_policy_{
      leveldb::NewBloomFilterPolicy(10)};
  std::set<std::string> reported_;  // The errors of reads, as text.
  std::unique_ptr<leveldb::RandomAccessFile> file_;
  std::unique_ptr<leveldb::Table> table_;
  std::unique_ptr<leveldb::Iterator> iterator_;
};

/// An entry of a log.
struct LogEntry {
  EntryKey key;
  std::string value;
};

class LogSource final : public Source {
 public:
  explicit LogSource(std::vector<LogEntry> entries)
      : entries_(std::move(entries)) {}
  bool Next() override {
    if (next_ == entries_.size()) return false;
    key_ = entries_[next_++].key;
    return true;
  }
  std::string_view value() const override { return entries_[next_ - 1].value; }

 private:
  const std::vector<LogEntry> entries_;
  size_t next_ = 0;
};

class Merger {
 public:
  Merger(const RecordReaderOptions& options, const std::string& path,
         const Inspection& inspection)
      : options_(options), path_(path), inspection_(inspection) {}

  Status AddLogs() {
    std::vector<LogEntry> entries;
    for (const auto& [number, name] : inspection_.logs) {
      const Status status = ReadLog(path_ + "/" + name, &entries);
      if (!status.ok()) return status;
    }
    std::sort(entries.begin(), entries.end(),
              [this](const LogEntry& a, const LogEntry& b) {
                return IsBefore(a.key, b.key);
              });
    Start(std::make_unique<LogSource>(std::move(entries)));
    return Status::OK();
  }

  /// A table waits in the queue at its smallest key, and is opened when its
  /// turn comes. So few tables are open at a time. Without a MANIFEST the
  /// smallest keys are unknown, and all tables are opened at once.
  void AddTables() {
    for (const auto& [number, name] : inspection_.tables) {
      if (IsUnreadable(name)) continue;
      const auto listed = inspection_.manifest.tables.find(number);
      const Manifest::Table* const table =
          inspection_.has_manifest &&
                  listed != inspection_.manifest.tables.end()
              ? &listed->second
              : nullptr;
      // LevelDB ignores what a file has behind the size in the MANIFEST.
      auto source = std::make_unique<TableSource>(
          options_.env, path_ + "/" + name, name,
          table != nullptr ? table->bytes : 0, options_.on_damage);
      EntryKey smallest;
      if (table != nullptr && ParseEntryKey(table->smallest, &smallest)) {
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
      }
      if (source->Next()) queue_.push({source->key(), true, source});
    }
    return Status::OK();
  }

 private:
  struct Waiting {
    EntryKey key;
    bool is_started;  // `key` is an entry of `source`, not only a lower bound.
    Source* source;
  };

  bool IsBefore(const EntryKey& a, const EntryKey& b) const {
    const int order = options_.comparator->Compare(a.key, b.key);
    return order != 0 ? order < 0 : a.trailer > b.trailer;
  }

  /// Whether Inspect has reported the table. Such a table is cut, so it has no
  /// footer, or its file cannot be read.
  bool IsUnreadable(const std::string& name) const {
    return std::any_of(
        inspection_.damage.begin(), inspection_.damage.end(),
        [&](const FileDamage& damage) { return damage.file == name; });
  }

  void Start(std::unique_ptr<Source> source) {
    if (!source->Next()) return;
    queue_.push({source->key(), true, source.get()});
    sources_.push_back(std::move(source));
  }

  Status ReadLog(const std::string& file, std::vector<LogEntry>* entries) {
    leveldb::SequentialFile* opened = nullptr;
    const Status status = options_.env->NewSequentialFile(file, &opened);
    if (!status.ok()) return status;
    const std::unique_ptr<leveldb::SequentialFile> log(opened);
    LogReader reader(log.get());
    LogBatch batch;
    for (std::string record; reader.Next(&record);) {
      if (!DecodeBatch(record, &batch)) continue;
      uint64_t sequence = batch.sequence;
      for (const LogBatch::Operation& operation : batch.operations) {
        LogEntry entry;
        entry.key.key = operation.key;
        entry.key.trailer =
            sequence++ << 8 | (operation.value ? kTypeValue : 0);
        entry.value = operation.value.value_or("");
        entries->push_back(std::move(entry));
      }
    }
    return reader.status();
  }

  const RecordReaderOptions& options_;
  const std::string& path_;
  const Inspection& inspection_;
  std::vector<std::unique_ptr<Source>> sources_;
  const std::function<bool(const Waiting&, const Waiting&)> is_later_ =
      [this](const Waiting& a, const Waiting& b) {
        return IsBefore(b.key, a.key);
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
