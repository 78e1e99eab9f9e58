#include "leveldb_util/table_bounds.h"

#include <memory>
#include <string>

#include "leveldb/iterator.h"
#include "leveldb/options.h"
#include "leveldb/table.h"

namespace dynamodown {
namespace {

bool IsOtherKey(const leveldb::Iterator& it, const std::string& listed) {
  if (it.Valid()) return it.key() != leveldb::Slice(listed);
  return it.status().ok();  // The table is empty.
}

}  // namespace

bool HasListedBounds(leveldb::RandomAccessFile* file,
                     const Manifest::Table& listed) {
  leveldb::Options options;
  options.paranoid_checks = true;  // Verify the index's checksum, too.
  leveldb::Table* opened = nullptr;
  const leveldb::Status status =
      leveldb::Table::Open(options, file, listed.bytes, &opened);
  if (!status.ok()) return true;
  const std::unique_ptr<leveldb::Table> table(opened);
  leveldb::ReadOptions reading;
  reading.verify_checksums = true;
  reading.fill_cache = false;
  const std::unique_ptr<leveldb::Iterator> it(table->NewIterator(reading));
  it->SeekToFirst();
  // Behind a block that cannot be read, the iterator is at a later key.
  if (it->status().ok() && IsOtherKey(*it, listed.smallest)) return false;
  const std::unique_ptr<leveldb::Iterator> last(table->NewIterator(reading));
  last->SeekToLast();
  return !last->status().ok() || !IsOtherKey(*last, listed.largest);
}

}  // namespace dynamodown
