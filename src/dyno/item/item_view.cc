#include "dyno/item/item_view.h"

#include <algorithm>
#include <string>
#include <utility>

#include "dyno/item/json.h"
#include "dyno/item/key.h"
#include "dyno/item/operation.h"

namespace dyno {
namespace {

LateRecord LateRecordOf(const OperationRecord& x) {
  return {LateKey(x), x.timestamp.ToString(), std::string(x.operation()),
          x.value};
}

LateRecord LateRecordOf(const BaseRecord& base) {
  return {LateKey(base), base.timestamp.ToString(), std::string(kBaseOperation),
          base.item.empty() ? "{}" : base.item};
}

}  // namespace

Item ItemOf(const ItemRecords& read, State state) {
  Item item;
  item.name = DecodeName(read.encoded_name).value_or(std::string());
  item.exists = !state.item.is_null();
  if (item.exists) item.json = ToText(state.item);
  if (state.changes > 0) item.timestamp = state.timestamp.ToString();
  item.changes = state.changes;
  item.hash = std::move(state.hash);
  item.records = read.count;
  for (const OperationRecord* x : read.view.late_operations) {
    item.late.push_back(LateRecordOf(*x));
  }
  for (const BaseRecord* base : read.view.late_bases) {
    item.late.push_back(LateRecordOf(*base));
  }
  std::sort(
      item.late.begin(), item.late.end(),
      [](const LateRecord& a, const LateRecord& b) { return a.key < b.key; });
  item.unknown = std::move(state.unknown);
  return item;
}

std::vector<HistoryEntry> NotApplied(const View& view) {
  std::vector<HistoryEntry> entries;
  const auto add = [&entries](HistoryEntry::Kind kind,
                              const LateRecord& record) {
    HistoryEntry entry;
    entry.kind = kind;
    entry.timestamp = record.timestamp;
    entry.operation = record.operation;
    entry.change = record.change;
    entries.push_back(std::move(entry));
  };
  for (const auto* x : view.late_operations) {
    add(HistoryEntry::Kind::kLate, LateRecordOf(*x));
  }
  for (const auto* base : view.late_bases) {
    add(HistoryEntry::Kind::kLate, LateRecordOf(*base));
  }
  for (const auto* x : view.settled_operations) {
    add(HistoryEntry::Kind::kSettled, LateRecordOf(*x));
  }
  for (const auto* base : view.settled_bases) {
    add(HistoryEntry::Kind::kSettled, LateRecordOf(*base));
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const HistoryEntry& a, const HistoryEntry& b) {
                     return a.timestamp < b.timestamp;
                   });
  return entries;
}

HistoryEntry EntryOf(const View& view, const OperationRecord* made_by,
                     const State& state) {
  HistoryEntry entry;
  entry.timestamp = state.timestamp.ToString();
  entry.exists = !state.item.is_null();
  if (entry.exists) entry.json = ToText(state.item);
  entry.changes = state.changes;
  entry.hash = state.hash;
  if (made_by == nullptr) {
    entry.kind = HistoryEntry::Kind::kBase;
    entry.operation =
        NameOf(entry.exists ? Operation::kPutItem : Operation::kDelItem);
    entry.change = view.base->item.empty() ? "{}" : view.base->item;
    return entry;
  }
  entry.kind = OperationNamed(made_by->operation())
                   ? HistoryEntry::Kind::kOperation
                   : HistoryEntry::Kind::kUnknown;
  entry.operation = made_by->operation();
  entry.change = made_by->value;
  return entry;
}

}  // namespace dyno
