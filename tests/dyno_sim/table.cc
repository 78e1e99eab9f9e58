#include "dyno_sim/table.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "dyno/item/key.h"

namespace dyno::sim {
namespace {

using leveldb::Slice;
using leveldb::Status;
using std::chrono::milliseconds;

constexpr uint64_t kTravelMs = 12;
constexpr uint64_t kSlowMs = 20'000;
constexpr uint64_t kStuckMs = 90'000;
/// A signed request lives 5 minutes.
constexpr uint64_t kLateMs = 300'000;

WriteResult NoAnswer() {
  return WriteResult::Unknown(Status::IOError("unknown: no answer"));
}
WriteResult NoProcess() { return WriteResult::Unknown(Dead()); }
Status Refused() { return Status::IOError("throttled: too many"); }

}  // namespace

bool Table::Draw(uint64_t rate, const char* name) {
  if (rate == 0 || scheduler_->Choose(1000) >= rate) return false;
  ++(*tally_)[name];
  return true;
}

void Table::Travel() {
  uint64_t most = kTravelMs;
  if (Draw(faults_.slow, "request: slow")) most = kSlowMs;
  scheduler_->Sleep(milliseconds(scheduler_->Choose(most)));
}

void Table::TravelWith(const std::vector<Update>& updates) {
  const auto kind_of = [](const std::string& key) {
    if (key.rfind(kChangesBegin, 0) == 0) return TableFaults::Kind::kEntries;
    return key.rfind(kOwnBegin, 0) == 0 ? TableFaults::Kind::kSlots
                                        : TableFaults::Kind::kRecords;
  };
  if (kind_of(updates.front().key) == faults_.stuck_kind &&
      Draw(faults_.stuck, "request: stuck")) {
    scheduler_->Sleep(milliseconds(scheduler_->Choose(kStuckMs)));
  }
  Travel();
}

bool Table::IsUnderWay(const std::vector<Update>& updates,
                       const std::vector<Condition>& conditions) const {
  if (under_way_.empty()) return false;
  const auto is_one = [this](const auto& each) {
    return under_way_.count(each.key) > 0;
  };
  return std::any_of(updates.begin(), updates.end(), is_one) ||
         std::any_of(conditions.begin(), conditions.end(), is_one);
}

bool Table::Commit(const std::vector<Update>& updates,
                   const std::vector<Condition>& conditions) {
  while (IsUnderWay(updates, conditions)) scheduler_->Sleep(milliseconds(1));
  if (!Hold(conditions, records_)) return false;
  if (updates.size() == 1 || scheduler_->Choose(2) == 0) {
    for (const Update& update : updates) Apply(update, &records_);
    return true;
  }
  for (const Update& update : updates) under_way_.insert(update.key);
  for (const Condition& each : conditions) under_way_.insert(each.key);
  std::vector<Update> left = updates;
  while (!left.empty()) {
    std::swap(left[scheduler_->Choose(left.size())], left.back());
    Apply(left.back(), &records_);
    left.pop_back();
    if (scheduler_->Choose(4) == 0) scheduler_->Sleep(milliseconds(3));
  }
  for (const Update& update : updates) under_way_.erase(update.key);
  for (const Condition& each : conditions) under_way_.erase(each.key);
  return true;
}

void Table::CommitLate(std::vector<Update> updates,
                       std::vector<Condition> conditions) {
  const milliseconds delay(scheduler_->Choose(kLateMs));
  scheduler_->Run([this, delay, updates = std::move(updates),
                   conditions = std::move(conditions)] {
    scheduler_->Sleep(delay);
    Commit(updates, conditions);
  });
}

Status TableDoor::Range(const RangeOptions& options, const Slice& start,
                        const Slice& limit, const Visitor& visit) {
  std::string next = start.ToString();
  const std::string end = limit.ToString();
  auto* const scheduler = table_->scheduler();
  for (;;) {
    table_->Travel();
    if (!life_->Pass()) return Dead();
    if (table_->Draw(table_->faults().refused, "request: refused")) {
      return Refused();
    }
    // Most pages hold the whole range.
    const size_t most =
        scheduler->Choose(3) == 0 ? 1 + scheduler->Choose(8) : 1000;
    std::vector<std::pair<std::string, std::string>> page;
    auto record = table_->records().lower_bound(next);
    const auto is_over = [&] {
      return record == table_->records().end() ||
             (!end.empty() && record->first >= end);
    };
    for (; !is_over() && page.size() < most; ++record) page.push_back(*record);
    const bool is_last = is_over();
    for (const auto& [key, value] : page) {
      if (!visit(key, options.keys_only ? Slice() : Slice(value))) {
        return Status::OK();
      }
    }
    if (is_last) return life_->Pass() ? Status::OK() : Dead();
    next = page.back().first + '\0';
  }
}

WriteResult TableDoor::Send(const std::vector<Update>& updates,
                            const std::vector<Condition>& conditions,
                            bool once) {
  const TableFaults& faults = table_->faults();
  table_->TravelWith(updates);
  if (life_->dead()) return NoProcess();
  if (!life_->Pass()) {
    // The request is on its way, and may arrive.
    if (table_->scheduler()->Choose(3) == 0) {
      table_->CommitLate(updates, conditions);
    }
    return NoProcess();
  }
  if (table_->Draw(faults.refused, "request: refused")) {
    return WriteResult::NothingWritten(Refused());
  }
  if (table_->Draw(faults.lost, "request: lost")) return NoAnswer();
  if (table_->Draw(faults.late, "request: late")) {
    table_->CommitLate(updates, conditions);
    return NoAnswer();
  }
  const bool is_written = table_->Commit(updates, conditions);
  if (!once && table_->Draw(faults.twice, "request: twice")) {
    table_->CommitLate(updates, conditions);
  }
  const bool is_lost = table_->Draw(faults.silent, "request: silent");
  if (table_->scheduler()->Choose(2) == 0) table_->Travel();
  if (!life_->Pass()) return NoProcess();
  if (is_lost) return NoAnswer();
  return is_written ? WriteResult::Written() : WriteResult::ConditionFailed();
}

WriteResult TableDoor::Write(leveldb::WriteBatch* updates, bool) {
  const std::vector<Update> all = UpdatesOf(*updates);
  return Send(all, {}, all.size() > 1);
}

WriteResult TableDoor::WriteIf(leveldb::WriteBatch* updates,
                               const std::vector<Condition>& conditions, bool) {
  return Send(UpdatesOf(*updates), conditions, true);
}

WriteResult TableDoor::WriteUnordered(leveldb::WriteBatch* updates) {
  std::vector<Update> left = UpdatesOf(*updates);
  while (!left.empty()) {
    std::swap(left[table_->scheduler()->Choose(left.size())], left.back());
    const WriteResult sent = Send({left.back()}, {}, false);
    // Earlier updates may have taken effect.
    if (!sent.ok()) return sent.is_unknown() ? sent : NoAnswer();
    left.pop_back();
  }
  return WriteResult::Written();
}

}  // namespace dyno::sim
