#include "fake/table.h"

#include <iterator>
#include <random>

#include "base/crypto.h"

namespace dynamodown::fake {
namespace {

constexpr const char* kInvalidParameter =
    "One or more parameter values were invalid: ";

void CheckKeyBytes(const KeyAttribute& attribute, const std::string& bytes,
                   bool range) {
  if (bytes.empty()) {
    RefuseInvalid(
        "One or more parameter values are not valid. The AttributeValue for a "
        "key attribute cannot contain an empty " +
        std::string(attribute.type == "S" ? "string" : "binary") +
        " value. Key: " + attribute.name);
  }
  const size_t bytes_max = range ? kRangeKeyBytesMax : kHashKeyBytesMax;
  if (bytes.size() > bytes_max) {
    RefuseInvalid(kInvalidParameter + std::string("Size of ") +
                  (range ? "rangekey" : "hashkey") +
                  " has exceeded the maximum size limit of " +
                  std::to_string(bytes_max) + " bytes");
  }
  if (attribute.type == "N") {
    RefuseInvalid("This in-memory service keeps no items under number keys");
  }
}

Place PlaceOf(const ItemKey& key) {
  return fake::PlaceOf(key.first, key.second);
}

ItemKey KeyOf(const Place& place) {
  return {std::string(HashOf(place)), place.second};
}

/// What all places under a hash key are less than.
Place EndOf(const std::string& hash) {
  Place end = fake::PlaceOf(hash, "");
  end.first += '\0';
  return end;
}

}  // namespace

ItemKey Table::KeyOfItem(const Item& item) const {
  const auto part = [&](const KeyAttribute& attribute, bool range) {
    const auto found = item.find(attribute.name);
    if (found == item.end()) {
      RefuseInvalid(kInvalidParameter + std::string("Missing the key ") +
                    attribute.name + " in the item");
    }
    if (found->second.type != attribute.type) {
      RefuseInvalid(kInvalidParameter + std::string("Type mismatch for key ") +
                    attribute.name + " expected: " + attribute.type +
                    " actual: " + found->second.type);
    }
    CheckKeyBytes(attribute, found->second.bytes, range);
    return found->second.bytes;
  };
  ItemKey key{part(hash_, false), has_range() ? part(range_, true) : ""};
  if (SizeOf(item) > kItemBytesMax) {
    RefuseInvalid("Item size has exceeded the maximum allowed size");
  }
  return key;
}

ItemKey Table::KeyOfRequest(const Item& key) const {
  const auto part = [&](const KeyAttribute& attribute, bool range) {
    const auto found = key.find(attribute.name);
    if (found == key.end() || found->second.type != attribute.type) {
      RefuseInvalid("The provided key element does not match the schema");
    }
    CheckKeyBytes(attribute, found->second.bytes, range);
    return found->second.bytes;
  };
  if (key.size() != (has_range() ? 2u : 1u)) {
    RefuseInvalid("The provided key element does not match the schema");
  }
  return {part(hash_, false), has_range() ? part(range_, true) : ""};
}

void Table::CheckKeyValue(const KeyAttribute& attribute,
                          const Value& value) const {
  if (value.type != attribute.type) {
    RefuseInvalid(kInvalidParameter +
                  std::string("Condition parameter type does not match schema "
                              "type"));
  }
  CheckKeyBytes(attribute, value.bytes, &attribute == &range_);
}

Item Table::ItemOfKey(const ItemKey& key) const {
  Item item;
  item[hash_.name] = {hash_.type, key.first, {}, {}};
  if (has_range()) item[range_.name] = {range_.type, key.second, {}, {}};
  return item;
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
  // Where half of its bytes are passed.
  auto at = items_.lower_bound(large->begin);
  const auto end =
      large->end.has_value() ? items_.lower_bound(*large->end) : items_.end();
  size_t bytes = 0;
  while (at != end && std::next(at) != end && bytes < large->bytes / 2) {
    bytes += SizeOf(at->second);
    ++at;
  }
  if (at == end) return;
  // The first item may lie above where its partition begins.
  partitions_->SplitAt(bytes == 0 ? large->begin : at->first, bytes, now_);
}

Page Table::Read(const PageRequest& request) const {
  // [begin, end) is what the request covers, whatever the direction.
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
      if (comparator == "=" || comparator == ">=" || comparator == "BETWEEN") {
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
      }
    }
  }
  // The start key lies within these bounds: the caller has checked it.
  if (request.after != nullptr) {
    if (request.forward) {
      begin = items_.upper_bound(PlaceOf(*request.after));
    } else {
      end = items_.lower_bound(PlaceOf(*request.after));
    }
  }

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
      // As the service does: it has not looked whether anything follows.
      page.more = true;
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
  if (!has_range() || request.whole_table) return false;
  *before = key;
  std::string& range = before->second;
  if (!request.forward) {
    if (range.size() == kRangeKeyBytesMax) return false;
    range += '\0';
  } else if (range.size() > 1 && range.back() == '\0') {
    range.pop_back();
  } else {
    // One less in the last byte, and then the greatest bytes that fit. Text
    // stays text when that byte is ASCII.
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
  // Nothing may lie between the two, or it would be returned twice or skipped.
  const Place place = PlaceOf(*before);
  const Place stored = PlaceOf(key);
  const auto above = items_.lower_bound(place);
  if (request.forward) return above != items_.end() && above->first == stored;
  return above != items_.begin() && std::prev(above)->first == stored &&
         (above == items_.end() || above->first != place);
}

bool Meets(const std::string& range, const KeyComparison& comparison) {
  const std::string& bytes = comparison.value.bytes;
  if (comparison.comparator == "=") return range == bytes;
  if (comparison.comparator == "<") return range < bytes;
  if (comparison.comparator == "<=") return range <= bytes;
  if (comparison.comparator == ">") return range > bytes;
  if (comparison.comparator == ">=") return range >= bytes;
  return range >= bytes && range <= comparison.upper.bytes;
}

}  // namespace dynamodown::fake
