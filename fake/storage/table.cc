#include "fake/storage/table.h"

#include <iterator>
#include <random>

#include "base/crypto.h"
#include "fake/values/number.h"

namespace dynamodown::fake {
namespace {

constexpr const char* kInvalidParameter =
    "One or more parameter values were invalid: ";

[[noreturn]] void RefuseMissingKey() {
  RefuseInvalid("One of the required keys was not given a value");
}

/// `where` is a prefix of the message.
void CheckNotEmpty(const KeyAttribute& attribute, const Value& value,
                   const std::string& where) {
  if (attribute.type == "N" || !value.bytes.empty()) return;
  RefuseInvalid(where +
                "One or more parameter values are not valid. The "
                "AttributeValue for a key attribute cannot contain an empty " +
                (attribute.type == "S" ? "string" : "binary") +
                " value. Key: " + attribute.name);
}

std::string KeyBytes(const Value& value) {
  return value.type == "N" ? KeyOfNumber(value.bytes) : value.bytes;
}

Value ValueOfKey(const KeyAttribute& attribute, const std::string& bytes) {
  return {attribute.type,
          attribute.type == "N" ? NumberOfKey(bytes) : bytes,
          {},
          {}};
}

/// The key bytes of one key attribute.
std::string KeyPart(const Item& item, const KeyAttribute& attribute,
                    size_t bytes_max) {
  const auto found = item.find(attribute.name);
  if (found == item.end()) RefuseMissingKey();
  const Value& value = found->second;
  if (value.type != "S" && value.type != "N" && value.type != "B") {
    RefuseItem("Invalid attribute value type");
  }
  if (value.type != attribute.type) {
    RefuseItem(std::string(kInvalidParameter) + "Type mismatch for key");
  }
  CheckNotEmpty(attribute, value, "");
  if (value.bytes.size() > bytes_max && attribute.type != "N") {
    RefuseItem(
        "Hash primary key values must be under 2048 bytes, and range primary "
        "key values must be under 1024 bytes");
  }
  return KeyBytes(value);
}

Place PlaceOf(const ItemKey& key) {
  return fake::PlaceOf(key.first, key.second);
}

ItemKey KeyOf(const Place& place) {
  return {std::string(HashOf(place)), place.second};
}

/// The exclusive upper bound of all places under a hash key.
Place EndOf(const std::string& hash) {
  Place end = fake::PlaceOf(hash, "");
  end.first += '\0';
  return end;
}

}  // namespace

ItemKey Table::KeyOfItem(const Item& item) const {
  // DynamoDB reports a missing key before anything else.
  if (item.count(hash_.name) == 0 ||
      (has_range() && item.count(range_.name) == 0)) {
    RefuseMissingKey();
  }
  ItemKey key{KeyPart(item, hash_, kHashKeyBytesMax),
              has_range() ? KeyPart(item, range_, kRangeKeyBytesMax) : ""};
  if (SizeOf(item) > kItemBytesMax) {
    RefuseInvalid("Item size has exceeded the maximum allowed size");
  }
  return key;
}

ItemKey Table::KeyOfRequest(const Item& key) const {
  if (key.size() != (has_range() ? 2u : 1u)) {
    RefuseInvalid("The number of conditions on the keys is invalid");
  }
  return KeyOfItem(key);
}

ItemKey Table::KeyOfStart(const Item& key) const {
  const std::string invalid = "The provided starting key is invalid";
  if (key.size() != (has_range() ? 2u : 1u)) {
    RefuseInvalid(
        "Exclusive Start Key must have same size as table's key schema");
  }
  const auto part = [&](const KeyAttribute& attribute, size_t bytes_max) {
    const auto found = key.find(attribute.name);
    if (found == key.end()) RefuseInvalid(invalid);
    if (found->second.type != attribute.type) {
      RefuseInvalid("Type mismatch for attribute to update");
    }
    CheckNotEmpty(attribute, found->second, invalid + ": ");
    if (attribute.type != "N" && found->second.bytes.size() > bytes_max) {
      RefuseInvalid(invalid + ": The key attribute " + attribute.name +
                    " is larger than " + std::to_string(bytes_max) + " bytes");
    }
    return KeyBytes(found->second);
  };
  return {part(hash_, kHashKeyBytesMax),
          has_range() ? part(range_, kRangeKeyBytesMax) : ""};
}

std::string Table::BytesOfCondition(const KeyAttribute& attribute,
                                    const Value& value) const {
  const bool range = &attribute == &range_;
  if (range && (value.type == "S" || value.type == "B") &&
      value.bytes.size() > kRangeKeyBytesMax) {
    RefuseInvalid(kInvalidParameter +
                  std::string("Aggregated size of all range keys has exceeded "
                              "the size limit of 1024 bytes"));
  }
  if (value.type != attribute.type) {
    RefuseInvalid(kInvalidParameter +
                  std::string("Condition parameter type does not match schema "
                              "type"));
  }
  CheckNotEmpty(attribute, value, "");
  if (attribute.type != "N" && !range &&
      value.bytes.size() > kHashKeyBytesMax) {
    RefuseInvalid(kInvalidParameter +
                  std::string("Size of hashkey has exceeded the maximum size "
                              "limit of 2048 bytes"));
  }
  return KeyBytes(value);
}

Item Table::ItemOfKey(const ItemKey& key) const {
  Item item;
  item[hash_.name] = ValueOfKey(hash_, key.first);
  if (has_range()) item[range_.name] = ValueOfKey(range_, key.second);
  return item;
}

Item Table::Updated(const Update& update, const ItemKey& key,
                    const Item* before) const {
  for (const std::string& name : update.Attributes()) {
    if (!IsKey(name)) continue;
    RefuseInvalid(kInvalidParameter + std::string("Cannot update attribute ") +
                  name + ". This attribute is part of the key");
  }
  Item after = update.ApplyTo(before != nullptr ? *before : ItemOfKey(key));
  if (SizeOf(after) > kItemBytesMax) {
    RefuseInvalid("Item size to update has exceeded the maximum allowed size");
  }
  return after;
}

const Item* Table::Find(const ItemKey& key) const {
  const auto found = items_.find(PlaceOf(key));
  return found == items_.end() ? nullptr : &found->second;
}

void Table::Set(const ItemKey& key, std::optional<Item> item) {
  SetAt(PlaceOf(key), std::move(item), now_);
}

void Table::SetAt(const Place& place, std::optional<Item> item,
                  TimePoint time) {
  const auto found = items_.find(place);
  const bool there = found != items_.end();
  if (!there && !item.has_value()) return;
  const size_t before = there && partitions_ ? SizeOf(found->second) : 0;
  const size_t after = item.has_value() && partitions_ ? SizeOf(*item) : 0;
  if (past_kept_.count() > 0) {
    std::optional<Item> old;
    if (there) old = std::move(found->second);
    past_[place].push_back({time, std::move(old)});
    past_order_.emplace_back(time, place);
  }
  if (!item.has_value()) {
    items_.erase(found);
  } else if (there) {
    found->second = *std::move(item);
  } else {
    items_.emplace(place, *std::move(item));
  }
  if (partitions_.has_value()) Resize(place, before, after);
}

void Table::AdvanceTo(TimePoint now) {
  now_ = now;
  ForgetPast();
  for (auto at = locks_.begin(); at != locks_.end();) {
    LockedItem& locked = at->second;
    if (locked.changes && locked.shown <= now) {
      locked.changes = false;
      SetAt(at->first, std::move(locked.after), locked.shown);
    }
    at = locked.until <= now ? locks_.erase(at) : std::next(at);
  }
}

void Table::Lock(const ItemKey& key, TimePoint until) {
  if (until > now_) locks_[PlaceOf(key)].until = until;
}

bool Table::IsLocked(const ItemKey& key) const {
  return !locks_.empty() && locks_.count(PlaceOf(key)) > 0;
}

void Table::ShowLater(const ItemKey& key, std::optional<Item> after,
                      TimePoint decided, TimePoint shown) {
  LockedItem& locked = locks_.at(PlaceOf(key));
  locked.changes = true;
  locked.after = std::move(after);
  locked.decided = decided;
  locked.shown = shown;
}

const Item* Table::FindDecided(const ItemKey& key) {
  if (!locks_.empty()) {
    const auto found = locks_.find(PlaceOf(key));
    if (found != locks_.end() && found->second.changes &&
        found->second.decided <= now_) {
      found->second.changes = false;
      SetAt(found->first, std::move(found->second.after), now_);
    }
  }
  return Find(key);
}

void Table::ForgetPast() {
  while (!past_order_.empty() &&
         past_order_.front().first + past_kept_ < now_) {
    const auto found = past_.find(past_order_.front().second);
    found->second.pop_front();
    if (found->second.empty()) past_.erase(found);
    past_order_.pop_front();
  }
}

const Table::Version* Table::VersionOf(const Place& place,
                                       const std::deque<Version>& versions,
                                       const Staleness& staleness) const {
  std::mt19937_64 engine(staleness.choice ^ Crc32(place.first + place.second));
  const TimePoint seen =
      now_ -
      Scheduler::Duration(static_cast<int64_t>(
          engine() % (static_cast<uint64_t>(staleness.age.count()) + 1)));
  for (const Version& version : versions) {
    if (version.until > seen) return &version;
  }
  return nullptr;
}

const Item* Table::FindPast(const ItemKey& key,
                            const Staleness& staleness) const {
  const auto found = past_.find(PlaceOf(key));
  const Version* const version =
      found == past_.end() || staleness.age.count() <= 0
          ? nullptr
          : VersionOf(found->first, found->second, staleness);
  if (version == nullptr) return Find(key);
  return version->item.has_value() ? &*version->item : nullptr;
}

Table::Past::Past(Table* table, const Staleness& staleness,
                  const std::string* hash)
    : table_(table) {
  if (staleness.age.count() <= 0) return;
  auto& past = table->past_;
  auto begin = past.begin();
  auto end = past.end();
  if (hash != nullptr) {
    begin = past.lower_bound(fake::PlaceOf(*hash, ""));
    end = past.lower_bound(EndOf(*hash));
  }
  Items& items = table->items_;
  for (; begin != end; ++begin) {
    const Version* const version =
        table->VersionOf(begin->first, begin->second, staleness);
    if (version == nullptr) continue;
    std::optional<Item> present;
    const auto found = items.find(begin->first);
    if (found != items.end()) {
      present = std::move(found->second);
      items.erase(found);
    }
    if (version->item.has_value()) {
      items.emplace(begin->first, *version->item);
    }
    present_.emplace_back(begin->first, std::move(present));
  }
}

Table::Past::~Past() {
  for (auto& [place, item] : present_) {
    table_->items_.erase(place);
    if (item.has_value()) table_->items_.emplace(place, *std::move(item));
  }
}

void Table::Divide(const PartitionLimits& limits,
                   const Provisioned& provisioned) {
  partitions_.emplace(limits, provisioned, now_);
}

bool Table::Admits(const ItemKey& key, Access access) {
  return !partitions_.has_value() ||
         partitions_->Admits(PlaceOf(key), access, now_);
}

void Table::Take(const ItemKey& key, Access access, double units) {
  if (partitions_.has_value()) {
    partitions_->Take(PlaceOf(key), access, units, now_);
  }
}

void Table::Resize(const Place& place, size_t before, size_t after) {
  const auto large = partitions_->Resize(place, before, after);
  if (!large.has_value()) return;
  // Split where half of the bytes have been passed.
  auto at = items_.lower_bound(large->begin);
  const auto end =
      large->end.has_value() ? items_.lower_bound(*large->end) : items_.end();
  size_t bytes = 0;
  while (at != end && std::next(at) != end && bytes < large->bytes / 2) {
    bytes += SizeOf(at->second);
    ++at;
  }
  if (at == end) return;
  // The first item may lie above the beginning of its partition.
  partitions_->SplitAt(bytes == 0 ? large->begin : at->first, bytes, now_);
}

std::pair<Table::Items::const_iterator, Table::Items::const_iterator>
Table::RangeOf(const PageRequest& request) const {
  auto begin = items_.begin();
  auto end = items_.end();
  if (!request.whole_table) {
    const std::string& hash = request.hash;
    begin = items_.lower_bound(fake::PlaceOf(hash, ""));
    end = items_.lower_bound(EndOf(hash));
    if (request.range != nullptr) {
      const KeyComparison& range = *request.range;
      const std::string& comparator = range.comparator;
      const std::string& bytes = range.value.bytes;
      if (comparator == "=" || comparator == ">=" || comparator == "BETWEEN" ||
          comparator == "begins_with") {
        begin = items_.lower_bound(fake::PlaceOf(hash, bytes));
      } else if (comparator == ">") {
        begin = items_.upper_bound(fake::PlaceOf(hash, bytes));
      }
      if (comparator == "=" || comparator == "<=") {
        end = items_.upper_bound(fake::PlaceOf(hash, bytes));
      } else if (comparator == "<") {
        end = items_.lower_bound(fake::PlaceOf(hash, bytes));
      } else if (comparator == "BETWEEN") {
        end = items_.upper_bound(fake::PlaceOf(hash, range.upper.bytes));
      } else if (comparator == "begins_with") {
        end = begin;
        while (end != items_.end() && HashOf(end->first) == hash &&
               end->first.second.starts_with(bytes)) {
          ++end;
        }
      }
    }
  }
  // The caller has checked that the start key lies within these bounds.
  if (request.after != nullptr) {
    if (request.forward) {
      begin = items_.upper_bound(PlaceOf(*request.after));
    } else {
      end = items_.lower_bound(PlaceOf(*request.after));
    }
  }
  return {begin, end};
}

Page Table::Read(const PageRequest& request) const {
  auto [begin, end] = RangeOf(request);
  Page page;
  while (begin != end) {
    const auto at = request.forward ? begin : std::prev(end);
    if (page.items.empty() && request.cut_at == 0) {
      page.more = KeyBefore(KeyOf(at->first), request, &page.last);
      if (page.more) return page;
    }
    const size_t bytes = SizeOf(at->second);
    if (page.bytes + bytes > kPageBytesMax ||
        (!page.items.empty() && page.items.size() >= request.cut_at)) {
      page.more = true;
      return page;
    }
    page.items.push_back(&at->second);
    page.bytes += bytes;
    page.last = KeyOf(at->first);
    if (page.items.size() == request.items_max) {
      // Like DynamoDB: it has not checked whether more items follow, but it
      // knows if none can.
      page.more = request.whole_table ||
                  (has_range() && (request.range == nullptr ||
                                   !EndsRange(*request.range, request.forward,
                                              page.last.second)));
      return page;
    }
    if (request.forward) {
      ++begin;
    } else {
      --end;
    }
  }
  return page;
}

bool Table::KeyBefore(const ItemKey& key, const PageRequest& request,
                      ItemKey* before) const {
  if (!has_range() || request.whole_table || range_.type == "N") return false;
  *before = key;
  std::string& range = before->second;
  if (!request.forward) {
    if (range.size() == kRangeKeyBytesMax) return false;
    range += '\0';
  } else if (range.size() > 1 && range.back() == '\0') {
    range.pop_back();
  } else {
    // Decrement the last byte, then append the greatest bytes that fit. Text
    // stays valid UTF-8 if that byte is ASCII.
    const auto last = static_cast<unsigned char>(range.back());
    if (last == 0 || (range_.type == "S" && last > 0x7f)) return false;
    range.back() = static_cast<char>(last - 1);
    const std::string greatest =
        range_.type == "S" ? "\xf4\x8f\xbf\xbf" : "\xff";
    while (range.size() + greatest.size() <= kRangeKeyBytesMax) {
      range += greatest;
    }
  }
  if (request.range != nullptr && !Meets(range, *request.range)) return false;
  if (request.after != nullptr &&
      (request.forward ? *before <= *request.after
                       : *before >= *request.after)) {
    return false;
  }
  // An item between the two keys would be returned twice or skipped.
  const Place place = PlaceOf(*before);
  const Place stored = PlaceOf(key);
  const auto above = items_.lower_bound(place);
  if (request.forward) return above != items_.end() && above->first == stored;
  return above != items_.begin() && std::prev(above)->first == stored &&
         (above == items_.end() || above->first != place);
}

bool EndsRange(const KeyComparison& comparison, bool forward,
               const std::string& range) {
  const std::string& comparator = comparison.comparator;
  if (comparator == "BETWEEN") {
    return range == (forward ? comparison.upper : comparison.value).bytes;
  }
  return comparator == (forward ? "<=" : ">=") &&
         range == comparison.value.bytes;
}

bool Meets(const std::string& range, const KeyComparison& comparison) {
  const std::string& bytes = comparison.value.bytes;
  if (comparison.comparator == "=") return range == bytes;
  if (comparison.comparator == "<") return range < bytes;
  if (comparison.comparator == "<=") return range <= bytes;
  if (comparison.comparator == ">") return range > bytes;
  if (comparison.comparator == ">=") return range >= bytes;
  if (comparison.comparator == "begins_with") return range.starts_with(bytes);
  return range >= bytes && range <= comparison.upper.bytes;
}

}  // namespace dynamodown::fake
