// A call from top to bottom: the name and the change are looked at, the writer
// gives a timestamp, the backend is written to; or the item's range is read,
// its records are viewed and replayed. What decides is in records.cc, replay.cc
// and flatten_plan.cc; here and in flatten.cc is what asks the backend.

#include "dyno/store.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "dyno/change.h"
#include "dyno/codec.h"
#include "dyno/flatten.h"
#include "dyno/item_reader.h"
#include "dyno/item_view.h"
#include "dyno/json.h"
#include "dyno/key.h"
#include "dyno/operation.h"
#include "dyno/parts.h"
#include "dyno/replay.h"

namespace dyno {
namespace {

using leveldb::Slice;
using leveldb::Status;

/// Of a write on condition that others were faster than.
constexpr int kAttempts = 16;
constexpr uint64_t kDriftMax = uint64_t{1} << 40;

Status Invalid(const std::string& what) {
  return Status::InvalidArgument(what);
}

Result<Write> WriteOf(Operation operation, const Json& change) {
  if (!HasShape(operation, change)) {
    return Invalid(std::string(NameOf(operation)) + " needs " +
                   std::string(ShapeOf(operation)));
  }
  return Write{operation, ToText(change)};
}

Result<Write> WriteOf(Operation operation, const std::string& change) {
  const auto parsed = ParseJson(change);
  if (!parsed.ok()) {
    return Invalid(std::string(NameOf(operation)) + ": " + parsed.error());
  }
  return WriteOf(operation, *parsed);
}

Result<Json> StringsOf(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    if (!IsJsonString(text)) return Invalid(Printable(text) + " is not UTF-8");
  }
  return Json(texts);
}

/// The error that says that the item was flattened later than `end`; OK if it
/// was not.
Status CheckNotFlattenedLater(const View& view, const Flake& end) {
  if (view.base == nullptr || view.base->timestamp <= end) return Status::OK();
  return Invalid("the item was flattened at " +
                 view.base->timestamp.ToString() +
                 "; what it was before that is not known any more");
}

/// Whether the item has this very write with that timestamp already.
/// **Errors**: InvalidArgument when the timestamp cannot be that of `write`.
Result<bool> IsThere(const ItemRecords& item, const Flake& timestamp,
                     const Write& write) {
  if (item.view.base != nullptr && timestamp <= item.view.base->timestamp) {
    return Invalid("the timestamp " + timestamp.ToString() +
                   " is not above that of the item's base, " +
                   item.view.base->timestamp.ToString());
  }
  bool is_there = false;
  for (const OperationRecord& x : item.records.operations) {
    if (x.timestamp != timestamp) continue;
    if (x.operation() != NameOf(write.operation) || x.value != write.change) {
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

/// What a flatten of the item as it was read makes untrue. Of an item without
/// any record nothing can be said.
std::vector<Condition> NotFlattenedSince(const ItemRecords& item) {
  const std::string& name = item.encoded_name;
  if (item.view.base != nullptr) return {HasBase(name, *item.view.base)};
  if (item.view.live.empty()) return {};
  // The oldest is folded first, and then gone; or it was a putItem that is
  // folded alone, and its key is that of the base's item.
  const OperationRecord& first = *item.view.live.front();
  return {
      Condition::Present(first.key),
      Condition::Absent(MakeRecordKey(name, first.timestamp, kBaseOperation))};
}

/// The late operation `key`, to be written once more.
Result<Write> CopyOf(const View& view, const std::string& key) {
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
  return WriteOf(*operation, (*found)->value);
}

Result<Write> SettleOf(const std::vector<std::string>& late) {
  Json change = Json::object();
  change["late"] = Json(late);
  return WriteOf(Operation::kSettle, change);
}

Status Conflict(const std::string& encoded_name, const std::string& what) {
  return Status::IOError("conflict: others kept changing the item " +
                         Printable(encoded_name) + " while it was " + what);
}

std::string RepeatWith(const Flake& timestamp) {
  return "whether the operation was written is unknown: repeat it with its "
         "timestamp, " +
         timestamp.ToString();
}

class StoreImpl final : public Store {
 public:
  StoreImpl(const Options& options, Backend* backend, const Wiring& wiring,
            std::shared_ptr<void> stands_on)
      : stands_on_(std::move(stands_on)),
        parts_(options, backend, wiring),
        backend_(backend),
        writer_(parts_.writer) {}

  ~StoreImpl() override {
    // Its failure is in the header.
    if (CheckProcess().ok()) static_cast<void>(writer_.Close());
  }

  Status Load() { return writer_.Load(); }

  Status PutItem(const WriteOptions& options, const std::string& name,
                 const std::string& object, std::string* timestamp) override {
    return Add(options, name, WriteOf(Operation::kPutItem, object), timestamp);
  }
  Status DelItem(const WriteOptions& options, const std::string& name,
                 std::string* timestamp) override {
    return Add(options, name, WriteOf(Operation::kDelItem, Json::object()),
               timestamp);
  }
  Status PutAttrs(const WriteOptions& options, const std::string& name,
                  const std::string& object, std::string* timestamp) override {
    return Add(options, name, WriteOf(Operation::kPutAttrs, object), timestamp);
  }
  Status DelAttrs(const WriteOptions& options, const std::string& name,
                  const std::vector<std::string>& attributes,
                  std::string* timestamp) override {
    const Result<Json> names = StringsOf(attributes);
    if (!names.ok()) return names.error();
    return Add(options, name, WriteOf(Operation::kDelAttrs, *names), timestamp);
  }
  Status IncAttrs(const WriteOptions& options, const std::string& name,
                  const std::string& numbers, std::string* timestamp) override {
    return Add(options, name, WriteOf(Operation::kIncAttrs, numbers),
               timestamp);
  }
  Status AppendAttrs(const WriteOptions& options, const std::string& name,
                     const std::string& strings,
                     std::string* timestamp) override {
    return Add(options, name, WriteOf(Operation::kAppendAttrs, strings),
               timestamp);
  }
  Status AddToSet(const WriteOptions& options, const std::string& name,
                  const std::string& sets, std::string* timestamp) override {
    return Add(options, name, WriteOf(Operation::kAddToSet, sets), timestamp);
  }
  Status DelFromSet(const WriteOptions& options, const std::string& name,
                    const std::string& sets, std::string* timestamp) override {
    return Add(options, name, WriteOf(Operation::kDelFromSet, sets), timestamp);
  }

  Status Settle(const WriteOptions& options, const std::string& name,
                const std::vector<std::string>& late,
                std::string* timestamp) override;
  Status Reapply(const WriteOptions& options, const std::string& name,
                 const std::string& late, std::string* timestamp) override;

  Status GetItem(const std::string& name, Item* item) override {
    return GetUpTo(name, EndOfTime(), item);
  }
  Status GetItemAsOf(const std::string& name, const std::string& timestamp,
                     Item* item) override;
  Status History(
      const std::string& name,
      const std::function<bool(const HistoryEntry&)>& visit) override;
  Status Query(const QueryOptions& options,
               const std::function<bool(const Item&)>& visit) override;
  Status Count(const QueryOptions& options, uint64_t* count) override;
  Status Names(const QueryOptions& options,
               const std::function<bool(const std::string&)>& visit) override;

  Status Flatten(const std::string& name, const FlattenOptions& options,
                 FlattenResult* result) override;
  Status FlattenAll(const std::string& timestamp,
                    FlattenResult* result) override;

  Status NewTimestamp(std::string* timestamp) override;

  std::string replica() const override {
    const std::optional<StoreId> id = writer_.id();
    return id ? ReplicaText(id->replica) : std::string();
  }

  Status Close() override {
    const Status here = CheckProcess();
    return here.ok() ? writer_.Close() : here;
  }

  Parts* parts() override { return &parts_; }

 private:
  Status CheckProcess() const { return parts_.CheckProcess(); }

  /// One range, and what it showed is shown to the writer's clock.
  Status Read(const std::string& name, ItemRecords* item);
  Status GetUpTo(const std::string& name, const Flake& end, Item* item);

  Status Add(const WriteOptions& options, const std::string& name,
             const Result<Write>& write, std::string* timestamp);
  /// Takes a timestamp that is given in flight, and announces the change.
  Status AdoptAt(const Flake& given, const std::string& encoded_name,
                 bool sync);
  /// With the timestamp that was asked for.
  Status AddAt(const WriteOptions& options, const std::string& encoded_name,
               const Write& write, std::string* timestamp);
  /// What is stable, if the store is replicated.
  Status FindStable(std::optional<Stable>* stable);

  const std::shared_ptr<void> stands_on_;  // First, so that it ends last.
  Parts parts_;
  Backend* const backend_;
  Writer& writer_;
};

// ---------------------------------------------------------------- operations

Status StoreImpl::Add(const WriteOptions& options, const std::string& name,
                      const Result<Write>& write, std::string* timestamp) {
  if (timestamp != nullptr) timestamp->clear();
  const Status here = CheckProcess();
  if (!here.ok()) return here;
  const Result<std::string> encoded_name = CheckedName(name);
  if (!encoded_name.ok()) return encoded_name.error();
  if (!write.ok()) return write.error();
  if (!options.timestamp.empty()) {
    return AddAt(options, *encoded_name, *write, timestamp);
  }
  const Result<std::vector<Flake>> issued = writer_.Issue(1);
  if (!issued.ok()) return issued.error();
  const Flake& next = issued->front();
  if (timestamp != nullptr) *timestamp = next.ToString();
  Change change;
  AddTo(&change, *encoded_name, next, *write);
  bool met = false;
  return parts_.changes.Apply(change, options.sync, RepeatWith(next), &met);
}

Status StoreImpl::AdoptAt(const Flake& given, const std::string& encoded_name,
                          bool sync) {
  const Status adopted = writer_.Adopt(given);
  if (!adopted.ok() || !writer_.id()->announces_changes()) return adopted;
  const Status announced =
      parts_.changes.AnnounceOnce(encoded_name, given, sync);
  if (!announced.ok()) writer_.Done({given});
  return announced;
}

Status StoreImpl::AddAt(const WriteOptions& options,
                        const std::string& encoded_name, const Write& write,
                        std::string* timestamp) {
  Flake given;
  if (!Flake::Parse(options.timestamp, &given)) {
    return Invalid("no timestamp: " + Printable(options.timestamp));
  }
  bool is_adopted = false;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    ItemRecords item;
    const Status read = ReadItem(backend_, encoded_name, &item);
    if (!read.ok()) return read;
    const Result<bool> is_there = IsThere(item, given, write);
    if (!is_there.ok()) return is_there.error();
    if (!is_adopted) {
      const Status adopted = AdoptAt(given, encoded_name, options.sync);
      if (!adopted.ok()) return adopted;
      is_adopted = true;
      if (timestamp != nullptr) *timestamp = given.ToString();
    }
    const bool is_durable = backend_->shared() || !options.sync;
    if (*is_there && is_durable) {
      writer_.Done({given});
      return Status::OK();
    }

    Change change;
    AddTo(&change, encoded_name, given, write);
    change.entries.clear();  // AdoptAt has written it.
    const StoredRecord& record = change.puts.front();
    if (*is_there) {
      change.conditions = {Condition::Equals(record.key, record.value)};
    } else {
      // An attempt before may arrive after all, and be folded: then this one
      // would be late, and the operation told as not applied although it is.
      change.conditions = NotFlattenedSince(item);
      change.conditions.push_back(Condition::Absent(record.key));
    }
    bool met = false;
    const Status written =
        parts_.changes.Apply(change, options.sync, RepeatWith(given), &met);
    if (!written.ok() || met) return written;
    is_adopted = false;  // It is not in flight any more.
  }
  return Conflict(encoded_name, "written");
}

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
    return Invalid("two records cannot have one timestamp");
  }
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    ItemRecords item;
    const Status read = Read(name, &item);
    if (!read.ok()) return read;
    const Result<Write> copy = CopyOf(item.view, late);
    if (!copy.ok()) return copy.error();
    const Result<Write> settle = SettleOf({late});
    if (!settle.ok()) return settle.error();
    const Result<std::vector<Flake>> issued = writer_.Issue(2);
    if (!issued.ok()) return issued.error();

    Change change;
    AddTo(&change, item.encoded_name, issued->front(), *settle);
    AddTo(&change, item.encoded_name, issued->back(), *copy);
    // The copy takes the record's place, so that of all who do this at once one
    // does; the settle is for the same record when it comes from elsewhere. The
    // base stays until then: above another one the two might be late.
    const std::string record = ItemBegin(item.encoded_name) + late;
    change.deletes = {record};
    change.conditions = {Condition::Present(record),
                         HasBase(item.encoded_name, *item.view.base)};
    bool met = false;
    const Status written = parts_.changes.Apply(
        change, options.sync,
        "whether it was reapplied is unknown: if so, it is not late any more; "
        "if it is late still, reapply it again, which counts once",
        &met);
    if (!written.ok() || met) {
      if (timestamp != nullptr) *timestamp = issued->back().ToString();
      return written;
    }
  }
  return Conflict(EncodeName(name), "reapplied");
}

