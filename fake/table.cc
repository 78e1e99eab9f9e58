#include "fake/table.h"

#include <iterator>
#include <optional>

#include "fake/number.h"

namespace dynamodown::fake {
namespace {

constexpr const char* kInvalidParameter =
    "One or more parameter values were invalid: ";

[[noreturn]] void RefuseMissingKey() {
  RefuseInvalid("One of the required keys was not given a value");
}

/// `where` comes before the message.
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

/// The attribute of a key or of an item that is to be stored.
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

}  // namespace

ItemKey Table::KeyOfItem(const Item& item) const {
  // Whether they are there comes first.
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
      if (comparator == "=" || comparator == ">=" || comparator == "BETWEEN" ||
          comparator == "begins_with") {
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
      } else if (comparator == "begins_with") {
        end = begin;
        while (end != items_.end() && end->first.first == hash &&
               end->first.second.starts_with(bytes)) {
          ++end;
        }
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
      // As the service does: it has not looked whether anything follows, but
      // knows when nothing can.
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
