#include "db/dynamo_database.h"

#include <utility>

#include "db/bounds.h"
#include "db/properties.h"
#include "db/store_iterator.h"
#include "db/to_status.h"
#include "db/write_batch.h"

namespace dynamodown {
namespace {

using leveldb::Slice;
using leveldb::Status;

std::string_view View(const Slice& slice) {
  return {slice.data(), slice.size()};
}

template <class Options>
CallOptions CallOf(const Options& options) {
  return CallOptions{options.deadline};
}

Status CheckSnapshot(const ReadOptions& options) {
  if (options.snapshot == nullptr) return Status::OK();
  return Status::NotSupported(
      "DynamoDB has no snapshots: read without one, or copy what must stay; "
      "property dynamodown.supports says what a store can do");
}

KeyCondition KeyConditionOf(const Condition& condition) {
  switch (condition.kind) {
    case Condition::Kind::kAbsent:
      return {KeyCondition::Kind::kAbsent, condition.key, {}};
    case Condition::Kind::kPresent:
      return {KeyCondition::Kind::kPresent, condition.key, {}};
    case Condition::Kind::kEquals:
      break;
  }
  return {KeyCondition::Kind::kEquals, condition.key, condition.value};
}

}  // namespace

DynamoDatabase::DynamoDatabase(std::unique_ptr<Stack> stack,
                               std::unique_ptr<Store> store,
                               const Defaults& defaults, StoreInfo info)
    : stack_(std::move(stack)),
      store_(std::move(store)),
      defaults_(defaults),
      info_(std::move(info)) {}

DynamoDatabase::~DynamoDatabase() {
  if (!creator_.IsThis()) {
    // What is below belongs to the parent: its connections, and locks that its
    // threads may have held.
    store_.release();
    stack_.release();
    return;
  }
  store_->gate()->WaitUntilEmpty();
}

Status DynamoDatabase::CheckProcess() const {
  if (creator_.IsThis()) return Status::OK();
  return ToStatus(Error{ErrorKind::kForked,
                        "the store was opened before fork(); open it again"});
}

bool DynamoDatabase::Consistent(const ReadOptions& options) const {
  const Consistency consistency =
      options.consistency == Consistency::kStoreDefault ? defaults_.consistency
                                                        : options.consistency;
  return consistency != Consistency::kEventual;
}

Status DynamoDatabase::Put(const WriteOptions& options, const Slice& key,
                           const Slice& value) {
  const Status process = CheckProcess();
  if (!process.ok()) return process;
  Inside inside(store_->gate());
  return ToStatus(store_->Put(View(key), View(value), CallOf(options)));
}

Status DynamoDatabase::Delete(const WriteOptions& options, const Slice& key) {
  const Status process = CheckProcess();
  if (!process.ok()) return process;
  Inside inside(store_->gate());
  return ToStatus(store_->Delete(View(key), CallOf(options)));
}

Status DynamoDatabase::Write(const WriteOptions& options,
                             leveldb::WriteBatch* updates) {
  const Status process = CheckProcess();
  if (!process.ok()) return process;
  Inside inside(store_->gate());
  std::vector<BatchOperation> operations;
  const Status status = OperationsOf(updates, &operations);
  if (!status.ok()) return status;
  const BatchMode mode = options.batch == BatchMode::kStoreDefault
                             ? defaults_.batch
                             : options.batch;
  return ToStatus(mode == BatchMode::kUnordered
                      ? store_->WriteUnordered(operations, CallOf(options))
                      : store_->WriteAtomic(operations, CallOf(options)));
}

Status DynamoDatabase::WriteIf(const WriteOptions& options,
                               leveldb::WriteBatch* updates,
                               const std::vector<Condition>& conditions,
                               std::string* conflict) {
  const Status process = CheckProcess();
  if (!process.ok()) return process;
  Inside inside(store_->gate());
  if (conflict != nullptr) conflict->clear();
  std::vector<BatchOperation> operations;
  const Status status = OperationsOf(updates, &operations);
  if (!status.ok()) return status;
  std::vector<KeyCondition> key_conditions;
  for (const Condition& condition : conditions) {
    key_conditions.push_back(KeyConditionOf(condition));
  }
  Result<void, ConditionalError> result =
      store_->WriteIf(operations, key_conditions, CallOf(options));
  if (result.ok()) return Status::OK();
  if (conflict != nullptr && result.error().condition) {
    *conflict = conditions[*result.error().condition].key;
  }
  return ToStatus(result.error());
}

Status DynamoDatabase::Get(const ReadOptions& options, const Slice& key,
                           std::string* value) {
  const Status process = CheckProcess();
  if (!process.ok()) return process;
  Inside inside(store_->gate());
  const Status snapshot = CheckSnapshot(options);
  if (!snapshot.ok()) return snapshot;
  Result<std::optional<std::string>> found =
      store_->Get(View(key), Consistent(options), CallOf(options));
  if (!found.ok()) return ToStatus(found.error());
  if (!*found) return Status::NotFound(Slice());
  *value = **std::move(found);
  return Status::OK();
}

Status DynamoDatabase::MultiGet(const ReadOptions& options,
                                const std::vector<Slice>& keys,
                                std::vector<std::string>* values,
                                std::vector<Status>* statuses) {
  const Status process = CheckProcess();
  if (!process.ok()) return process;
  Inside inside(store_->gate());
  values->assign(keys.size(), std::string());
  const Status snapshot = CheckSnapshot(options);
  statuses->assign(keys.size(), snapshot);
  if (!snapshot.ok()) return snapshot;
  std::vector<std::string_view> views;
  for (const Slice& key : keys) views.push_back(View(key));
  Store::Values found =
      store_->MultiGet(views, Consistent(options), CallOf(options));
  Status first;
  for (size_t i = 0; i < found.size(); ++i) {
    if (!found[i].ok()) {
      (*statuses)[i] = ToStatus(found[i].error());
      if (first.ok()) first = (*statuses)[i];
    } else if (*found[i]) {
      (*values)[i] = **std::move(found[i]);
    } else {
      (*statuses)[i] = Status::NotFound(Slice());
    }
  }
  return first;
}

leveldb::Iterator* DynamoDatabase::NewIterator(const ReadOptions& options,
                                               const Bounds& bounds) {
  const Status process = CheckProcess();
  if (!process.ok()) return leveldb::NewErrorIterator(process);
  const Status snapshot = CheckSnapshot(options);
  if (!snapshot.ok()) return leveldb::NewErrorIterator(snapshot);
  StoreIterator::Options iterator;
  iterator.keys_only = bounds.keys_only;
  iterator.consistent = Consistent(options);
  iterator.stop_at_damage = defaults_.paranoid_checks;
  iterator.expected = bounds.expected;
  iterator.call = CallOf(options);
  return new StoreIterator(store_.get(), RangeOf(bounds), iterator);
}

Status DynamoDatabase::ApproximateSize(const leveldb::Range& range,
                                       uint64_t* bytes, bool* exact) {
  const Status process = CheckProcess();
  if (!process.ok()) return process;
  Inside inside(store_->gate());
  *bytes = 0;
  Result<Store::Size> size = store_->ApproximateSize(
      KeyRange{range.start.ToString(), range.limit.ToString()}, CallOptions());
  if (!size.ok()) return ToStatus(size.error());
  *bytes = size->bytes;
  if (exact != nullptr) *exact = size->exact;
  return Status::OK();
}

void DynamoDatabase::GetApproximateSizes(const leveldb::Range* range, int n,
                                         uint64_t* sizes) {
  for (int i = 0; i < n; ++i) {
    if (!ApproximateSize(range[i], &sizes[i], nullptr).ok()) sizes[i] = 0;
  }
}

const leveldb::Snapshot* DynamoDatabase::GetSnapshot() { return &snapshot_; }

void DynamoDatabase::ReleaseSnapshot(const leveldb::Snapshot*) {}

bool DynamoDatabase::GetProperty(const Slice& property, std::string* value) {
  const std::string_view name = View(property);
  if (name == "leveldb.stats") {
    *value = StatsText(GetStats());
  } else if (name == "leveldb.approximate-memory-usage") {
    *value = std::to_string(sizeof *this + sizeof *store_);
  } else if (name == "dynamodown.supports") {
    *value = "atomic-batch unordered-batch write-if many-processes";
  } else {
    return StatsProperty(name, GetStats(), value);
  }
  return true;
}

void DynamoDatabase::CompactRange(const Slice*, const Slice*) {}

Stats DynamoDatabase::GetStats() const { return stack_->stats(); }

StoreInfo DynamoDatabase::GetInfo() const { return info_; }

}  // namespace dynamodown
