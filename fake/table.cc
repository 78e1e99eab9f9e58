#include "fake/table.h"

#include <iterator>
#include <optional>

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
  const auto found = items_.find(key);
  return found == items_.end() ? nullptr : &found->second;
}

Page Table::Read(const PageRequest& request) const {
  // [begin, end) is what the request covers, whatever the direction.
  auto begin = items_.begin();
  auto end = items_.end();
  if (!request.whole_table) {
    const std::string& hash = request.hash;
    begin = items_.lower_bound({hash, ""});
    end = items_.lower_bound({hash + '\0', ""});
    if (request.range != nullptr) {
      const KeyComparison& range = *request.range;
      const std::string& comparator = range.comparator;
      const std::string& bytes = range.value.bytes;
      if (comparator == "=" || comparator == ">=" || comparator == "BETWEEN") {
        begin = items_.lower_bound({hash, bytes});
      } else if (comparator == ">") {
        begin = items_.upper_bound({hash, bytes});
      }
      if (comparator == "=" || comparator == "<=") {
        end = items_.upper_bound({hash, bytes});
      } else if (comparator == "<") {
        end = items_.lower_bound({hash, bytes});
      } else if (comparator == "BETWEEN") {
        end = items_.upper_bound({hash, range.upper.bytes});
      }
    }
  }
  // The start key lies within these bounds: the caller has checked it.
  if (request.after != nullptr) {
    if (request.forward) {
      begin = items_.upper_bound(*request.after);
    } else {
      end = items_.lower_bound(*request.after);
    }
  }

  Page page;
  while (begin != end) {
    const auto at = request.forward ? begin : std::prev(end);
    if (page.items.empty() && request.cut_at == 0) {
      page.more = KeyBefore(at->first, request, &page.last);
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
    page.last = at->first;
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
  const auto above = items_.lower_bound(*before);
  if (request.forward) return above != items_.end() && above->first == key;
  return above != items_.begin() && std::prev(above)->first == key &&
         (above == items_.end() || above->first != *before);
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
