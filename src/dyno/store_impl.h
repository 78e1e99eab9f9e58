// The Store that Open returns. Its calls are in store_operations.cc (writes),
// store_reads.cc and store_flatten.cc.

#ifndef DYNO_STORE_IMPL_H_
#define DYNO_STORE_IMPL_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dyno/change.h"
#include "dyno/item/flatten_plan.h"
#include "dyno/item/item_records.h"
#include "dyno/item/result.h"
#include "dyno/store.h"
#include "dyno/sync/store_parts.h"

namespace dyno {

class StoreImpl final : public OpenedStore {
 public:
  StoreImpl(const Options& options, Backend* backend,
            const Environment& environment, std::shared_ptr<void> owned)
      : owned_(std::move(owned)),
        parts_(options, backend, environment),
        changes_(backend, &parts_.writer) {}
  ~StoreImpl() override;

  /// Reads the store's id.
  leveldb::Status Load() { return parts_.writer.Load(); }
  StoreParts* parts() override { return &parts_; }

  leveldb::Status PutItem(const WriteOptions& options, const std::string& name,
                          const std::string& object,
                          std::string* timestamp) override;
  leveldb::Status DelItem(const WriteOptions& options, const std::string& name,
                          std::string* timestamp) override;
  leveldb::Status PutAttrs(const WriteOptions& options, const std::string& name,
                           const std::string& object,
                           std::string* timestamp) override;
  leveldb::Status DelAttrs(const WriteOptions& options, const std::string& name,
                           const std::vector<std::string>& attributes,
                           std::string* timestamp) override;
  leveldb::Status IncAttrs(const WriteOptions& options, const std::string& name,
                           const std::string& numbers,
                           std::string* timestamp) override;
  leveldb::Status AppendAttrs(const WriteOptions& options,
                              const std::string& name,
                              const std::string& strings,
                              std::string* timestamp) override;
  leveldb::Status AddToSet(const WriteOptions& options, const std::string& name,
                           const std::string& sets,
                           std::string* timestamp) override;
  leveldb::Status DelFromSet(const WriteOptions& options,
                             const std::string& name, const std::string& sets,
                             std::string* timestamp) override;
  leveldb::Status Settle(const WriteOptions& options, const std::string& name,
                         const std::vector<std::string>& late,
                         std::string* timestamp) override;
  leveldb::Status Reapply(const WriteOptions& options, const std::string& name,
                          const std::string& late,
                          std::string* timestamp) override;

  leveldb::Status GetItem(const std::string& name, Item* item) override;
  leveldb::Status GetItemAsOf(const std::string& name,
                              const std::string& timestamp,
                              Item* item) override;
  leveldb::Status History(
      const std::string& name,
      const std::function<bool(const HistoryEntry&)>& visit) override;
  leveldb::Status Query(const QueryOptions& options,
                        const std::function<bool(const Item&)>& visit) override;
  leveldb::Status Count(const QueryOptions& options, uint64_t* count) override;
  leveldb::Status Names(
      const QueryOptions& options,
      const std::function<bool(const std::string&)>& visit) override;

  leveldb::Status Flatten(const std::string& name,
                          const FlattenOptions& options,
                          FlattenResult* result) override;
  leveldb::Status FlattenAll(const std::string& timestamp,
                             FlattenResult* result) override;

  leveldb::Status NewTimestamp(std::string* timestamp) override;
  std::string replica() const override;
  leveldb::Status Close() override;

 private:
  leveldb::Status CheckProcess() const { return parts_.CheckProcess(); }
  Backend* backend() const { return parts_.backend; }
  Writer& writer() { return parts_.writer; }

  // Writes.
  leveldb::Status Add(const WriteOptions& options, const std::string& name,
                      const Result<NewOperation>& operation,
                      std::string* timestamp);
  /// Writes the operation with the timestamp that the caller gave.
  leveldb::Status AddAt(const WriteOptions& options,
                        const std::string& encoded_name,
                        const NewOperation& operation, std::string* timestamp);
  /// Puts a given timestamp in flight. If the store is replicated, also
  /// announces the change.
  leveldb::Status AdoptAt(const Flake& given, const std::string& encoded_name,
                          bool sync);
  /// Writes the operation with the timestamp `given`. If `is_there`, the item
  /// already has the operation, and the write only makes it durable. Otherwise
  /// the write requires that the item was not flattened after `item` was read.
  WriteResult WriteAt(const ItemRecords& item, const Flake& given,
                      const NewOperation& operation, bool is_there, bool sync);

  // Reads.
  /// Reads an item, and passes the item's last timestamp to Writer::Show.
  leveldb::Status Read(const std::string& name, ItemRecords* item);
  leveldb::Status GetUpTo(const std::string& name, const Flake& end,
                          Item* item);

  // Flattens.
  /// In a replicated store, sets `*stable` to what may be folded.
  leveldb::Status FindStable(std::optional<Stable>* stable);

  const std::shared_ptr<void> owned_;  // Declared first: released last.
  StoreParts parts_;
  ChangeWriter changes_;
};

}  // namespace dyno

#endif  // DYNO_STORE_IMPL_H_