// --------------------------------------------------------------------- reads

Status StoreImpl::Read(const std::string& name, ItemRecords* item) {
  const Status here = CheckProcess();
  if (!here.ok()) return here;
  const Result<std::string> encoded_name = CheckedName(name);
  if (!encoded_name.ok()) return encoded_name.error();
  const Status read = ReadItem(backend_, *encoded_name, item);
  if (!read.ok()) return read;
  // Late ones are not above the base.
  const View& view = item->view;
  if (!view.live.empty()) {
    writer_.Show(view.live.back()->timestamp);
  } else if (view.base != nullptr) {
    writer_.Show(view.base->timestamp);
  }
  return Status::OK();
}

Status StoreImpl::GetUpTo(const std::string& name, const Flake& end,
                          Item* item) {
  ItemRecords read;
  Status status = Read(name, &read);
  if (status.ok()) status = CheckNotFlattenedLater(read.view, end);
  if (!status.ok()) return status;
  Result<State> state = Replay(read.view, end);
  if (!state.ok()) return state.error();
  *item = ItemOf(read, *std::move(state));
  return Status::OK();
}

Status StoreImpl::GetItemAsOf(const std::string& name,
                              const std::string& timestamp, Item* item) {
  Flake end;
  if (!Flake::ParseBound(timestamp, &end)) {
    return Invalid("no timestamp: " + Printable(timestamp));
  }
  return GetUpTo(name, end, item);
}

