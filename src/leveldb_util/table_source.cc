// A lookup finds a key only if the table's index leads to the block of the key,
// and the block is in order. So the check compares the first and the last key
// of each block with the index, and each key with the key before it. LevelDB's
// public interface does not show the index, except through ApproximateOffsetOf,
// which returns the offset of the block to which the index leads.

#include "leveldb_util/table_source.h"

#include <algorithm>

#include "leveldb/options.h"
#include "leveldb_util/table_bounds.h"

namespace dynamodown {
namespace {

using leveldb::Status;

std::string_view ViewOf(const leveldb::Slice& slice) {
  return {slice.data(), slice.size()};
}

}  // namespace

MemorySource::MemorySource(std::vector<Entry> entries,
                           const EntryComparator& comparator)
    : entries_(std::move(entries)) {
  std::stable_sort(entries_.begin(), entries_.end(),
                   [&](const Entry& a, const Entry& b) {
                     return comparator.Compare(a.key, b.key) < 0;
                   });
}

bool MemorySource::Next() {
  if (next_ == entries_.size()) return false;
  key_ = entries_[next_++].key;
  return true;
}

TableSource::TableSource(const Options& options, std::string path,
                         std::string name, const Manifest::Table* listed)
    : options_(options),
      env_(options.env,
           [this](uint64_t offset, uint64_t bytes, const Status& status) {
             OnRead(offset, bytes, status);
           }),
      path_(std::move(path)),
      name_(std::move(name)),
      listed_(listed),
      has_range_(listed != nullptr &&
                 ParseEntryKey(listed->smallest, &smallest_) &&
                 ParseEntryKey(listed->largest, &largest_)) {}

bool TableSource::CheckBounds() {
  leveldb::RandomAccessFile* opened = nullptr;
  const Status status = options_.env->NewRandomAccessFile(path_, &opened);
  const std::unique_ptr<leveldb::RandomAccessFile> file(opened);
  if (!status.ok() || HasListedBounds(file.get(), *listed_)) return true;
  AddDamage(kOtherTable, 0);
  listed_ = nullptr;
  has_range_ = false;
  return false;
}

bool TableSource::Next() {
  if (!is_started_) {
    is_started_ = true;
    if (!Begin()) return false;
  } else if (sorted_ == nullptr) {
    iterator_->Next();
  }
  if (sorted_ != nullptr) {
    if (!sorted_->Next()) return false;
    key_ = sorted_->key();
    return true;
  }
  for (; iterator_->Valid(); iterator_->Next()) {
    if (ParseEntryKey(ViewOf(iterator_->key()), &key_)) return true;
  }
  Close();
  return false;
}

std::string_view TableSource::value() const {
  return sorted_ != nullptr ? sorted_->value() : ViewOf(iterator_->value());
}

bool TableSource::Begin() {
  if (!Open()) return false;
  Check();
  is_checked_ = true;
  if (!disordered_blocks_.empty()) {
    Sort();
    Close();
  } else {
    iterator_->SeekToFirst();
  }
  return true;
}

bool TableSource::Open() {
  // LevelDB ignores what a file has behind the size in the MANIFEST.
  uint64_t bytes = listed_ != nullptr ? listed_->bytes : 0;
  leveldb::RandomAccessFile* file = nullptr;
  leveldb::Table* table = nullptr;
  leveldb::Options options;
  options.env = &env_;
  options.comparator = options_.comparator;
  // With a filter policy, LevelDB reads the table's filter when it opens the
  // table. It ignores damage there.
  options.filter_policy = filter_policy_.get();
  Status status;
  if (listed_ == nullptr) status = env_.GetFileSize(path_, &bytes);
  if (status.ok()) status = env_.NewRandomAccessFile(path_, &file);
  file_.reset(file);
  if (status.ok()) status = leveldb::Table::Open(options, file, bytes, &table);
  table_.reset(table);
  if (!status.ok()) {
    AddDamage("cannot be read at all: " + status.ToString(), bytes);
    return false;
  }
  for (const FileDamage& damage : opening_damage_) options_.on_damage(damage);
  leveldb::ReadOptions reading;
  reading.fill_cache = false;
  iterator_.reset(table_->NewIterator(reading));
  return true;
}

void TableSource::Close() {
  iterator_.reset();
  table_.reset();
  file_.reset();
}

/// Reads the whole table, and reports what is wrong.
void TableSource::Check() {
  std::string last;  // The key before.
  uint64_t block = 0;
  EntryKey entry;
  for (iterator_->SeekToFirst(); iterator_->Valid(); iterator_->Next()) {
    const std::string_view key = ViewOf(iterator_->key());
    if (!ParseEntryKey(key, &entry)) {
      AddDamage("has an entry without a sequence number", 0);
      continue;
    }
    if (last.empty() || block != block_) {
      if (!last.empty()) CheckLookup(last, block);
      block = block_;
      CheckLookup(key, block);
    }
    const bool rises =
        last.empty() || options_.comparator->Compare(leveldb::Slice(last),
                                                     iterator_->key()) < 0;
    if (!rises || !IsInRange(entry)) AddDisorder(block);
    last = key;
  }
  if (!last.empty()) CheckLookup(last, block);
  // A block that could be read may still be malformed. The iterator has the
  // first error only.
  const Status status = iterator_->status();
  if (!status.ok() && reported_.count(status.ToString()) == 0) {
    AddDamage(status.ToString(), 0);
  }
}

/// Checks that the index leads from `key` to `block`, which has the key.
void TableSource::CheckLookup(std::string_view key, uint64_t block) {
  if (table_->ApproximateOffsetOf({key.data(), key.size()}) != block) {
    AddDisorder(block);
  }
}

/// Reads the entries into memory, without those that the table cannot have.
void TableSource::Sort() {
  std::vector<MemorySource::Entry> entries;
  MemorySource::Entry entry;
  for (iterator_->SeekToFirst(); iterator_->Valid(); iterator_->Next()) {
    if (!ParseEntryKey(ViewOf(iterator_->key()), &entry.key)) continue;
    entry.value = ViewOf(iterator_->value());
    if (IsInRange(entry.key)) entries.push_back(entry);
  }
  sorted_ =
      std::make_unique<MemorySource>(std::move(entries), *options_.comparator);
}

bool TableSource::IsInRange(const EntryKey& key) const {
  return !has_range_ || (options_.comparator->Compare(smallest_, key) <= 0 &&
                         options_.comparator->Compare(key, largest_) <= 0);
}

void TableSource::OnRead(uint64_t offset, uint64_t bytes,
                         const Status& status) {
  if (status.ok()) block_ = offset;
  if (status.ok() || is_checked_) return;
  const std::string what =
      status.IsCorruption()
          ? "checksum mismatch at offset " + std::to_string(offset)
          : status.ToString();
  if (table_ == nullptr) {
    opening_damage_.push_back(
        {name_, what + ", in the filter; no record is lost", bytes});
    return;
  }
  reported_.insert(status.ToString());
  AddDamage(what, bytes);
}

void TableSource::AddDamage(std::string what, uint64_t bytes) {
  options_.on_damage({name_, std::move(what), bytes});
}

void TableSource::AddDisorder(uint64_t block) {
  if (!disordered_blocks_.insert(block).second) return;
  AddDamage("keys in the wrong place, so that lookups miss them, at offset " +
                std::to_string(block),
            0);
}

}  // namespace dynamodown
