// Reads the records of one item, or of many, from a backend.

#ifndef DYNO_BACKEND_ITEM_READER_H_
#define DYNO_BACKEND_ITEM_READER_H_

#include <functional>
#include <string>

#include "dyno/backend.h"
#include "dyno/item/item_records.h"

namespace dyno {

/// **Errors**: Corruption that names the key of a damaged record.
/// **Cost**: 1 range.
leveldb::Status ReadItemOnce(Backend* backend, const std::string& encoded_name,
                             ItemRecords* item);

/// Reads a second time if the backend is shared and the first range found late
/// or damaged records. The reason may be a flatten that took effect between two
/// pages of the range: the first page then still has the operations that were
/// folded, and the second page already has the base.
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
/// `has_gap` is not null, sets `*has_gap` to false first. If a record cannot be
/// read, sets it to true before the visitor gets a later record.
leveldb::Status VisitRecords(Backend* backend, const ItemRange& range,
                             bool keys_only, const Backend::Visitor& visit,
                             bool* has_gap = nullptr);

/// Visits the items one after the other, with one item at a time in memory. The
/// visitor returns false to stop. An item with a damaged record comes with an
/// error. A key that belongs to no item comes with an error and an empty name.
/// Once a record could not be read, each further item is read again by its own
/// range, so that the item is complete or comes with an error.
leveldb::Status VisitItems(
    Backend* backend, const ItemRange& range,
    const std::function<bool(const ItemRecords&, const leveldb::Status&)>&
        visit);

}  // namespace dyno

#endif  // DYNO_BACKEND_ITEM_READER_H_