Status StoreImpl::History(
    const std::string& name,
    const std::function<bool(const HistoryEntry&)>& visit) {
  ItemRecords read;
  const Status status = Read(name, &read);
  if (!status.ok()) return status;
  // Damage is told before anything is shown.
  const Result<State> whole = Replay(read.view, EndOfTime());
  if (!whole.ok()) return whole.error();
  for (const HistoryEntry& entry : NotApplied(read.view)) {
    if (!visit(entry)) return Status::OK();
  }
  bool goes_on = true;
  const Result<State> shown =
      Replay(read.view, EndOfTime(),
             [&](const OperationRecord* made_by, const State& state) {
               if (goes_on) goes_on = visit(EntryOf(read.view, made_by, state));
             });
  return shown.ok() ? Status::OK() : shown.error();
}

Status StoreImpl::Query(const QueryOptions& options,
                        const std::function<bool(const Item&)>& visit) {
  const Status here = CheckProcess();
  if (!here.ok()) return here;
  std::optional<Json> wanted;
  if (!options.attribute.empty()) {
    auto value = ParseJson(options.value);
    if (!value.ok()) return Invalid("the value: " + value.error());
    wanted = *std::move(value);
  }
  Status first;
  const auto note = [&first](const Status& status) {
    if (first.ok()) first = status;
    return true;
  };
  const auto visit_state = [&](const ItemRecords& read) {
    Result<State> state = Replay(read.view, EndOfTime());
    if (!state.ok()) return note(state.error());
    writer_.Show(state->timestamp);
    if (state->item.is_null() && !options.deleted) return true;
    if (wanted) {
      if (!state->item.is_object()) return true;
      const auto found = state->item.find(options.attribute);
      if (found == state->item.end() || !IsSameValue(*found, *wanted)) {
        return true;
      }
    }
    return visit(ItemOf(read, *std::move(state)));
  };
  const Status read = VisitItems(
      backend_, RangeOfNames(options.from, options.to),
      [&](const ItemRecords& item, const Status& status) {
        if (!status.ok()) return note(status);
        if (!backend_->shared() || !item.view.has_late()) {
          return visit_state(item);
        }
        ItemRecords again;
        const Status reread = ReadItemOnce(backend_, item.encoded_name, &again);
        return reread.ok() ? visit_state(again) : note(reread);
      });
  return read.ok() ? first : read;
}

