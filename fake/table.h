// One table of the double: its items in the order of their keys.

#ifndef DYNAMODOWN_FAKE_TABLE_H_
#define DYNAMODOWN_FAKE_TABLE_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake/key_condition.h"
#include "fake/update.h"
#include "fake/value.h"

namespace dynamodown::fake {

inline constexpr size_t kItemBytesMax = 409'600;
inline constexpr size_t kHashKeyBytesMax = 2048;
inline constexpr size_t kRangeKeyBytesMax = 1024;
inline constexpr size_t kPageBytesMax = 1'048'576;

/// A key's bytes: hash, range. They order as the values do: S and B as unsigned
/// bytes, and N as KeyOfNumber has them.
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

class Table {
 public:
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

  /// The item, or null.
  const Item* Find(const ItemKey& key) const;
  void Put(const ItemKey& key, Item item) { items_[key] = std::move(item); }
  void Erase(const ItemKey& key) { items_.erase(key); }
  size_t size() const { return items_.size(); }

  /// The page stays valid until the table changes.
  Page Read(const PageRequest& request) const;

 private:
  using Items = std::map<ItemKey, Item>;

  // A stored key's neighbour below (above, when not forward) that is itself not
  // stored and can be the last-evaluated key of an empty page. False: none.
  bool KeyBefore(const ItemKey& key, const PageRequest& request,
                 ItemKey* before) const;

  const KeyAttribute hash_;
  const KeyAttribute range_;
  Items items_;
};

/// Whether a range key meets a comparison.
bool Meets(const std::string& range, const KeyComparison& comparison);
/// Whether it is a bound that the comparison includes, with nothing behind it.
bool EndsRange(const KeyComparison& comparison, bool forward,
               const std::string& range);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_TABLE_H_
