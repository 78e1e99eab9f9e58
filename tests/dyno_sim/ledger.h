// Every operation of a simulation with its outcome, and checks that each store
// has the operations that it must have.
//
// Each operation carries a token of its own: {"t7":1} to incAttrs, {"s":["t7"]}
// to addToSet, {"log":"t7;"} to appendAttrs. So an item shows which operations
// it contains, and how many times. Items named "wild..." get operations of all
// kinds, which leave no tokens; there only records and counts are checked.

#ifndef DYNAMODOWN_TESTS_DYNO_SIM_LEDGER_H_
#define DYNAMODOWN_TESTS_DYNO_SIM_LEDGER_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "dyno/item/records.h"
#include "dyno/store.h"
#include "dyno_sim/life.h"
#include "sim/failure.h"

namespace dyno::sim {

struct Entry {
  uint64_t token = 0;
  std::string name;
  std::string site;  ///< The store that it was written to.
  /// Its store lost it, and no other store has brought it back yet.
  bool is_gone_there = false;
  std::string operation;
  std::string change;     ///< As it is stored.
  std::string timestamp;  ///< Empty if none was issued.
  bool is_acknowledged = false;
  /// No other store had it when the disk that held it was lost.
  bool is_lost = false;
  /// It was settled, or may have been.
  bool is_settled = false;
  int reapplied = 0;  ///< Attempts.
  /// Stores that claimed to know it, and had it.
  std::set<std::string> found_in;
};

/// An item's tokens, and how many times each is in it.
using Tokens = std::map<uint64_t, int>;
Tokens TokensOf(const std::string& json);

inline bool IsWild(const std::string& name) { return name[0] == 'w'; }

/// The current records of an item.
Records RecordsOf(const RecordMap& records, const std::string& name);

/// **Thread-safety**: by the scheduler's baton.
class Ledger {
 public:
  explicit Ledger(dynamodown::sim::Violation violation)
      : violation_(std::move(violation)) {}

  /// A fresh token.
  uint64_t NewToken() { return ++tokens_; }
  /// The pointer returned stays valid.
  Entry* Add(Entry entry);
  std::map<uint64_t, Entry>& entries() { return entries_; }
  /// Notes a write of a settle or a reapply, which has no entry.
  void NoteOther(const std::string& name) { ++others_[name]; }
  void NoteLateDone(const std::string& name, const LateRecord& late,
                    bool is_reapplied);

  /// The tokens of operations on `name` acknowledged at `site` so far.
  std::vector<uint64_t> AcknowledgedAt(const std::string& site,
                                       const std::string& name) const;
  /// Checks `item`, read in `site` after `before` were acknowledged there.
  void CheckRead(const std::string& site, const Item& item,
                 const std::vector<uint64_t>& before) const;

  /// Checks that an embedded store has all that it claims to know. Operations
  /// of a restored store are exempt: with a clock that is behind, it may issue
  /// timestamps at or below a promise that it has lost.
  void CheckKnown(const std::string& site, const RecordMap& records);

  void NoteRestored(const std::string& site) { restored_.insert(site); }

  /// The records of `site` are now the earlier ones in `left`: operations that
  /// no store has are lost.
  void NoteLoss(const std::string& site, const RecordMap& left,
                const std::vector<const RecordMap*>& stores);

  /// At the end: checks that the store has every operation that it must have.
  void CheckStore(const std::string& site, const Item& item,
                  const RecordMap& records) const;

 private:
  void CheckTokens(const std::string& where, const Item& item,
                   const std::vector<uint64_t>& expected, bool is_read) const;
  void CheckReplay(const std::string& where, const Item& item) const;
  std::string Describe(const Entry& entry) const;

  const dynamodown::sim::Violation violation_;
  uint64_t tokens_ = 0;
  std::map<uint64_t, Entry> entries_;
  std::map<std::string, uint64_t> others_;
  std::set<std::string> restored_;
};

}  // namespace dyno::sim

#endif  // DYNAMODOWN_TESTS_DYNO_SIM_LEDGER_H_
