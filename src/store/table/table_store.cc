// The reads of a TableStore, and its capabilities.

#include "store/table/table_store.h"

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include "store/table/page_reader.h"
#include "store/table/size_estimate.h"

namespace dynamodown {
namespace {

using FoundValue = Result<std::optional<std::string>>;

/// The stored forms of the caller's keys, without duplicates and without keys
/// that cannot be stored.
struct DistinctKeys {
  std::vector<std::string> stored;
  std::unordered_map<std::string_view, size_t> index;  // Indices in `stored`.
};

DistinctKeys DistinctOf(const KeyCodec& codec,
                        const std::vector<std::string_view>& keys) {
  DistinctKeys distinct;
  for (const std::string_view key : keys) {
    if (distinct.index.count(key) > 0) continue;
    Result<std::string> stored = codec.Encode(key);
    if (!stored.ok()) continue;
    distinct.index.emplace(key, distinct.stored.size());
    distinct.stored.push_back(*std::move(stored));
  }
  return distinct;
}

FoundValue ValueOf(const ItemCodec& codec, const Item& item,
                   std::string_view key) {
  Result<std::string> value =
      DecodeValue(Find(item, codec.schema().value_name), key);
  if (!value.ok()) return std::move(value).error();
  return std::optional<std::string>(*std::move(value));
}

}  // namespace

TableStore::TableStore(ItemCodec codec, const Limits& limits, int parallel_max,
                       const Environment& environment)
    : codec_(std::move(codec)),
      limits_(limits),
      parallel_max_(parallel_max),
      environment_(environment),
      fetches_(environment.scheduler) {}

TableStore::~TableStore() { fetches_.WaitUntilEmpty(); }

Supports TableStore::supports() const {
  Supports supports;
  supports.atomic_batch = true;
  supports.unordered_batch = true;
  supports.write_if = true;
  supports.many_processes = true;
  return supports;
}

FoundValue TableStore::Get(std::string_view key, const ReadView& view) {
  if (Result<void> readable = CheckView(view); !readable.ok()) {
    return std::move(readable).error();
  }
  Result<std::string> stored = codec_.keys().Encode(key);
  if (!stored.ok()) return std::optional<std::string>();
  GetItem get;
  get.table = codec_.schema().keys;
  get.key = codec_.KeyOf(*std::move(stored));
  get.consistent_read = view.consistent;
  get.projection = {codec_.schema().value_name, get.table.range_name};
  Result<void, ServiceError> sent =
      environment_.client->Send(&get, CallOptions{view.deadline});
  if (!sent.ok()) return std::move(sent).error();
  if (!get.item) return std::optional<std::string>();
  return ValueOf(codec_, *get.item, key);
}

Store::Values TableStore::MultiGet(const std::vector<std::string_view>& keys,
                                   const ReadView& view) {
  if (const Result<void> readable = CheckView(view); !readable.ok()) {
    return Values(keys.size(), readable.error());
  }
  const DistinctKeys distinct = DistinctOf(codec_.keys(), keys);
  const std::vector<std::string>& stored = distinct.stored;
  Values found(stored.size(), std::optional<std::string>());
  const size_t run_items = limits_.batch_get_keys;
  const size_t runs = (stored.size() + run_items - 1) / run_items;
  ParallelFor(environment_.scheduler, runs, parallel_max_, [&](size_t run) {
    const size_t begin = run * run_items;
    const size_t end = std::min(begin + run_items, stored.size());
    BatchGetItem batch;
    batch.table = codec_.schema().keys;
    batch.hash = codec_.hash();
    batch.consistent_read = view.consistent;
    batch.projection = {batch.table.range_name, codec_.schema().value_name};
    for (size_t i = begin; i < end; ++i) {
      batch.ranges.push_back(codec_.keys().Value(stored[i]));
    }
    Result<void, ServiceError> sent =
        environment_.client->Send(&batch, CallOptions{view.deadline});
    for (size_t i = begin; i < end; ++i) {
      if (!sent.ok() && !batch.answered(i - begin)) {
        found[i] = Error(sent.error());
      } else if (batch.items[i - begin]) {
        found[i] = ValueOf(codec_, *batch.items[i - begin],
                           KeyCodec::Decode(stored[i]));
      }
    }
  });
  Values values;
  values.reserve(keys.size());
  for (const std::string_view key : keys) {
    const auto at = distinct.index.find(key);
    if (at == distinct.index.end()) {
      values.push_back(std::optional<std::string>());
    } else {
      values.push_back(found[at->second]);
    }
  }
  return values;
}

std::unique_ptr<PageStream> TableStore::NewPages(const KeyRange& range,
                                                 const ScanOptions& options,
                                                 const ReadView& view) {
  return std::make_unique<PageReader>(this, range, options, view);
}

Result<TablePage> TableStore::ReadPage(const PageRequest& request,
                                       const CallOptions& call) {
  std::optional<Query> query = QueryOf(codec_, request);
  if (!query) return TablePage();
  Result<void, ServiceError> sent = environment_.client->Send(&*query, call);
  if (!sent.ok()) return std::move(sent).error();
  Result<TablePage> page = PageOf(codec_, request, *std::move(query));
  if (page.ok() && !page->records.empty() && page->bytes > 0) {
    item_bytes_seen_.store(
        std::max<size_t>(1, page->bytes / page->records.size()),
        std::memory_order_relaxed);
  }
  return page;
}

Result<Store::Size> TableStore::ApproximateSize(const KeyRange& range) {
  if (range.empty()) return Size{0, true};
  PageRequest request;
  request.range = codec_.keys().Encode(range);
  request.consistent = false;
  Result<TablePage> page = ReadPage(request, CallOptions());
  if (!page.ok()) return std::move(page).error();
  uint64_t bytes = 0;
  for (const Record& record : page->records) {
    bytes += record.key.size() + record.value.size();
  }
  if (!page->rest) return Size{bytes, true};
  return Size{
      EstimateBytes(range.lower, range.upper.value_or(codec_.keys().Last()),
                    page->rest->lower, bytes),
      false};
}

}  // namespace dynamodown
