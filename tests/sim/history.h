// Records the writes and reads of several clients of a store, and checks
// whether they are possible.
//
// Each key is a register for the checker. So is each group of keys that are
// only written together, by atomic batches. Gets read the group's register.
// Scans and MultiGets read only the registers of single keys, since a page may
// show half of a batch.

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

/// The outcome of a call's writes, as far as its client knows.
enum class Ending {
  kAcknowledged,
  kRefused,  ///< The status says that nothing was written.
  kUnknown,  ///< The status leaves it open, or the client died.
};

/// One call.
struct CallEntry {
  uint64_t number = 0;
  std::string client;
  std::string text;
  int64_t call = 0;  ///< A moment of the history, like `end`.
  int64_t end = 0;
  Ending ending = Ending::kUnknown;
  std::string outcome;
};

/// The possible effects of a call's requests on one register.
struct Effects {
  /// How often they may have taken effect, including the acknowledged time.
  int max = 0;
  /// Whether they may take effect after the call has returned.
  bool late = false;
};

/// **Thread-safety**: by the scheduler's baton.
class History {
 public:
  struct Settings {
    /// How long after its call a request may take effect.
    Scheduler::Duration late{0};
    /// How stale an eventually consistent read may be.
    Scheduler::Duration stale{0};
    /// There is a single client, and the network delivers nothing late, so a
    /// map has the values that it must read. (A transaction that it gave up may
    /// still end late.)
    bool one_client = false;
  };
  History(SimScheduler* scheduler, const Settings& settings,
          Violation violation);

  /// Returns a new, unique value of about `bytes`.
  std::string NewValue(const std::string& key, size_t bytes, ValueId* id);
  /// The id of a value of `key`; a violation if no client wrote it.
  ValueId ValueOf(const std::string& key, const std::string& text) const;

  /// A group's value is `set`, the value of its first key. Records that `value`
  /// belongs to that set.
  void NameSet(ValueId value, ValueId set) { sets_[value] = set; }
  ValueId SetOf(ValueId value) const;

  /// Returns a new moment for the present time.
  int64_t Now();

  /// The entry's address stays valid.
  CallEntry* Begin(const std::string& client, const std::string& text);
  void End(CallEntry* entry, Ending ending, const std::string& outcome);

  // For a call that has ended:

  void Wrote(const std::string& name, ValueId value, const CallEntry* entry,
             const Effects& effects,
             std::optional<Sight> condition = std::nullopt);
  /// `sight` held for `name` at some moment from `since` to `until`.
  void Saw(const std::string& name, Sight sight, int64_t since, int64_t until,
           const CallEntry* entry);
  /// A condition did not hold, regardless of the call's own effect.
  void Denied(const std::string& name, Sight condition, const CallEntry* entry);
  /// Like Saw, for an eventually consistent read: the sight may have held up to
  /// Settings::stale before the call.
  void SawLately(const std::string& name, Sight sight, int64_t until,
                 const CallEntry* entry);

  /// Checks every register.
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
    /// For a denied condition: the call's own write had not taken effect.
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
  /// A key in the map of the single client.
  struct Known {
    std::set<ValueId> possible = {kNothing};
    /// Values that may still be written late, and until when.
    std::map<ValueId, Scheduler::TimePoint> late;
    int64_t written = 0;  // The moment of the last write.
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
  std::vector<Scheduler::TimePoint> times_;  // The time of each moment.
  std::deque<CallEntry> entries_;
  std::vector<Value> values_;
  std::map<ValueId, ValueId> sets_;
  std::map<std::string, Register> registers_;
  std::map<std::string, Known> known_;
};

/// A key in readable form.
std::string KeyText(const std::string& key);

}  // namespace dynamodown::sim

#endif  // DYNAMODOWN_TESTS_SIM_HISTORY_H_
