#include "support/model.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

namespace dynamodown_test {

std::string Shown(const leveldb::Slice& bytes) {
  constexpr size_t kShown = 24;
  std::string text = "\"";
  for (size_t i = 0; i < std::min(bytes.size(), kShown); ++i) {
    const unsigned char byte = static_cast<unsigned char>(bytes[i]);
    if (std::isprint(byte) && byte != '\\' && byte != '"') {
      text += bytes[i];
    } else {
      char escaped[5];
      std::snprintf(escaped, sizeof(escaped), "\\x%02x", byte);
      text += escaped;
    }
  }
  text += '"';
  if (bytes.size() > kShown) {
    text += "... (" + std::to_string(bytes.size()) + " bytes)";
  }
  return text;
}

bool Inside(const dynamodown::Bounds& bounds, const std::string& key) {
  return (!bounds.gt || key > *bounds.gt) &&
         (!bounds.gte || key >= *bounds.gte) &&
         (!bounds.lt || key < *bounds.lt) &&
         (!bounds.lte || key <= *bounds.lte) &&
         (!bounds.prefix || key.starts_with(*bounds.prefix));
}

std::string Shown(const dynamodown::Bounds& bounds) {
  std::string text = "{";
  const auto add = [&text](const char* name,
                           const std::optional<std::string>& bound) {
    if (bound) text += std::string(" ") + name + " " + Shown(*bound);
  };
  add("gt", bounds.gt);
  add("gte", bounds.gte);
  add("lt", bounds.lt);
  add("lte", bounds.lte);
  add("prefix", bounds.prefix);
  return text + " }";
}

Entries EntriesOf(const Map& map, const dynamodown::Bounds& bounds) {
  Entries entries;
  for (const auto& [key, value] : map) {
    if (Inside(bounds, key)) entries.push_back({key, value});
  }
  return entries;
}

Entries Reversed(Entries entries) {
  std::reverse(entries.begin(), entries.end());
  return entries;
}

Entries Forward(leveldb::Iterator* iterator) {
  Entries entries;
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    entries.push_back(
        {iterator->key().ToString(), iterator->value().ToString()});
  }
  EXPECT_TRUE(iterator->status().ok()) << iterator->status().ToString();
  return entries;
}

Entries Backward(leveldb::Iterator* iterator) {
  Entries entries;
  for (iterator->SeekToLast(); iterator->Valid(); iterator->Prev()) {
    entries.push_back(
        {iterator->key().ToString(), iterator->value().ToString()});
  }
  EXPECT_TRUE(iterator->status().ok()) << iterator->status().ToString();
  return entries;
}

void Model::Seek(const leveldb::Slice& key) {
  const auto found =
      std::lower_bound(entries_.begin(), entries_.end(), key,
                       [](const Entry& entry, const leveldb::Slice& wanted) {
                         return leveldb::Slice(entry.key).compare(wanted) < 0;
                       });
  at_ = static_cast<size_t>(found - entries_.begin());
}

}  // namespace dynamodown_test
