// The expected contents of a store: a std::map, and an iterator over it.

#ifndef DYNAMODOWN_TESTS_SUPPORT_MODEL_H_
#define DYNAMODOWN_TESTS_SUPPORT_MODEL_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "dynamodown/db.h"
#include "leveldb/iterator.h"
#include "support/random.h"

namespace dynamodown_test {

using Map = std::map<std::string, std::string>;

/// Prints `bytes` for people: escaped, shortened, with their length.
std::string Shown(const leveldb::Slice& bytes);

struct Entry {
  std::string key;
  std::string value;
  bool operator==(const Entry&) const = default;
};
inline void PrintTo(const Entry& entry, std::ostream* out) {
  *out << Shown(entry.key) << " = " << Shown(entry.value);
}
using Entries = std::vector<Entry>;

/// Returns whether an iterator within `bounds` visits `key`.
bool Inside(const dynamodown::Bounds& bounds, const std::string& key);

/// Prints `bounds` for people.
std::string Shown(const dynamodown::Bounds& bounds);

/// Returns the entries of `map` within `bounds`, in order.
Entries EntriesOf(const Map& map, const dynamodown::Bounds& bounds = {});
Entries Reversed(Entries entries);

/// Returns all entries of `iterator`, from the first or from the last. Its
/// status must be OK.
Entries Forward(leveldb::Iterator* iterator);
Entries Backward(leveldb::Iterator* iterator);

/// An iterator over entries that behaves like LevelDB's over a store.
class Model {
 public:
  explicit Model(Entries entries)
      : entries_(std::move(entries)), at_(entries_.size()) {}

  bool Valid() const { return at_ < entries_.size(); }
  void SeekToFirst() { at_ = 0; }
  void SeekToLast() { at_ = entries_.empty() ? 0 : entries_.size() - 1; }
  void Seek(const leveldb::Slice& key);
  void Next() { ++at_; }
  void Prev() { at_ = at_ == 0 ? entries_.size() : at_ - 1; }
  leveldb::Slice key() const { return entries_[at_].key; }
  leveldb::Slice value() const { return entries_[at_].value; }

 private:
  Entries entries_;
  size_t at_;
};

/// Moves `iterator` and `oracle` (a Model, or LevelDB's own iterator) in the
/// same way, `steps` times at random, seeking keys of `probes`, and compares
/// them after each move. Ends at the first difference.
template <class Oracle>
void Walk(leveldb::Iterator* iterator, Oracle* oracle,
          const std::vector<std::string>& probes, int steps, Random* random) {
  std::string trail;
  for (int step = 0; step < steps; ++step) {
    size_t move = random->Below(20);
    if (!oracle->Valid() && move >= 6) move %= 6;
    if (move == 0) {
      trail += " SeekToFirst";
      iterator->SeekToFirst();
      oracle->SeekToFirst();
    } else if (move == 1) {
      trail += " SeekToLast";
      iterator->SeekToLast();
      oracle->SeekToLast();
    } else if (move < 6) {
      const std::string& key = random->Of(probes);
      trail += " Seek(" + Shown(key) + ")";
      iterator->Seek(key);
      oracle->Seek(key);
    } else if (move < 13) {
      trail += " Next";
      iterator->Next();
      oracle->Next();
    } else {
      trail += " Prev";
      iterator->Prev();
      oracle->Prev();
    }
    ASSERT_TRUE(iterator->status().ok())
        << iterator->status().ToString() << " after" << trail;
    ASSERT_EQ(iterator->Valid(), oracle->Valid())
        << "after" << trail << "\nat "
        << Shown(iterator->Valid() ? iterator->key() : oracle->key());
    if (!oracle->Valid()) continue;
    ASSERT_EQ(Shown(iterator->key()), Shown(oracle->key())) << "after" << trail;
    ASSERT_EQ(iterator->key(), oracle->key()) << "after" << trail;
    ASSERT_TRUE(iterator->value() == oracle->value())
        << Shown(iterator->value()) << " is not " << Shown(oracle->value())
        << ", the value of " << Shown(oracle->key()) << ", after" << trail;
  }
}

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_SUPPORT_MODEL_H_
