// A range as a stream of pages in one direction, the next of which can be
// fetched while this one is being used.

#ifndef DYNAMODOWN_STORE_PAGE_READER_H_
#define DYNAMODOWN_STORE_PAGE_READER_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "store/store.h"

namespace dynamodown {

/// **Thread-safety**: one thread at a time. **Ownership**: `store` outlives the
/// reader, and a fetch that is still under way when the reader dies: that one
/// is in the store's gate.
class PageReader {
 public:
  struct Options {
    bool forward = true;
    bool keys_only = false;
    bool consistent = true;
    uint64_t expected = 0;  ///< Records that will be read; 0: unknown.
    CallOptions call;
  };
  PageReader(Store* store, StoredRange range, const Options& options);

  /// The next page that has a record or damage; an empty one is the end. After
  /// an error the same page is tried again.
  Result<Page> Next();

  /// Begins to fetch the page that Next will return, if there is one and it is
  /// not being fetched.
  void ReadAhead();

 private:
  struct Fetch;
  /// True for the first who asks: that one fetches.
  static bool Claim(Fetch* fetch);
  PageRequest NextRequest() const;

  Store* const store_;
  const Options options_;
  std::optional<StoredRange> rest_;  // Not yet returned by Next.
  int pages_ = 0;
  uint64_t last_limit_ = 0;
  uint64_t records_ = 0;          // Returned so far.
  std::shared_ptr<Fetch> fetch_;  // Of rest_, when under way or done.
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_PAGE_READER_H_
