// One store in one table: LevelDB's calls as DynamoDB's requests.
//
// Reads of ranges all go through ReadPage, where one day an overlay of writes
// that are not yet applied can be merged in.

#ifndef DYNAMODOWN_STORE_STORE_H_
#define DYNAMODOWN_STORE_STORE_H_

#include <atomic>
#include <cstdint>
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
#include "store/batch_plan.h"
#include "store/item_codec.h"

namespace dynamodown {

/// An entry of the store.
struct Record {
  std::string key;
  std::string value;
};

struct PageRequest {
  StoredRange range;
  bool forward = true;
  bool keys_only = false;
  bool consistent = true;
  uint64_t limit = 0;  ///< Items; 0, or very many: as many as a page holds.
};

struct Page {
  std::vector<Record> records;  ///< In the order of travel.
  /// What is left of the range behind this page; none at its end.
  std::optional<StoredRange> rest;
  /// The first item that could not be read, if there is one. It is not among
  /// the records.
  std::optional<Error> damage;
  size_t damage_at = 0;  ///< How many records come before it.
  size_t bytes = 0;      ///< Of the records' items.
};

/// How a failed WriteIf failed.
struct ConditionalError : Error {
  /// The index of the first condition that did not hold.
  std::optional<size_t> condition;
};

/// **Thread-safety**: all calls from any thread. **Errors**: kInvalidArgument
/// and kNotSupported come before anything is sent. A key that is not there is
/// no error.
class Store {
 public:
  struct Tools {
    Client* client;
    Scheduler* scheduler;
    Random* random;
  };
  Store(ItemCodec codec, const Limits& limits, int parallel_max, Tools tools);

  const ItemCodec& codec() const { return codec_; }
  Scheduler* scheduler() const { return tools_.scheduler; }
  /// Holds every call and fetch that is under way.
  Gate* gate() { return &gate_; }

  Result<std::optional<std::string>> Get(std::string_view key, bool consistent,
                                         const CallOptions& call);
  Result<void> Put(std::string_view key, std::string_view value,
                   const CallOptions& call);
  Result<void> Delete(std::string_view key, const CallOptions& call);

  Result<void> WriteAtomic(const std::vector<BatchOperation>& operations,
                           const CallOptions& call);
  Result<void> WriteUnordered(const std::vector<BatchOperation>& operations,
                              const CallOptions& call);
  Result<void, ConditionalError> WriteIf(
      const std::vector<BatchOperation>& operations,
      const std::vector<KeyCondition>& conditions, const CallOptions& call);

  /// What each of `keys` holds, in their order.
  using Values = std::vector<Result<std::optional<std::string>>>;
  Values MultiGet(const std::vector<std::string_view>& keys, bool consistent,
                  const CallOptions& call);

  /// One Query. A page may be empty and yet not the last.
  Result<Page> ReadPage(const PageRequest& request, const CallOptions& call);

  /// Bytes of an item, learned from the pages read so far; 0 before the first.
  size_t item_bytes_seen() const {
    return item_bytes_seen_.load(std::memory_order_relaxed);
  }

  struct Size {
    uint64_t bytes;
    bool exact;
  };
  Result<Size> ApproximateSize(const KeyRange& range, const CallOptions& call);

 private:
  Result<void> WriteOne(PlannedWrite write, const CallOptions& call);
  TransactWriteItems::Write Transactional(PlannedWrite write) const;
  TransactWriteItems::Write Transactional(
      ConditionalWrite write,
      const std::vector<KeyCondition>& conditions) const;

  const ItemCodec codec_;
  const Limits limits_;
  const int parallel_max_;
  const Tools tools_;
  Gate gate_;
  std::atomic<size_t> item_bytes_seen_{0};
};

/// Items to ask for in the n-th page of a scan, n from 0: the first is of 2, or
/// of 4 KB (one read unit) when the size of items is known. Each further one is
/// to be 4 times larger in bytes, and is more than `previous`, the limit
/// before, but not more than 4 times that, since a size that was seen may not
/// be that of what comes. 0: as many as a page holds, and then always.
/// `item_bytes` is 0 when unknown. Pure.
uint64_t PageLimit(int n, uint64_t previous, size_t item_bytes);

/// Items to ask for when a page is to be as full as can be: twice what it holds
/// when they are of `item_bytes`, 0 being unknown. No limit would be the same
/// to DynamoDB, but DynamoDB Local then reads all that is left of the range for
/// every page, which takes seconds in a large store. Pure.
uint64_t FullPageLimit(size_t item_bytes);

/// Of a range [lower, upper) of which the part up to `last` holds `bytes`: the
/// bytes of all, if keys were spread evenly over the numbers that their first
/// bytes make. Pure.
uint64_t EstimateBytes(std::string_view lower, std::string_view upper,
                       std::string_view last, uint64_t bytes);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_STORE_H_
