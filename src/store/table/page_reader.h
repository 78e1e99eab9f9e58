// Reads a range of a TableStore page by page.

#ifndef DYNAMODOWN_STORE_TABLE_PAGE_READER_H_
#define DYNAMODOWN_STORE_TABLE_PAGE_READER_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "store/store.h"
#include "store/table/page_query.h"
#include "store/table/table_store.h"

namespace dynamodown {

/// **Ownership**: `store` outlives the reader. A fetch may outlive the reader:
/// the store's destructor waits for the fetch.
class PageReader final : public PageStream {
 public:
  PageReader(TableStore* store, const KeyRange& range,
             const ScanOptions& options, const ReadView& view);

  Result<Page> Next() override;
  void ReadAhead() override;

 private:
  struct Fetch;
  /// Returns true to exactly one caller, which must then fetch the page.
  static bool Claim(Fetch* fetch);
  PageRequest NextRequest() const;

  TableStore* const store_;
  const ScanOptions options_;
  const ReadView view_;
  std::optional<StoredRange> rest_;  // The range behind the last page, if any.
  int pages_ = 0;
  uint64_t last_limit_ = 0;
  uint64_t records_ = 0;          // The records returned so far.
  std::shared_ptr<Fetch> fetch_;  // The next page, if its fetch has started.
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_TABLE_PAGE_READER_H_
