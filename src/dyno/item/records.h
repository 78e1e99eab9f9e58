// The records of one item, and the algebra on them: pure, no I/O.
//
// S, the records of an item, are operations and bases. A flatten leaves a base:
// the item as of T, the timestamp of the last operation that it folded. `seen`
// has a timestamp for each replica: up to there, that replica's operations are
// folded in the base or settled. `done` has the settled late records.
//
//   operation x is below base B  iff
//       x.ts <= B.seen[replica of x], or x.ts = T
//   base B' is below base B  iff
//       (T', h') <= (T, h), seen' <= seen, done' within done, and B has T':
//       they are equal up to (T, h), or T' <= B.seen[replica of T']
//   Norm(S)  = the records of S that are below no other one
//   Merge(S) = Norm(S1 u S2)
//
// "Below" is a partial order, so Merge takes the greatest records of a union:
// it is commutative, associative and idempotent, and stores that exchange
// records in any order, any number of times, end equal.
//
// View(S): B is the base greatest by (T, h). The operations above its T are
// live. Every other record of Norm(S) at or below T is late, unless B or a live
// `settle` names it as settled. (Another base with B's T and h has the same
// content, and is not late.)

#ifndef DYNO_ITEM_RECORDS_H_
#define DYNO_ITEM_RECORDS_H_

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
  std::string key;  ///< The whole key, as it is stored.
  std::string value;
  Flake timestamp;
  std::string_view operation() const {
    return std::string_view(key).substr(key.rfind('/') + 1);
  }
};

struct BaseRecord {
  Flake timestamp;   ///< T.
  std::string item;  ///< JSON text; empty if the item does not exist.
  uint64_t changes = 0;
  std::string hash;                ///< 64 hex digits.
  std::map<uint64_t, Flake> seen;  ///< By replica.
  std::set<std::string> done;      ///< Late keys.

  // How it is stored. Not part of its content, and not compared.
  /// In a shared store: the ends of keys, "TIMESTAMP/OPERATION", of records
  /// that it replaces and that may still be there, or be there again.
  std::optional<std::vector<std::string>> folds;
  std::string stored;  ///< Its "~base" as it was read; empty if it was not.
};
bool operator==(const BaseRecord& a, const BaseRecord& b);

struct Records {
  std::vector<OperationRecord> operations;  ///< By key, each key once.
  std::vector<BaseRecord> bases;            ///< By (T, h), then the rest.
};
bool operator==(const Records& a, const Records& b);

bool IsBelow(const OperationRecord& x, const BaseRecord& base);
/// The same for any operation with that timestamp.
bool IsBelow(const Flake& timestamp, const BaseRecord& base);
/// Also true if the two are equal.
bool IsBelow(const BaseRecord& lower, const BaseRecord& base);

/// The name of a record in Settle and `done`: "TIMESTAMP/OPERATION" or
/// "TIMESTAMP/~base/HASH", without the item's name.
std::string LateKey(const OperationRecord& x);
std::string LateKey(const BaseRecord& base);

Records Norm(Records records);

/// Norm of the union. If two records have the same key and different bytes, the
/// greater bytes stay, and the key is added to `*conflicts`, if not null.
Records Merge(const Records& a, const Records& b,
              std::vector<std::string>* conflicts = nullptr);

/// Points into the Records that it is a view of.
struct View {
  const BaseRecord* base = nullptr;  ///< Null if there is none.
  std::vector<const OperationRecord*> live;
  std::vector<const OperationRecord*> late_operations;
  std::vector<const BaseRecord*> late_bases;
  std::vector<const OperationRecord*> settled_operations;
  std::vector<const BaseRecord*> settled_bases;
  /// The bases with the base's T and hash, itself included.
  std::vector<const BaseRecord*> same_bases;

  bool has_late() const {
    return !late_operations.empty() || !late_bases.empty();
  }
};

View ViewOf(const Records& records);

/// The keys that a settle's value names; none if it is damaged.
std::vector<std::string> SettledBy(const OperationRecord& settle);

}  // namespace dyno

#endif  // DYNO_ITEM_RECORDS_H_
