// The life of a process, and the parts that disks and tables share.

#ifndef DYNAMODOWN_TESTS_DYNO_SIM_LIFE_H_
#define DYNAMODOWN_TESTS_DYNO_SIM_LIFE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dyno/backend.h"
#include "leveldb/status.h"
#include "leveldb/write_batch.h"

namespace dyno::sim {

using RecordMap = std::map<std::string, std::string>;

/// Once a process is dead, none of its requests or answers pass.
class Life {
 public:
  bool dead() const { return dead_; }
  void End() { dead_ = true; }
  /// It ends after `passes` more requests and answers.
  void EndAfter(uint64_t passes) { left_ = passes; }
  void Survive() { left_.reset(); }
  /// A request or answer passes. Returns false if the process is dead.
  bool Pass() {
    if (left_ && (*left_)-- == 0) dead_ = true;
    if (dead_) left_.reset();
    return !dead_;
  }

 private:
  bool dead_ = false;
  std::optional<uint64_t> left_;
};

inline leveldb::Status Dead() {
  return leveldb::Status::IOError("unknown: the process is dead");
}

/// One key's update: its new value, or nothing if it is deleted.
struct Update {
  std::string key;
  std::optional<std::string> value;
};
std::vector<Update> UpdatesOf(const leveldb::WriteBatch& batch);

void Apply(const Update& update, RecordMap* records);

/// Whether all conditions hold.
bool Hold(const std::vector<Condition>& conditions, const RecordMap& records);

}  // namespace dyno::sim

#endif  // DYNAMODOWN_TESTS_DYNO_SIM_LIFE_H_
