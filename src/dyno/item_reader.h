// An item's records from a backend.

#ifndef DYNO_ITEM_READER_H_
#define DYNO_ITEM_READER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dyno/backend.h"
#include "dyno/codec.h"
#include "dyno/records.h"
#include "dyno/result.h"

namespace dyno {

/// What was read of an item. `view` points into `records`.
struct ItemRecords {
  std::string encoded_name;
  Records records;
  View view;
  std::vector<StoredRecord> leftovers;  ///< See RecordCollector.
  std::vector<StoredRecord> unfinished;
  uint64_t count = 0;
};

/// One range.
/// **Errors**: Corruption that names the key of a damaged record.
leveldb::Status ReadItemOnce(Backend* backend, const std::string& encoded_name,
                             ItemRecords* item);

/// One range; a second one when the backend is shared and the first one found
/// what is late or damaged: a flatten between two pages of a range leaves its
/// operations in the first and its base in the second.
/// **Errors**: Corruption that names the key of a damaged record.
leveldb::Status ReadItem(Backend* backend, const std::string& encoded_name,
                         ItemRecords* item);

/// The keys of items are in [begin, end) and not dyno's own; empty: no bound.
struct ItemRange {
  std::string begin;
  std::string end;
};
/// Of items with names from `from` to `to`, as QueryOptions has them.
ItemRange RangeOfNames(const std::string& from, const std::string& to);

/// Visits keys and values of items in that range, and nothing of dyno's own.
/// `*has_gap`, if not null, is false, and true at the latest before the visitor
/// is given a record that comes after one that was not read.
leveldb::Status VisitRecords(Backend* backend, const ItemRange& range,
                             bool keys_only, const Backend::Visitor& visit,
                             bool* has_gap = nullptr);

/// Visits item after item, with one of them in memory; the visitor returns
/// false to end. Of an item with a damaged record the visitor is given the
/// status. A key that is of no item comes with an empty name. From the first
/// record on that cannot be read, each item is read anew by a range of its own:
/// it is whole, or has a status.
leveldb::Status VisitItems(
    Backend* backend, const ItemRange& range,
    const std::function<bool(const ItemRecords&, const leveldb::Status&)>&
        visit);

}  // namespace dyno

#endif  // DYNO_ITEM_READER_H_
