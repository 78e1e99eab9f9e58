#include "db/dynamo_database.h"

#include <memory>
#include <utility>

#include "db/bounds.h"
#include "db/check_options.h"
#include "db/guarded_iterator.h"
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

const DynamoDatabase::HeldSnapshot& DynamoDatabase::NoSnapshot() {
  static const HeldSnapshot none;
  return none;
}

DynamoDatabase::DynamoDatabase(std::unique_ptr<Stack> stack,
                               std::unique_ptr<Store> store,
                               const Defaults& defaults, StoreInfo info)
    : stack_(std::move(stack)),
      store_(std::move(store)),
      calls_(stack_->scheduler()),
      defaults_(defaults),
      info_(std::move(info)) {}

DynamoDatabase::~DynamoDatabase() {
  if (!creator_.IsThis()) {
    // The store and the stack belong to the parent process. They have the
    // parent's connections, and locks that the parent's threads may have held.
    // So a forked child never destroys the store and the stack.
    store_.release();
    stack_.release();
    return;
  }
  calls_.WaitUntilEmpty();
}

Status DynamoDatabase::CheckProcess() const {
  return creator_.IsThis() ? Status::OK() : Forked(kOpenedBeforeFork);
}

Status DynamoDatabase::ToStatus(const Error& error) const {
  return dynamodown::ToStatus(error, defaults_.spelling);
}

Status DynamoDatabase::ToStatus(const Result<void>& result) const {
  return dynamodown::ToStatus(result, defaults_.spelling);
}

Status DynamoDatabase::FinishWrite(const WriteOptions& options,
                                   Result<void, WriteError> result) const {
  return dynamodown::FinishWrite(options, std::move(result),
                                 defaults_.spelling);
}

Status DynamoDatabase::ViewOf(const ReadOptions& options,
                              ReadView* view) const {
  const Status allowed = CheckDeadline(options.deadline);
  if (!allowed.ok()) return allowed;
  const Consistency consistency =
      options.consistency == Consistency::kStoreDefault ? defaults_.consistency
                                                        : options.consistency;
  view->consistent = consistency != Consistency::kEventual;
  view->deadline = options.deadline;
  if (options.snapshot == nullptr) return Status::OK();
  if (!store_->supports().snapshots) {
    static const StoreSnapshot of_no_store;
    view->snapshot = &of_no_store;
    return ToStatus(store_->CheckView(*view));
  }
  std::lock_guard<std::mutex> lock(snapshots_mutex_);
  const auto held = snapshots_.find(options.snapshot);
  if (held == snapshots_.end()) {
    return Status::NotSupported(
        "the snapshot is another store's, or was released; read with a "
        "snapshot that GetSnapshot of this store returned");
  }
  view->snapshot = held->second;
  return Status::OK();
}

Status DynamoDatabase::Put(const WriteOptions& options, const Slice& key,
                           const Slice& value) {
  const Status allowed = CheckWrite(CheckProcess(), options);
  if (!allowed.ok()) return allowed;
  Inside inside(&calls_);
  return FinishWrite(options, store_->Put(View(key), View(value),
                                          WriteMode{true, options.deadline}));
}

Status DynamoDatabase::Delete(const WriteOptions& options, const Slice& key) {
  const Status allowed = CheckWrite(CheckProcess(), options);
  if (!allowed.ok()) return allowed;
  Inside inside(&calls_);
  return FinishWrite(
      options, store_->Delete(View(key), WriteMode{true, options.deadline}));
}

Status DynamoDatabase::Write(const WriteOptions& options,
                             leveldb::WriteBatch* updates) {
  const Status allowed = CheckWrite(CheckProcess(), options);
  if (!allowed.ok()) return allowed;
  Inside inside(&calls_);
  std::vector<BatchOperation> operations;
  const Status status = OperationsOf(updates, &operations);
  if (!status.ok()) {
    Report(options, WriteOutcome::kNothingWritten);
    return status;
  }
  const BatchMode batch = options.batch == BatchMode::kStoreDefault
                              ? defaults_.batch
                              : options.batch;
  const WriteMode mode{batch != BatchMode::kUnordered, options.deadline};
  return FinishWrite(options, store_->Write(operations, mode));
}

