#ifndef DYNAMODOWN_NODE_LEDGER_H_
#define DYNAMODOWN_NODE_LEDGER_H_

#include <cstddef>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace face {

/// The order of calls that their caller did not wait for: which of them must
/// be over before another may begin. Programs of Level users write and then
/// read without waiting, and are right as long as the calls take effect in the
/// order in which they were made.
///
/// Decides only; who asks carries out. A caller enters each call with one of
/// the four functions, in the order of the calls, and says Done when it is
/// over.
///
/// **Thread-safety**: none; it belongs to the thread of the script.
/// **Ownership**: an entry must live until its Done.
class Ledger {
 public:
  /// A call, as the ledger sees it.
  class Entry {
   public:
    /// Whether nothing is left to wait for.
    bool is_ready() const { return waits_ == 0; }

   private:
    friend class Ledger;
    size_t waits_ = 0;
    std::vector<Entry*> followers_;
    std::vector<std::string> keys_;
  };

  /// A write of `keys`: after the writes of these keys.
  void Write(Entry* entry, std::vector<std::string> keys);
  /// A read of `key`: after its writes.
  void Read(Entry* entry, const std::string& key);
  /// A read of more than one key: after all writes.
  void ReadAll(Entry* entry);
  /// After all writes, and all that is entered later comes after it.
  void Barrier(Entry* entry);
  /// Besides what else it waits for, `entry` comes after `other`, if that is
  /// not over.
  void After(Entry* entry, Entry* other);

  /// Whether any write is under way.
  bool has_writes() const { return !writes_.empty(); }

  /// `entry` is over. Returns those that are ready now and were not before, in
  /// the order in which they were entered.
  std::vector<Entry*> Done(Entry* entry);

 private:
  void Wait(Entry* entry, Entry* other);

  std::unordered_map<std::string, Entry*> last_writes_;
  std::unordered_set<Entry*> writes_;  // Under way, barriers too.
  Entry* barrier_ = nullptr;           // The last one, if not over.
};

}  // namespace face

#endif  // DYNAMODOWN_NODE_LEDGER_H_
