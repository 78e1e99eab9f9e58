#include "sim/scan.h"

#include <algorithm>
#include <utility>

namespace dynamodown::sim {

std::vector<std::string> KeysWithin(const Bounds& bounds,
                                    const std::vector<std::string>& all) {
  std::vector<std::string> within;
  for (const std::string& key : all) {
    if (bounds.gt && key <= *bounds.gt) continue;
    if (bounds.gte && key < *bounds.gte) continue;
    if (bounds.lt && key >= *bounds.lt) continue;
    if (bounds.lte && key > *bounds.lte) continue;
    if (bounds.prefix && key.rfind(*bounds.prefix, 0) != 0) continue;
    within.push_back(key);
  }
  return within;
}

std::string Describe(const Bounds& bounds) {
  std::string text;
  const auto add = [&](const char* name,
                       const std::optional<std::string>& bound) {
    if (bound) text += std::string(" ") + name + " " + KeyText(*bound);
  };
  add("gt", bounds.gt);
  add("gte", bounds.gte);
  add("lt", bounds.lt);
  add("lte", bounds.lte);
  add("prefix", bounds.prefix);
  if (bounds.keys_only) text += " keys only";
  if (bounds.expected > 0) {
    text += " expecting " + std::to_string(bounds.expected);
  }
  return text;
}

Scan::Scan(History* history, Violation violation, const CallEntry* entry,
           const Bounds& bounds, std::vector<std::string> domain, bool eventual,
           std::unique_ptr<leveldb::Iterator> iterator)
    : history_(history),
      violation_(std::move(violation)),
      entry_(entry),
      keys_only_(bounds.keys_only),
      eventual_(eventual),
      domain_(std::move(domain)),
      iterator_(std::move(iterator)) {}

bool Scan::First() {
  iterator_->SeekToFirst();
  return Land(0, true);
}

bool Scan::Last() {
  iterator_->SeekToLast();
  return Land(domain_.size(), false);
}

bool Scan::Seek(const std::string& target) {
  iterator_->Seek(target);
  return Land(static_cast<size_t>(
                  std::lower_bound(domain_.begin(), domain_.end(), target) -
                  domain_.begin()),
              true);
}

bool Scan::Next() {
  iterator_->Next();
  return Land(at_ + 1, true);
}

bool Scan::Prev() {
  iterator_->Prev();
  return Land(at_, false);
}

bool Scan::Land(size_t from, bool forward) {
  if (!iterator_->Valid()) {
    // After a failure, the rest is unknown.
    if (!iterator_->status().ok()) return false;
    if (forward) {
      Pass(from, domain_.size());
    } else {
      Pass(0, from);
    }
    return false;
  }
  const std::string key = iterator_->key().ToString();
  const size_t i = Find(key);
  if (forward ? i < from : i >= from) {
    violation_("a scan goes from key to key in order",
               "#" + std::to_string(entry_->number) + " " + entry_->text +
                   " came to " + KeyText(key) + " on its way " +
                   (forward ? "forwards, again" : "backwards, again"));
  }
  if (forward) {
    Pass(from, i);
  } else {
    Pass(i + 1, from);
  }
  at_ = i;
  See(i);
  return true;
}

size_t Scan::Find(const std::string& key) {
  const auto at = std::lower_bound(domain_.begin(), domain_.end(), key);
  if (at == domain_.end() || *at != key) {
    violation_("a scan shows only written keys within its bounds",
               "#" + std::to_string(entry_->number) + " " + entry_->text +
                   " came to " + KeyText(key));
  }
  return static_cast<size_t>(at - domain_.begin());
}

void Scan::Pass(size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) {
    Note(domain_[i], {Sight::Kind::kIs, kNothing});
  }
}

void Scan::See(size_t i) {
  const std::string& key = domain_[i];
  const std::string text = iterator_->value().ToString();
  if (!keys_only_) {
    Note(key, {Sight::Kind::kIs, history_->ValueOf(key, text)});
    return;
  }
  if (!text.empty()) {
    violation_("a scan of keys has no values",
               "#" + std::to_string(entry_->number) + " at " + KeyText(key));
  }
  Note(key, {Sight::Kind::kIsNot, kNothing});
}

void Scan::Note(const std::string& key, const Sight& sight) {
  if (eventual_) {
    history_->SawLately(key, sight, history_->Now(), entry_);
  } else {
    history_->Saw(key, sight, entry_->call, history_->Now(), entry_);
  }
}

}  // namespace dynamodown::sim
