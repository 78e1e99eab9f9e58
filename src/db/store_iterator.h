// A leveldb::Iterator over the pages of a store.

#ifndef DYNAMODOWN_DB_STORE_ITERATOR_H_
#define DYNAMODOWN_DB_STORE_ITERATOR_H_

#include <cstdint>
#include <memory>

#include "dynamodown/options.h"
#include "leveldb/iterator.h"
#include "leveldb/status.h"
#include "store/store.h"

namespace dynamodown {

/// **Ownership**: the store outlives the iterator.
class StoreIterator final : public leveldb::Iterator {
 public:
  struct Options {
    ReadView view;
    bool keys_only = false;
    bool stop_at_damage = false;
    uint64_t expected = 0;
    Spelling spelling = Spelling::kCpp;
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
  /// Begins to read `range` in the direction that `forward` says, and moves to
  /// the first record in this direction.
  void Start(const KeyRange& range, bool forward);
  /// Moves to the next record in the current direction, or to none.
  void Advance();
  void TakeNextPage();
  /// Changes the direction at the current record.
  void Turn(bool forward);

  Store* const store_;
  const KeyRange range_;
  const Options options_;
  bool forward_ = true;
  std::unique_ptr<PageStream> pages_;  // The pages behind page_, or null.
  Page page_;
  size_t index_ = 0;        // The current record in page_.
  leveldb::Status status_;  // The first failure stays, as in LevelDB.
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_STORE_ITERATOR_H_
