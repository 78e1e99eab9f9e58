#include "dyno/backend/item_reader.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "dyno/item/base_codec.h"
#include "dyno/item/key.h"

namespace dyno {
namespace {

using leveldb::Slice;
using leveldb::Status;

std::string_view ViewOfSlice(const Slice& slice) {
  return {slice.data(), slice.size()};
}
Slice SliceOf(std::string_view text) { return {text.data(), text.size()}; }

/// Moves the collected records to `*item`, and leaves the item's name and view
/// as they are. The collector gets the buffers that `*item` had.
void TakeRecords(RecordCollector* collector, ItemRecords* item) {
  item->count = collector->count();
  std::swap(item->records, collector->records());
  std::swap(item->leftovers, collector->leftovers());
  std::swap(item->unfinished, collector->unfinished());
}

/// Collects items from a stream of records.
class ItemStream {
 public:
  using Visit = std::function<bool(const ItemRecords&, const Status&)>;
  ItemStream(Backend* backend, const Visit& visit)
      : backend_(backend), visit_(visit) {}

  /// The flag that VisitRecords sets. If it is true, records before the last
  /// one added may be missing.
  bool* has_gap() { return &has_gap_; }

  bool Add(std::string_view key, std::string_view value) {
    const std::string_view name = key.substr(0, key.find('/'));
    if (name.size() == key.size() || !IsNameOrCurrent(name)) {
      return Finish() &&
             visit_(ItemRecords(), Damaged(key, "belongs to no item"));
    }
    if (name != item_.encoded_name) {
      if (!Finish()) return false;
      item_.encoded_name = name;
    }
    const Status added = collector_.Add(key, value);
    if (!added.ok() && damaged_.ok()) damaged_ = added;
    return true;
  }

  bool Finish() {
    if (collector_.count() == 0) return true;
    const Status finished = collector_.Finish();
    if (!finished.ok() && damaged_.ok()) damaged_ = finished;
    TakeRecords(&collector_, &item_);
    item_.view = damaged_.ok() ? ViewOf(item_.records) : View();
    const bool goes_on = has_gap_ ? VisitAgain() : visit_(item_, damaged_);
    item_.encoded_name.clear();
    collector_.Clear();
    damaged_ = Status::OK();
    return goes_on;
  }

 private:
  bool VisitAgain() {
    ItemRecords whole;
    const Status read = ReadItemOnce(backend_, item_.encoded_name, &whole);
    return read.ok() ? visit_(whole, read) : visit_(item_, read);
  }

  bool IsNameOrCurrent(std::string_view name) const {
    return (!name.empty() && name == item_.encoded_name) ||
           DecodeName(name).has_value();
  }

  Backend* const backend_;
  const Visit& visit_;
  bool has_gap_ = false;
  ItemRecords item_;
  RecordCollector collector_;
  Status damaged_;
};

}  // namespace

Status ReadItemOnce(Backend* backend, const std::string& encoded_name,
                    ItemRecords* item) {
  RecordCollector collector;
  Status damaged;
  const Status read = backend->Range(
      RangeOptions(), ItemBegin(encoded_name), ItemEnd(encoded_name),
      [&](const Slice& key, const Slice& value) {
        damaged = collector.Add(ViewOfSlice(key), ViewOfSlice(value));
        return damaged.ok();
      });
  if (!read.ok()) return read;
  if (damaged.ok()) damaged = collector.Finish();
  if (!damaged.ok()) return damaged;
  item->encoded_name = encoded_name;
  TakeRecords(&collector, item);
  item->view = ViewOf(item->records);
  return Status::OK();
}

Status ReadItem(Backend* backend, const std::string& encoded_name,
                ItemRecords* item) {
  const Status read = ReadItemOnce(backend, encoded_name, item);
  const bool may_be_in_between =
      read.IsCorruption() || (read.ok() && item->view.has_late());
  if (!backend->shared() || !may_be_in_between) return read;
  return ReadItemOnce(backend, encoded_name, item);
}

ItemRange RangeOfNames(const std::string& from, const std::string& to) {
  ItemRange range;
  if (!from.empty()) range.begin = ItemBegin(EncodeName(from));
  if (!to.empty()) range.end = ItemEnd(EncodeName(to));
  return range;
}

Status VisitRecords(Backend* backend, const ItemRange& range, bool keys_only,
                    const Backend::Visitor& visit, bool* has_gap) {
  bool ignored = false;
  if (has_gap == nullptr) has_gap = &ignored;
  *has_gap = false;
  RangeOptions options;
  options.damaged = has_gap;
  options.keys_only = keys_only;
  options.expected = SIZE_MAX;
  bool goes_on = true;
  const auto visit_part = [&](std::string_view begin, std::string_view end) {
    if (!goes_on || (!end.empty() && begin >= end)) return Status::OK();
    const Status read =
        backend->Range(options, SliceOf(begin), SliceOf(end),
                       [&](const Slice& key, const Slice& value) {
                         return goes_on = visit(key, value);
                       });
    if (!read.ok()) *has_gap = true;
    return read;
  };
  const std::string_view begin = range.begin;
  const std::string_view end = range.end;
  // Visits the part before dyno's own records, and the part behind them. If one
  // part fails, the other is visited all the same.
  const Status before =
      visit_part(begin, end.empty() ? kOwnBegin : std::min(end, kOwnBegin));
  const Status after = visit_part(std::max(begin, kOwnEnd), end);
  return before.ok() ? after : before;
}

Status VisitItems(
    Backend* backend, const ItemRange& range,
    const std::function<bool(const ItemRecords&, const Status&)>& visit) {
  ItemStream stream(backend, visit);
  bool goes_on = true;
  const Status read = VisitRecords(
      backend, range, false,
      [&](const Slice& key, const Slice& value) {
        return goes_on = stream.Add(ViewOfSlice(key), ViewOfSlice(value));
      },
      stream.has_gap());
  // After a failure other than a Corruption, the last item may be incomplete,
  // and is not visited.
  if (goes_on && (read.ok() || read.IsCorruption())) stream.Finish();
  return read;
}

}  // namespace dyno
