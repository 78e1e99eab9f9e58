// A Store that counts calls and passes them on. It shows that a decorator need
// know nothing about stored keys, schedulers or closing.

#ifndef DYNAMODOWN_TESTS_CONTRACT_COUNTING_STORE_H_
#define DYNAMODOWN_TESTS_CONTRACT_COUNTING_STORE_H_

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/store.h"

namespace dynamodown {

class CountingStore final : public Store {
 public:
  /// `calls` outlives the store.
  CountingStore(std::unique_ptr<Store> inner, std::atomic<size_t>* calls)
      : inner_(std::move(inner)), calls_(*calls) {}

  Supports supports() const override { return inner_->supports(); }
  Result<std::optional<std::string>> Get(std::string_view key,
                                         const ReadView& view) override {
    return Counted().Get(key, view);
  }
  Values MultiGet(const std::vector<std::string_view>& keys,
                  const ReadView& view) override {
    return Counted().MultiGet(keys, view);
  }
  Result<void, WriteError> Put(std::string_view key, std::string_view value,
                               const WriteMode& mode) override {
    return Counted().Put(key, value, mode);
  }
  Result<void, WriteError> Delete(std::string_view key,
                                  const WriteMode& mode) override {
    return Counted().Delete(key, mode);
  }
  Result<void, WriteError> Write(const std::vector<BatchOperation>& operations,
                                 const WriteMode& mode) override {
    return Counted().Write(operations, mode);
  }
  Result<void, WriteError> WriteIf(
      const std::vector<BatchOperation>& operations,
      const std::vector<KeyCondition>& conditions,
      const WriteMode& mode) override {
    return Counted().WriteIf(operations, conditions, mode);
  }
  std::unique_ptr<PageStream> NewPages(const KeyRange& range,
                                       const ScanOptions& options,
                                       const ReadView& view) override {
    return Counted().NewPages(range, options, view);
  }
  Result<Size> ApproximateSize(const KeyRange& range) override {
    return Counted().ApproximateSize(range);
  }
  const StoreSnapshot* GetSnapshot() override { return inner_->GetSnapshot(); }
  void ReleaseSnapshot(const StoreSnapshot* snapshot) override {
    inner_->ReleaseSnapshot(snapshot);
  }
  size_t memory_bytes() const override { return inner_->memory_bytes(); }

 private:
  Store& Counted() {
    ++calls_;
    return *inner_;
  }

  const std::unique_ptr<Store> inner_;
  std::atomic<size_t>& calls_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_TESTS_CONTRACT_COUNTING_STORE_H_
