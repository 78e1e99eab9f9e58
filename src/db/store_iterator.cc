#include "db/store_iterator.h"

#include <algorithm>
#include <cassert>
#include <string_view>
#include <utility>

#include "db/to_status.h"

namespace dynamodown {

StoreIterator::StoreIterator(Store* store, KeyRange range,
                             const Options& options)
    : store_(store), range_(std::move(range)), options_(options) {}

void StoreIterator::SeekToFirst() { Start(range_, true); }

void StoreIterator::SeekToLast() { Start(range_, false); }

void StoreIterator::Seek(const leveldb::Slice& target) {
  const std::string_view key(target.data(), target.size());
  if (Valid()) {
    // The page has all the store's keys between the page's first key and last
    // key, so a Seek to a key between them needs no request.
    const auto& records = page_.records;
    const bool inside =
        forward_ ? records.front().key <= key && key <= records.back().key
                 : records.back().key <= key && key <= records.front().key;
    if (inside && forward_) {
      index_ = static_cast<size_t>(
          std::lower_bound(
              records.begin(), records.end(), key,
              [](const Record& r, std::string_view k) { return r.key < k; }) -
          records.begin());
      return;
    }
    if (inside) {
      // In descending order, find the last record that is not below the key.
      index_ = static_cast<size_t>(
                   std::upper_bound(records.begin(), records.end(), key,
                                    [](std::string_view k, const Record& r) {
                                      return r.key < k;
                                    }) -
                   records.begin()) -
               1;
      return;
    }
  }
  KeyRange range = range_;
  range.lower = std::max(range.lower, std::string(key));
  Start(range, true);
}

void StoreIterator::Next() {
  assert(Valid());
  if (forward_) {
    Advance();
  } else if (index_ > 0) {
    --index_;
  } else {
    Turn(true);
  }
}

void StoreIterator::Prev() {
  assert(Valid());
  if (!forward_) {
    Advance();
  } else if (index_ > 0) {
    --index_;
  } else {
    Turn(false);
  }
}

void StoreIterator::Turn(bool forward) {
  KeyRange range = range_;
  std::string here = std::move(page_.records[index_].key);
  if (forward) {
    here.push_back('\0');
    range.lower = std::max(range.lower, std::move(here));
  } else {
    range.upper = std::move(here);
  }
  Start(range, forward);
}

void StoreIterator::Start(const KeyRange& range, bool forward) {
  forward_ = forward;
  pages_ = store_->NewPages(
      range, ScanOptions{forward, options_.keys_only, options_.expected},
      options_.view);
  TakeNextPage();
}

void StoreIterator::Advance() {
  ++index_;
  if (index_ >= page_.records.size()) {
    TakeNextPage();
  } else if (2 * index_ >= page_.records.size() && pages_ != nullptr) {
    pages_->ReadAhead();
  }
}

void StoreIterator::TakeNextPage() {
  index_ = 0;
  while (pages_ != nullptr) {
    Result<Page> page = pages_->Next();
    if (!page.ok()) {
      page_ = Page();
      if (status_.ok()) status_ = ToStatus(page.error(), options_.spelling);
      return;
    }
    page_ = *std::move(page);
    if (page_.damage && status_.ok())
      status_ = ToStatus(*page_.damage, options_.spelling);
    if (page_.damage && options_.stop_at_damage) {
      page_.records.resize(page_.damage_at);
      pages_.reset();
      return;
    }
    // Skip a page that has damage but no records. A page that has neither is
    // the end.
    if (!page_.records.empty() || !page_.damage) return;
  }
  page_ = Page();
}

}  // namespace dynamodown
