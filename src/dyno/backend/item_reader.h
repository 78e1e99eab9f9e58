// Reads the records of one item, or of many, from a backend.

#ifndef DYNO_BACKEND_ITEM_READER_H_
#define DYNO_BACKEND_ITEM_READER_H_

#include <functional>
#include <string>

#include "dyno/backend.h"
#include "dyno/item/item_records.h"

namespace dyno {

/// Reads the item with one range.
/// **Errors**: Corruption that names the key of a damaged record.
/// **Cost**: 1 range.
leveldb::Status ReadItemOnce(Backend* backend, const std::string& encoded_name,
                             ItemRecords* item);

/// Reads the item. If the backend is shared, and the range finds late or
/// damaged records, reads the item once more, because a flatten may have taken
/// effect between two pages of the first range. In that case the first page has
/// the operations that were folded, and the second page has the base.
/// **Errors**: Corruption that names the key of a damaged record.
/// **Cost**: 1 range, or 2.
leveldb::Status ReadItem(Backend* backend, const std::string& encoded_name,
                         ItemRecords* item);

/// Keys of items in [begin, end); an empty bound means no bound.
struct ItemRange {
  std::string begin;
  std::string end;
};
/// The items with names from `from` to `to`, as in QueryOptions.
ItemRange RangeOfNames(const std::string& from, const std::string& to);

/// Visits the records of items in the range, without dyno's own records. If
/// `has_gap` is not null, first sets `*has_gap` to false. If a record cannot be
/// read, sets `*has_gap` to true before the visitor gets any later record.
leveldb::Status VisitRecords(Backend* backend, const ItemRange& range,
                             bool keys_only, const Backend::Visitor& visit,
                             bool* has_gap = nullptr);

/// Visits the items one after the other, with one item at a time in memory. The
/// visitor returns false to stop. For an item with a damaged record, the
/// visitor also gets an error. For a key that belongs to no item, the visitor
/// gets an error and an empty name. Once a record could not be read, each item
/// that was not visited yet is read again with a range of its own. So the
/// visitor gets either the complete item or an error.
leveldb::Status VisitItems(
    Backend* backend, const ItemRange& range,
    const std::function<bool(const ItemRecords&, const leveldb::Status&)>&
        visit);

}  // namespace dyno

#endif  // DYNO_BACKEND_ITEM_READER_H_
