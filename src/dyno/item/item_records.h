// One item's records, as they were read from a store.

#ifndef DYNO_ITEM_ITEM_RECORDS_H_
#define DYNO_ITEM_ITEM_RECORDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "dyno/item/base_codec.h"
#include "dyno/item/records.h"

namespace dyno {

/// `view` points into `records`.
struct ItemRecords {
  std::string encoded_name;
  Records records;
  View view;
  std::vector<StoredRecord> leftovers;   ///< See RecordCollector.
  std::vector<StoredRecord> unfinished;  ///< See RecordCollector.
  uint64_t count = 0;                    ///< Keys read, leftovers included.
};

}  // namespace dyno

#endif  // DYNO_ITEM_ITEM_RECORDS_H_
