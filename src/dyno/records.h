// The records of one item, and the algebra on them: pure, no I/O.
//
// S, the records of an item, are operations and bases. A base is what a flatten
// left: the item as of T, the timestamp of the last operation that it folded,
// and what it vouches for: `seen`, for each replica, up to where that replica's
// operations are folded in it or settled, and `done`, the late records settled.
//
//   operation x is below base B  iff
//       x.ts <= B.seen[replica of x], or x.ts = T
//   base B' is below base B  iff
//       (T', h') <= (T, h), seen' <= seen, done' within done, and B has T':
//       they are equal up to (T, h), or T' <= B.seen[replica of T']
//   Norm(S)  = what is below no other record
//   Merge(S) = Norm(S1 u S2)
//
// "Below" is a partial order, so Merge takes the greatest records of a union:
// it is commutative, associative and idempotent, and stores that exchange
// records in any order, any number of times, end equal.
//
// View(S): B is the base greatest by (T, h); the operations above its T are
// live; every other record of Norm(S) at or below T is late, less those that B
// or a live `settle` names as settled. (Another base with B's T and h has its
// content, and is not late.)

#ifndef DYNO_RECORDS_H_
#define DYNO_RECORDS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dyno/flake.h"

namespace dyno {

struct OperationRecord {
  std::string key;  ///< Whole, as it is stored.
  std::string value;
  Flake timestamp;
  std::string_view operation() const {
    return std::string_view(key).substr(key.rfind('/') + 1);
  }
};

struct BaseRecord {
  Flake timestamp;   ///< T.
  std::string item;  ///< JSON text; empty: it does not exist.
  uint64_t changes = 0;
  std::string hash;                ///< 64 hex digits.
  std::map<uint64_t, Flake> seen;  ///< By replica.
  std::set<std::string> done;      ///< Late keys.

  // What the place where it is stored needs to know of it; no part of what it
  // says, and not compared.
  /// In a shared store: the ends of keys, "TIMESTAMP/OPERATION", of records
  /// that it stands for and that may be there still, or again.
  std::optional<std::vector<std::string>> folds;
  std::string stored;  ///< Its "~base" as it was read; empty: not read.
};
bool operator==(const BaseRecord& a, const BaseRecord& b);

struct Records {
  std::vector<OperationRecord> operations;  ///< In the order of keys, no twins.
  std::vector<BaseRecord> bases;            ///< By (T, h), then the rest.
};
bool operator==(const Records& a, const Records& b);

bool IsBelow(const OperationRecord& x, const BaseRecord& base);
/// The same for any operation with that timestamp.
bool IsBelow(const Flake& timestamp, const BaseRecord& base);
/// True of equal ones too.
bool IsBelow(const BaseRecord& lower, const BaseRecord& base);

/// What Settle and `done` call a record: "TIMESTAMP/OPERATION", and
/// "TIMESTAMP/~base/HASH", without the item's name.
std::string LateKey(const OperationRecord& x);
std::string LateKey(const BaseRecord& base);

Records Norm(Records records);

/// Norm of both. Of two records with one key and other bytes the greater bytes
/// stay; such keys are added to `*twins` if it is not null.
Records Merge(const Records& a, const Records& b,
              std::vector<std::string>* twins = nullptr);

/// Pointers into the Records that it is a view of.
struct View {
  const BaseRecord* base = nullptr;  ///< Null: there is none.
  std::vector<const OperationRecord*> live;
  std::vector<const OperationRecord*> late_operations;
  std::vector<const BaseRecord*> late_bases;
  std::vector<const OperationRecord*> settled_operations;
  std::vector<const BaseRecord*> settled_bases;
  /// With the base's T and hash, the base itself too.
  std::vector<const BaseRecord*> same_bases;

  bool has_late() const {
    return !late_operations.empty() || !late_bases.empty();
  }
};

View ViewOf(const Records& records);

/// The keys that a settle's value names; none when it is damaged.
std::vector<std::string> SettledBy(const OperationRecord& settle);

}  // namespace dyno

#endif  // DYNO_RECORDS_H_
