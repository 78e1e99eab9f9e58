// One table of the double: its items in the order of their places, what they
// were before, what transactions do to them, and the partitions they lie in.

#ifndef DYNAMODOWN_FAKE_TABLE_H_
#define DYNAMODOWN_FAKE_TABLE_H_

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
#include "fake/key_condition.h"
#include "fake/partitions.h"
#include "fake/update.h"
#include "fake/value.h"

namespace dynamodown::fake {

inline constexpr size_t kItemBytesMax = 409'600;
inline constexpr size_t kHashKeyBytesMax = 2048;
inline constexpr size_t kRangeKeyBytesMax = 1024;
inline constexpr size_t kPageBytesMax = 1'048'576;

/// A key's bytes: hash, range. They order as the values do: S and B as unsigned
/// bytes, and N as KeyOfNumber has them. Tables keep items in the order of
/// Place: by the hash key's digest first.
using ItemKey = std::pair<std::string, std::string>;

struct KeyAttribute {
  std::string name;
  std::string type;  ///< "S", "B" or "N".
};

/// What a Query or a Scan asks of one page.
struct PageRequest {
  bool whole_table = false;  ///< A Scan: no hash and no comparison.
  std::string hash;
  /// Its values' bytes are a key's.
  const KeyComparison* range = nullptr;  ///< Null: all range keys.
  const ItemKey* after = nullptr;        ///< The exclusive start key; or null.
  bool forward = true;
  size_t items_max = SIZE_MAX;  ///< The request's limit.
  /// The test's limit: of a page that it cuts, more is to come. At 0 the page
  /// is empty and yet not the last, where there is a key to go on from.
  size_t cut_at = SIZE_MAX;
};

struct Page {
  std::vector<const Item*> items;
  size_t bytes = 0;
  bool more = false;
  ItemKey last;  ///< When there is more: what the last-evaluated key is.
};

/// An eventually consistent read that looks at the past: each item is seen as
/// it was at a time of its own, by `choice`, up to `age` ago. Zero: as it is.
struct Staleness {
  Scheduler::Duration age{0};
  uint64_t choice = 0;
};

class Table {
 public:
  using TimePoint = Scheduler::TimePoint;

  /// `range` has an empty name in a table without a range key.
  Table(KeyAttribute hash, KeyAttribute range)
      : hash_(std::move(hash)), range_(std::move(range)) {}

  const KeyAttribute& hash() const { return hash_; }
  const KeyAttribute& range() const { return range_; }
  bool IsKey(std::string_view name) const {
    return name == hash_.name || (has_range() && name == range_.name);
  }
  bool has_range() const { return !range_.name.empty(); }

  /// The key of an item that is to be stored.
  /// **Errors**: a Refusal when it has none, or when the item is too large.
  ItemKey KeyOfItem(const Item& item) const;
  /// The key that a request names: its attributes and nothing else.
  ItemKey KeyOfRequest(const Item& key) const;
  /// The key after which a page begins.
  ItemKey KeyOfStart(const Item& key) const;
  /// The bytes of a value in a key condition.
  std::string BytesOfCondition(const KeyAttribute& attribute,
                               const Value& value) const;
  Item ItemOfKey(const ItemKey& key) const;
  /// What an update makes of the item, or, of null, of one with nothing but its
  /// key.
  /// **Errors**: a Refusal when it cannot be done.
  Item Updated(const Update& update, const ItemKey& key,
               const Item* before) const;

  /// The item that is shown, or null. It stays valid until the table changes.
  const Item* Find(const ItemKey& key) const;
  void Put(const ItemKey& key, Item item) { Set(key, std::move(item)); }
  void Erase(const ItemKey& key) { Set(key, std::nullopt); }
  size_t size() const { return items_.size(); }

  /// What is to happen by `now` happens; `now` is the time of what follows.
  void AdvanceTo(TimePoint now);

  // Transactions: see transactions.cc.

  void Lock(const ItemKey& key, TimePoint until);
  bool IsLocked(const ItemKey& key) const;
  /// The locked item is to be `after`: for FindDecided from `decided` on, for
  /// everybody from `shown` on, or from when FindDecided has shown it.
  void ShowLater(const ItemKey& key, std::optional<Item> after,
                 TimePoint decided, TimePoint shown);
  const Item* FindDecided(const ItemKey& key);

  // The past.

  /// What items were is kept for so long. At first not at all.
  void set_past_kept(Scheduler::Duration kept) { past_kept_ = kept; }
  const Item* FindPast(const ItemKey& key, const Staleness& staleness) const;
  /// While it lives, Read sees the past, and Read alone may be called.
  class Past {
   public:
    /// Of the items under one hash key, or, without one, of all.
    Past(Table* table, const Staleness& staleness, const std::string* hash);
    ~Past();
    Past(const Past&) = delete;
    Past& operator=(const Past&) = delete;

   private:
    Table* const table_;
    std::vector<std::pair<Place, std::optional<Item>>> present_;
  };

  // Load. Without Divide, all is admitted.

  void Divide(const PartitionLimits& limits, const Provisioned& provisioned);
  bool Admits(const ItemKey& key, Access access);
  void Take(const ItemKey& key, Access access, double units);
  /// Null: there are none.
  const Partitions* partitions() const {
    return partitions_.has_value() ? &*partitions_ : nullptr;
  }

  /// The page stays valid until the table changes.
  Page Read(const PageRequest& request) const;

 private:
  using Items = std::map<Place, Item>;
  /// What an item was until a time; no item: it was not there.
  struct Version {
    TimePoint until;
    std::optional<Item> item;
  };
  struct LockedItem {
    TimePoint until;
    bool changes = false;  // Until then it is to be `after`.
    std::optional<Item> after;
    TimePoint decided;
    TimePoint shown;
  };

  void Set(const ItemKey& key, std::optional<Item> item);
  void SetAt(const Place& place, std::optional<Item> item, TimePoint time);
  void Resize(const Place& place, size_t before, size_t after);
  void ForgetPast();
  // Null: as it is now.
  const Version* VersionOf(const Place& place,
                           const std::deque<Version>& versions,
                           const Staleness& staleness) const;

  // A stored key's neighbour below (above, when not forward) that is itself not
  // stored and can be the last-evaluated key of an empty page. False: none.
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

/// Whether a range key meets a comparison.
bool Meets(const std::string& range, const KeyComparison& comparison);
/// Whether it is a bound that the comparison includes, with nothing behind it.
bool EndsRange(const KeyComparison& comparison, bool forward,
               const std::string& range);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_TABLE_H_