Status StoreImpl::Count(const QueryOptions& options, uint64_t* count) {
  *count = 0;
  return Query(options, [count](const Item&) {
    ++*count;
    return true;
  });
}

Status StoreImpl::Names(const QueryOptions& options,
                        const std::function<bool(const std::string&)>& visit) {
  const Status here = CheckProcess();
  if (!here.ok()) return here;
  Status first;
  std::string last;
  const Status read = VisitRecords(
      backend_, RangeOfNames(options.from, options.to), true,
      [&](const Slice& key, const Slice&) {
        const std::string_view whole(key.data(), key.size());
        const std::string_view encoded = whole.substr(0, whole.find('/'));
        if (encoded == last) return true;
        const std::optional<std::string> name = DecodeName(encoded);
        if (encoded.size() == whole.size() || !name) {
          if (first.ok()) first = Damaged(whole, "is of no item");
          return true;
        }
        last = encoded;
        return visit(*name);
      });
  return read.ok() ? first : read;
}

// ------------------------------------------------------------------- flatten

Status StoreImpl::FindStable(std::optional<Stable>* stable) {
  const Status here = CheckProcess();
  if (!here.ok()) return here;
  // Others may have made it replicated, but not while it has a place.
  if (backend_->shared() && !writer_.open_slot()) {
    const Status loaded = writer_.Load();
    if (!loaded.ok()) return loaded;
  }
  if (!writer_.id() && writer_.makes_replicated()) {
    // Else somebody may make it, and write, before the item is read.
    const Status made = writer_.EnsureId();
    if (!made.ok()) return made;
  }
  const std::optional<StoreId> id = writer_.id();
  if (!id || !id->replicated) return Status::OK();
  Vouched vouched;
  const Status status =
      Vouch(&parts_, backend_, Writer::Audience::kThisStore, &vouched);
  if (status.ok()) *stable = StableOf(vouched);
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
  Flake end = EndOf(writer_.DriftLimit());
  if (!timestamp.empty() && !Flake::ParseBound(timestamp, &end)) {
    return Invalid("no timestamp: " + Printable(timestamp));
  }
  std::optional<Stable> stable;
  Status first = FindStable(&stable);
  if (!first.ok()) return first;
  if (stable) end = std::min(end, stable->watermark);
  const auto note = [&first](const Status& status) {
    if (!status.ok() && first.ok()) first = status;
  };

  // An item has something to fold when it has an operation above its base; what
  // stands at the base's timestamp is the base.
  std::string name;
  std::vector<Flake> timestamps;
  std::optional<Flake> base;
  bool has_item = false;  // The last key may be that of a base's item.
  const auto finish = [&] {
    const bool has_some = std::any_of(
        timestamps.begin(), timestamps.end(), [&](const Flake& each) {
          return each <= end && (!base || *base < each);
        });
    if (has_some && (!base || *base <= end)) {
      FlattenOptions options;
      options.timestamp = end.ToString();
      FlattenResult one;
      note(FlattenWhatIsStable(&parts_, name, options, stable, &one));
      result->folded += one.folded;
      result->steps += one.steps;
    }
    timestamps.clear();
    base.reset();
  };
  const Status read = VisitRecords(
      backend_, ItemRange(), true, [&](const Slice& slice, const Slice&) {
        const std::string_view key(slice.data(), slice.size());
        const std::optional<RecordKey> parts = ParseRecordKey(key);
        if (!parts) {
          note(Damaged(key, "is of no item"));
          return true;
        }
        if (parts->name != name) {
          finish();
          name = parts->name;
        }
        if (parts->operation != kBaseOperation) {
          timestamps.push_back(parts->timestamp);
        } else if (!timestamps.empty() &&
                   timestamps.back() == parts->timestamp &&
                   has_item) {  // Else it is not there yet.
          base = std::max(base.value_or(Flake()), parts->timestamp);
        }
        has_item = parts->operation == NameOf(Operation::kPutItem) ||
                   parts->operation == NameOf(Operation::kDelItem);
        return true;
      });
  finish();
  return read.ok() ? first : read;
}

