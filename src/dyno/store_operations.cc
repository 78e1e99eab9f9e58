// Writes: the name and the change are checked, the writer issues a timestamp,
// and the record is written.

#include <algorithm>
#include <optional>
#include <utility>

#include "dyno/backend/item_reader.h"
#include "dyno/backend/race.h"
#include "dyno/item/json.h"
#include "dyno/item/key.h"
#include "dyno/item/operation.h"
#include "dyno/store_impl.h"

namespace dyno {
namespace {

using leveldb::Status;

Result<NewOperation> OperationOf(Operation operation, const Json& change) {
  if (!HasShape(operation, change)) {
    return Invalid(std::string(NameOf(operation)) + " needs " +
                   std::string(ShapeOf(operation)));
  }
  return NewOperation{operation, ToText(change)};
}

Result<NewOperation> OperationOf(Operation operation,
                                 const std::string& change) {
  const auto parsed = ParseJson(change);
  if (!parsed.ok()) {
    return Invalid(std::string(NameOf(operation)) + ": " + parsed.error());
  }
  return OperationOf(operation, *parsed);
}

Result<Json> StringsOf(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    if (!IsJsonString(text)) return Invalid(Printable(text) + " is not UTF-8");
  }
  return Json(texts);
}

/// Whether the item already has this operation with this timestamp.
/// **Errors**: InvalidArgument if the timestamp is not above that of the item's
/// base, or if another operation on the item has this timestamp.
Result<bool> IsThere(const ItemRecords& item, const Flake& timestamp,
                     const NewOperation& operation) {
  if (item.view.base != nullptr && timestamp <= item.view.base->timestamp) {
    return Invalid("the timestamp " + timestamp.ToString() +
                   " is not above that of the item's base, " +
                   item.view.base->timestamp.ToString());
  }
  bool is_there = false;
  for (const OperationRecord& x : item.records.operations) {
    if (x.timestamp != timestamp) continue;
    if (x.operation() != NameOf(operation.operation) ||
        x.value != operation.change) {
      return Invalid("the timestamp " + timestamp.ToString() +
                     " is that of another operation on the item");
    }
    is_there = true;
  }
  return is_there;
}

Condition HasBase(const std::string& encoded_name, const BaseRecord& base) {
  return Condition::Present(
      MakeRecordKey(encoded_name, base.timestamp, kBaseOperation));
}

/// Conditions that fail if the item was flattened after it was read. For an
/// item without records there are no conditions.
std::vector<Condition> NotFlattenedSince(const ItemRecords& item) {
  const std::string& name = item.encoded_name;
  if (item.view.base != nullptr) return {HasBase(name, *item.view.base)};
  if (item.view.live.empty()) return {};
  // A flatten folds the oldest operation first, and deletes its record. There
  // is one exception: if a single putItem or delItem is folded, its record
  // stays, because this record is also the base's item. In this case there is a
  // base with the operation's timestamp.
  const OperationRecord& first = *item.view.live.front();
  return {
      Condition::Present(first.key),
      Condition::Absent(MakeRecordKey(name, first.timestamp, kBaseOperation))};
}

/// A copy of the late operation with the key `key`.
Result<NewOperation> CopyOf(const View& view, const std::string& key) {
  const auto& operations = view.late_operations;
  const auto found = std::find_if(
      operations.begin(), operations.end(),
      [&key](const OperationRecord* x) { return LateKey(*x) == key; });
  const bool is_base =
      std::any_of(view.late_bases.begin(), view.late_bases.end(),
                  [&key](const BaseRecord* x) { return LateKey(*x) == key; });
  if (found == operations.end() && !is_base) {
    return Invalid(Printable(key) + " is not late");
  }
  const std::optional<Operation> operation =
      is_base ? std::nullopt : OperationNamed((*found)->operation());
  if (!operation) {
    return Invalid(Printable(key) +
                   " is no operation that this version can apply");
  }
  return OperationOf(*operation, (*found)->value);
}

Result<NewOperation> SettleOf(const std::vector<std::string>& late) {
  Json change = Json::object();
  change["late"] = Json(late);
  return OperationOf(Operation::kSettle, change);
}

std::string RepeatWith(const Flake& timestamp) {
  return "whether the operation was written is unknown: repeat it with the "
         "timestamp " +
         timestamp.ToString();
}

}  // namespace