Status DynamoDatabase::WriteIf(const WriteOptions& options,
                               leveldb::WriteBatch* updates,
                               const std::vector<Condition>& conditions,
                               std::string* conflict) {
  const Status allowed = CheckWrite(CheckProcess(), options);
  if (!allowed.ok()) return allowed;
  Inside inside(&calls_);
  if (conflict != nullptr) conflict->clear();
  std::vector<BatchOperation> operations;
  const Status status = OperationsOf(updates, &operations);
  if (!status.ok()) {
    Report(options, WriteOutcome::kNothingWritten);
    return status;
  }
  std::vector<KeyCondition> key_conditions;
  for (const Condition& condition : conditions) {
    key_conditions.push_back(KeyConditionOf(condition));
  }
  Result<void, WriteError> result = store_->WriteIf(
      operations, key_conditions, WriteMode{true, options.deadline});
  if (conflict != nullptr && !result.ok() && result.error().condition) {
    *conflict = conditions[*result.error().condition].key;
  }
  return FinishWrite(options, std::move(result));
}

Status DynamoDatabase::Get(const ReadOptions& options, const Slice& key,
                           std::string* value) {
  const Status process = CheckProcess();
  if (!process.ok()) return process;
  Inside inside(&calls_);
  ReadView view;
  const Status readable = ViewOf(options, &view);
  if (!readable.ok()) return readable;
  Result<std::optional<std::string>> found = store_->Get(View(key), view);
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
  Inside inside(&calls_);
  ReadView view;
  const Status readable = ViewOf(options, &view);
  values->assign(keys.size(), std::string());
  statuses->assign(keys.size(), readable);
  if (!readable.ok()) return readable;
  std::vector<std::string_view> views;
  for (const Slice& key : keys) views.push_back(View(key));
  Store::Values found = store_->MultiGet(views, view);
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
  StoreIterator::Options iterator;
  const Status readable = ViewOf(options, &iterator.view);
  if (!readable.ok()) return leveldb::NewErrorIterator(readable);
  iterator.keys_only = bounds.keys_only;
  iterator.stop_at_damage = defaults_.paranoid_checks;
  iterator.expected = bounds.expected;
  iterator.spelling = defaults_.spelling;
  return new GuardedIterator(
      std::make_unique<StoreIterator>(store_.get(), RangeOf(bounds), iterator),
      kOpenedBeforeFork);
}

Status DynamoDatabase::ApproximateSize(const leveldb::Range& range,
                                       uint64_t* bytes, bool* exact) {
  const Status process = CheckProcess();
  if (!process.ok()) return process;
  Inside inside(&calls_);
  *bytes = 0;
  Result<Store::Size> size = store_->ApproximateSize(
      KeyRange{range.start.ToString(), range.limit.ToString()});
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

const leveldb::Snapshot* DynamoDatabase::GetSnapshot() {
  if (!creator_.IsThis()) return &NoSnapshot();
  const StoreSnapshot* of_store = store_->GetSnapshot();
  if (of_store == nullptr) return &NoSnapshot();
  auto held = std::make_unique<HeldSnapshot>();
  std::lock_guard<std::mutex> lock(snapshots_mutex_);
  snapshots_.emplace(held.get(), of_store);
  return held.release();
}

void DynamoDatabase::ReleaseSnapshot(const leveldb::Snapshot* snapshot) {
  // In a forked child, a thread that exists only in the parent may hold the
  // lock.
  if (!creator_.IsThis()) return;
  const StoreSnapshot* of_store = nullptr;
  {
    std::lock_guard<std::mutex> lock(snapshots_mutex_);
    const auto held = snapshots_.find(snapshot);
    if (held == snapshots_.end()) return;
    of_store = held->second;
    snapshots_.erase(held);
  }
  store_->ReleaseSnapshot(of_store);
  delete static_cast<const HeldSnapshot*>(snapshot);
}

bool DynamoDatabase::GetProperty(const Slice& property, std::string* value) {
  if (!creator_.IsThis()) return false;
  const std::string_view name = View(property);
  if (name == "leveldb.stats") {
    *value = StatsText(GetStats());
  } else if (name == "leveldb.approximate-memory-usage") {
    *value = std::to_string(sizeof *this + store_->memory_bytes());
  } else if (name == "dynamodown.supports") {
    *value = SupportsText(store_->supports());
  } else {
    return StatsProperty(name, GetStats(), value);
  }
  return true;
}

void DynamoDatabase::CompactRange(const Slice*, const Slice*) {}

Stats DynamoDatabase::GetStats() const { return stack_->stats(); }

StoreInfo DynamoDatabase::GetInfo() const { return info_; }

}  // namespace dynamodown
