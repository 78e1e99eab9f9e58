// What was asked for, by whom, and what became of it; and what must therefore
// be found in each store.
//
// Each operation carries a token of its own: {"t7":1} to incAttrs, {"s":["t7"]}
// to addToSet, {"log":"t7;"} to appendAttrs. So an item shows which of them it
// is made of, and how many times. Items named "wild..." get operations of all
// kinds, which leave no tokens; there only records and counts tell.

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
  /// It is not there any more, since the disk was lost, until others bring it.
  bool is_gone_there = false;
  std::string operation;
  std::string change;     ///< As it is stored.
  std::string timestamp;  ///< Empty: none was given.
  bool is_acknowledged = false;
  /// When the disk that held it was lost, nobody else had it.
  bool is_lost = false;
  /// Somebody settled it, or tried to.
  bool is_settled = false;
  int reapplied = 0;  ///< So many times somebody tried to.
  /// Stores that said that they know it, and had it.
  std::set<std::string> found_in;
};

/// An item's tokens, and how many times each is in it.
using Tokens = std::map<uint64_t, int>;
Tokens TokensOf(const std::string& json);

inline bool IsWild(const std::string& name) { return name[0] == 'w'; }

/// The records of an item, as they are at this moment.
Records RecordsOf(const RecordMap& records, const std::string& name);

/// **Thread-safety**: by the scheduler's baton.
class Ledger {
 public:
  explicit Ledger(dynamodown::sim::Violation violation)
      : violation_(std::move(violation)) {}

  /// A token that nobody has had.
  uint64_t NewToken() { return ++tokens_; }
  /// Returns what stays valid.
  Entry* Add(Entry entry);
  std::map<uint64_t, Entry>& entries() { return entries_; }
  /// Writes that a settle or a reapply made, beside the entries.
  void NoteOther(const std::string& name) { ++others_[name]; }
  void NoteLateDone(const std::string& name, const LateRecord& late,
                    bool is_reapplied);

  /// Those acknowledged at `site` until now, of `name`.
  std::vector<uint64_t> AcknowledgedAt(const std::string& site,
                                       const std::string& name) const;
  /// `item` was read in `site` after `before` were acknowledged there.
  void CheckRead(const std::string& site, const Item& item,
                 const std::vector<uint64_t>& before) const;

  /// What an embedded store says that it knows it has, at any moment. Not so
  /// what a restored store wrote: with a clock that is behind it may give
  /// timestamps that it had promised not to, which no mark tells it.
  void CheckKnown(const std::string& site, const RecordMap& records);

  void NoteRestored(const std::string& site) { restored_.insert(site); }

  /// The records of `site` are now those of before: what no store has is lost.
  void NoteLoss(const std::string& site, const RecordMap& left,
                const std::vector<const RecordMap*>& stores);

  /// At the end: all that must be in the store is.
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
