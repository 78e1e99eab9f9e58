// Random operations on an item, and all that a reader sees of it.

#ifndef DYNO_FLATTEN_TEST_FIXTURE_H_
#define DYNO_FLATTEN_TEST_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>

#include "dyno/store.h"

namespace dyno {

/// Writes a random operation on the item or on one of four attributes.
inline leveldb::Status WriteAny(std::mt19937_64* random, Store* store,
                                const std::string& name) {
  const std::string attribute =
      "\"" + std::string(1, char('a' + (*random)() % 4)) + "\"";
  const std::string number = std::to_string((*random)() % 10);
  const auto with = [&attribute](const std::string& value) {
    return "{" + attribute + ":" + value + "}";
  };
  switch ((*random)() % 12) {
    case 0:
      return store->PutItem({}, name, with(number));
    case 1:
      return store->DelItem({}, name);
    case 2:
    case 3:
      return store->PutAttrs({}, name, with("\"" + number + "\""));
    case 4:
      return store->DelAttrs({}, name, {attribute.substr(1, 1)});
    case 5:
    case 6:
      return store->AppendAttrs({}, name, with("\"" + number + "\""));
    case 7:
      return store->AddToSet({}, name, with("[\"" + number + "\"]"));
    case 8:
      return store->DelFromSet({}, name, with("[\"" + number + "\"]"));
    default:
      return store->IncAttrs({}, name, with(number));
  }
}

struct Seen {
  bool exists;
  std::string json;
  std::string timestamp;
  uint64_t changes;
  std::string hash;
  bool operator==(const Seen& other) const {
    return exists == other.exists && json == other.json &&
           timestamp == other.timestamp && changes == other.changes &&
           hash == other.hash;
  }
};

inline Seen SeenOf(Store* store, const std::string& name) {
  Item item;
  const leveldb::Status status = store->GetItem(name, &item);
  EXPECT_TRUE(status.ok()) << status.ToString();
  EXPECT_TRUE(item.late.empty());
  return {item.exists, item.json, item.timestamp, item.changes, item.hash};
}

}  // namespace dyno

#endif  // DYNO_FLATTEN_TEST_FIXTURE_H_
