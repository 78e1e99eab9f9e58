#include "db/guarded_iterator.h"

#include "db/to_status.h"

namespace dynamodown {

GuardedIterator::~GuardedIterator() {
  if (!creator_.IsThis()) static_cast<void>(guarded_.release());
}

void GuardedIterator::SeekToFirst() {
  if (creator_.IsThis()) guarded_->SeekToFirst();
}

void GuardedIterator::SeekToLast() {
  if (creator_.IsThis()) guarded_->SeekToLast();
}

void GuardedIterator::Seek(const leveldb::Slice& target) {
  if (creator_.IsThis()) guarded_->Seek(target);
}

void GuardedIterator::Next() {
  if (creator_.IsThis()) guarded_->Next();
}

void GuardedIterator::Prev() {
  if (creator_.IsThis()) guarded_->Prev();
}

leveldb::Status GuardedIterator::status() const {
  return creator_.IsThis() ? guarded_->status() : Forked(forked_);
}

}  // namespace dynamodown
