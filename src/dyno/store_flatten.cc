// Finds out which operations are stable, and flattens one item or all items.

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "dyno/backend/item_reader.h"
#include "dyno/flatten.h"
#include "dyno/item/key.h"
#include "dyno/item/operation.h"
#include "dyno/item/timestamps.h"
#include "dyno/store_impl.h"
#include "dyno/sync/stability.h"

namespace dyno {
namespace {

using leveldb::Slice;
using leveldb::Status;

/// Goes through the keys of all items in order, and calls `visit` for each item
/// that has an operation to fold at or before `end`. An operation to fold is
/// above the item's base. Records with the base's own timestamp belong to the
/// base.
class FoldableItems {
 public:
  FoldableItems(const Flake& end,
                std::function<void(const std::string& encoded_name)> visit)
      : end_(end), visit_(std::move(visit)) {}

  void Add(const RecordKey& key) {
    if (key.name != name_) {
      Finish();
      name_ = key.name;
    }
    if (key.operation != kBaseOperation) {
      timestamps_.push_back(key.timestamp);
    } else if (!timestamps_.empty() && timestamps_.back() == key.timestamp &&
               has_item_) {  // A base without its item is unfinished.
      base_ = std::max(base_.value_or(Flake()), key.timestamp);
    }
    has_item_ = key.operation == NameOf(Operation::kPutItem) ||
                key.operation == NameOf(Operation::kDelItem);
  }

  /// To be called after the last Add.
  void Finish() {
    const bool has_some = std::any_of(
        timestamps_.begin(), timestamps_.end(), [this](const Flake& each) {
          return each <= end_ && (!base_ || *base_ < each);
        });
    if (has_some && (!base_ || *base_ <= end_)) visit_(name_);
    timestamps_.clear();
    base_.reset();
  }

 private:
  const Flake end_;
  const std::function<void(const std::string&)> visit_;
  std::string name_;
  std::vector<Flake> timestamps_;
  std::optional<Flake> base_;
  bool has_item_ = false;  // The last key was that of a putItem or delItem.
};

}  // namespace

Status StoreImpl::FindStable(std::optional<Stable>* stable) {
  // If this process holds no slot, another process may have made the store
  // replicated.
  if (backend()->shared() && !writer().open_slot()) {
    const Status loaded = writer().Load();
    if (!loaded.ok()) return loaded;
  }
  if (!writer().id() && writer().creates_replicated()) {
    // Create the id before reading the item. Otherwise another process might
    // create the id and write to the item first, and this flatten would not
    // know that the store is replicated.
    const Status created = writer().EnsureId();
    if (!created.ok()) return created;
  }
  const std::optional<StoreId> id = writer().id();
  if (!id || !id->replicated) return Status::OK();
  Stability stability;
  const Status status = ComputeStability(
      &parts_, backend(), Writer::Audience::kThisStore, &stability);
  if (status.ok()) *stable = StableOf(stability);
  return status;
}

Status StoreImpl::Flatten(const std::string& name,
                          const FlattenOptions& options,
                          FlattenResult* result) {
  FlattenResult ignored;
  if (result == nullptr) result = &ignored;
  *result = FlattenResult();
  const Status here = CheckProcess();
  if (!here.ok()) return here;
  const Result<std::string> encoded_name = CheckedName(name);
  if (!encoded_name.ok()) return encoded_name.error();
  if (!options.timestamp.empty() && !options.hash.empty()) {
    return Invalid("flatten takes a timestamp or a hash, not both");
  }
  std::optional<Stable> stable;
  const Status found = FindStable(&stable);
  if (!found.ok()) return found;
  return FlattenItem(&parts_, *encoded_name, options, stable, result);
}

Status StoreImpl::FlattenAll(const std::string& timestamp,
                             FlattenResult* result) {
  FlattenResult ignored;
  if (result == nullptr) result = &ignored;
  *result = FlattenResult();
  const Status here = CheckProcess();
  if (!here.ok()) return here;
  Flake end = EndOf(writer().DriftLimit());
  if (!timestamp.empty() && !Flake::ParseBound(timestamp, &end)) {
    return Invalid("not a timestamp: " + Printable(timestamp));
  }
  std::optional<Stable> stable;
  Status first = FindStable(&stable);
  if (!first.ok()) return first;
  if (stable) end = std::min(end, stable->watermark);
  const auto note = [&first](const Status& status) {
    if (!status.ok() && first.ok()) first = status;
  };
  FlattenOptions options;
  options.timestamp = end.ToString();
  FoldableItems items(end, [&](const std::string& encoded_name) {
    FlattenResult one;
    note(FlattenWhatIsStable(&parts_, encoded_name, options, stable, &one));
    result->folded += one.folded;
    result->steps += one.steps;
  });
  const Status read = VisitRecords(
      backend(), ItemRange(), true, [&](const Slice& slice, const Slice&) {
        const std::string_view key(slice.data(), slice.size());
        const std::optional<RecordKey> parts = ParseRecordKey(key);
        if (parts) {
          items.Add(*parts);
        } else {
          note(Damaged(key, "belongs to no item"));
        }
        return true;
      });
  items.Finish();
  return read.ok() ? first : read;
}

}  // namespace dyno
