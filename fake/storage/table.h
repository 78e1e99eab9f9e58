// One table of the fake: its items in the order of their places, their earlier
// versions, the locks of transactions, and the partitions.

#ifndef DYNAMODOWN_FAKE_STORAGE_TABLE_H_
#define DYNAMODOWN_FAKE_STORAGE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/scheduler.h"
#include "fake/expressions/key_condition.h"
#include "fake/expressions/update.h"
#include "fake/storage/partitions.h"
#include "fake/values/value.h"

namespace dynamodown::fake {

inline constexpr size_t kItemBytesMax = 409'600;
inline constexpr size_t kHashKeyBytesMax = 2048;
inline constexpr size_t kRangeKeyBytesMax = 1024;
inline constexpr size_t kPageBytesMax = 1'048'576;

/// The bytes of a key: hash, range. They sort like the values: S and B as
/// unsigned bytes, N as KeyOfNumber encodes it. Tables sort items by Place,
/// which begins with the digest of the hash key.
using ItemKey = std::pair<std::string, std::string>;

struct KeyAttribute {
  std::string name;
  std::string type;  ///< "S", "B" or "N".
};

/// A request for one page of a Query or Scan.
struct PageRequest {
  bool whole_table = false;  ///< A Scan: no hash and no comparison.
  std::string hash;
  /// Its values are in the form of key bytes.
  const KeyComparison* range = nullptr;  ///< Null: all range keys.
  const ItemKey* after = nullptr;        ///< The exclusive start key, or null.
  bool forward = true;
  size_t items_max = SIZE_MAX;  ///< The request's Limit.
  /// A test's limit. A page that it cuts says that more follows. At 0, the page
  /// is empty but not the last; if there is no key to resume from, it has one
  /// item.
  size_t cut_at = SIZE_MAX;
};

struct Page {
  std::vector<const Item*> items;
  size_t bytes = 0;
  bool more = false;
  ItemKey last;  ///< The last-evaluated key; valid if `more`.
};

/// How stale an eventually consistent read is. It sees each item as of a time
/// up to `age` ago, which `choice` picks for each item. Zero: no staleness.
struct Staleness {
  Scheduler::Duration age{0};
  uint64_t choice = 0;
};

class Table {
 public:
  using TimePoint = Scheduler::TimePoint;

  /// In a table without a range key, `range` has an empty name.
  Table(KeyAttribute hash, KeyAttribute range)
      : hash_(std::move(hash)), range_(std::move(range)) {}

  const KeyAttribute& hash() const { return hash_; }
  const KeyAttribute& range() const { return range_; }
  bool IsKey(std::string_view name) const {
    return name == hash_.name || (has_range() && name == range_.name);
  }
  bool has_range() const { return !range_.name.empty(); }

  // Each of these throws a Refusal if the item or key does not fit the table.

  /// The key of an item to be stored. Refuses an item that is too large.
  ItemKey KeyOfItem(const Item& item) const;
  /// The key that a request names. Refuses attributes outside the key.
  ItemKey KeyOfRequest(const Item& key) const;
  /// The key of ExclusiveStartKey.
  ItemKey KeyOfStart(const Item& key) const;
  /// The key bytes of a value in a key condition.
  std::string BytesOfCondition(const KeyAttribute& attribute,
                               const Value& value) const;
  /// An item that has the key attributes only.
  Item ItemOfKey(const ItemKey& key) const;
  /// The updated item. If `before` is null, the update starts from ItemOfKey.
  Item Updated(const Update& update, const ItemKey& key,
               const Item* before) const;

  /// The visible item, or null. Valid until the table changes.
  const Item* Find(const ItemKey& key) const;
  void Put(const ItemKey& key, Item item) { Set(key, std::move(item)); }
  void Erase(const ItemKey& key) { Set(key, std::nullopt); }
  size_t size() const { return items_.size(); }

  /// Applies every change that is due by `now`, and sets the table's time.
  void AdvanceTo(TimePoint now);

  // Transactions: see transactions.cc.

  void Lock(const ItemKey& key, TimePoint until);
  bool IsLocked(const ItemKey& key) const;
  /// Schedules the change of a locked item to `after`. FindDecided shows it
  /// from `decided` on; other reads show it from `shown` on, or once
  /// FindDecided has shown it.
  void ShowLater(const ItemKey& key, std::optional<Item> after,
                 TimePoint decided, TimePoint shown);
  const Item* FindDecided(const ItemKey& key);

  // Old versions of items, for stale reads.

  /// How long old versions of items are kept. Default: not at all.
  void set_past_kept(Scheduler::Duration kept) { past_kept_ = kept; }
  const Item* FindPast(const ItemKey& key, const Staleness& staleness) const;
  /// Makes Read see the past. While it lives, only Read may be called.
  class Past {
   public:
    /// Covers the items of one hash key, or all items if `hash` is null.
    Past(Table* table, const Staleness& staleness, const std::string* hash);
    ~Past();
    Past(const Past&) = delete;
    Past& operator=(const Past&) = delete;

   private:
    Table* const table_;
    std::vector<std::pair<Place, std::optional<Item>>> present_;
  };

  // Load. Before Divide, the table admits every request.

  void Divide(const PartitionLimits& limits, const Provisioned& provisioned);
  bool Admits(const ItemKey& key, Access access);
  void Take(const ItemKey& key, Access access, double units);
  /// Null before Divide.
  const Partitions* partitions() const {
    return partitions_.has_value() ? &*partitions_ : nullptr;
  }

  /// Returns a page that is valid until the table changes.
  Page Read(const PageRequest& request) const;

 private:
  using Items = std::map<Place, Item>;
  /// An item as it was until a time; no item: it did not exist.
  struct Version {
    TimePoint until;
    std::optional<Item> item;
  };
  struct LockedItem {
    TimePoint until;
    bool changes = false;  // The change to `after` is still to be applied.
    std::optional<Item> after;
    TimePoint decided;
    TimePoint shown;
  };

  void Set(const ItemKey& key, std::optional<Item> item);
  void SetAt(const Place& place, std::optional<Item> item, TimePoint time);
  void Resize(const Place& place, size_t before, size_t after);
  void ForgetPast();
  // Null: the present version.
  const Version* VersionOf(const Place& place,
                           const std::deque<Version>& versions,
                           const Staleness& staleness) const;

  // The items that a request covers, in ascending order: [first, second).
  std::pair<Items::const_iterator, Items::const_iterator> RangeOf(
      const PageRequest& request) const;
  // Finds a last-evaluated key for an empty page: a key that is not stored,
  // directly below `key`, or above it when reading backwards. Returns false if
  // there is none.
  bool KeyBefore(const ItemKey& key, const PageRequest& request,
                 ItemKey* before) const;

  const KeyAttribute hash_;
  const KeyAttribute range_;
  Items items_;
  TimePoint now_{};
  std::map<Place, LockedItem> locks_;
  Scheduler::Duration past_kept_{0};
  std::map<Place, std::deque<Version>> past_;  // The oldest first.
  std::deque<std::pair<TimePoint, Place>> past_order_;
  std::optional<Partitions> partitions_;
};

/// Whether a comparison holds for a range key.
bool Meets(const std::string& range, const KeyComparison& comparison);
/// Whether `range` is the inclusive bound at which the comparison ends.
bool EndsRange(const KeyComparison& comparison, bool forward,
               const std::string& range);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_STORAGE_TABLE_H_
