#include "store/table/page_reader.h"

#include <mutex>
#include <utility>

#include "base/fork.h"
#include "store/table/page_limit.h"

namespace dynamodown {

struct PageReader::Fetch {
  PageRequest request;
  std::mutex mutex;
  // Guarded by mutex:
  bool claimed = false;  // A thread is fetching the page, or has fetched it.
  std::optional<Result<TablePage>> result;
};

bool PageReader::Claim(Fetch* fetch) {
  std::lock_guard<std::mutex> lock(fetch->mutex);
  return !std::exchange(fetch->claimed, true);
}

PageReader::PageReader(TableStore* store, const KeyRange& range,
                       const ScanOptions& options, const ReadView& view)
    : store_(store), options_(options), view_(view) {
  if (range.empty() || !store_->CheckView(view_).ok()) return;
  StoredRange stored = store_->codec().keys().Encode(range);
  if (!stored.empty()) rest_ = std::move(stored);
}

PageRequest PageReader::NextRequest() const {
  PageRequest request;
  request.range = *rest_;
  request.forward = options_.forward;
  request.keys_only = options_.keys_only;
  request.consistent = view_.consistent;
  request.limit = PageLimit(pages_, last_limit_, store_->item_bytes_seen());
  if (options_.expected > records_) {
    // Fetch the rest of the expected records at once, and no more.
    request.limit = options_.expected - records_;
  }
  const uint64_t full = FullPageLimit(store_->item_bytes_seen());
  if (request.limit == 0 || request.limit > full) request.limit = full;
  return request;
}

Result<Page> PageReader::Next() {
  if (Result<void> readable = store_->CheckView(view_); !readable.ok()) {
    return std::move(readable).error();
  }
  // Empty pages are no progress, so all Queries of this call share a deadline.
  const CallOptions call{view_.deadline, store_->scheduler()->Now()};
  while (rest_) {
    Result<TablePage> page = TablePage();
    uint64_t limit;
    const std::shared_ptr<Fetch> fetch = std::move(fetch_);
    if (fetch != nullptr && !Claim(fetch.get())) {
      std::unique_lock<std::mutex> lock(fetch->mutex);
      if (!store_->scheduler()->Wait(
              lock, [&] { return fetch->result.has_value(); })) {
        return Error{ErrorKind::kForked, kOpenedBeforeFork};
      }
      page = *std::move(fetch->result);
      limit = fetch->request.limit;
    } else {
      // ReadAhead was not called, or no thread has begun its fetch yet.
      const PageRequest request = NextRequest();
      limit = request.limit;
      page = store_->ReadPage(request, call);
    }
    if (!page.ok()) return std::move(page).error();
    ++pages_;
    last_limit_ = limit;
    records_ += page->records.size();
    rest_ = std::move(page->rest);
    if (!page->records.empty() || page->damage) return Page(*std::move(page));
  }
  return Page();
}

void PageReader::ReadAhead() {
  if (!rest_ || fetch_ != nullptr) return;
  if (options_.expected != 0 && records_ >= options_.expected) return;
  fetch_ = std::make_shared<Fetch>();
  fetch_->request = NextRequest();
  store_->fetches()->Enter();
  store_->scheduler()->Run(
      [store = store_, fetch = fetch_, call = CallOptions{view_.deadline}] {
        if (Claim(fetch.get())) {
          Result<TablePage> page = store->ReadPage(fetch->request, call);
          {
            std::lock_guard<std::mutex> lock(fetch->mutex);
            fetch->result = std::move(page);
          }
          store->scheduler()->Notify();
        }
        store->fetches()->Leave();
      });
}

}  // namespace dynamodown
