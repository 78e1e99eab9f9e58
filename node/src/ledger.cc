#include "ledger.h"

#include <utility>

namespace face {

void Ledger::Wait(Entry* entry, Entry* other) {
  other->followers_.push_back(entry);
  ++entry->waits_;
}

void Ledger::Write(Entry* entry, std::vector<std::string> keys) {
  if (barrier_ != nullptr) Wait(entry, barrier_);
  for (const std::string& key : keys) {
    Entry*& last = last_writes_[key];
    // A batch may name a key twice.
    if (last != nullptr && last != entry) Wait(entry, last);
    last = entry;
  }
  entry->keys_ = std::move(keys);
  writes_.insert(entry);
}

void Ledger::Read(Entry* entry, const std::string& key) {
  if (barrier_ != nullptr) Wait(entry, barrier_);
  const auto last = last_writes_.find(key);
  if (last != last_writes_.end()) Wait(entry, last->second);
}

void Ledger::ReadAll(Entry* entry) {
  for (Entry* write : writes_) Wait(entry, write);
}

void Ledger::Barrier(Entry* entry) {
  ReadAll(entry);
  writes_.insert(entry);
  barrier_ = entry;
}

void Ledger::After(Entry* entry, Entry* other) { Wait(entry, other); }

std::vector<Ledger::Entry*> Ledger::Done(Entry* entry) {
  writes_.erase(entry);
  if (barrier_ == entry) barrier_ = nullptr;
  for (const std::string& key : entry->keys_) {
    const auto last = last_writes_.find(key);
    if (last != last_writes_.end() && last->second == entry) {
      last_writes_.erase(last);
    }
  }
  std::vector<Entry*> ready;
  for (Entry* follower : entry->followers_) {
    if (--follower->waits_ == 0) ready.push_back(follower);
  }
  entry->followers_.clear();
  return ready;
}

}  // namespace face
