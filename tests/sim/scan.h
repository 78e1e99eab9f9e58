// An iterator that checks each of its steps and records what it saw.

#ifndef DYNAMODOWN_TESTS_SIM_SCAN_H_
#define DYNAMODOWN_TESTS_SIM_SCAN_H_

#include <memory>
#include <string>
#include <vector>

#include "dynamodown/db.h"
#include "sim/failure.h"
#include "sim/history.h"

namespace dynamodown::sim {

/// The keys of `all` that are within all bounds, taken literally.
std::vector<std::string> KeysWithin(const Bounds& bounds,
                                    const std::vector<std::string>& all);
std::string Describe(const Bounds& bounds);

/// Each step returns whether there is an entry. It checks that keys are in
/// order and within the domain. It records that each key it jumps over was
/// absent at some moment since the scan began, and that the key it reaches held
/// its value at such a moment. (For an eventual scan: since the oldest state
/// that it may see.)
class Scan {
 public:
  /// `entry` is the scan's own entry, which has not ended. `domain` is sorted.
  Scan(History* history, Violation violation, const CallEntry* entry,
       const Bounds& bounds, std::vector<std::string> domain, bool eventual,
       std::unique_ptr<leveldb::Iterator> iterator);

  bool First();
  bool Last();
  bool Seek(const std::string& target);
  bool Next();
  bool Prev();

  const std::string& key() const { return domain_[at_]; }
  leveldb::Status status() const { return iterator_->status(); }

 private:
  /// Checks where a step has landed. A forward step could reach any key from
  /// index `from` on, a backward step any key before it.
  bool Land(size_t from, bool forward);
  void Pass(size_t begin, size_t end);
  void See(size_t i);
  void Note(const std::string& key, const Sight& sight);
  size_t Find(const std::string& key);

  History* const history_;
  const Violation violation_;
  const CallEntry* const entry_;
  const bool keys_only_;
  const bool eventual_;
  const std::vector<std::string> domain_;
  const std::unique_ptr<leveldb::Iterator> iterator_;
  size_t at_ = 0;
};

}  // namespace dynamodown::sim

#endif  // DYNAMODOWN_TESTS_SIM_SCAN_H_
