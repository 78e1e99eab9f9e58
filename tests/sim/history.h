// What several clients did to one store and saw of it, and whether that can be.
//
// Each key is a register for the checker. So is each group of keys that are
// only written together, by atomic batches: its reads are Gets. (A page may
// show half of a batch, so scans and MultiGets read a group's keys as any
// others.)

#ifndef DYNAMODOWN_TESTS_SIM_HISTORY_H_
#define DYNAMODOWN_TESTS_SIM_HISTORY_H_

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/scheduler.h"
#include "sim/checker.h"
#include "sim/failure.h"
#include "sim/sim_scheduler.h"

namespace dynamodown::sim {

/// How a call on a store ended, as far as its writes are concerned.
enum class Ending {
  kAcknowledged,
  kRefused,  ///< Nothing was written, it said.
  kUnknown,  ///< It said so, or its client is no more.
};

/// One call.
struct CallEntry {
  uint64_t number = 0;
  std::string client;
  std::string text;
  int64_t call = 0;  ///< Moments of the history.
  int64_t end = 0;
  Ending ending = Ending::kUnknown;
  std::string outcome;
};

/// What a call's requests may have done to one register.
struct Effects {
  /// How often they may have taken effect, the time that was acknowledged
  /// included.
  int max = 0;
  /// Whether they may do so after the call has returned.
  bool late = false;
};

/// **Thread-safety**: by the scheduler's baton.
class History {
 public:
  struct Settings {
    /// How long after its call a request may take effect.
    Scheduler::Duration late{0};
    /// How old what an eventually consistent read sees may be.
    Scheduler::Duration stale{0};
    /// There is one client, and the network delivers nothing late: a map says
    /// what it must read. (A transaction that it gave up may still end late.)
    bool one_client = false;
  };
  History(SimScheduler* scheduler, const Settings& settings,
          Violation violation);

  /// A value of its own, of about `bytes`.
  std::string NewValue(const std::string& key, size_t bytes, ValueId* id);
  /// Which value that is of `key`; a violation when nobody made it.
  ValueId ValueOf(const std::string& key, const std::string& text) const;

  /// A value of a group is that of its first key, `set`; each of its keys'
  /// values names it.
  void NameSet(ValueId value, ValueId set) { sets_[value] = set; }
  ValueId SetOf(ValueId value) const;

  /// The moment that it is now: a number of its own.
  int64_t Now();

  /// The entry stays where it is.
  CallEntry* Begin(const std::string& client, const std::string& text);
  void End(CallEntry* entry, Ending ending, const std::string& outcome);

  // Of a call that has ended:

  void Wrote(const std::string& name, ValueId value, const CallEntry* entry,
             const Effects& effects,
             std::optional<Sight> condition = std::nullopt);
  /// `name` was seen to be so between `since` and `until`.
  void Saw(const std::string& name, Sight sight, int64_t since, int64_t until,
           const CallEntry* entry);
  /// A condition did not hold, and not because of the call's own effect.
  void Denied(const std::string& name, Sight condition, const CallEntry* entry);
  /// The same of an eventually consistent read: it may have been so since
  /// Settings::stale before the call began.
  void SawLately(const std::string& name, Sight sight, int64_t until,
                 const CallEntry* entry);

  /// Every register.
  void Check() const;
  size_t calls() const { return entries_.size(); }

 private:
  struct Write {
    RegisterWrite write;
    const CallEntry* entry;
    bool late;
  };
  struct Read {
    RegisterRead read;
    const CallEntry* entry;
    /// Of a denied condition, the call's own write counts as not yet done.
    bool before_own_write = false;
    bool eventual = false;
  };
  struct Register {
    std::vector<Write> writes;
    std::vector<Read> reads;
    std::set<ValueId> refused;
  };
  struct Value {
    std::string key;
    size_t bytes;
  };
  /// What the one client's map knows of a key.
  struct Known {
    std::set<ValueId> possible = {kNothing};
    /// What may yet come, whatever is read meanwhile, and until when.
    std::map<ValueId, Scheduler::TimePoint> late;
    int64_t written = 0;  // When last.
  };

  std::string TextOf(ValueId id) const;
  Scheduler::TimePoint TimeOf(int64_t moment) const {
    return times_[static_cast<size_t>(moment)];
  }
  int64_t LateEnd(int64_t end) const;
  int64_t StaleBegin(int64_t call) const;
  void CheckOne(const std::string& name, const Register& one) const;
  std::string Describe(const Register& one, const std::string& mark_of,
                       const CallEntry* marked) const;
  void Expect(const std::string& name, const Sight& sight, int64_t since,
              const CallEntry* entry);

  SimScheduler* const scheduler_;
  const Settings settings_;
  const Violation violation_;
  std::vector<Scheduler::TimePoint> times_;  // Of each moment.
  std::deque<CallEntry> entries_;
  std::vector<Value> values_;
  std::map<ValueId, ValueId> sets_;
  std::map<std::string, Register> registers_;
  std::map<std::string, Known> known_;
};

/// A key for people.
std::string KeyText(const std::string& key);

}  // namespace dynamodown::sim

#endif  // DYNAMODOWN_TESTS_SIM_HISTORY_H_