Status StoreImpl::NewTimestamp(std::string* timestamp) {
  const Status here = CheckProcess();
  if (!here.ok()) return here;
  const Result<std::vector<Flake>> issued = writer_.Issue(1);
  if (!issued.ok()) return issued.error();
  *timestamp = issued->front().ToString();
  writer_.Done(*issued);
  return Status::OK();
}

}  // namespace

Status OpenWired(const Options& options, Backend* backend, const Wiring& wiring,
                 std::shared_ptr<void> stands_on, Store** store) {
  *store = nullptr;
  uint64_t replica = 0;
  if (!options.replica.empty() && !ParseReplica(options.replica, &replica)) {
    return Invalid("a replica is 12 lower-case hex digits, not " +
                   Printable(options.replica));
  }
  if (options.slot == 0xffff) return Invalid("slot ffff is of no writer");
  if (options.slot != 0 && backend->shared()) {
    return Invalid("a shared store gives the slots out itself");
  }
  if (options.drift_ms_max > kDriftMax) {
    return Invalid("drift_ms_max is over 2^40 ms");
  }
  auto opened = std::make_unique<StoreImpl>(options, backend, wiring,
                                            std::move(stands_on));
  const Status loaded = opened->Load();
  if (!loaded.ok()) return loaded;
  *store = opened.release();
  return Status::OK();
}

}  // namespace dyno
