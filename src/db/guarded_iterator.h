// An iterator that a forked child cannot use.

#ifndef DYNAMODOWN_DB_GUARDED_ITERATOR_H_
#define DYNAMODOWN_DB_GUARDED_ITERATOR_H_

#include <memory>
#include <utility>

#include "base/fork.h"
#include "leveldb/iterator.h"
#include "leveldb/slice.h"
#include "leveldb/status.h"

namespace dynamodown {

/// Passes all calls on to another iterator, the guarded iterator. In a forked
/// child, Valid() is false and status() is Forked(forked), where `forked` is a
/// literal. The child never touches the guarded iterator, which may need a lock
/// that a thread of the parent holds.
class GuardedIterator final : public leveldb::Iterator {
 public:
  GuardedIterator(std::unique_ptr<leveldb::Iterator> guarded,
                  const char* forked)
      : guarded_(std::move(guarded)), forked_(forked) {}
  ~GuardedIterator() override;

  bool Valid() const override { return creator_.IsThis() && guarded_->Valid(); }
  void SeekToFirst() override;
  void SeekToLast() override;
  void Seek(const leveldb::Slice& target) override;
  void Next() override;
  void Prev() override;
  leveldb::Slice key() const override { return guarded_->key(); }
  leveldb::Slice value() const override { return guarded_->value(); }
  leveldb::Status status() const override;

 private:
  const CreatorProcess creator_;
  std::unique_ptr<leveldb::Iterator> guarded_;
  const char* const forked_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_GUARDED_ITERATOR_H_