Status StoreImpl::PutItem(const WriteOptions& options, const std::string& name,
                          const std::string& object, std::string* timestamp) {
  return Add(options, name, OperationOf(Operation::kPutItem, object),
             timestamp);
}

Status StoreImpl::DelItem(const WriteOptions& options, const std::string& name,
                          std::string* timestamp) {
  return Add(options, name, OperationOf(Operation::kDelItem, Json::object()),
             timestamp);
}

Status StoreImpl::PutAttrs(const WriteOptions& options, const std::string& name,
                           const std::string& object, std::string* timestamp) {
  return Add(options, name, OperationOf(Operation::kPutAttrs, object),
             timestamp);
}

Status StoreImpl::DelAttrs(const WriteOptions& options, const std::string& name,
                           const std::vector<std::string>& attributes,
                           std::string* timestamp) {
  const Result<Json> names = StringsOf(attributes);
  if (!names.ok()) return names.error();
  return Add(options, name, OperationOf(Operation::kDelAttrs, *names),
             timestamp);
}

Status StoreImpl::IncAttrs(const WriteOptions& options, const std::string& name,
                           const std::string& numbers, std::string* timestamp) {
  return Add(options, name, OperationOf(Operation::kIncAttrs, numbers),
             timestamp);
}

Status StoreImpl::AppendAttrs(const WriteOptions& options,
                              const std::string& name,
                              const std::string& strings,
                              std::string* timestamp) {
  return Add(options, name, OperationOf(Operation::kAppendAttrs, strings),
             timestamp);
}

Status StoreImpl::AddToSet(const WriteOptions& options, const std::string& name,
                           const std::string& sets, std::string* timestamp) {
  return Add(options, name, OperationOf(Operation::kAddToSet, sets), timestamp);
}

Status StoreImpl::DelFromSet(const WriteOptions& options,
                             const std::string& name, const std::string& sets,
                             std::string* timestamp) {
  return Add(options, name, OperationOf(Operation::kDelFromSet, sets),
             timestamp);
}

Status StoreImpl::Add(const WriteOptions& options, const std::string& name,
                      const Result<NewOperation>& operation,
                      std::string* timestamp) {
  if (timestamp != nullptr) timestamp->clear();
  const Status here = CheckProcess();
  if (!here.ok()) return here;
  const Result<std::string> encoded_name = CheckedName(name);
  if (!encoded_name.ok()) return encoded_name.error();
  if (!operation.ok()) return operation.error();
  if (!options.timestamp.empty()) {
    return AddAt(options, *encoded_name, *operation, timestamp);
  }
  const Result<std::vector<Flake>> issued = writer().Issue(1);
  if (!issued.ok()) return issued.error();
  const Flake& next = issued->front();
  if (timestamp != nullptr) *timestamp = next.ToString();
  Change change;
  AddTo(&change, *encoded_name, next, *operation);
  return changes_.Apply(change, options.sync, RepeatWith(next)).status;
}

// ---------------------------------------------------- with a given timestamp

Status StoreImpl::AdoptAt(const Flake& given, const std::string& encoded_name,
                          bool sync) {
  const Status adopted = writer().Adopt(given);
  if (!adopted.ok() || !writer().announces_changes()) return adopted;
  const Status announced = changes_.AnnounceOnce(encoded_name, given, sync);
  if (!announced.ok()) writer().Done({given});
  return announced;
}

