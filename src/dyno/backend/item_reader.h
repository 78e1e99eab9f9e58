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
/// or damaged records: a flatten between two pages of a range leaves its
/// operations in the first page and its base in the second.
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

/// Visits the records of items in the range, without dyno's own records. Sets
/// `*has_gap`, if not null, to false; and to true if a record cannot be read,
/// before the visitor gets a later one.
leveldb::Status VisitRecords(Backend* backend, const ItemRange& range,
                             bool keys_only, const Backend::Visitor& visit,
                             bool* has_gap = nullptr);

/// Visits item after item, with one of them in memory; the visitor returns
/// false to stop. An item with a damaged record comes with an error. A key that
/// belongs to no item comes with an error and an empty name. Once a record
/// could not be read, each further item is read again by a range of its own, so
/// that it is complete or comes with an error.
leveldb::Status VisitItems(
    Backend* backend, const ItemRange& range,
    const std::function<bool(const ItemRecords&, const leveldb::Status&)>&
        visit);

}  // namespace dyno

#endif  // DYNO_BACKEND_ITEM_READER_H_
