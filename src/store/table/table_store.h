// A Store whose records are in one hash key of a DynamoDB table. A call sends
// no request, one request, or several requests in parallel.

#ifndef DYNAMODOWN_STORE_TABLE_TABLE_STORE_H_
#define DYNAMODOWN_STORE_TABLE_TABLE_STORE_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/gate.h"
#include "base/random.h"
#include "base/result.h"
#include "base/scheduler.h"
#include "dynamo/client.h"
#include "dynamo/limits.h"
#include "store/store.h"
#include "store/table/batch_plan.h"
#include "store/table/item_codec.h"
#include "store/table/page_query.h"

namespace dynamodown {

class TableStore final : public Store {
 public:
  /// What the store uses. The objects outlive the store.
  struct Environment {
    Client* client;
    Scheduler* scheduler;
    Random* random;
  };
  TableStore(ItemCodec codec, const Limits& limits, int parallel_max,
             const Environment& environment);
  /// Waits for the pages that are being fetched ahead.
  ~TableStore() override;

  Supports supports() const override;
  Result<std::optional<std::string>> Get(std::string_view key,
                                         const ReadView& view) override;
  Values MultiGet(const std::vector<std::string_view>& keys,
                  const ReadView& view) override;
  Result<void, WriteError> Put(std::string_view key, std::string_view value,
                               const WriteMode& mode) override;
  Result<void, WriteError> Delete(std::string_view key,
                                  const WriteMode& mode) override;
  Result<void, WriteError> Write(const std::vector<BatchOperation>& operations,
                                 const WriteMode& mode) override;
  Result<void, WriteError> WriteIf(
      const std::vector<BatchOperation>& operations,
      const std::vector<KeyCondition>& conditions,
      const WriteMode& mode) override;
  std::unique_ptr<PageStream> NewPages(const KeyRange& range,
                                       const ScanOptions& options,
                                       const ReadView& view) override;
  Result<Size> ApproximateSize(const KeyRange& range) override;
  const StoreSnapshot* GetSnapshot() override { return nullptr; }
  void ReleaseSnapshot(const StoreSnapshot*) override {}
  size_t memory_bytes() const override { return sizeof *this; }

  // For PageReader.

  const ItemCodec& codec() const { return codec_; }
  Scheduler* scheduler() const { return environment_.scheduler; }
  /// Holds the fetches that are under way.
  Gate* fetches() { return &fetches_; }
  /// Sends one Query. An empty page may be followed by more pages.
  Result<TablePage> ReadPage(const PageRequest& request,
                             const CallOptions& call);
  /// The mean size of an item in the last page that had records; 0 before the
  /// first such page.
  size_t item_bytes_seen() const {
    return item_bytes_seen_.load(std::memory_order_relaxed);
  }

 private:
  Result<void, WriteError> WriteOne(PlannedWrite write,
                                    const CallOptions& call);
  Result<void, WriteError> WriteAtomic(std::vector<PlannedWrite> plan,
                                       const CallOptions& call);
  Result<void, WriteError> WriteUnordered(std::vector<PlannedWrite> plan,
                                          const CallOptions& call);
  TransactWriteItems::Write Transactional(PlannedWrite write) const;
  TransactWriteItems::Write Transactional(
      ConditionalWrite write,
      const std::vector<KeyCondition>& conditions) const;

  const ItemCodec codec_;
  const Limits limits_;
  const int parallel_max_;
  const Environment environment_;
  Gate fetches_;
  std::atomic<size_t> item_bytes_seen_{0};
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_TABLE_TABLE_STORE_H_
