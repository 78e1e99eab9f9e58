#include "dyno/item/records.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "dyno/item/json.h"
#include "dyno/item/operation.h"

namespace dyno {
namespace {

auto Rank(const BaseRecord& base) {
  return std::tie(base.timestamp, base.hash);
}
auto Whole(const BaseRecord& base) {
  return std::tie(base.timestamp, base.hash, base.item, base.changes, base.seen,
                  base.done);
}
/// The fields that determine all other fields, unless two bases conflict.
auto Identity(const BaseRecord& base) {
  return std::tie(base.timestamp, base.hash, base.seen, base.done);
}

bool Sees(const BaseRecord& base, const Flake& timestamp) {
  const auto seen = base.seen.find(timestamp.replica);
  return seen != base.seen.end() && timestamp <= seen->second;
}

bool SeesAll(const BaseRecord& base, const std::map<uint64_t, Flake>& seen) {
  return std::all_of(seen.begin(), seen.end(), [&base](const auto& entry) {
    const auto own = base.seen.find(entry.first);
    return own != base.seen.end() && entry.second <= own->second;
  });
}

Records Union(const Records& a, const Records& b,
              std::vector<std::string>* conflicts) {
  Records both;
  const auto add = [&](const OperationRecord& x) {
    if (both.operations.empty() || both.operations.back().key != x.key) {
      both.operations.push_back(x);
      return;
    }
    std::string& value = both.operations.back().value;
    if (value == x.value) return;
    if (conflicts != nullptr) conflicts->push_back(x.key);
    value = std::max(value, x.value);
  };
  auto left = a.operations.begin();
  auto right = b.operations.begin();
  while (left != a.operations.end() || right != b.operations.end()) {
    const bool takes_left =
        right == b.operations.end() ||
        (left != a.operations.end() && left->key <= right->key);
    add(takes_left ? *left++ : *right++);
  }

  both.bases = a.bases;
  both.bases.insert(both.bases.end(), b.bases.begin(), b.bases.end());
  std::sort(both.bases.begin(), both.bases.end(),
            [](const BaseRecord& x, const BaseRecord& y) {
              return Identity(x) != Identity(y) ? Identity(x) < Identity(y)
                                                : Whole(x) < Whole(y);
            });
  std::vector<BaseRecord> bases;
  for (BaseRecord& base : both.bases) {
    if (bases.empty() || Identity(bases.back()) != Identity(base)) {
      bases.push_back(std::move(base));
      continue;
    }
    if (bases.back() == base) continue;
    if (conflicts != nullptr) conflicts->push_back(LateKey(base));
    bases.back() = std::move(base);
  }
  both.bases = std::move(bases);
  return both;
}

}  // namespace

bool operator==(const BaseRecord& a, const BaseRecord& b) {
  return Whole(a) == Whole(b);
}

bool operator==(const Records& a, const Records& b) {
  return a.bases == b.bases &&
         std::equal(a.operations.begin(), a.operations.end(),
                    b.operations.begin(), b.operations.end(),
                    [](const OperationRecord& x, const OperationRecord& y) {
                      return x.key == y.key && x.value == y.value;
                    });
}

bool IsBelow(const Flake& timestamp, const BaseRecord& base) {
  return timestamp == base.timestamp || Sees(base, timestamp);
}

bool IsBelow(const OperationRecord& x, const BaseRecord& base) {
  return IsBelow(x.timestamp, base);
}

bool IsBelow(const BaseRecord& lower, const BaseRecord& base) {
  if (Rank(lower) > Rank(base) || !SeesAll(base, lower.seen) ||
      !std::includes(base.done.begin(), base.done.end(), lower.done.begin(),
                     lower.done.end())) {
    return false;
  }
  return Rank(lower) == Rank(base) || Sees(base, lower.timestamp);
}

std::string LateKey(const OperationRecord& x) {
  return x.timestamp.ToString() + "/" + std::string(x.operation());
}

std::string LateKey(const BaseRecord& base) {
  return base.timestamp.ToString() + "/~base/" + base.hash;
}

Records Norm(Records records) {
  const std::vector<BaseRecord>& bases = records.bases;
  Records kept;
  for (const BaseRecord& base : bases) {
    const bool stays =
        std::none_of(bases.begin(), bases.end(), [&](const BaseRecord& other) {
          return &other != &base && IsBelow(base, other);
        });
    if (stays) kept.bases.push_back(base);
  }
  for (OperationRecord& x : records.operations) {
    const bool stays =
        std::none_of(kept.bases.begin(), kept.bases.end(),
                     [&](const BaseRecord& base) { return IsBelow(x, base); });
    if (stays) kept.operations.push_back(std::move(x));
  }
  return kept;
}

Records Merge(const Records& a, const Records& b,
              std::vector<std::string>* conflicts) {
  return Norm(Union(a, b, conflicts));
}

std::vector<std::string> SettledBy(const OperationRecord& settle) {
  const auto value = ParseJson(settle.value);
  if (!value.ok() || !HasShape(Operation::kSettle, *value)) return {};
  return (*value)["late"].get<std::vector<std::string>>();
}

View ViewOf(const Records& records) {
  View view;
  for (const BaseRecord& base : records.bases) {
    if (view.base == nullptr || Rank(*view.base) < Rank(base)) {
      view.base = &base;
    }
  }
  const BaseRecord* const base = view.base;
  std::set<std::string> settled;
  std::vector<const OperationRecord*> below;
  for (const OperationRecord& x : records.operations) {
    if (base != nullptr && x.timestamp <= base->timestamp) {
      below.push_back(&x);
      continue;
    }
    view.live.push_back(&x);
    if (x.operation() == NameOf(Operation::kSettle)) {
      for (std::string& key : SettledBy(x)) settled.insert(std::move(key));
    }
  }
  if (base == nullptr) return view;

  for (const BaseRecord& other : records.bases) {
    if (Rank(other) != Rank(*base)) continue;
    view.same_bases.push_back(&other);
    settled.insert(other.done.begin(), other.done.end());
  }
  const auto is_claimed = [&records](const auto& record) {
    return std::any_of(records.bases.begin(), records.bases.end(),
                       [&record](const BaseRecord& other) {
                         return static_cast<const void*>(&other) != &record &&
                                IsBelow(record, other);
                       });
  };
  for (const OperationRecord* x : below) {
    if (is_claimed(*x)) continue;
    (settled.count(LateKey(*x)) > 0 ? view.settled_operations
                                    : view.late_operations)
        .push_back(x);
  }
  for (const BaseRecord& other : records.bases) {
    if (Rank(other) == Rank(*base) || is_claimed(other)) continue;
    (settled.count(LateKey(other)) > 0 ? view.settled_bases : view.late_bases)
        .push_back(&other);
  }
  return view;
}

}  // namespace dyno
