// leveldb::Iterator over a store's pages.

#ifndef DYNAMODOWN_DB_STORE_ITERATOR_H_
#define DYNAMODOWN_DB_STORE_ITERATOR_H_

#include <optional>

#include "leveldb/iterator.h"
#include "leveldb/status.h"
#include "store/page_reader.h"
#include "store/store.h"

namespace dynamodown {

/// **Ownership**: the store outlives it.
class StoreIterator final : public leveldb::Iterator {
 public:
  struct Options {
    bool keys_only = false;
    bool consistent = true;
    bool stop_at_damage = false;
    uint64_t expected = 0;
    CallOptions call;
  };
  StoreIterator(Store* store, KeyRange range, const Options& options);

  bool Valid() const override { return index_ < page_.records.size(); }
  void SeekToFirst() override;
  void SeekToLast() override;
  void Seek(const leveldb::Slice& target) override;
  void Next() override;
  void Prev() override;
  leveldb::Slice key() const override { return page_.records[index_].key; }
  leveldb::Slice value() const override { return page_.records[index_].value; }
  leveldb::Status status() const override { return status_; }

 private:
  /// Reads `range` anew in one direction, and stands on its first record.
  void Start(KeyRange range, bool forward);
  /// To the next record in the direction of travel, or none.
  void Advance();
  void TakeNextPage();
  void Turn(bool forward);

  Store* const store_;
  const KeyRange range_;
  const Options options_;
  // The page at hand, in the direction of travel, and the place in it. Behind
  // its end there are the pages that reader_ still has.
  bool forward_ = true;
  std::optional<PageReader> reader_;
  Page page_;
  size_t index_ = 0;
  leveldb::Status status_;  // The first failure; it stays, as LevelDB's does.
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_STORE_ITERATOR_H_
