#include "store/page_reader.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace dynamodown {

struct PageReader::Fetch {
  PageRequest request;
  std::mutex mutex;
  bool claimed = false;                // Somebody is at it; guarded, as
  std::optional<Result<Page>> result;  // this is, by mutex.
};

bool PageReader::Claim(Fetch* fetch) {
  std::lock_guard<std::mutex> lock(fetch->mutex);
  return !std::exchange(fetch->claimed, true);
}

PageReader::PageReader(Store* store, StoredRange range, const Options& options)
    : store_(store), options_(options) {
  if (!range.empty()) rest_ = std::move(range);
}

PageRequest PageReader::NextRequest() const {
  PageRequest request;
  request.range = *rest_;
  request.forward = options_.forward;
  request.keys_only = options_.keys_only;
  request.consistent = options_.consistent;
  request.limit = PageLimit(pages_, last_limit_, store_->item_bytes_seen());
  if (options_.expected > records_) {
    // What is expected is fetched at once, and not more.
    request.limit = options_.expected - records_;
  }
  const uint64_t full = FullPageLimit(store_->item_bytes_seen());
  if (request.limit == 0 || request.limit > full) request.limit = full;
  return request;
}

Result<Page> PageReader::Next() {
  while (rest_) {
    Result<Page> page = Page();
    uint64_t limit;
    const std::shared_ptr<Fetch> fetch = std::move(fetch_);
    if (fetch != nullptr && !Claim(fetch.get())) {
      std::unique_lock<std::mutex> lock(fetch->mutex);
      if (!store_->scheduler()->Wait(
              lock, [&] { return fetch->result.has_value(); })) {
        return Error{ErrorKind::kForked,
                     "the store was opened before fork(); open it again"};
      }
      page = *std::move(fetch->result);
      limit = fetch->request.limit;
    } else {
      // Nothing was fetched ahead, or no thread was free for it yet.
      const PageRequest request = NextRequest();
      limit = request.limit;
      page = store_->ReadPage(request, options_.call);
    }
    if (!page.ok()) return page;
    ++pages_;
    last_limit_ = limit;
    records_ += page->records.size();
    rest_ = std::move(page->rest);
    if (!page->records.empty() || page->damage) return page;
  }
  return Page();
}

void PageReader::ReadAhead() {
  if (!rest_ || fetch_ != nullptr) return;
  if (options_.expected != 0 && records_ >= options_.expected) return;
  fetch_ = std::make_shared<Fetch>();
  fetch_->request = NextRequest();
  store_->gate()->Enter();
  store_->scheduler()->Run(
      [store = store_, fetch = fetch_, call = options_.call] {
        if (Claim(fetch.get())) {
          Result<Page> page = store->ReadPage(fetch->request, call);
          {
            std::lock_guard<std::mutex> lock(fetch->mutex);
            fetch->result = std::move(page);
          }
          store->scheduler()->Notify();
        }
        store->gate()->Leave();
      });
}

}  // namespace dynamodown