Status StoreImpl::AddAt(const WriteOptions& options,
                        const std::string& encoded_name,
                        const NewOperation& operation, std::string* timestamp) {
  Flake given;
  if (!Flake::Parse(options.timestamp, &given)) {
    return Invalid("not a timestamp: " + Printable(options.timestamp));
  }
  return WinRaceForItem(encoded_name, "written", [&]() -> Result<Race> {
    ItemRecords item;
    const Status read = ReadItem(backend(), encoded_name, &item);
    if (!read.ok()) return read;
    const Result<bool> is_there = IsThere(item, given, operation);
    if (!is_there.ok()) return is_there.error();
    // Every attempt adopts the timestamp anew, because after a lost race the
    // timestamp is no longer in flight.
    const Status adopted = AdoptAt(given, encoded_name, options.sync);
    if (!adopted.ok()) return adopted;
    if (timestamp != nullptr) *timestamp = given.ToString();
    const bool is_durable = backend()->shared() || !options.sync;
    if (*is_there && is_durable) {
      writer().Done({given});
      return Race::kWon;
    }
    return RaceOf(WriteAt(item, given, operation, *is_there, options.sync));
  });
}

WriteResult StoreImpl::WriteAt(const ItemRecords& item, const Flake& given,
                               const NewOperation& operation, bool is_there,
                               bool sync) {
  Change change;
  AddTo(&change, item.encoded_name, given, operation);
  change.entries.clear();  // AdoptAt has written the log entry.
  const StoredRecord& record = change.puts.front();
  if (is_there) {
    change.conditions = {Condition::Equals(record.key, record.value)};
  } else {
    // An earlier attempt to write the operation may arrive first, and be
    // folded. A second record would then be late: the operation would be
    // reported as not applied, although it was folded. So this write fails if
    // the item was flattened.
    change.conditions = NotFlattenedSince(item);
    change.conditions.push_back(Condition::Absent(record.key));
  }
  return changes_.Apply(change, sync, RepeatWith(given));
}

// -------------------------------------------------------------- late records

Status StoreImpl::Settle(const WriteOptions& options, const std::string& name,
                         const std::vector<std::string>& late,
                         std::string* timestamp) {
  if (timestamp != nullptr) timestamp->clear();
  Item item;
  const Status read = GetItem(name, &item);
  if (!read.ok()) return read;
  for (const std::string& key : late) {
    const bool is_late =
        std::any_of(item.late.begin(), item.late.end(),
                    [&key](const LateRecord& each) { return each.key == key; });
    if (!is_late) return Invalid(Printable(key) + " is not late");
  }
  if (late.empty()) return Invalid("there is nothing to settle");
  return Add(options, name, SettleOf(late), timestamp);
}

Status StoreImpl::Reapply(const WriteOptions& options, const std::string& name,
                          const std::string& late, std::string* timestamp) {
  if (timestamp != nullptr) timestamp->clear();
  if (!options.timestamp.empty()) {
    return Invalid(
        "a reapply writes two records, which cannot share one timestamp");
  }
  return WinRaceForItem(EncodeName(name), "reapplied", [&]() -> Result<Race> {
    ItemRecords item;
    const Status read = Read(name, &item);
    if (!read.ok()) return read;
    const Result<NewOperation> copy = CopyOf(item.view, late);
    if (!copy.ok()) return copy.error();
    const Result<NewOperation> settle = SettleOf({late});
    if (!settle.ok()) return settle.error();
    const Result<std::vector<Flake>> issued = writer().Issue(2);
    if (!issued.ok()) return issued.error();

    Change change;
    AddTo(&change, item.encoded_name, issued->front(), *settle);
    AddTo(&change, item.encoded_name, issued->back(), *copy);
    // The late record is deleted on condition that it is there, so only one of
    // several callers succeeds. The settle is for the case that the late record
    // arrives again from another store. A second condition is that the base is
    // still there: if a flatten had replaced the base by a later one, the copy
    // and the settle might be late.
    const std::string record = ItemBegin(item.encoded_name) + late;
    change.deletes = {record};
    change.conditions = {Condition::Present(record),
                         HasBase(item.encoded_name, *item.view.base)};
    const WriteResult written = changes_.Apply(
        change, options.sync,
        "whether the operation was reapplied is unknown: if it is still late, "
        "reapply it again, and it will count once");
    const bool is_lost = written.ok() && !written.is_written();
    if (!is_lost && timestamp != nullptr) {
      *timestamp = issued->back().ToString();
    }
    return RaceOf(written);
  });
}

}  // namespace dyno
