// Reads. A read fetches the range of an item's records, sorts the records into
// a View (item/records.h) and replays them.

#include <optional>
#include <string_view>
#include <utility>

#include "dyno/backend/item_reader.h"
#include "dyno/item/item_view.h"
#include "dyno/item/json.h"
#include "dyno/item/key.h"
#include "dyno/item/replay.h"
#include "dyno/item/timestamps.h"
#include "dyno/store_impl.h"

namespace dyno {
namespace {

using leveldb::Slice;
using leveldb::Status;

/// The value that the attribute must have; nothing if the query names no
/// attribute.
/// **Errors**: InvalidArgument for a value that is not JSON.
Result<std::optional<Json>> WantedValue(const QueryOptions& options) {
  if (options.attribute.empty()) return std::optional<Json>();
  auto value = ParseJson(options.value);
  if (!value.ok()) return Invalid("the value: " + value.error());
  return std::optional<Json>(*std::move(value));
}

bool IsWanted(const QueryOptions& options, const std::optional<Json>& wanted,
              const State& state) {
  if (state.item.is_null() && !options.deleted) return false;
  if (!wanted) return true;
  if (!state.item.is_object()) return false;
  const auto found = state.item.find(options.attribute);
  return found != state.item.end() && IsSameValue(*found, *wanted);
}

}  // namespace

Status StoreImpl::GetItem(const std::string& name, Item* item) {
  return GetUpTo(name, EndOfTime(), item);
}

Status StoreImpl::Read(const std::string& name, ItemRecords* item) {
  const Status here = CheckProcess();
  if (!here.ok()) return here;
  const Result<std::string> encoded_name = CheckedName(name);
  if (!encoded_name.ok()) return encoded_name.error();
  const Status read = ReadItem(backend(), *encoded_name, item);
  if (!read.ok()) return read;
  // The writer needs to see only the greatest timestamp. No late record's
  // timestamp is above the base's.
  const View& view = item->view;
  if (!view.live.empty()) {
    writer().Show(view.live.back()->timestamp);
  } else if (view.base != nullptr) {
    writer().Show(view.base->timestamp);
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
    return Invalid("not a timestamp: " + Printable(timestamp));
  }
  return GetUpTo(name, end, item);
}

Status StoreImpl::History(
    const std::string& name,
    const std::function<bool(const HistoryEntry&)>& visit) {
  ItemRecords read;
  const Status status = Read(name, &read);
  if (!status.ok()) return status;
  // Replays without the visitor first, so that damage is reported before any
  // record is shown.
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
  const Result<std::optional<Json>> wanted = WantedValue(options);
  if (!wanted.ok()) return wanted.error();
  Status first;
  const auto note = [&first](const Status& status) {
    if (first.ok()) first = status;
    return true;
  };
  const auto visit_state = [&](const ItemRecords& read) {
    Result<State> state = Replay(read.view, EndOfTime());
    if (!state.ok()) return note(state.error());
    writer().Show(state->timestamp);
    if (!IsWanted(options, *wanted, *state)) return true;
    return visit(ItemOf(read, *std::move(state)));
  };
  const Status read =
      VisitItems(backend(), RangeOfNames(options.from, options.to),
                 [&](const ItemRecords& item, const Status& status) {
                   if (!status.ok()) return note(status);
                   if (!backend()->shared() || !item.view.has_late()) {
                     return visit_state(item);
                   }
                   ItemRecords again;
                   const Status reread =
                       ReadItemOnce(backend(), item.encoded_name, &again);
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
      backend(), RangeOfNames(options.from, options.to), true,
      [&](const Slice& key, const Slice&) {
        const std::string_view whole(key.data(), key.size());
        const std::string_view encoded = whole.substr(0, whole.find('/'));
        if (encoded == last) return true;
        const std::optional<std::string> name = DecodeName(encoded);
        if (encoded.size() == whole.size() || !name) {
          if (first.ok()) first = Damaged(whole, "belongs to no item");
          return true;
        }
        last = encoded;
        return visit(*name);
      });
  return read.ok() ? first : read;
}

}  // namespace dyno
