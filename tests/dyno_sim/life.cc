#include "dyno_sim/life.h"

#include <algorithm>

namespace dyno::sim {
namespace {

class Collector final : public leveldb::WriteBatch::Handler {
 public:
  void Put(const leveldb::Slice& key, const leveldb::Slice& value) override {
    updates.push_back({key.ToString(), value.ToString()});
  }
  void Delete(const leveldb::Slice& key) override {
    updates.push_back({key.ToString(), std::nullopt});
  }
  std::vector<Update> updates;
};

bool Holds(const Condition& condition, const RecordMap& records) {
  const auto found = records.find(condition.key);
  if (found == records.end()) {
    return condition.kind == Condition::Kind::kAbsent;
  }
  return condition.kind == Condition::Kind::kPresent ||
         (condition.kind == Condition::Kind::kEquals &&
          found->second == condition.value);
}

}  // namespace

std::vector<Update> UpdatesOf(const leveldb::WriteBatch& batch) {
  Collector collector;
  static_cast<void>(batch.Iterate(&collector));
  return std::move(collector.updates);
}

void Apply(const Update& update, RecordMap* records) {
  if (update.value) {
    (*records)[update.key] = *update.value;
  } else {
    records->erase(update.key);
  }
}

bool Hold(const std::vector<Condition>& conditions, const RecordMap& records) {
  return std::all_of(conditions.begin(), conditions.end(),
                     [&records](const Condition& condition) {
                       return Holds(condition, records);
                     });
}

}  // namespace dyno::sim
