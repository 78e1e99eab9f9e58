// The order of calls whose caller does not wait.

#ifndef DYNAMODOWN_NODE_LEDGER_H_
#define DYNAMODOWN_NODE_LEDGER_H_

#include <cstddef>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace face {

/// The order of calls whose caller does not wait: which calls must be over
/// before another may begin. Level's programs often write and then read without
/// waiting, which is correct as long as calls take effect in the order of the
/// calls.
///
/// It only decides; the caller runs the calls. Enter each call with one of the
/// first four functions, in the order of the calls, and call Done when it is
/// over.
///
/// **Thread-safety**: none; it belongs to the script's thread.
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

  /// A write of `keys` comes after earlier writes of these keys.
  void Write(Entry* entry, std::vector<std::string> keys);
  /// A read of `key` comes after earlier writes of it.
  void Read(Entry* entry, const std::string& key);
  /// A read of several keys comes after all earlier writes.
  void ReadAll(Entry* entry);
  /// A barrier comes after all earlier writes, and all later calls come after
  /// it.
  void Barrier(Entry* entry);
  /// Makes `entry` also wait for `other`, which is not over.
  void After(Entry* entry, Entry* other);

  /// Whether any write is under way.
  bool has_writes() const { return !writes_.empty(); }

  /// Removes `entry`, which is over. Returns the entries that became ready, in
  /// the order in which they were entered.
  std::vector<Entry*> Done(Entry* entry);

 private:
  void Wait(Entry* entry, Entry* other);

  std::unordered_map<std::string, Entry*> last_writes_;
  std::unordered_set<Entry*> writes_;  // Under way, with barriers.
  Entry* barrier_ = nullptr;           // The last one, if it is not over.
};

}  // namespace face

#endif  // DYNAMODOWN_NODE_LEDGER_H_
